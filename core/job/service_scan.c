/* The scanning thread: one rule at a time, when it is due. */
#include "job/one.h"
#include "job/service_own.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"

#include <ctype.h>
#include <time.h>

#include "base/banned.h"

enum { NAP_MAX_MS = 30 * 1000 };
static const struct hs_what everything;

char *hs_spot_key(const char *from_hub, const char *from_repo, const char *to_hub,
                   const char *to_repo)
{
    return hs_xprintf("%s\n%s\n%s\n%s", from_hub, from_repo, to_hub, to_repo);
}

void hs_round_drop(struct hs_round *round)
{
    if (!round || --round->refs)
        return;
    for (size_t i = 0; i < round->n_routes; i++)
        hs_route_clear(&round->routes[i]);
    hs_scan_clear(&round->scan);
    hs_report_clear(&round->report);
    hs_map_clear(&round->places);
    hub_pool_clear(&round->pool);
    hs_generation_drop(round->generation);
    free(round);
}

/* ---- targets that other rules claim: with the lock ---- */
struct shadow { /* a row of another rule's round, as this scan sees it */
    struct hs_candidate_row row;
    struct hs_candidate_row *real;
    struct hub_pool *pool;
};
typedef HS_VEC(struct shadow *) shadow_list;

static void add_shadows(struct hs_round *round, struct hs_round *other, shadow_list *shadows)
{
    for (size_t i = 0; i < other->n_routes; i++)
        for (size_t k = 0; k < other->routes[i].rows.n; k++) {
            struct hs_candidate_row *real = &other->routes[i].rows.items[k];
            struct shadow *shadow;
            HS_FREE char *key = hs_xprintf("%s\n%s", other->routes[i].to_hub, real->target_id);
            for (char *c = key; *c; c++)
                *c = (char)tolower((unsigned char)*c);
            if (hs_map_get(&other->scan.claims, key) != real)
                continue; /* its rule leaves it alone */
            shadow = hub_pool_alloc(&round->pool, 1, sizeof *shadow);
            *shadow = (struct shadow){.row = *real, .real = real, .pool = &other->pool};
            shadow->row.bad_name = NULL;
            *hs_vec_add(shadows) = shadow;
            (void)hs_map_put(&round->scan.claims, key, &shadow->row);
        }
}

/* Both rules see the clash, whichever was scanned first. */
static void tell_shadows(const shadow_list *shadows)
{
    for (size_t i = 0; i < shadows->n; i++)
        if (shadows->items[i]->row.bad_name && !shadows->items[i]->real->bad_name)
            shadows->items[i]->real->bad_name =
                hub_pool_strdup(shadows->items[i]->pool, shadows->items[i]->row.bad_name);
}

/* ---- a round ---- */
struct scanning {
    struct hs_service *service;
    struct hs_engine *hand;
    struct hs_round *round;
    const struct hs_rule *rule;
    bool is_by_hand;
    size_t n_offered, n_orders;
    shadow_list shadows;
};

static int sort_out(struct scanning *s, struct hs_route *route, struct hs_err *err)
{
    struct hs_round *round = s->round;
    int r = 0;

    for (size_t i = 0; r == 0 && i < route->rows.n; i++) {
        struct hs_candidate_row *row = &route->rows.items[i];
        struct hs_spot *place = hub_pool_alloc(&round->pool, 1, sizeof *place);
        HS_FREE char *key = hs_spot_key(route->from_hub, row->source_id, route->to_hub, row->target_id);
        struct hs_one one = {.what = &everything, .route = route, .row = row, .order = s->n_orders++};
        struct hs_job_row job;
        int64_t id = 0;
        *place = (struct hs_spot){route, row};
        (void)hs_map_put(&round->places, key, place);
        if (hs_one_by_marks(s->hand, &one, &round->report)) {
            hs_job_settled(s->service->store, route, row);
            continue;
        }
        job = hs_job_of_row(&round->pool, route, row, hs_now_ms(), s->is_by_hand ? "by hand" : "scan");
        r = hs_store_job_offer(s->service->store, &job, s->is_by_hand, &id, err);
        s->n_offered++;
    }
    return r;
}

static bool is_row_of(const struct scanning *s, const struct hs_job_row *job, bool *is_whole)
{
    HS_FREE char *key = hs_spot_key(job->from_hub, job->from_repo, job->to_hub, job->to_repo);

    *is_whole = false;
    for (size_t i = 0; i < s->round->n_routes; i++) {
        const struct hs_route *route = &s->round->routes[i];
        if (strcmp(route->from_hub, job->from_hub) == 0 && strcmp(route->to_hub, job->to_hub) == 0)
            *is_whole = route->is_whole;
    }
    return hs_map_get(&s->round->places, key) != NULL;
}

/* Jobs whose source vanished before it was ever in step. */
static int drop_vanished(struct scanning *s, struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_job_row *rows;
    bool is_whole;
    size_t n = 0;
    int r = hs_store_jobs(s->service->store, &pool, &rows, &n, err);

    for (size_t i = 0; r == 0 && i < n; i++) {
        const struct hs_job_row *job = &rows[i];
        HS_ERR(ignored);
        if (strcmp(job->rule, s->rule->name) != 0 || is_row_of(s, job, &is_whole) || !is_whole)
            continue;
        hs_logf(HS_LOG_INFO, "job_dropped", "%s:%s is not there any more", job->from_hub, job->from_repo);
        (void)hs_store_job_drop(s->service->store, job->id, &ignored); /* unless it runs */
    }
    return r;
}

/* All that the scan found out of step becomes durable in one step. */
static int queue_all(struct scanning *s, struct hs_err *err)
{
    int r = hs_store_begin(s->service->store, err);

    if (r < 0)
        return r;
    for (size_t i = 0; r == 0 && i < s->round->n_routes; i++)
        r = sort_out(s, &s->round->routes[i], err);
    HS_FAILPOINT("round.queueing");
    if (r == 0)
        r = drop_vanished(s, err);
    if (r < 0) {
        hs_store_rollback(s->service->store);
        return r;
    }
    r = hs_store_end(s->service->store, err);
    HS_FAILPOINT("round.queued");
    return r;
}

static void count(const struct scanning *s, struct hs_round_row *row)
{
    row->n_repos = s->n_offered;
    for (size_t i = 0; i < s->round->report.results.n; i++) {
        const struct hs_result *result = &s->round->report.results.items[i];
        const char *slash = strchr(result->repo, '/');
        bool is_repo = slash && slash[1];
        row->n_repos += is_repo && result->status != HS_SKIPPED;
        row->n_trouble += !is_repo;
        if (!is_repo)
            hs_log(HS_LOG_WARN, "scan_failed", "rule", s->rule->name, "hub", result->hub, "owner",
                   result->repo, "why", result->message, NULL);
    }
}

/* What `status` reads. */
static void write_row(struct scanning *s, const struct hs_rule_state *state, int64_t started_ms,
                      struct hs_round_row *row)
{
    int64_t now = hs_now_ms();
    HS_ERR(err);

    row->rule = s->rule->name;
    row->n = state->rounds.n;
    row->started_ms = started_ms;
    row->ended_ms = now;
    row->next_ms = state->next_ms;
    row->success_ms = !s->n_offered && !row->n_trouble ? now : state->success_ms;
    if (hs_store_round_put(s->service->store, row, &err) < 0)
        hs_logf(HS_LOG_ERROR, "queue", "%s", hs_err_text(&err));
    HS_FAILPOINT("round.noted");
}

/* The round is the rule's newest now, unless the configuration changed meanwhile. With the lock. */
static void take_round(struct scanning *s, const char *name, int64_t started_ms, int r)
{
    struct hs_service *service = s->service;
    struct hs_rule_state *state = hs_service_rule(service, name);
    struct hs_round_row row = {.rule = ""};
    int64_t next;

    if (!state || s->round->generation != service->generation) {
        hs_round_drop(s->round);
        return;
    }
    state->is_scanning = false;
    state->rounds = (struct hs_rounds){started_ms, state->rounds.n + 1};
    next = hs_schedule_next(s->rule, &state->rounds, hs_now_ms());
    state->next_ms = next < 0 ? 0 : next;
    if (r < 0 || s->round->report.was_interrupted) {
        hs_round_drop(s->round);
        return;
    }
    tell_shadows(&s->shadows);
    count(s, &row);
    write_row(s, state, started_ms, &row);
    if (row.success_ms)
        state->success_ms = row.success_ms;
    hs_round_drop(state->newest);
    state->newest = s->round;
}

static void start_round(struct scanning *s, struct hs_rule_state *state)
{
    struct hs_service *service = s->service;
    struct hs_round *round = hs_xcalloc(1, sizeof *round);

    round->refs = 1;
    round->generation = service->generation;
    round->generation->refs++;
    round->scanned_ms = hs_mono_ms();
    round->scan = (struct hs_scan){.engine = s->hand,
                                   .what = &everything,
                                   .report = &round->report,
                                   .pool = &round->pool,
                                   .may_note = true};
    for (size_t i = 0; i < service->rules.n; i++)
        if (service->rules.items[i] != state && service->rules.items[i]->newest)
            add_shadows(round, service->rules.items[i]->newest, &s->shadows);
    s->round = round;
    s->rule = hs_conf_rule(round->generation->conf, state->name);
    s->is_by_hand = state->is_by_hand;
    s->hand->sessions = round->generation->sessions;
    s->hand->conf.conf = round->generation->conf;
    state->is_wanted = state->is_by_hand = false;
    state->is_scanning = true;
}

/* With the lock, which it leaves while it scans. */
static void scan_rule(struct hs_service *service, struct hs_engine *hand, struct hs_rule_state *state)
{
    struct scanning s = {.service = service, .hand = hand};
    HS_FREE char *name = hs_xstrdup(state->name);
    int64_t started_ms = hs_now_ms();
    HS_ERR(err);
    int r;

    start_round(&s, state);
    pthread_mutex_unlock(&service->lock);
    hs_log(HS_LOG_INFO, "round", "rule", name, NULL);
    HS_FAILPOINT("round.begun");
    hs_sessions_retry(s.round->generation->sessions);
    s.round->report.created_ms = started_ms;
    hs_scan_rule(&s.round->scan, s.rule, &s.round->routes, &s.round->n_routes);
    r = s.round->report.was_interrupted ? HUB_ECANCELED : queue_all(&s, &err);
    hs_engine_look(hand, HS_PHASE_SCAN, NULL, "");
    if (r < 0 && r != HUB_ECANCELED)
        hs_logf(HS_LOG_ERROR, "queue", "%s", hs_err_text(&err));
    pthread_mutex_lock(&service->lock);
    take_round(&s, name, started_ms, r);
    hs_vec_clear(&s.shadows);
    pthread_mutex_unlock(&service->lock);
    hs_scheduler_wake(service->scheduler);
    pthread_mutex_lock(&service->lock);
}

/* ---- when: with the lock ---- */
static void reckon(struct hs_service *service, struct hs_rule_state *state, int64_t now)
{
    const struct hs_rule *rule = hs_conf_rule(service->generation->conf, state->name);
    int64_t next = rule ? hs_schedule_next(rule, &state->rounds, now) : -1;

    state->next_ms = next < 0 ? 0 : next;
}

static struct hs_rule_state *find_due(struct hs_service *service, int64_t *wait_ms)
{
    struct hs_rule_state *first = NULL;
    int64_t now = hs_now_ms();

    *wait_ms = NAP_MAX_MS;
    if (service->is_paused)
        return NULL;
    for (size_t i = 0; i < service->rules.n; i++) {
        struct hs_rule_state *state = service->rules.items[i];
        if (state->next_ms < 0)
            reckon(service, state, now);
        if (state->is_wanted)
            return state;
        if (!state->next_ms)
            continue;
        if (state->next_ms - now < *wait_ms)
            *wait_ms = state->next_ms - now;
        if (state->next_ms <= now && (!first || state->next_ms < first->next_ms))
            first = state;
    }
    return first;
}

static void nap(struct hs_service *service, int64_t ms)
{
    struct timespec until;

    ms = ms < 1 ? 1 : ms;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&service->changed, &service->lock, &until);
}

void *hs_service_scan(void *arg)
{
    struct hs_service *service = arg;
    struct hs_engine *hand;
    HS_ERR(err);

    if (hs_hand_new(service->engine, &hand, &err) < 0) {
        hs_logf(HS_LOG_ERROR, "worker", "%s", hs_err_text(&err));
        return NULL;
    }
    pthread_mutex_lock(&service->lock);
    while (!service->is_over && !hs_net_is_canceled(service->engine->net)) {
        int64_t wait_ms;
        struct hs_rule_state *state = find_due(service, &wait_ms);
        if (state)
            scan_rule(service, hand, state);
        else
            nap(service, wait_ms);
    }
    pthread_mutex_unlock(&service->lock);
    hs_hand_free(hand);
    return NULL;
}
