#include "job/service_own.h"

#include "base/clock.h"
#include "base/log.h"

#include "base/banned.h"

/* ---- generations ---- */
static struct hs_generation *new_generation(struct hs_conf *conf, struct hs_sessions *sessions)
{
    struct hs_generation *generation = hs_xcalloc(1, sizeof *generation);

    generation->conf = conf;
    generation->sessions = sessions;
    generation->refs = 1;
    return generation;
}

void hs_generation_drop(struct hs_generation *generation)
{
    if (!generation || --generation->refs)
        return;
    hs_sessions_free(generation->sessions);
    hs_conf_clear(generation->conf);
    free(generation->conf);
    free(generation);
}

/* ---- rules ---- */
struct hs_rule_state *hs_service_rule(struct hs_service *service, const char *name)
{
    for (size_t i = 0; i < service->rules.n; i++)
        if (strcmp(service->rules.items[i]->name, name) == 0)
            return service->rules.items[i];
    return NULL;
}

static void free_rule(struct hs_rule_state *rule)
{
    hs_round_drop(rule->newest);
    free(rule->name);
    free(rule);
}

static const struct hs_round_row *row_of(const struct hs_round_row *rows, size_t n, const char *rule)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].rule, rule) == 0)
            return &rows[i];
    return NULL;
}

static struct hs_rule_state *new_rule(const struct hs_rule *rule, const struct hs_round_row *row)
{
    struct hs_rule_state *state = hs_xcalloc(1, sizeof *state);

    state->name = hs_xstrdup(rule->name);
    if (row) {
        state->rounds = (struct hs_rounds){row->started_ms, row->n};
        state->success_ms = row->success_ms;
    }
    return state;
}

/* The rules of conf; those that were there keep when they ran. Every one is scanned soon: without
 * rows of a scan no job of it can run. */
static int set_rules(struct hs_service *service, const struct hs_conf *conf, struct hs_err *err)
{
    HUB_POOL(pool);
    HS_VEC(struct hs_rule_state *) old = {service->rules.items, service->rules.n, service->rules.room};
    const char **names = hub_pool_alloc(&pool, conf->rules.n + 1, sizeof *names);
    struct hs_round_row *rows;
    size_t n = 0, n_names = 0;
    int r = hs_store_rounds(service->store, &pool, &rows, &n, err);

    for (size_t i = 0; i < conf->rules.n; i++)
        if (conf->rules.items[i].is_enabled)
            names[n_names++] = conf->rules.items[i].name;
    if (r == 0)
        r = hs_store_rounds_keep(service->store, names, n_names, err);
    if (r < 0)
        return r;
    pthread_mutex_lock(&service->lock);
    memset(&service->rules, 0, sizeof service->rules);
    for (size_t i = 0; i < conf->rules.n; i++) {
        const struct hs_rule *rule = &conf->rules.items[i];
        struct hs_rule_state *state;
        if (!rule->is_enabled)
            continue;
        state = new_rule(rule, row_of(rows, n, rule->name));
        state->is_wanted = true;
        *hs_vec_add(&service->rules) = state;
    }
    for (size_t i = 0; i < HS_HANDS_MAX; i++) {
        struct hs_slot *slot = &service->slots[i];
        if (slot->job && !hs_service_rule(service, slot->rule)) {
            slot->is_canceled = true;
            hs_hand_cancel(slot->hand, true);
        }
    }
    for (size_t i = 0; i < old.n; i++)
        free_rule(old.items[i]);
    hs_vec_clear(&old);
    pthread_cond_broadcast(&service->changed);
    pthread_mutex_unlock(&service->lock);
    return 0;
}

/* ---- life ---- */
static int read_paused(struct hs_service *service)
{
    uint64_t paused = 0;
    HS_ERR(ignored);

    return hs_store_count_get(service->store, "", "daemon paused", &paused, &ignored) == 0 && paused;
}

static void init_lock(struct hs_service *service)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&service->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&service->changed, &attr);
    pthread_condattr_destroy(&attr);
}

int hs_service_start(struct hs_engine *engine, struct hs_conf *conf, struct hs_service **out,
                     struct hs_err *err)
{
    struct hs_service *service = hs_xcalloc(1, sizeof *service);
    struct hs_scheduler_conf scheduler = {.store = engine->store,
                                          .workers = conf->daemon.workers,
                                          .is_daemon = true,
                                          .pause_ms = conf->daemon.pause_between_ms,
                                          .ops = &hs_service_ops,
                                          .ctx = service};
    int r;

    init_lock(service);
    service->engine = engine;
    service->store = engine->store;
    service->generation = new_generation(conf, engine->sessions);
    engine->sessions = NULL;
    service->wall_ms = hs_now_ms();
    service->mono_ms = hs_mono_ms();
    service->is_paused = read_paused(service);
    r = set_rules(service, conf, err);
    if (r == 0)
        r = hs_scheduler_new(&scheduler, &service->scheduler, err);
    if (r == 0) {
        hs_scheduler_pause(service->scheduler, service->is_paused);
        r = hs_scheduler_start(service->scheduler, err);
    }
    if (r == 0 && pthread_create(&service->scanner, NULL, hs_service_scan, service) != 0)
        r = hs_fail(err, HS_EFAILED, "cannot start the scanning thread");
    service->has_scanner = r == 0;
    if (r < 0) {
        hs_service_stop(service);
        hs_service_free(service);
        return r;
    }
    *out = service;
    return 0;
}

void hs_service_drain(struct hs_service *service)
{
    pthread_mutex_lock(&service->lock);
    service->is_over = true;
    pthread_cond_broadcast(&service->changed);
    pthread_mutex_unlock(&service->lock);
    if (service->scheduler)
        hs_scheduler_stop(service->scheduler);
}

bool hs_service_is_idle(struct hs_service *service)
{
    bool is_scanning = false;

    pthread_mutex_lock(&service->lock);
    for (size_t i = 0; i < service->rules.n; i++)
        is_scanning = is_scanning || service->rules.items[i]->is_scanning;
    pthread_mutex_unlock(&service->lock);
    return !is_scanning && hs_scheduler_is_idle(service->scheduler);
}

void hs_service_stop(struct hs_service *service)
{
    hs_service_drain(service);
    if (service->scheduler)
        hs_scheduler_join(service->scheduler);
    if (service->has_scanner)
        (void)pthread_join(service->scanner, NULL);
    service->has_scanner = false;
}

void hs_service_free(struct hs_service *service)
{
    if (!service)
        return;
    for (size_t i = 0; i < service->rules.n; i++)
        free_rule(service->rules.items[i]);
    hs_vec_clear(&service->rules);
    for (size_t i = 0; i < HS_HANDS_MAX; i++)
        hs_report_clear(&service->slots[i].report);
    hs_scheduler_free(service->scheduler);
    hs_generation_drop(service->generation);
    pthread_mutex_destroy(&service->lock);
    pthread_cond_destroy(&service->changed);
    free(service);
}

static bool is_same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool needs_restart(const struct hs_conf *old, const struct hs_conf *now)
{
    return memcmp(&old->transfer, &now->transfer, sizeof old->transfer) != 0 ||
           old->daemon.workers != now->daemon.workers ||
           old->daemon.pause_between_ms != now->daemon.pause_between_ms ||
           !is_same_text(old->daemon.socket, now->daemon.socket) ||
           !is_same_text(old->timezone, now->timezone);
}

int hs_service_reload(struct hs_service *service, struct hs_conf *conf, bool *stays,
                      struct hs_err *err)
{
    struct hs_sessions_conf how = {.conf = conf, .net = service->engine->net};
    struct hs_sessions *sessions = NULL;
    struct hs_generation *old;
    int r = hs_sessions_new(&how, &sessions, err);

    *stays = needs_restart(service->generation->conf, conf);
    if (r < 0) {
        hs_conf_clear(conf);
        free(conf);
        return r;
    }
    pthread_mutex_lock(&service->lock);
    old = service->generation;
    service->generation = new_generation(conf, sessions);
    pthread_mutex_unlock(&service->lock);
    r = set_rules(service, conf, err);
    pthread_mutex_lock(&service->lock);
    hs_generation_drop(old);
    pthread_mutex_unlock(&service->lock);
    return r;
}

/* ---- clocks ---- */
static void shift(struct hs_service *service, int64_t now_ms, int64_t by_ms)
{
    HS_ERR(err);

    hs_logf(HS_LOG_WARN, "clock_jumped", "the clock was moved by %lld s", (long long)(by_ms / 1000));
    if (hs_store_jobs_shift(service->store, now_ms, by_ms, &err) < 0)
        hs_logf(HS_LOG_ERROR, "queue", "%s", hs_err_text(&err));
    pthread_mutex_lock(&service->lock);
    for (size_t i = 0; i < service->rules.n; i++)
        service->rules.items[i]->next_ms = -1; /* reckoned anew */
    pthread_cond_broadcast(&service->changed);
    pthread_mutex_unlock(&service->lock);
    hs_scheduler_wake(service->scheduler);
}

void hs_service_tick(struct hs_service *service)
{
    int64_t wall = hs_now_ms(), mono = hs_mono_ms();
    int64_t by = (wall - service->wall_ms) - (mono - service->mono_ms);

    service->wall_ms = wall;
    service->mono_ms = mono;
    if (by > HS_JUMP_MS || by < -HS_JUMP_MS)
        shift(service, wall, by);
    hs_scheduler_note_survivors(service->scheduler, HS_SURVIVED_MS);
}

/* ---- by hand ---- */
int hs_service_pause(struct hs_service *service, bool is_paused, struct hs_err *err)
{
    int r = hs_store_count_put(service->store, "", "daemon paused", is_paused, err);

    if (r < 0)
        return r;
    pthread_mutex_lock(&service->lock);
    service->is_paused = is_paused;
    pthread_cond_broadcast(&service->changed);
    pthread_mutex_unlock(&service->lock);
    hs_scheduler_pause(service->scheduler, is_paused);
    return 0;
}

bool hs_service_is_paused(struct hs_service *service)
{
    return hs_scheduler_is_paused(service->scheduler);
}

int hs_service_trigger(struct hs_service *service, const char *rule, struct hs_err *err)
{
    struct hs_rule_state *state;

    pthread_mutex_lock(&service->lock);
    state = hs_service_rule(service, rule);
    if (state)
        state->is_wanted = state->is_by_hand = true;
    pthread_cond_broadcast(&service->changed);
    pthread_mutex_unlock(&service->lock);
    return state ? 0 : hs_fail(err, HS_ECONFIG, "no enabled rule is called '%s'", rule);
}

int hs_service_cancel(struct hs_service *service, int64_t job, struct hs_err *err)
{
    bool is_running = false;
    HS_ERR(ignored);

    pthread_mutex_lock(&service->lock);
    for (size_t i = 0; i < HS_HANDS_MAX && job > 0; i++) {
        struct hs_slot *slot = &service->slots[i];
        if (slot->job != job)
            continue;
        slot->is_canceled = is_running = true;
        hs_hand_cancel(slot->hand, true);
    }
    pthread_mutex_unlock(&service->lock);
    if (is_running || hs_store_job_drop(service->store, job, &ignored) == 0)
        return 0;
    return hs_fail(err, HS_EABSENT, "there is no job %lld", (long long)job);
}

void hs_service_wake(struct hs_service *service)
{
    hs_scheduler_wake(service->scheduler);
}

/* ---- what is going on ---- */
const char *hs_phase_name(enum hs_phase phase)
{
    static const char *const names[] = {"scan", "transfer", "commit", "verify"};

    return names[phase];
}

static void look_at(const struct hs_slot *slot, struct hs_service_view *view)
{
    const struct hs_progress *p = &slot->hand->view;
    struct hs_transfer *transfer = hs_vec_add(&view->transfers);

    *transfer = (struct hs_transfer){.job = slot->job,
                                     .rule = hub_pool_strdup(&view->pool, slot->rule),
                                     .hub = hub_pool_strdup(&view->pool, slot->route->to_hub),
                                     .repo = hub_pool_strdup(&view->pool, slot->row.target_id),
                                     .phase = p->phase,
                                     .files_total = p->files_total,
                                     .bytes_total = p->bytes_total,
                                     .running_ms = hs_mono_ms() - slot->began_ms};
    transfer->bytes_done =
        __atomic_load_n(&slot->hand->traffic.new_bytes, __ATOMIC_RELAXED) - slot->hand->sent_before;
}

void hs_service_look(struct hs_service *service, struct hs_service_view *view)
{
    struct hs_hands *hands = service->engine->hands;
    struct hs_traffic sum;

    *view = (struct hs_service_view){.is_paused = hs_service_is_paused(service),
                                     .requests = hs_net_requests(service->engine->net)};
    hs_hands_traffic(hands, &sum);
    view->new_bytes = sum.new_bytes;
    view->resent_bytes = sum.resent_bytes;
    pthread_mutex_lock(&service->lock);
    pthread_mutex_lock(&hands->lock);
    view->n_rules = service->rules.n;
    for (size_t i = 0; i < HS_HANDS_MAX; i++)
        if (service->slots[i].job)
            look_at(&service->slots[i], view);
    for (size_t i = 0; i < service->rules.n; i++)
        if (service->rules.items[i]->is_scanning)
            *hs_vec_add(&view->scanning) = hub_pool_strdup(&view->pool, service->rules.items[i]->name);
    pthread_mutex_unlock(&hands->lock);
    pthread_mutex_unlock(&service->lock);
}

void hs_service_view_clear(struct hs_service_view *view)
{
    hs_vec_clear(&view->transfers);
    hs_vec_clear(&view->scanning);
    hub_pool_clear(&view->pool);
}
