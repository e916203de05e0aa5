/* history and alerts: from the state directory, whether or not anything runs. */
#include "cli/cli.h"

#include "base/clock.h"
#include "ops/ops.h"

#include "base/banned.h"

static int open_state(struct hs_cli *cli, struct hs_store **store, struct hs_err *err)
{
    int r = hs_store_open(hs_cli_state_dir(cli), HS_STORE_READ, store, err);

    if (r != HUB_ENOTFOUND)
        return r;
    hs_err_clear(err); /* nothing has run yet: nothing to show */
    *store = NULL;
    return 0;
}

static void add_commits(struct hs_out *j, const char *commits)
{
    HUB_POOL(pool);

    hs_out_open(j, "commits", '[');
    while (*commits) {
        size_t n = strcspn(commits, " ");
        if (n)
            hs_out_text(j, NULL, hub_pool_strndup(&pool, commits, n));
        commits += n + (commits[n] == ' ');
    }
    hs_out_close(j, ']');
}

/* What was deleted or written over in a run. */
struct changed {
    struct hs_audit_row *rows;
    size_t n;
};

static int read_changed(struct hs_cli *cli, struct hs_store *store, const struct hs_run_row *runs, size_t n,
                        struct changed *changed, struct hs_err *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        r = hs_store_audit_list(store, &cli->pool, runs[i].id, &changed[i].rows, &changed[i].n, err);
    return r;
}

static void add_changed(struct hs_out *j, const struct changed *changed)
{
    hs_out_open(j, "changed", '[');
    for (size_t i = 0; i < changed->n; i++) {
        const struct hs_audit_row *row = &changed->rows[i];
        hs_out_open(j, NULL, '{');
        hs_out_text(j, "action", row->action);
        hs_out_text(j, "path", row->path);
        hs_out_uint(j, "bytes", row->file_bytes);
        hs_out_text(j, "sha256", row->sha256);
        hs_out_text(j, "git_sha1", row->git_sha1);
        hs_out_text(j, "head", row->head);
        hs_out_close(j, '}');
    }
    hs_out_close(j, ']');
}

static void history_json(const struct hs_run_row *rows, const struct changed *changed, size_t n,
                         struct hub_text *out)
{
    struct hs_out j = {out, false};

    hs_out_open(&j, NULL, '{');
    hs_out_open(&j, "runs", '[');
    for (size_t i = 0; i < n; i++) {
        hs_out_open(&j, NULL, '{');
        hs_out_int(&j, "id", rows[i].id);
        hs_out_text(&j, "rule", rows[i].rule);
        hs_out_text(&j, "repo", rows[i].repo);
        hs_out_text(&j, "hub", rows[i].hub);
        hs_out_time(&j, "started", rows[i].started_ms);
        hs_out_time(&j, "ended", rows[i].ended_ms);
        hs_out_text(&j, "status", rows[i].status);
        hs_out_uint(&j, "put", rows[i].puts);
        hs_out_uint(&j, "deleted", rows[i].deletes);
        add_commits(&j, rows[i].commits);
        hs_out_uint(&j, "bytes", rows[i].bytes);
        add_changed(&j, &changed[i]);
        hs_out_close(&j, '}');
    }
    hs_out_close(&j, ']');
    hs_out_close(&j, '}');
}

static void put_changed(const struct changed *changed, struct hub_text *out)
{
    enum { SHOWN = 20 };

    for (size_t i = 0; i < changed->n && i < SHOWN; i++)
        hub_text_printf(out, "    %-11s  %s\n", changed->rows[i].action,
                        *changed->rows[i].path ? changed->rows[i].path : "(the repo)");
    if (changed->n > SHOWN)
        hub_text_printf(out, "    and %zu more (--output json)\n", changed->n - SHOWN);
}

static void history_human(struct hub_pool *pool, const struct hs_run_row *rows,
                          const struct changed *changed, size_t n, struct hub_text *out)
{
    char when[HS_TIME_BYTES];

    for (size_t i = 0; i < n; i++) {
        hub_text_printf(out, "%s  %-11s %s:%s  +%llu -%llu  %s  %s\n",
                        hs_time_rfc3339(rows[i].started_ms, when), rows[i].status, rows[i].hub,
                        rows[i].repo, (unsigned long long)rows[i].puts,
                        (unsigned long long)rows[i].deletes, hs_bytes_text(pool, rows[i].bytes),
                        rows[i].commits);
        put_changed(&changed[i], out);
    }
    if (!n)
        hub_text_puts(out, "Nothing has run yet.\n");
}

int hs_verb_history(struct hs_cli *cli)
{
    struct hs_store *store = NULL;
    struct hs_run_row *rows = NULL;
    struct changed *changed HS_FREE = NULL;
    HUB_TEXT(text);
    HS_ERR(err);
    size_t n = 0;
    int r = open_state(cli, &store, &err);

    if (r == 0 && store)
        r = hs_store_runs(store, &cli->pool, 0, &rows, &n, &err);
    changed = hs_xcalloc(n + 1, sizeof *changed);
    if (r == 0 && store)
        r = read_changed(cli, store, rows, n, changed, &err);
    if (r == 0 && hs_is_json(cli)) {
        history_json(rows, changed, n, &text);
        hs_print_json(cli, text.data);
    } else if (r == 0) {
        history_human(&cli->pool, rows, changed, n, &text);
        hs_print_text(&text);
    }
    hs_store_close(store);
    return r < 0 ? hs_print_error(cli, &err, NULL, NULL) : hs_print_exit(cli, 0);
}

static void alerts_json(const struct hs_alert_row *rows, size_t n, struct hub_text *out)
{
    struct hs_out j = {out, false};

    hs_out_open(&j, NULL, '{');
    hs_out_open(&j, "alerts", '[');
    for (size_t i = 0; i < n; i++)
        hs_alert_json(&j, &rows[i]);
    hs_out_close(&j, ']');
    hs_out_close(&j, '}');
}

static void alerts_human(const struct hs_alert_row *rows, size_t n, struct hub_text *out)
{
    char when[HS_TIME_BYTES];

    for (size_t i = 0; i < n; i++)
        hub_text_printf(out, "%-4lld %-12s %-8s %-20s %s  %s (%llu times, last %s)\n     %s\n",
                        (long long)rows[i].id, rows[i].state, rows[i].level, rows[i].kind,
                        rows[i].repo, rows[i].message, (unsigned long long)rows[i].count,
                        hs_time_rfc3339(rows[i].last_ms, when), rows[i].command);
    if (!n)
        hub_text_puts(out, "No alerts.\n");
}

static int ack(struct hs_store *store, const char *id, struct hs_err *err)
{
    char *end;
    long long number = strtoll(id, &end, 10);

    if (!*id || *end || number <= 0)
        return hs_fail(err, HS_ECONFIG, "'%s' is no alert's number", id);
    if (!store)
        return hs_fail(err, HS_EABSENT, "there is no alert %s", id);
    return hs_store_alert_ack(store, number, err);
}

int hs_verb_alerts(struct hs_cli *cli)
{
    const struct hs_options *o = &cli->options;
    struct hs_store *store = NULL;
    struct hs_alert_row *rows = NULL;
    HUB_TEXT(text);
    HS_ERR(err);
    size_t n = 0;
    int r = 0;

    if (o->args.n && (strcmp(o->args.items[0], "ack") != 0 || o->args.n != 2))
        r = hs_fail(&err, HS_ECONFIG, "usage: hubsync alerts [ack ID]");
    if (r == 0)
        r = open_state(cli, &store, &err);
    if (r == 0 && o->args.n)
        r = ack(store, o->args.items[1], &err);
    if (r == 0 && store)
        r = hs_store_alerts(store, &cli->pool, &rows, &n, &err);
    if (r == 0 && hs_is_json(cli)) {
        alerts_json(rows, n, &text);
        hs_print_json(cli, text.data);
    } else if (r == 0) {
        alerts_human(rows, n, &text);
        hs_print_text(&text);
    }
    hs_store_close(store);
    return r < 0 ? hs_print_error(cli, &err, NULL, NULL) : hs_print_exit(cli, 0);
}
