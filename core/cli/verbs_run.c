/* plan, run, apply, copy, verify. */
#include "cli/cli.h"

#include "base/clock.h"
#include "base/file.h"
#include "ops/ops.h"

#include "base/banned.h"

enum { SAVED_MAX = 256 * 1024 * 1024 };

static struct hs_what what_of(const struct hs_cli *cli)
{
    const struct hs_options *o = &cli->options;

    return (struct hs_what){.rules = {o->args.items, o->args.n},
                            .repos = {o->repos.items, o->repos.n},
                            .allow = o->allow.items,
                            .n_allow = o->allow.n};
}

static void print_report(struct hs_cli *cli, const struct hs_report *report, int code)
{
    HUB_TEXT(text);

    if (hs_is_json(cli)) {
        if (report->is_plan)
            hs_json_plan(report, &text);
        else
            hs_json_summary(report, code, &text);
        hs_print_json(cli, text.data);
        return;
    }
    if (report->is_plan)
        hs_human_plan(cli, report, &text);
    else if (!cli->options.is_quiet || code)
        hs_human_summary(cli, report, &text);
    hs_print_text(&text);
}

/* The first RULE of the command line that there is not; NULL if the error is about something else.
 */
static const char *unknown_rule(const struct hs_cli *cli, const struct hs_err *err)
{
    const struct hs_options *o = &cli->options;

    if (err->status != HS_ECONFIG || !cli->has_conf || !o->verb || o->verb->max_args >= 0)
        return NULL;
    for (size_t i = 0; i < o->args.n; i++)
        if (!hs_conf_rule(&cli->conf, o->args.items[i]))
            return o->args.items[i];
    return NULL;
}

static int end_report(struct hs_cli *cli, struct hs_report *report, int r, struct hs_err *err)
{
    int code;

    if (r == HS_EBUSY)
        (void)hs_fail(err, HS_EBUSY,
                      "another process runs jobs on the state in %s; if it is the daemon, "
                      "`hubsync trigger RULE` asks it",
                      hs_cli_state_dir(cli));
    if (r < 0) {
        hs_report_clear(report);
        return hs_print_error(cli, err, NULL, unknown_rule(cli, err));
    }
    code = hs_report_exit(report, cli->options.detailed && report->is_plan);
    if (hs_cli_signaled())
        code = hs_cli_signaled();
    print_report(cli, report, code);
    hs_report_clear(report);
    return hs_print_exit(cli, code);
}

static int save_plan(struct hs_cli *cli, const struct hs_report *report, struct hs_err *err)
{
    HUB_TEXT(text);

    if (!cli->options.save)
        return 0;
    if (hs_plan_save(report, &text) < 0)
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    return hs_file_write(cli->options.save, text.data, text.n_bytes, 0600, err);
}

int hs_verb_plan(struct hs_cli *cli)
{
    struct hs_report report = {.is_plan = true};
    struct hs_what what = what_of(cli);
    HS_ERR(err);
    int r = hs_cli_engine(cli, HS_NEEDS_STORE, &err);

    if (r == 0)
        r = hs_plan_rules(cli->engine, &what, &report, &err);
    if (r == 0)
        r = save_plan(cli, &report, &err);
    return end_report(cli, &report, r, &err);
}

/* What the daemon does by itself: without one, a run tells what it found. */
static void tell_alerts(struct hs_cli *cli)
{
    const struct hs_conf *conf = &cli->conf;

    if (conf->alerts.n)
        (void)hs_webhooks_send(conf->alerts.items, conf->alerts.n, hs_engine_store(cli->engine),
                               hs_engine_net(cli->engine), hs_engine_loop(cli->engine), hs_now_ms());
}

int hs_verb_run(struct hs_cli *cli)
{
    struct hs_report report = {.is_plan = false};
    struct hs_what what = what_of(cli);
    HS_ERR(err);
    int r = hs_cli_engine(cli, HS_NEEDS_STORE | (cli->options.is_dry ? 0 : HS_NEEDS_JOBS), &err);

    if (r == 0 && cli->options.is_dry)
        r = hs_plan_rules(cli->engine, &what, &report, &err);
    else if (r == 0) {
        r = hs_run_rules(cli->engine, &what, &report, &err);
        tell_alerts(cli);
    }
    return end_report(cli, &report, r, &err);
}

int hs_verb_apply(struct hs_cli *cli)
{
    struct hs_report report = {.is_plan = false};
    HUB_TEXT(text);
    HS_ERR(err);
    int r = hs_file_read(cli->options.args.items[0], SAVED_MAX, &text, &err);

    if (r == 0)
        r = hs_cli_engine(cli, HS_NEEDS_STORE | (cli->options.is_dry ? 0 : HS_NEEDS_JOBS), &err);
    if (r == 0)
        r = hs_apply_saved(cli->engine, text.data, text.n_bytes, cli->options.is_dry, &report,
                           &err);
    return end_report(cli, &report, r, &err);
}

static int known_hub(struct hs_cli *cli, const char *name, struct hs_err *err)
{
    const char *words[64];
    const char *near;
    size_t n = 0;

    if (hs_conf_hub(&cli->conf, name))
        return 0;
    while (n < cli->conf.hubs.n && n < 64) {
        words[n] = cli->conf.hubs.items[n].name;
        n++;
    }
    near = hs_nearest(name, words, n);
    return hs_fail(err, HS_ECONFIG, "no hub is called '%s'%s%s%s", name,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* "owner/name": two parts, neither empty. */
static bool is_repo_id(const char *text)
{
    const char *slash = strchr(text, '/');

    return slash && slash != text && slash[1] && !strchr(slash + 1, '/');
}

int hs_place_parse(struct hub_pool *pool, const char *text, struct hs_place_name *out,
                   struct hs_err *err)
{
    const char *colon = strchr(text, ':'), *rest = colon ? colon + 1 : "", *at = strchr(rest, '@');
    size_t n = at ? (size_t)(at - rest) : strlen(rest);

    if (!colon || colon == text || (at && !at[1]))
        return hs_fail(err, HS_ECONFIG, "'%s' is not HUB:OWNER/NAME[@REV]", text);
    out->hub = hub_pool_strndup(pool, text, (size_t)(colon - text));
    out->owner = out->repo = "";
    out->revision = at ? hub_pool_strdup(pool, at + 1) : "";
    if (!at && !strchr(rest, '/')) {
        out->owner = hub_pool_strdup(pool, rest);
        return 0;
    }
    out->repo = hub_pool_strndup(pool, rest, n);
    if (!out->repo || !is_repo_id(out->repo))
        return hs_fail(err, HS_ECONFIG, "'%s' is not HUB:OWNER/NAME[@REV]", text);
    return 0;
}

static int parse_repo(struct hs_cli *cli, const char *text, bool may_lack_repo,
                      struct hs_place_name *out, struct hs_err *err)
{
    int r = hs_place_parse(&cli->pool, text, out, err);

    if (r == 0)
        r = known_hub(cli, out->hub, err);
    if (r == 0 && !*out->repo && !(may_lack_repo && !*out->owner))
        r = hs_fail(err, HS_ECONFIG, "'%s' is not HUB:OWNER/NAME", text);
    return r;
}

int hs_verb_copy(struct hs_cli *cli)
{
    struct hs_report report = {.is_plan = cli->options.is_dry};
    struct hs_place_name from, to;
    struct hs_copy copy;
    HS_ERR(err);
    int r = hs_cli_conf(cli, &err);

    if (r == 0)
        r = parse_repo(cli, cli->options.args.items[0], false, &from, &err);
    if (r == 0)
        r = parse_repo(cli, cli->options.args.items[1], true, &to, &err);
    if (r == 0 && *to.revision)
        r = hs_fail(&err, HS_ECONFIG, "a target takes no @REV: copies go to the default branch");
    if (r == 0)
        r = hs_cli_engine(cli, HS_NEEDS_STORE | (cli->options.is_dry ? 0 : HS_NEEDS_JOBS), &err);
    if (r == 0) {
        copy = (struct hs_copy){from.hub, from.repo, from.revision,
                                to.hub,   to.repo,   cli->options.is_dry};
        r = hs_copy_repo(cli->engine, &copy, &report, &err);
    }
    return end_report(cli, &report, r, &err);
}

int hs_verb_verify(struct hs_cli *cli)
{
    struct hs_verify verify = {.same = 0};
    struct hs_place_name left = {"", "", "", ""}, right = left;
    HUB_TEXT(text);
    HS_ERR(err);
    int r = hs_cli_conf(cli, &err), code;

    if (r == 0)
        r = parse_repo(cli, cli->options.args.items[0], false, &left, &err);
    if (r == 0 && cli->options.args.n > 1)
        r = parse_repo(cli, cli->options.args.items[1], false, &right, &err);
    if (r == 0)
        r = hs_cli_engine(cli, HS_NEEDS_STORE, &err);
    if (r == 0) {
        struct hs_verify_what what = {left.hub,          left.repo,       left.revision,
                                      right.hub,         right.repo,      right.revision,
                                      cli->options.deep, cli->options.raw};
        r = hs_verify_repos(cli->engine, &what, &verify, &err);
    }
    if (r < 0) {
        hs_verify_clear(&verify);
        return hs_print_error(cli, &err, *right.hub ? NULL : left.hub, NULL);
    }
    code = verify.different.n || verify.missing_left.n || verify.missing_right.n || verify.unknown.n
               ? 4
               : 0;
    if (hs_is_json(cli)) {
        hs_json_verify(&verify, &text);
        hs_print_json(cli, text.data);
    } else {
        hs_human_verify(&verify, &text);
        hs_print_text(&text);
    }
    hs_verify_clear(&verify);
    return hs_print_exit(cli, code);
}
