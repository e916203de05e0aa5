/* config: checking and printing it, without any network. */
#include "cli/cli.h"

#include "base/banned.h"

/* A plugin that is missing is the least of what can be wrong. */
static bool is_worse(int status, int than)
{
    return than == 0 || (than == HS_EPLUGIN && status != HS_EPLUGIN);
}

/* The options of every hub. The worst is left in err with its hub's name in *hub, the others are
 * told at once. */
static int check_hubs(struct hs_cli *cli, const char **hub, struct hs_err *err)
{
    for (size_t i = 0; i < cli->conf.hubs.n; i++) {
        HS_ERR(one);

        if (hs_session_check(&cli->conf.hubs.items[i], &one) == 0)
            continue;
        if (one.status == HS_EPLUGIN)
            (void)hs_prefix(&one, "hub '%s': ", cli->conf.hubs.items[i].name);
        if (is_worse(one.status, err->status)) {
            HS_ERR(other);

            hs_err_move(&other, err);
            hs_err_move(err, &one);
            hs_err_move(&one, &other);
            *hub = cli->conf.hubs.items[i].name;
        }
        if (one.status < 0)
            hs_say("hubsync: %s", hs_err_text(&one));
    }
    return err->status;
}

static int config_check(struct hs_cli *cli)
{
    HUB_TEXT(text);
    HS_ERR(err);
    struct hs_out j = {&text, false};
    const char *hub = NULL;
    int r = hs_cli_conf(cli, &err);

    if (r == 0)
        r = check_hubs(cli, &hub, &err);
    if (r < 0)
        return hs_print_error(cli, &err, hub, NULL);
    if (!hs_is_json(cli)) {
        if (!cli->options.is_quiet)
            hub_text_printf(&text, "%s: %zu hubs and %zu rules are fine.\n", cli->conf.file,
                            cli->conf.hubs.n, cli->conf.rules.n);
        hs_print_text(&text);
        return 0;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "config_check");
    hs_out_text(&j, "file", cli->conf.file);
    hs_out_uint(&j, "hubs", cli->conf.hubs.n);
    hs_out_uint(&j, "rules", cli->conf.rules.n);
    hs_out_open(&j, "warnings", '[');
    for (size_t i = 0; i < cli->conf.warnings.n; i++)
        hs_out_text(&j, NULL, cli->conf.warnings.items[i]);
    hs_out_close(&j, ']');
    hs_out_close(&j, '}');
    hs_print_json(cli, text.data);
    return hs_print_exit(cli, 0);
}

static int config_show(struct hs_cli *cli)
{
    HUB_TEXT(text);
    HS_ERR(err);
    int r = hs_cli_conf(cli, &err);

    if (r == 0)
        r = hs_is_json(cli) ? hs_conf_show_json(&cli->conf, cli->options.effective, &text)
                            : hs_conf_show(&cli->conf, cli->options.effective, &text);
    if (r < 0)
        return hs_print_error(cli, &err, NULL, NULL);
    if (!hs_is_json(cli)) {
        hs_print_text(&text);
        return 0;
    }
    while (text.n_bytes && text.data[text.n_bytes - 1] == '\n')
        text.data[--text.n_bytes] = '\0';
    hs_print_json(cli, text.data);
    return hs_print_exit(cli, 0);
}

int hs_verb_config(struct hs_cli *cli)
{
    const char *what = cli->options.args.items[0];
    HS_ERR(err);

    if (strcmp(what, "check") == 0)
        return config_check(cli);
    if (strcmp(what, "show") == 0)
        return config_show(cli);
    (void)hs_fail(&err, HS_ECONFIG, "usage: hubsync config check | show [--effective]");
    return hs_print_error(cli, &err, NULL, NULL);
}
