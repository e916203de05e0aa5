/* Verbs that the running daemon does: queue, pause, resume, trigger, cancel. */
#include "cli/cli.h"

#include "job/control.h"

#include "base/banned.h"

/* ---- asking ---- */
static int ask(struct hs_cli *cli, const char *verb, const char *arg, const char **result,
               struct hs_err *err)
{
    struct hs_daemon_record record;
    HUB_TEXT(line);
    struct hs_out j = {&line, false};

    hs_daemon_find(&cli->pool, hs_cli_state_dir(cli), &record);
    if (!record.is_running) {
        (void)hs_fail(err, HS_EFAILED, "no daemon runs on the state in %s", hs_cli_state_dir(cli));
        return hs_hint(err, "start hubsyncd, or do it once with `hubsync run`");
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "verb", verb);
    if (arg)
        hs_out_text(&j, "arg", arg);
    hs_out_close(&j, '}');
    return hs_control_ask(&cli->pool, record.socket, line.data, result, err);
}

/* ---- jobs for people ---- */
static void add_job(struct hub_text *out, struct hub_read *read, const struct hub_json *job)
{
    const char *error = hub_json_string(read, job, "error", HUB_MAY);
    const char *due = hub_json_string(read, job, "due", HUB_MAY);

    hub_text_printf(out, "%-6llu %-8s %-16s %s:%s", (unsigned long long)hub_json_uint(read, job, "id", HUB_MUST, 0),
                    hub_json_string(read, job, "state", HUB_MUST), hub_json_string(read, job, "rule", HUB_MUST),
                    hub_json_string(read, job, "hub", HUB_MUST), hub_json_string(read, job, "repo", HUB_MUST));
    if (due && *due)
        hub_text_printf(out, "  due %s", due);
    hub_text_printf(out, "  %llu attempts\n", (unsigned long long)hub_json_uint(read, job, "attempts", HUB_MUST, 0));
    if (error && *error)
        hub_text_printf(out, "       %s\n", error);
}

static void print_jobs(struct hs_cli *cli, const char *result)
{
    struct hub_read read = {.pool = &cli->pool};
    const char *why = "";
    const struct hub_json *doc = hub_json_parse(&cli->pool, result, strlen(result), HS_ANSWER_MAX, &why), *at;
    HUB_TEXT(text);

    at = doc ? hub_json_first(hub_json_array(&read, doc, "jobs", HUB_MUST)) : NULL;
    if (!at)
        hub_text_puts(&text, "The queue is empty.\n");
    for (; at; at = hub_json_next(at))
        add_job(&text, &read, at);
    hs_print_text(&text);
}

static int end(struct hs_cli *cli, int r, const struct hs_err *err)
{
    return r < 0 ? hs_print_error(cli, err, NULL, NULL) : hs_print_exit(cli, 0);
}

int hs_verb_queue(struct hs_cli *cli)
{
    const struct hs_options *o = &cli->options;
    const char *what = o->args.items[0], *arg = o->args.n > 1 ? o->args.items[1] : NULL, *result;
    bool is_ls = strcmp(what, "ls") == 0, is_show = strcmp(what, "show") == 0;
    HS_ERR(err);
    int r = 0;

    if ((!is_ls && !is_show && strcmp(what, "retry") != 0 && strcmp(what, "drop") != 0) || is_ls == (arg != NULL))
        r = hs_fail(&err, HS_ECONFIG, "usage: hubsync queue ls | show ID | retry ID | drop ID");
    if (r == 0)
        r = ask(cli, hub_pool_printf(&cli->pool, "queue %s", what), arg, &result, &err);
    if (r == 0 && hs_is_json(cli))
        hs_print_json(cli, result);
    else if (r == 0 && (is_ls || is_show))
        print_jobs(cli, result);
    return end(cli, r, &err);
}

int hs_verb_daemon(struct hs_cli *cli)
{
    const struct hs_options *o = &cli->options;
    const char *result;
    HS_ERR(err);
    int r = ask(cli, o->verb->name, o->args.n ? o->args.items[0] : NULL, &result, &err);

    if (r == 0 && hs_is_json(cli))
        hs_print_json(cli, result);
    return end(cli, r, &err);
}
