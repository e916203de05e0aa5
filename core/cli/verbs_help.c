/* config, version, help, completion. */
#include "cli/cli.h"

#include "base/log.h"

#include "base/banned.h"

/* ---- config ---- */
static int check_hubs(struct hs_cli *cli, struct hs_err *err)
{
    int r = 0;

    for (size_t i = 0; i < cli->conf.hubs.n; i++) {
        HS_ERR(one);
        int status = hs_session_check(&cli->conf.hubs.items[i], &one);
        if (status < 0 && (r == 0 || (r == HS_EPLUGIN && status != HS_EPLUGIN))) {
            hs_err_move(err, &one);
            r = status;
        }
    }
    return r;
}

static int config_check(struct hs_cli *cli)
{
    HUB_TEXT(text);
    HS_ERR(err);
    struct hs_out j = {&text, false};
    int r = hs_cli_conf(cli, &err);

    if (r == 0)
        r = check_hubs(cli, &err);
    if (r < 0)
        return hs_print_error(cli, &err, NULL, NULL);
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

/* ---- version ---- */
int hs_verb_version(struct hs_cli *cli)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};

    if (!hs_is_json(cli)) {
        hub_text_printf(&text, "hubsync %s (provider ABI %d)\n", HS_VERSION, HUB_ABI);
        hs_print_text(&text);
        return 0;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "version");
    hs_out_text(&j, "version", HS_VERSION);
    hs_out_int(&j, "abi", HUB_ABI);
    hs_out_close(&j, '}');
    hs_print_json(cli, text.data);
    return hs_print_exit(cli, 0);
}

/* ---- help ---- */
static void put_options(struct hub_text *out, unsigned flags)
{
    for (const struct hs_option_row *row = hs_option_rows; row->name; row++) {
        char head[64];
        if (flags ? !(row->flags & flags) : row->flags != HS_FOR_ALL)
            continue;
        snprintf(head, sizeof head, "%s%c%s--%s%s%s", row->letter ? "-" : " ",
                 row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name,
                 row->value ? " " : "", row->value ? row->value : "");
        hub_text_printf(out, "  %-42s  %s\n", head, row->help);
    }
}

void hs_help_all(struct hub_text *out)
{
    hub_text_puts(out, "hubsync keeps AI-model repositories in step across hubs.\n\n"
                       "usage: hubsync [OPTION...] VERB [ARGUMENT...]\n\nverbs:\n");
    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++)
        if (verb->run)
            hub_text_printf(out, "  %-11s %s\n", verb->name, verb->summary);
    hub_text_puts(out, "\noptions, before or after the verb:\n");
    put_options(out, 0);
    hub_text_puts(out,
                  "\nexamples:\n"
                  "  hubsync plan                                what would happen, and why\n"
                  "  hubsync run both-ways --repo 'GLM-*'        do it for some repos of one rule\n"
                  "  hubsync copy here:acme/demo there:           one repo, no rule needed\n"
                  "  hubsync verify here:acme/demo there:acme/demo --deep\n"
                  "\nexit codes: 0 done, 2 usage or config, 4 differences, 5 temporary, 6 refused "
                  "for safety,\n"
                  "7 integrity, 9 conflict, 10 authentication, 11 busy, 12 plugin, 3 partly, 1 "
                  "other failures\n");
}

void hs_help_verb(const struct hs_verb *verb, struct hub_text *out)
{
    hub_text_printf(out, "usage: hubsync %s %s\n\n  %s\n", verb->name, verb->args, verb->summary);
    if (verb->flags) {
        hub_text_puts(out, "\noptions:\n");
        put_options(out, verb->flags);
    }
    hub_text_puts(out, "\noptions of every verb: hubsync help\n");
}

int hs_verb_help(struct hs_cli *cli)
{
    const char *name = cli->options.args.n ? cli->options.args.items[0] : NULL;
    const struct hs_verb *verb = hs_verbs;
    HUB_TEXT(text);
    HS_ERR(err);

    while (name && verb->name && (!verb->run || strcmp(verb->name, name) != 0))
        verb++;
    if (!verb->name) {
        (void)hs_fail(&err, HS_ECONFIG, "there is no verb '%s'", name);
        return hs_print_error(cli, &err, NULL, NULL);
    }
    if (name)
        hs_help_verb(verb, &text);
    else
        hs_help_all(&text);
    return hs_print_page(cli, "help", &text);
}

/* ---- completion ---- */
static void put_words(struct hub_text *out)
{
    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++)
        if (verb->run)
            hub_text_printf(out, "%s ", verb->name);
    for (const struct hs_option_row *row = hs_option_rows; row->name; row++)
        hub_text_printf(out, "--%s ", row->name);
}

static void put_fish(struct hub_text *out)
{
    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++)
        if (verb->run)
            hub_text_printf(out,
                            "complete -c hubsync -n __fish_use_subcommand -f -a %s -d \"%s\"\n",
                            verb->name, verb->name);
    for (const struct hs_option_row *row = hs_option_rows; row->name; row++)
        hub_text_printf(out, "complete -c hubsync -l %s%s -d \"%s\"\n", row->name,
                        row->value ? " -r" : "", row->help);
}

int hs_completion(const char *shell, struct hub_text *out, struct hs_err *err)
{
    if (strcmp(shell, "fish") == 0) {
        put_fish(out);
        return 0;
    }
    if (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0)
        return hs_fail(err, HS_ECONFIG, "completion is there for bash, zsh and fish, not for '%s'",
                       shell);
    if (strcmp(shell, "zsh") == 0)
        hub_text_puts(out, "#compdef hubsync\nautoload -U +X bashcompinit && bashcompinit\n");
    hub_text_puts(out, "_hubsync() {\n    COMPREPLY=($(compgen -W \"");
    put_words(out);
    hub_text_puts(
        out, "\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -o default -F _hubsync hubsync\n");
    return 0;
}

int hs_verb_completion(struct hs_cli *cli)
{
    HUB_TEXT(text);
    HS_ERR(err);

    if (hs_completion(cli->options.args.items[0], &text, &err) < 0)
        return hs_print_error(cli, &err, NULL, NULL);
    return hs_print_page(cli, "completion", &text);
}
