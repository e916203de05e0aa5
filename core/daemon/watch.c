#include "daemon/watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/gauges.h"
#include "ops/ops.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/banned.h"

enum { LOOK_MS = 1000 }; /* for alerts that are to be told */

/* A copy of the configuration's webhooks: the thread may be at it when a new one comes. */
struct hooks {
    struct hub_pool pool;
    HS_VEC(struct hs_alert_conf) items;
};
static struct watch {
    struct hs_gauges gauges;
    struct hs_status_server *server;
    struct hs_net *net;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct hooks *next; /* taken by the thread */
    bool is_ending;
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- webhooks ---- */
static struct hooks *copy_hooks(const struct hs_conf *conf)
{
    struct hooks *copy = hs_xcalloc(1, sizeof *copy);

    for (size_t i = 0; i < conf->alerts.n; i++) {
        const struct hs_alert_conf *hook = &conf->alerts.items[i];
        *hs_vec_add(&copy->items) = (struct hs_alert_conf){.webhook = hub_pool_strdup(&copy->pool, hook->webhook),
                                                           .form = hub_pool_strdup(&copy->pool, hook->form),
                                                           .min = hub_pool_strdup(&copy->pool, hook->min),
                                                           .dedupe_ms = hook->dedupe_ms};
    }
    return copy;
}

static void free_hooks(struct hooks *hooks)
{
    if (!hooks)
        return;
    hs_vec_clear(&hooks->items);
    hub_pool_clear(&hooks->pool);
    free(hooks);
}

/* Sleeps until it is time to look, new hooks are there, or all ends. False: it ends. */
static bool wait_turn(struct watch *w, struct hooks **hooks)
{
    struct timespec until;
    bool goes_on;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_MS / 1000;
    (void)pthread_mutex_lock(&w->lock);
    while (!w->is_ending && !w->next && pthread_cond_timedwait(&w->changed, &w->lock, &until) != ETIMEDOUT)
        ;
    if (w->next) {
        free_hooks(*hooks);
        *hooks = w->next;
        w->next = NULL;
    }
    goes_on = !w->is_ending;
    (void)pthread_mutex_unlock(&w->lock);
    return goes_on;
}

static void *tell(void *arg)
{
    struct watch *w = arg;
    struct hooks *hooks = NULL;
    struct hs_loop *loop = NULL;
    HS_ERR(err);

    if (hs_loop_new(w->net, &loop, &err) < 0)
        hs_logf(HS_LOG_ERROR, "webhook_failed", "no webhook can be told: %s", hs_err_text(&err));
    while (wait_turn(w, &hooks))
        if (loop && hooks)
            (void)hs_webhooks_send(hooks->items.items, hooks->items.n, w->gauges.store, w->net, loop, hs_now_ms());
    free_hooks(hooks);
    hs_loop_free(loop);
    return NULL;
}

static int start_telling(struct watch *w, const struct hs_conf *conf, struct hs_err *err)
{
    struct hs_net_conf net = {.user_agent = "hubsync/" HS_VERSION};
    pthread_condattr_t attr;
    int r = hs_net_new(&net, &w->net, err);

    if (r < 0)
        return r;
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&w->changed, &attr);
    (void)pthread_condattr_destroy(&attr);
    w->next = copy_hooks(conf);
    w->has_thread = pthread_create(&w->thread, NULL, tell, w) == 0;
    return w->has_thread ? 0 : hs_fail(err, HS_EFAILED, "no thread for the webhooks");
}

/* ---- pages ---- */
static int on_ready(void *ctx, struct hub_text *why)
{
    return hs_gauges_ready(&((struct watch *)ctx)->gauges, why);
}

static void on_metrics(void *ctx, struct hub_text *out)
{
    hs_gauges_print(&((struct watch *)ctx)->gauges, out);
}

/* ---- the hooks ---- */
static void stop(void *ctx)
{
    struct watch *w = ctx;

    hs_status_server_stop(w->server);
    w->server = NULL;
    (void)pthread_mutex_lock(&w->lock);
    w->is_ending = true;
    (void)pthread_mutex_unlock(&w->lock);
    if (w->has_thread) {
        hs_net_cancel(w->net);
        (void)pthread_cond_signal(&w->changed);
        (void)pthread_join(w->thread, NULL);
        w->has_thread = false;
    }
    free_hooks(w->next);
    w->next = NULL;
    hs_net_free(w->net);
    w->net = NULL;
}

static int start(void *ctx, const struct hs_daemon_parts *parts, struct hs_err *err)
{
    struct watch *w = ctx;
    struct hs_status_pages pages = {on_ready, on_metrics, w};
    int r;

    w->gauges = (struct hs_gauges){.service = parts->service,
                                   .store = parts->store,
                                   .state_dir = parts->state_dir,
                                   .started_ms = hs_now_ms()};
    r = start_telling(w, parts->conf, err);
    if (r == 0 && *parts->conf->daemon.listen) {
        r = hs_status_server_start(parts->conf->daemon.listen, &pages, &w->server, err);
        if (r == 0)
            hs_logf(HS_LOG_INFO, "listening", "metrics and health on %s, port %u", parts->conf->daemon.listen,
                    hs_status_server_port(w->server));
    }
    if (r < 0)
        stop(w);
    return r;
}

static void reload(void *ctx, const struct hs_daemon_parts *parts)
{
    struct watch *w = ctx;
    struct hooks *hooks = copy_hooks(parts->conf);

    (void)pthread_mutex_lock(&w->lock);
    free_hooks(w->next);
    w->next = hooks;
    (void)pthread_mutex_unlock(&w->lock);
    (void)pthread_cond_signal(&w->changed);
}

const struct hs_daemon_hooks *hs_watch_hooks(void)
{
    static const struct hs_daemon_hooks hooks = {.start = start, .reload = reload, .stop = stop, .ctx = &watch};

    return &hooks;
}
