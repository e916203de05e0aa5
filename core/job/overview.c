#include "job/overview.h"

#include "base/clock.h"
#include "job/control.h"
#include "store/store.h"

#include "base/banned.h"

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
    else if (strcmp(job->state, "queued") == 0) {
        status->queued++;
        if ((now - job->due_ms) / 1000 > status->oldest_s)
            status->oldest_s = (now - job->due_ms) / 1000;
    }
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
