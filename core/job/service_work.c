/* The service's jobs on the scheduler's workers. */
#include "job/one.h"
#include "job/service_own.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"

#include "base/banned.h"

static const struct hs_what everything;

/* ---- a worker's own ---- */
static void enter(void *ctx, unsigned worker)
{
    struct hs_service *service = ctx;
    struct hs_slot *slot = &service->slots[worker];
    struct hs_engine *hand = NULL;
    HS_ERR(err);

    if (hs_hand_new(service->engine, &hand, &err) < 0)
        hs_logf(HS_LOG_ERROR, "worker", "%s", hs_err_text(&err));
    pthread_mutex_lock(&service->lock);
    slot->hand = hand;
    pthread_mutex_unlock(&service->lock);
}

static void leave(void *ctx, unsigned worker)
{
    struct hs_service *service = ctx;
    struct hs_engine *hand;

    pthread_mutex_lock(&service->lock);
    hand = service->slots[worker].hand;
    service->slots[worker].hand = NULL;
    pthread_mutex_unlock(&service->lock);
    hs_hand_free(hand);
}

/* ---- claiming ---- */
static struct hs_spot *place_of(struct hs_service *service, const struct hs_job_row *job,
                                 struct hs_round **round)
{
    struct hs_rule_state *state = hs_service_rule(service, job->rule);
    HS_FREE char *key = NULL;

    if (!state || !state->newest)
        return NULL;
    key = hs_spot_key(job->from_hub, job->from_repo, job->to_hub, job->to_repo);
    *round = state->newest;
    return hs_map_get(&state->newest->places, key);
}

static bool claim(void *ctx, const struct hs_job_row *job, unsigned worker)
{
    struct hs_service *service = ctx;
    struct hs_slot *slot = &service->slots[worker];
    struct hs_round *round = NULL;
    struct hs_spot *place;

    pthread_mutex_lock(&service->lock);
    place = slot->hand && !service->is_over ? place_of(service, job, &round) : NULL;
    if (place) {
        round->refs++;
        slot->round = round;
        slot->route = place->route;
        slot->row = *place->row;
        slot->ticket = hs_turns_begin(&place->route->sums->turns);
        slot->job = job->id;
        slot->began_ms = hs_mono_ms();
        slot->is_canceled = false;
        (void)snprintf(slot->rule, sizeof slot->rule, "%s", job->rule);
        hs_hand_cancel(slot->hand, false);
        slot->hand->sessions = round->generation->sessions;
        slot->hand->conf.conf = round->generation->conf;
    }
    pthread_mutex_unlock(&service->lock);
    return place != NULL;
}

static void let_go(struct hs_service *service, struct hs_slot *slot)
{
    pthread_mutex_lock(&service->lock);
    hs_turns_end(&slot->route->sums->turns, slot->ticket);
    slot->job = 0;
    hs_round_drop(slot->round);
    slot->round = NULL;
    pthread_mutex_unlock(&service->lock);
}

static void unclaim(void *ctx, const struct hs_job_row *job, unsigned worker)
{
    struct hs_service *service = ctx;

    (void)job;
    let_go(service, &service->slots[worker]);
}

/* ---- before it runs: what the scan saw may be old ---- */
static int ask_again(struct hs_slot *slot, struct hs_session *session, const char *id,
                     const struct hs_repo **repo, struct hs_err *err)
{
    struct hs_repo *asked = hub_pool_alloc(&slot->report.pool, 1, sizeof *asked);
    int r = asked ? hs_ask_repo(session, slot->hand->loop, &slot->report.pool, id, asked, err) : HUB_ENOMEM;

    if (r == HUB_ENOTFOUND) {
        hs_err_clear(err);
        *repo = NULL;
        return 0;
    }
    if (r == 0)
        *repo = asked;
    return r;
}

static bool was_in_step(struct hs_service *service, const struct hs_slot *slot)
{
    HUB_POOL(pool);
    struct hs_link link = {slot->route->rule_name, slot->route->from_hub, slot->row.source_id,
                           slot->route->to_hub, slot->row.target_id};
    struct hs_baseline_row row;
    HS_ERR(ignored);

    return hs_store_baseline_get(service->store, &pool, &link, false, &row, &ignored) == 0;
}

/* *is_gone: the source is not there any more and never was in step: nothing to do. */
static int refresh(struct hs_service *service, struct hs_slot *slot, bool *is_gone, struct hs_err *err)
{
    int r;

    *is_gone = false;
    if (hs_mono_ms() - slot->round->scanned_ms < HS_FRESH_MS)
        return 0;
    r = ask_again(slot, slot->row.from, slot->row.source_id, &slot->row.source, err);
    if (r == 0 && !slot->row.source && !was_in_step(service, slot)) {
        *is_gone = true;
        return 0;
    }
    return r < 0 ? r : ask_again(slot, slot->row.to, slot->row.target_id, &slot->row.target, err);
}

/* ---- running it ---- */
struct asking {
    struct hs_service *service;
    unsigned worker;
};

static bool may_go_on(void *ctx, uint64_t bytes)
{
    struct asking *asking = ctx;

    return hs_scheduler_may_go_on(asking->service->scheduler, asking->worker, bytes);
}

static struct hs_result *fail(struct hs_slot *slot, int status, const char *message)
{
    struct hs_result *result = hs_report_add(
        &slot->report, slot->route, slot->row.target_id,
        status == HUB_ECANCELED ? HS_INTERRUPTED : HS_FAILED);

    result->error = status;
    result->message = hs_report_text(&slot->report, message);
    return result;
}

static struct hs_result *run(struct hs_service *service, struct hs_slot *slot, unsigned worker,
                             bool *is_gone)
{
    struct asking asking = {service, worker};
    struct hs_one one = {.what = &everything,
                         .route = slot->route,
                         .row = &slot->row,
                         .ticket = slot->ticket,
                         .may_go_on = may_go_on,
                         .ctx = &asking};
    const char *refusal = hs_route_refusal(slot->route);
    HS_ERR(err);
    int r;

    if (refusal)
        return fail(slot, HUB_EAUTH, refusal);
    r = refresh(service, slot, is_gone, &err);
    if (r < 0)
        return fail(slot, r, hs_err_text(&err));
    return *is_gone ? NULL : hs_one_run(slot->hand, &one, &slot->report);
}

static void tell(const struct hs_slot *slot, const struct hs_result *result)
{
    enum hs_log_level level =
        result->status == HS_FAILED || result->status == HS_BLOCKED         ? HS_LOG_WARN
        : result->status == HS_UNCHANGED || result->status == HS_SKIPPED ? HS_LOG_DEBUG
                                                                         : HS_LOG_INFO;
    HUB_POOL(pool);

    hs_log(level, "repo", "rule", slot->rule, "hub", result->hub, "repo", result->repo, "status",
           result->status == HS_INTERRUPTED ? "interrupted" : hs_status_name(result->status), "put",
           hub_pool_printf(&pool, "%llu", (unsigned long long)result->put), "deleted",
           hub_pool_printf(&pool, "%llu", (unsigned long long)result->deleted), "bytes",
           hub_pool_printf(&pool, "%llu", (unsigned long long)result->bytes), "reason",
           result->reason, "msg", result->message, NULL);
}

/* Everything that a rule has to do is done: it succeeded now. */
static void note_success(struct hs_service *service, const char *rule, int64_t job)
{
    HUB_POOL(pool);
    struct hs_round_row *rows;
    size_t n = 0, n_others = 0;
    HS_ERR(ignored);

    if (hs_store_jobs_of(service->store, rule, job, &n_others, &ignored) < 0 || n_others ||
        hs_store_rounds(service->store, &pool, &rows, &n, &ignored) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].rule, rule) == 0 && !rows[i].n_trouble) {
            struct hs_rule_state *state;
            rows[i].success_ms = hs_now_ms();
            (void)hs_store_round_put(service->store, &rows[i], &ignored);
            pthread_mutex_lock(&service->lock);
            state = hs_service_rule(service, rule);
            if (state)
                state->success_ms = rows[i].success_ms;
            pthread_mutex_unlock(&service->lock);
        }
}

static enum hs_outcome work(void *ctx, const struct hs_job_row *job, unsigned worker,
                            const char **error)
{
    struct hs_service *service = ctx;
    struct hs_slot *slot = &service->slots[worker];
    enum hs_outcome out = HS_OUT_DONE;
    struct hs_result *result;
    bool is_gone = false, is_canceled;

    HS_FAILPOINT("job.begun");
    hs_report_clear(&slot->report);
    result = run(service, slot, worker, &is_gone);
    if (is_gone)
        hs_logf(HS_LOG_INFO, "job_dropped", "%s:%s is not there any more", job->from_hub, job->from_repo);
    else if (!result)
        out = HS_OUT_PUT_OFF;
    if (result) {
        out = hs_outcome_of(result);
        *error = result->message;
        if (result->status == HS_FAILED && result->error == HUB_EAUTH)
            hs_route_refuse(slot->route, result->message);
        tell(slot, result);
    }
    pthread_mutex_lock(&service->lock);
    is_canceled = slot->is_canceled;
    pthread_mutex_unlock(&service->lock);
    if (out == HS_OUT_INTERRUPTED && is_canceled)
        out = HS_OUT_DONE; /* dropped; the next round finds it again */
    else if (out == HS_OUT_DONE)
        note_success(service, slot->rule, job->id);
    let_go(service, slot);
    return out;
}

const struct hs_job_ops hs_service_ops = {
    .claim = claim, .unclaim = unclaim, .work = work, .enter = enter, .leave = leave};
