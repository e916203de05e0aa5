#include "daemon/daemon.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "daemon/answers.h"
#include "daemon/notify.h"
#include "daemon/signals.h"
#include "job/control.h"

#include <signal.h>
#include <unistd.h>

#include "base/banned.h"

enum { TICK_MS = 1000, STATUS_MS = 5000, EXTRA_S = 15 };

struct daemon {
    const struct hs_daemon_conf *conf;
    struct hs_conf *loaded; /* the service's */
    struct hs_engine *engine;
    struct hs_service *service;
    struct hs_server *server;
    struct hs_answers answers;
    struct hs_daemon_parts parts;
    char *socket;
    int record_fd, signals_fd;
    int64_t ticked_ms, told_ms, fed_ms, watchdog_ms, drain_until_ms;
    int first_signal, code;
    bool is_hooked;
};

/* ---- starting ---- */
static int open_engine(struct daemon *d, struct hs_err *err)
{
    struct hs_engine_conf engine = {.conf = d->loaded,
                                    .state_dir = d->conf->state_dir,
                                    .needs_jobs_lock = true,
                                    .needs_store = true,
                                    .is_daemon = true};
    int r = hs_engine_open(&engine, &d->engine, err);

    if (r == HS_EBUSY)
        (void)hs_fail(err, HS_EBUSY, "another process runs jobs on the state in %s", d->conf->state_dir);
    return r;
}

static char *socket_of(const struct daemon *d)
{
    const char *socket = d->loaded->daemon.socket;
    HS_FREE char *folder = realpath(d->conf->state_dir, NULL);

    if (socket && *socket)
        return hs_xstrdup(socket);
    return hs_xprintf("%s/control.sock", folder ? folder : d->conf->state_dir);
}

static int start_hooks(struct daemon *d, struct hs_err *err)
{
    const struct hs_daemon_hooks *hooks = d->conf->hooks;
    int r = 0;

    d->parts = (struct hs_daemon_parts){.engine = d->engine,
                                        .service = d->service,
                                        .store = hs_engine_store(d->engine),
                                        .conf = d->loaded,
                                        .state_dir = d->conf->state_dir};
    if (hooks && hooks->start)
        r = hooks->start(hooks->ctx, &d->parts, err);
    d->is_hooked = r == 0;
    return r;
}

static int start(struct daemon *d, struct hs_err *err)
{
    int r = d->conf->load(d->conf->ctx, &d->loaded, err);

    if (r == 0)
        r = hs_signals_catch(&d->signals_fd, err);
    if (r == 0)
        r = open_engine(d, err);
    if (r < 0)
        return r;
    d->socket = socket_of(d);
    r = hs_daemon_announce(d->conf->state_dir, d->socket, &d->record_fd, err);
    if (r == 0)
        r = hs_server_new(d->socket, hs_answer, &d->answers, &d->server, err);
    if (r < 0)
        return r;
    HS_FAILPOINT("daemon.listening");
    r = hs_service_start(d->engine, d->loaded, &d->service, err);
    if (r < 0) {
        d->loaded = NULL;
        return r;
    }
    d->answers = (struct hs_answers){d->service, hs_engine_store(d->engine)};
    return start_hooks(d, err);
}

static void finish(struct daemon *d)
{
    const struct hs_daemon_hooks *hooks = d->conf->hooks;

    if (d->is_hooked && hooks && hooks->stop)
        hooks->stop(hooks->ctx);
    hs_server_free(d->server);
    if (d->service) {
        hs_service_stop(d->service);
        hs_service_free(d->service);
    } else if (d->loaded) {
        hs_conf_clear(d->loaded);
        free(d->loaded);
    }
    hs_engine_close(d->engine);
    if (d->record_fd >= 0)
        (void)close(d->record_fd);
    free(d->socket);
}

/* ---- signals ---- */
static void reload(struct daemon *d)
{
    struct hs_conf *conf = NULL;
    bool stays = false;
    HS_ERR(err);
    int r;

    hs_notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)hs_mono_ms() * 1000);
    r = d->conf->load(d->conf->ctx, &conf, &err);
    if (r == 0) {
        const struct hs_conf *now = conf;
        r = hs_service_reload(d->service, conf, &stays, &err);
        if (r == 0) {
            d->loaded = conf;
            d->parts.conf = now;
            d->conf->loaded(d->conf->ctx, now);
            if (d->conf->hooks && d->conf->hooks->reload)
                d->conf->hooks->reload(d->conf->hooks->ctx, &d->parts);
        }
    }
    if (r < 0) {
        hs_logf(HS_LOG_ERROR, "reload_refused", "%s; the old configuration stays", hs_err_text(&err));
        hs_notify("READY=1\nSTATUS=the new configuration was refused");
        return;
    }
    hs_logf(HS_LOG_WARN, "reloaded", "the new configuration is in force%s",
            stays ? "; transfer, daemon and timezone need a restart" : "");
    hs_notify("READY=1");
}

static void print_transfers(const struct hs_service_view *view)
{
    HUB_POOL(pool);

    for (size_t i = 0; i < view->transfers.n; i++) {
        const struct hs_transfer *t = &view->transfers.items[i];
        hs_log(HS_LOG_WARN, "snapshot", "job", hub_pool_printf(&pool, "%lld", (long long)t->job), "rule",
               t->rule, "hub", t->hub, "repo", t->repo, "phase", hs_phase_name(t->phase), "bytes",
               hub_pool_printf(&pool, "%llu/%llu", (unsigned long long)t->bytes_done,
                               (unsigned long long)t->bytes_total),
               NULL);
    }
}

static void print_snapshot(struct daemon *d)
{
    HUB_POOL(pool);
    struct hs_service_view view;
    struct hs_round_row *rounds;
    struct hs_job_row *jobs;
    size_t n_rounds = 0, n_jobs = 0;
    char last[HS_TIME_BYTES], next[HS_TIME_BYTES];
    HS_ERR(err);

    if (hs_store_rounds(hs_engine_store(d->engine), &pool, &rounds, &n_rounds, &err) < 0 ||
        hs_store_jobs(hs_engine_store(d->engine), &pool, &jobs, &n_jobs, &err) < 0) {
        hs_logf(HS_LOG_ERROR, "snapshot", "%s", hs_err_text(&err));
        return;
    }
    hs_service_look(d->service, &view);
    for (size_t i = 0; i < n_rounds; i++)
        hs_log(HS_LOG_WARN, "snapshot", "rule", rounds[i].rule, "last",
               hs_time_rfc3339(rounds[i].started_ms, last), "next",
               rounds[i].next_ms ? hs_time_rfc3339(rounds[i].next_ms, next) : "none", "repos",
               hub_pool_printf(&pool, "%llu", (unsigned long long)rounds[i].n_repos), NULL);
    for (size_t i = 0; i < n_jobs; i++)
        if (strcmp(jobs[i].state, "running") != 0)
            hs_log(HS_LOG_WARN, "snapshot", "job", hub_pool_printf(&pool, "%lld", (long long)jobs[i].id),
                   "rule", jobs[i].rule, "hub", jobs[i].to_hub, "repo", jobs[i].to_repo, "state",
                   jobs[i].state, "error", jobs[i].error, NULL);
    print_transfers(&view);
    hs_service_view_clear(&view);
}

static void stop_soon(struct daemon *d, int number)
{
    int64_t drain_ms = d->loaded->daemon.drain_ms;

    if (d->first_signal) {
        d->code = 128 + number;
        d->drain_until_ms = hs_mono_ms();
        return;
    }
    d->first_signal = number;
    d->drain_until_ms = hs_mono_ms() + drain_ms;
    hs_logf(HS_LOG_INFO, "stopping", "running work gets %lld s", (long long)(drain_ms / 1000));
    hs_notify("STOPPING=1\nEXTEND_TIMEOUT_USEC=%lld\nSTATUS=draining",
              (long long)(drain_ms + EXTRA_S * 1000) * 1000);
    hs_service_drain(d->service);
    HS_FAILPOINT("daemon.draining");
}

static void take_signals(struct daemon *d)
{
    for (int number; (number = hs_signals_next(d->signals_fd)) != 0;) {
        if (number == SIGHUP && !d->first_signal)
            reload(d);
        else if (number == SIGUSR1)
            print_snapshot(d);
        else if (number == SIGTERM || number == SIGINT)
            stop_soon(d, number);
    }
}

/* ---- the loop ---- */
static void tell_status(struct daemon *d, int64_t now)
{
    struct hs_service_view view;

    if (now - d->told_ms < STATUS_MS || d->first_signal)
        return;
    d->told_ms = now;
    hs_service_look(d->service, &view);
    hs_notify("STATUS=%s%zu rules, %zu scanning, %zu repos under way", view.is_paused ? "paused; " : "",
              view.n_rules, view.scanning.n, view.transfers.n);
    hs_service_view_clear(&view);
}

static void tick(struct daemon *d)
{
    int64_t now = hs_mono_ms();

    if (d->watchdog_ms && now - d->fed_ms >= d->watchdog_ms) {
        d->fed_ms = now;
        hs_notify("WATCHDOG=1");
    }
    if (now - d->ticked_ms < TICK_MS)
        return;
    d->ticked_ms = now;
    hs_service_tick(d->service);
    if (d->conf->hooks && d->conf->hooks->tick)
        d->conf->hooks->tick(d->conf->hooks->ctx, &d->parts);
    tell_status(d, now);
}

static int nap_ms(const struct daemon *d)
{
    int64_t ms = d->watchdog_ms && d->watchdog_ms < TICK_MS ? d->watchdog_ms : TICK_MS;

    return (int)(d->first_signal && ms > 50 ? 50 : ms);
}

static bool is_over(const struct daemon *d)
{
    return d->first_signal && (hs_mono_ms() >= d->drain_until_ms || hs_service_is_idle(d->service));
}

static void serve(struct daemon *d)
{
    struct pollfd fds[1 + HS_SERVER_FDS];

    while (!is_over(d)) {
        size_t n = hs_server_fds(d->server, fds + 1);
        fds[0] = (struct pollfd){.fd = d->signals_fd, .events = POLLIN};
        if (poll(fds, n + 1, nap_ms(d)) > 0)
            hs_server_serve(d->server, fds + 1, n);
        take_signals(d);
        tick(d);
    }
}

int hs_daemon_run(const struct hs_daemon_conf *conf, int *code, struct hs_err *err)
{
    struct daemon d = {.conf = conf, .record_fd = -1, .signals_fd = -1};
    int r = start(&d, err);

    if (r == 0) {
        d.watchdog_ms = hs_notify_watchdog_ms();
        hs_logf(HS_LOG_INFO, "started", "state in %s, socket %s", conf->state_dir, d.socket);
        hs_notify("READY=1\nMAINPID=%ld\nSTATUS=running", (long)getpid());
        serve(&d);
        hs_engine_cancel(d.engine);
        hs_service_stop(d.service);
        HS_FAILPOINT("daemon.stopped");
        *code = d.code;
    }
    finish(&d);
    if (r == 0)
        hs_logf(HS_LOG_INFO, "stopped", "exit %d", *code);
    return r;
}
