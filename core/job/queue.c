/* Between a scan's rows and the queue's, and what the rounds are remembered by. */
#include "base/clock.h"
#include "job/engine.h"

#include "base/banned.h"

/* ---- routes ---- */
void hs_route_clear(struct hs_route *route)
{
    hs_vec_clear(&route->rows);
    free(route->refusal);
    route->refusal = NULL;
}

const char *hs_route_refusal(struct hs_route *route)
{
    const char *refusal;

    pthread_mutex_lock(&route->sums->turns.lock);
    refusal = route->refusal;
    pthread_mutex_unlock(&route->sums->turns.lock);
    return refusal;
}

void hs_route_refuse(struct hs_route *route, const char *why)
{
    pthread_mutex_lock(&route->sums->turns.lock);
    if (!route->refusal)
        route->refusal = hs_xstrdup(why);
    pthread_mutex_unlock(&route->sums->turns.lock);
}

/* ---- jobs ---- */
static const char *mark_of(struct hub_pool *pool, const struct hs_repo *repo)
{
    return repo ? hs_repo_mark(pool, repo) : "-";
}

struct hs_job_row hs_job_of_row(struct hub_pool *pool, const struct hs_route *route,
                                const struct hs_candidate_row *row, int64_t due_ms,
                                const char *reason)
{
    return (struct hs_job_row){
        .rule = route->rule_name,
        .from_hub = route->from_hub,
        .from_repo = row->source_id,
        .to_hub = route->to_hub,
        .to_repo = row->target_id,
        .due_ms = due_ms,
        .reason = reason,
        /* Not the target's: what failed may have moved that itself. */
        .mark = hub_pool_printf(pool, "%s %.12s", mark_of(pool, row->source), route->settings),
        .changed_ms = row->source ? row->source->modified_ms : 0};
}

void hs_job_settled(struct hs_store *store, const struct hs_route *route,
                    const struct hs_candidate_row *row)
{
    struct hs_link link = {route->rule_name, route->from_hub, row->source_id, route->to_hub,
                           row->target_id};
    HS_ERR(ignored);

    if (store)
        (void)hs_store_job_settled(store, &link, &ignored);
}

enum hs_outcome hs_outcome_of(const struct hs_result *result)
{
    switch (result->status) {
    case HS_FAILED:
        return HS_OUT_FAILED;
    case HS_BLOCKED:
        return HS_OUT_BLOCKED;
    case HS_INTERRUPTED:
        return HS_OUT_INTERRUPTED;
    default:
        return HS_OUT_DONE;
    }
}

/* ---- rounds ---- */
static int read_round(struct hs_store *store, struct hub_pool *pool, const char *rule,
                      struct hs_round_row *out, struct hs_err *err)
{
    struct hs_round_row *rows;
    size_t n;
    int r = hs_store_rounds(store, pool, &rows, &n, err);

    *out = (struct hs_round_row){.rule = rule};
    for (size_t i = 0; r == 0 && i < n; i++)
        if (strcmp(rows[i].rule, rule) == 0)
            *out = rows[i];
    return r;
}

static void count_results(const struct hs_report *report, struct hs_round_row *round, bool *is_good)
{
    round->n_repos = round->n_trouble = 0;
    *is_good = !report->was_interrupted;
    for (size_t i = 0; i < report->results.n; i++) {
        const struct hs_result *result = &report->results.items[i];
        const char *slash = strchr(result->repo, '/');
        bool is_repo = slash && slash[1];
        if (strcmp(result->rule, round->rule) != 0 || result->status == HS_SKIPPED)
            continue;
        round->n_repos += is_repo;
        round->n_trouble += !is_repo;
        if (result->status == HS_FAILED || result->status == HS_BLOCKED ||
            result->status == HS_INTERRUPTED)
            *is_good = false;
    }
}

void hs_round_note(struct hs_engine *engine, const char *rule, const struct hs_report *report,
                   const int64_t *next_ms)
{
    HUB_POOL(pool);
    struct hs_round_row round;
    bool is_good;
    HS_ERR(ignored); /* for `status` only */

    if (!engine->store || read_round(engine->store, &pool, rule, &round, &ignored) < 0)
        return;
    count_results(report, &round, &is_good);
    round.n++;
    round.started_ms = report->created_ms;
    round.ended_ms = hs_now_ms();
    if (is_good)
        round.success_ms = round.ended_ms;
    if (next_ms)
        round.next_ms = *next_ms;
    (void)hs_store_round_put(engine->store, &round, &ignored);
}
