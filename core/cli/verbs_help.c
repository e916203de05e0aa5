/* version and help. */
#include "cli/cli.h"

#include "base/banned.h"

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

    while (name && verb->name && strcmp(verb->name, name) != 0)
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
