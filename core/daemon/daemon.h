/* hubsyncd without its command line: the service, the control socket, signals, the service
 * manager. One for a process; it never forks. */
#ifndef HS_DAEMON_DAEMON_H
#define HS_DAEMON_DAEMON_H
#include "job/service.h"

/* What else lives as long as the daemon (webhooks, metrics, log rotation). Each may be NULL; all
 * are called on the daemon's thread, which serves the control socket and the watchdog meanwhile
 * not: return within milliseconds, or have a thread of your own. */
struct hs_daemon_parts { /* borrowed, from start to stop */
    struct hs_engine *engine;
    struct hs_service *service;
    struct hs_store *store;
    const struct hs_conf *conf; /* the newest; valid until the next call of reload */
    const char *state_dir;
};
struct hs_daemon_hooks {
    int (*start)(void *ctx, const struct hs_daemon_parts *parts, struct hs_err *err);
    void (*tick)(void *ctx, const struct hs_daemon_parts *parts); /* about once a second */
    void (*reload)(void *ctx, const struct hs_daemon_parts *parts);
    void (*stop)(void *ctx); /* before anything it was given goes */
    void *ctx;
};

struct hs_daemon_conf {
    const char *state_dir;
    /* A new configuration, malloc'd: at the start and for SIGHUP. */
    int (*load)(void *ctx, struct hs_conf **out, struct hs_err *err);
    /* It is in force: logs and the like may follow it. */
    void (*loaded)(void *ctx, const struct hs_conf *conf);
    void *ctx;
    const struct hs_daemon_hooks *hooks; /* may be NULL */
};
/* Until SIGTERM or SIGINT. *code: the program's exit code, 0 or 128 + the signal that came again.
 * Fails when it could not start: HS_EBUSY if another process runs jobs on this state. */
int hs_daemon_run(const struct hs_daemon_conf *conf, int *code, struct hs_err *err);
#endif
