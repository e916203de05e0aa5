/* hub: what is configured, and what a site says to us. */
#include "cli/cli.h"

#include "base/banned.h"

static void add_hub(struct hs_out *j, const struct hs_hub_conf *hub)
{
    hs_out_open(j, NULL, '{');
    hs_out_text(j, "name", hub->name);
    hs_out_text(j, "plugin", hub->plugin);
    hs_out_text(j, "endpoint", hub->endpoint);
    hs_out_open(j, "owners", '[');
    for (size_t i = 0; i < hub->owners.n; i++)
        hs_out_text(j, NULL, hub->owners.items[i]);
    hs_out_close(j, ']');
    hs_out_text(j, "access", hub->is_read_only ? "read" : "write");
    hs_out_bool(j, "has_token", hub->token.kind != HS_TOKEN_NONE);
    hs_out_close(j, '}');
}

static int hub_ls(struct hs_cli *cli)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    HS_ERR(err);

    if (hs_cli_conf(cli, &err) < 0)
        return hs_print_error(cli, &err, NULL, NULL);
    if (hs_is_json(cli)) {
        hs_out_open(&j, NULL, '{');
        hs_out_open(&j, "hubs", '[');
        for (size_t i = 0; i < cli->conf.hubs.n; i++)
            add_hub(&j, &cli->conf.hubs.items[i]);
        hs_out_close(&j, ']');
        hs_out_close(&j, '}');
        hs_print_json(cli, text.data);
        return hs_print_exit(cli, 0);
    }
    for (size_t i = 0; i < cli->conf.hubs.n; i++) {
        const struct hs_hub_conf *hub = &cli->conf.hubs.items[i];
        hub_text_printf(&text, "%-12s %-12s %-6s %s\n", hub->name, hub->plugin,
                        hub->is_read_only ? "read" : "write",
                        *hub->endpoint ? hub->endpoint : "(the plugin's own endpoint)");
    }
    hs_print_text(&text);
    return 0;
}

static void put_limits(struct hub_text *out, const struct hs_limits *limits)
{
    HUB_POOL(pool);

    hub_text_puts(out, "  limits    ");
    if (limits->requests)
        hub_text_printf(out, "%u requests in %s, ", limits->requests,
                        hs_span_text(&pool, limits->window_ms));
    if (limits->parallel)
        hub_text_printf(out, "%u at once, ", limits->parallel);
    if (limits->commit_items)
        hub_text_printf(out, "%u entries a commit, ", limits->commit_items);
    hub_text_printf(out, "files of %s%s\n", limits->file_bytes ? "up to " : "",
                    limits->file_bytes ? hs_bytes_text(&pool, limits->file_bytes) : "any size");
}

static void test_out(struct hs_cli *cli, const struct hs_session *s, bool has_identity)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    const char *place = hs_session_site_key(s);
    const struct hs_account *a = &s->account;

    if (!hs_is_json(cli)) {
        hub_text_printf(&text, "%s is reachable (%s)\n  identity  %s\n  writes    %s\n",
                        s->conf->name, place,
                        has_identity && *a->name ? a->name
                        : has_identity           ? "(accepted)"
                                                 : "(this hub does not tell)",
                        a->can_write == HUB_YES  ? "yes"
                        : a->can_write == HUB_NO ? "no"
                                                 : "the hub does not tell");
        put_limits(&text, &s->limits);
        hs_print_text(&text);
        return;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "hub_test");
    hs_out_text(&j, "hub", s->conf->name);
    hs_out_bool(&j, "reachable", true);
    hs_out_text(&j, "site", place);
    hs_out_text(&j, "account", a->name);
    hs_out_truth(&j, "can_write", a->can_write);
    hs_out_time(&j, "expires", a->expires_ms);
    hs_out_open(&j, "limits", '{');
    hs_out_uint(&j, "requests", s->limits.requests);
    hs_out_uint(&j, "window_ms", s->limits.window_ms);
    hs_out_uint(&j, "parallel", s->limits.parallel);
    hs_out_uint(&j, "commit_items", s->limits.commit_items);
    hs_out_uint(&j, "file_bytes", s->limits.file_bytes);
    hs_out_close(&j, '}');
    hs_out_close(&j, '}');
    hs_print_json(cli, text.data);
}

static int hub_test(struct hs_cli *cli, const char *name)
{
    struct hs_session *s;
    struct hs_repos repos;
    HS_ERR(err);
    bool has_identity = true;
    int r = hs_cli_hub(cli, name, "", &s, &err);

    if (r == 0)
        r = hs_ask_whoami(s, hs_engine_loop(cli->engine), &err);
    if (r == HUB_ENOTSUP) { /* then a list must prove that the hub is there */
        hs_err_clear(&err);
        has_identity = false;
        r = hs_cli_list(cli, s, "", &repos, &err);
        if (r == 0)
            hs_repos_clear(&repos);
    }
    if (r < 0)
        return hs_print_error(cli, &err, name, NULL);
    test_out(cli, s, has_identity);
    return hs_print_exit(cli, 0);
}

int hs_verb_hub(struct hs_cli *cli)
{
    const struct hs_options *o = &cli->options;
    HS_ERR(err);

    if (strcmp(o->args.items[0], "ls") == 0 && o->args.n == 1)
        return hub_ls(cli);
    if (strcmp(o->args.items[0], "test") == 0 && o->args.n == 2)
        return hub_test(cli, o->args.items[1]);
    (void)hs_fail(&err, HS_ECONFIG, "usage: hubsync hub ls | test NAME");
    return hs_print_error(cli, &err, NULL, NULL);
}
