/* `status`: what the state directory tells about rules and queue. */
#include "cli/cli.h"

#include "base/clock.h"
#include "job/control.h"

#include "base/banned.h"

/* ---- reading ---- */
static struct hs_status_rule *rule_of(struct hs_overview *status, const char *name)
{
    for (size_t i = 0; i < status->rules.n; i++)
        if (strcmp(status->rules.items[i].name, name) == 0)
            return &status->rules.items[i];
    return NULL;
}

static struct hs_status_rule *add_rule(struct hs_overview *status, struct hub_pool *pool, const char *name)
{
    struct hs_status_rule *rule = hs_vec_add(&status->rules);

    rule->name = hub_pool_strdup(pool, name);
    rule->lag_s = -1;
    return rule;
}

static void take_round(struct hs_overview *status, struct hub_pool *pool, const struct hs_conf *conf,
                       const struct hs_round_row *round)
{
    struct hs_status_rule *rule = rule_of(status, round->rule);

    if (!rule && conf)
        return; /* not a rule any more */
    if (!rule)
        rule = add_rule(status, pool, round->rule);
    rule->last_run_ms = round->started_ms;
    rule->last_success_ms = round->success_ms;
    rule->next_run_ms = status->is_running ? round->next_ms : 0;
    rule->in_sync = round->n_repos;
    if (round->n_repos || round->success_ms)
        rule->lag_s = 0;
}

static void count_queue(struct hs_overview *status, const struct hs_job_row *job, int64_t now)
{
    if (strcmp(job->state, "running") == 0)
        status->running++;
    else if (strcmp(job->state, "failed") == 0)
        status->failed++;
    else if (strcmp(job->state, "queued") == 0 && job->due_ms > now)
        status->waiting++;
    else if (strcmp(job->state, "queued") == 0)
        status->queued++;
}

/* A repo with a job is not in step, whatever the last round counted. */
static void count_repo(struct hs_status_rule *rule, const struct hs_job_row *job, int64_t now)
{
    int64_t lag_s = job->changed_ms ? (now - job->changed_ms) / 1000 : -1;

    rule->in_sync -= rule->in_sync > 0;
    if (strcmp(job->state, "blocked") == 0)
        rule->blocked++;
    else if (strcmp(job->state, "failed") == 0 || (job->attempts && strcmp(job->state, "queued") == 0))
        rule->failed++;
    else
        rule->behind++;
    if (lag_s > rule->lag_s)
        rule->lag_s = lag_s;
}

static int read_store(struct hs_overview *status, struct hub_pool *pool, const struct hs_conf *conf,
                      struct hs_store *store, struct hs_err *err)
{
    struct hs_round_row *rounds;
    struct hs_job_row *jobs;
    size_t n_rounds, n_jobs;
    int64_t now = hs_now_ms();
    int r = hs_store_rounds(store, pool, &rounds, &n_rounds, err);

    if (r == 0)
        r = hs_store_jobs(store, pool, &jobs, &n_jobs, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n_rounds; i++)
        take_round(status, pool, conf, &rounds[i]);
    for (size_t i = 0; i < n_jobs; i++) {
        struct hs_status_rule *rule = rule_of(status, jobs[i].rule);
        count_queue(status, &jobs[i], now);
        if (rule)
            count_repo(rule, &jobs[i], now);
    }
    return 0;
}

int hs_status_read(struct hub_pool *pool, const char *state_dir, const struct hs_conf *conf,
                   struct hs_overview *status, struct hs_err *err)
{
    struct hs_daemon_record record;
    struct hs_store *store = NULL;
    int r;

    *status = (struct hs_overview){.socket = ""};
    hs_daemon_find(pool, state_dir, &record);
    status->is_running = record.is_running;
    status->pid = record.pid;
    status->socket = record.socket;
    for (size_t i = 0; conf && i < conf->rules.n; i++)
        (void)add_rule(status, pool, conf->rules.items[i].name);
    r = hs_store_open(state_dir, HS_STORE_READ, &store, err);
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(err); /* nothing has run yet */
        return 0;
    }
    if (r == 0)
        r = read_store(status, pool, conf, store, err);
    hs_store_close(store);
    return r;
}

void hs_status_clear(struct hs_overview *status)
{
    hs_vec_clear(&status->rules);
}

/* ---- showing ---- */
static void add_rule_json(struct hs_out *j, const struct hs_status_rule *rule)
{
    hs_out_open(j, NULL, '{');
    hs_out_text(j, "name", rule->name);
    hs_out_time(j, "last_run", rule->last_run_ms);
    hs_out_time(j, "last_success", rule->last_success_ms);
    hs_out_time(j, "next_run", rule->next_run_ms);
    if (rule->lag_s < 0)
        hs_out_text(j, "lag_s", NULL);
    else
        hs_out_int(j, "lag_s", rule->lag_s);
    hs_out_open(j, "repos", '{');
    hs_out_uint(j, "in_sync", rule->in_sync);
    hs_out_uint(j, "behind", rule->behind);
    hs_out_uint(j, "blocked", rule->blocked);
    hs_out_uint(j, "failed", rule->failed);
    hs_out_close(j, '}');
    hs_out_close(j, '}');
}

void hs_json_status(const struct hs_overview *status, struct hub_text *out)
{
    struct hs_out j = {out, false};

    hs_out_open(&j, NULL, '{');
    hs_out_open(&j, "daemon", '{');
    hs_out_bool(&j, "running", status->is_running);
    if (status->is_running)
        hs_out_int(&j, "pid", status->pid);
    else
        hs_out_text(&j, "pid", NULL);
    hs_out_close(&j, '}');
    hs_out_open(&j, "rules", '[');
    for (size_t i = 0; i < status->rules.n; i++)
        add_rule_json(&j, &status->rules.items[i]);
    hs_out_close(&j, ']');
    hs_out_open(&j, "queue", '{');
    hs_out_uint(&j, "queued", status->queued);
    hs_out_uint(&j, "running", status->running);
    hs_out_uint(&j, "waiting", status->waiting);
    hs_out_uint(&j, "failed", status->failed);
    hs_out_close(&j, '}');
    hs_out_close(&j, '}');
}

static const char *ago(struct hub_pool *pool, int64_t at_ms, int64_t now, const char *never)
{
    if (!at_ms)
        return never;
    return at_ms > now ? hub_pool_printf(pool, "in %s", hs_span_text(pool, at_ms - now))
                       : hub_pool_printf(pool, "%s ago", hs_span_text(pool, now - at_ms));
}

void hs_human_status(struct hub_pool *pool, const struct hs_overview *status, struct hub_text *out)
{
    int64_t now = hs_now_ms();

    if (status->is_running)
        hub_text_printf(out, "The daemon runs (process %ld).\n", status->pid);
    else
        hub_text_puts(out, "No daemon runs.\n");
    hub_text_printf(out, "%-20s %-16s %-16s %-16s %-14s %s\n", "RULE", "LAST RUN", "LAST SUCCESS", "NEXT RUN", "LAG",
                    "REPOS");
    for (size_t i = 0; i < status->rules.n; i++) {
        const struct hs_status_rule *r = &status->rules.items[i];
        hub_text_printf(out, "%-20s %-16s %-16s %-16s %-14s", r->name, ago(pool, r->last_run_ms, now, "never"),
                        ago(pool, r->last_success_ms, now, "never"), ago(pool, r->next_run_ms, now, "-"),
                        r->lag_s < 0    ? "?"
                        : r->lag_s == 0 ? "none"
                                        : hs_span_text(pool, r->lag_s * 1000));
        hub_text_printf(out, " %llu in sync, %llu behind, %llu blocked, %llu failed\n", (unsigned long long)r->in_sync,
                        (unsigned long long)r->behind, (unsigned long long)r->blocked,
                        (unsigned long long)r->failed);
    }
    hub_text_printf(out, "Queue: %llu queued, %llu running, %llu waiting, %llu failed\n",
                    (unsigned long long)status->queued, (unsigned long long)status->running,
                    (unsigned long long)status->waiting, (unsigned long long)status->failed);
}
