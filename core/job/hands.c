/* An engine's hands: one for each thread, with a loop, counters and a display of its own. */
#include "job/hands.h"

#include "base/clock.h"

#include "base/banned.h"

static void tick(void *ctx)
{
    struct hs_engine *e = ctx;

    hs_engine_look(e, e->view.phase, NULL, NULL);
}

/* ---- life ---- */
static struct hs_hands *new_hands(void)
{
    struct hs_hands *hands = hs_xcalloc(1, sizeof *hands);

    pthread_mutex_init(&hands->lock, NULL);
    pthread_mutex_init(&hands->heavy, NULL);
    return hands;
}

void hs_hand_start(struct hs_engine *e, struct hs_engine *first)
{
    e->hands = first ? first->hands : new_hands();
    e->began_ms = first ? first->began_ms : hs_mono_ms();
    e->view.rule = e->view.hub = e->view.repo = "";
    if (!first)
        e->hands->all[0] = e;
}

void hs_hand_ready(struct hs_engine *e)
{
    e->learn = (struct hs_learn){.store = e->store,
                                 .crew = e->crew,
                                 .traffic = &e->traffic,
                                 .window_bytes = e->window_bytes,
                                 .tick = tick,
                                 .ctx = e};
}

void hs_hand_end(struct hs_engine *e)
{
    if (e->number)
        return;
    pthread_mutex_destroy(&e->hands->lock);
    pthread_mutex_destroy(&e->hands->heavy);
    free(e->hands);
}

static bool take_number(struct hs_engine *e)
{
    pthread_mutex_lock(&e->hands->lock);
    for (unsigned i = 1; i < HS_HANDS_MAX && !e->number; i++)
        if (!e->hands->all[i]) {
            e->hands->all[i] = e;
            e->number = i;
        }
    pthread_mutex_unlock(&e->hands->lock);
    return e->number != 0;
}

int hs_hand_new(struct hs_engine *first, struct hs_engine **out, struct hs_err *err)
{
    struct hs_engine *e = hs_xcalloc(1, sizeof *e);
    int r;

    e->conf = first->conf;
    e->store = first->store;
    e->net = first->net;
    e->sessions = first->sessions;
    e->crew = first->crew;
    e->window_bytes = first->window_bytes;
    e->inline_budget = first->inline_budget;
    hs_hand_start(e, first);
    r = hs_loop_new(e->net, &e->loop, err);
    if (r == 0 && !take_number(e)) {
        hs_loop_free(e->loop);
        r = hs_fail(err, HS_EFAILED, "more than %d hands", HS_HANDS_MAX - 1);
    }
    if (r < 0) {
        free(e);
        return r;
    }
    hs_hand_ready(e);
    hs_crew_share(e->crew);
    *out = e;
    return 0;
}

static void add_traffic(struct hs_traffic *sum, const struct hs_traffic *one)
{
    sum->read_bytes += __atomic_load_n(&one->read_bytes, __ATOMIC_RELAXED);
    sum->sent_bytes += __atomic_load_n(&one->sent_bytes, __ATOMIC_RELAXED);
    sum->new_bytes += __atomic_load_n(&one->new_bytes, __ATOMIC_RELAXED);
    sum->resent_bytes += __atomic_load_n(&one->resent_bytes, __ATOMIC_RELAXED);
    sum->done_bytes += __atomic_load_n(&one->done_bytes, __ATOMIC_RELAXED);
}

void hs_hand_free(struct hs_engine *e)
{
    if (!e)
        return;
    pthread_mutex_lock(&e->hands->lock);
    add_traffic(&e->hands->gone, &e->traffic);
    e->hands->all[e->number] = NULL;
    pthread_mutex_unlock(&e->hands->lock);
    hs_loop_free(e->loop);
    free(e);
}

void hs_hand_cancel(struct hs_engine *e, bool is_canceled)
{
    __atomic_store_n(&e->traffic.is_canceled, is_canceled, __ATOMIC_RELAXED);
    hs_loop_cancel(e->loop, is_canceled);
}

/* ---- all of them ---- */
static void sum_traffic(const struct hs_hands *hands, struct hs_traffic *sum)
{
    *sum = hands->gone;
    for (unsigned i = 0; i < HS_HANDS_MAX; i++)
        if (hands->all[i])
            add_traffic(sum, &hands->all[i]->traffic);
}

void hs_hands_traffic(struct hs_hands *hands, struct hs_traffic *sum)
{
    pthread_mutex_lock(&hands->lock);
    sum_traffic(hands, sum);
    pthread_mutex_unlock(&hands->lock);
}

void hs_hands_count(struct hs_hands *hands, uint64_t done, uint64_t total)
{
    pthread_mutex_lock(&hands->lock);
    hands->repos_done += done;
    hands->repos_total += total;
    pthread_mutex_unlock(&hands->lock);
}

static bool is_first_busy(const struct hs_hands *hands, const struct hs_engine *e)
{
    for (unsigned i = 0; i < e->number; i++)
        if (hands->all[i] && *hands->all[i]->view.repo)
            return false;
    return true;
}

void hs_engine_look(struct hs_engine *e, enum hs_phase phase, const struct hs_route *route,
                    const char *repo)
{
    struct hs_traffic sum;

    pthread_mutex_lock(&e->hands->lock);
    e->view.phase = phase;
    if (route) {
        e->view.rule = route->rule_name;
        e->view.hub = route->to_hub;
    }
    if (repo)
        e->view.repo = repo;
    sum_traffic(e->hands, &sum);
    e->view.new_bytes = sum.new_bytes;
    e->view.resent_bytes = sum.resent_bytes;
    e->view.bytes_done = __atomic_load_n(&e->traffic.new_bytes, __ATOMIC_RELAXED) - e->sent_before;
    e->view.elapsed_ms = hs_mono_ms() - e->began_ms;
    e->view.repos_done = e->hands->repos_done;
    e->view.repos_total = e->hands->repos_total;
    e->view.is_first = is_first_busy(e->hands, e);
    if (e->conf.progress)
        e->conf.progress(e->conf.ctx, &e->view);
    pthread_mutex_unlock(&e->hands->lock);
}
