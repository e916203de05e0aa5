/* Rules kept in step for as long as the process lives: one thread scans rules when they are due,
 * the scheduler's workers run the jobs that come of it. What the daemon drives and shows.
 *
 * All calls are thread-safe but start, reload, stop and free, which are one thread's. Nobody is
 * called back. */
#ifndef HS_JOB_SERVICE_H
#define HS_JOB_SERVICE_H
#include "job/job.h"

struct hs_service;

/* engine: opened with the jobs lock and is_daemon, with conf as its configuration; it must outlive
 * the service. conf is taken (malloc'd), also when this fails. Jobs of rules that conf has not (or
 * not enabled) are dropped. */
int hs_service_start(struct hs_engine *engine, struct hs_conf *conf, struct hs_service **out,
                     struct hs_err *err);
/* Takes another configuration (malloc'd; taken): sessions are opened anew, every rule is scanned
 * soon, jobs of rules that went are dropped, and stopped if they run. Other running jobs end with
 * what they began with. `transfer`, `daemon` and `timezone` stay as they were at the start; *stays
 * says whether that matters. */
int hs_service_reload(struct hs_service *service, struct hs_conf *conf, bool *stays,
                      struct hs_err *err);
/* Nothing new is begun. */
void hs_service_drain(struct hs_service *service);
bool hs_service_is_idle(struct hs_service *service); /* no scan, no job */
/* Ends what runs (hs_engine_cancel first if it is not to be waited for) and joins all threads. */
void hs_service_stop(struct hs_service *service);
void hs_service_free(struct hs_service *service);

/* To be called about once a second: sees a clock that jumped. */
void hs_service_tick(struct hs_service *service);

/* ---- by hand ---- */
int hs_service_pause(struct hs_service *service, bool is_paused, struct hs_err *err); /* durable */
bool hs_service_is_paused(struct hs_service *service);
/* A round of that rule now; its waiting retries are due, too. HS_ECONFIG: no such rule. */
int hs_service_trigger(struct hs_service *service, const char *rule, struct hs_err *err);
/* Stops a running job, drops a queued one; the next round finds it again. HS_EABSENT. */
int hs_service_cancel(struct hs_service *service, int64_t job, struct hs_err *err);
void hs_service_wake(struct hs_service *service); /* the queue was changed in the store */

/* ---- what is going on ---- */
struct hs_transfer { /* a job under way */
    int64_t job;
    const char *rule, *hub, *repo;
    enum hs_phase phase;
    uint64_t files_total, bytes_done, bytes_total;
    int64_t running_ms;
};
struct hs_service_view {
    struct hub_pool pool;
    HS_VEC(struct hs_transfer) transfers;
    HS_VEC(const char *) scanning; /* rules */
    size_t n_rules;
    bool is_paused;
    uint64_t new_bytes, resent_bytes, requests; /* since the start */
};
void hs_service_look(struct hs_service *service, struct hs_service_view *view);
void hs_service_view_clear(struct hs_service_view *view);
const char *hs_phase_name(enum hs_phase phase); /* "scan", "transfer", "commit", "verify" */
#endif
