/* The queue at work: durable jobs, claimed by worker threads, one writer for each target repo.
 *
 *   order       by due time, among those due at the same time the long ones last, then by age
 *   one writer  a job waits while another one writes its target, writes its source, or reads its
 *               target (repos are told apart by hub and id, without case)
 *   long jobs   a job that moves more than long_bytes is long. While others want to run, at least
 *               one worker of several is kept from long ones; a daemon keeps it always
 *   failures    a daemon tries again by hs_retry_ladder_ms; without it a failed job stays failed
 *
 * It knows nothing of hubs: what a job is, is the caller's `work`. Calls are thread-safe. */
#ifndef HS_JOB_SCHEDULER_H
#define HS_JOB_SCHEDULER_H
#include "store/store.h"

struct hs_scheduler;

enum hs_outcome {
    HS_OUT_DONE = 0,    /* or nothing was to do: the job goes */
    HS_OUT_FAILED,      /* error says why */
    HS_OUT_BLOCKED,     /* stays until the next scan, or for good if it was set aside */
    HS_OUT_INTERRUPTED, /* no attempt is used */
    HS_OUT_PUT_OFF      /* hs_scheduler_may_go_on said no */
};
struct hs_job_ops {
    /* Under the scheduler's lock, so quick and without its calls: can this job be run by that
     * worker now? If so it is, at once. */
    bool (*claim)(void *ctx, const struct hs_job_row *job, unsigned worker);
    /* It could not be started after all. May be NULL. */
    void (*unclaim)(void *ctx, const struct hs_job_row *job, unsigned worker);
    /* Runs it on a worker's thread, numbered from 0. *error lives until the worker's next job; may
     * be NULL. */
    enum hs_outcome (*work)(void *ctx, const struct hs_job_row *job, unsigned worker,
                            const char **error);
    /* Once on each worker's thread, before its first job and after its last; may be NULL. */
    void (*enter)(void *ctx, unsigned worker);
    void (*leave)(void *ctx, unsigned worker);
};
struct hs_scheduler_conf {
    struct hs_store *store;
    unsigned workers; /* 1 to 64 */
    bool is_daemon;
    int64_t pause_ms;    /* between two jobs of a worker */
    uint64_t long_bytes; /* 0: 8 GiB */
    const struct hs_job_ops *ops;
    void *ctx;
};
int hs_scheduler_new(const struct hs_scheduler_conf *conf, struct hs_scheduler **out,
                     struct hs_err *err);
/* After hs_scheduler_join, or before any start. */
void hs_scheduler_free(struct hs_scheduler *s);

/* Works off all that can be claimed, with the calling thread as worker 0, and returns when nothing
 * is due and nothing runs, or after hs_scheduler_stop. The first failure of the store. */
int hs_scheduler_run(struct hs_scheduler *s, struct hs_err *err);

/* The daemon: all workers are threads, until stop and join. */
int hs_scheduler_start(struct hs_scheduler *s, struct hs_err *err);
void hs_scheduler_stop(struct hs_scheduler *s); /* nothing more is claimed */
void hs_scheduler_join(struct hs_scheduler *s);
bool hs_scheduler_is_idle(struct hs_scheduler *s); /* nothing runs */
void hs_scheduler_pause(struct hs_scheduler *s, bool is_paused); /* nothing is claimed meanwhile */
bool hs_scheduler_is_paused(struct hs_scheduler *s);
void hs_scheduler_wake(struct hs_scheduler *s); /* jobs were put, or claim would answer otherwise */

/* From work: the job turns out to move so much. False: not now; end it with HS_OUT_PUT_OFF. */
bool hs_scheduler_may_go_on(struct hs_scheduler *s, unsigned worker, uint64_t expected_bytes);
/* The worker that runs the job, -1: none. */
int hs_scheduler_worker_of(struct hs_scheduler *s, int64_t id);
/* Jobs that ran longer than ms forget their crashes. */
void hs_scheduler_note_survivors(struct hs_scheduler *s, int64_t ms);
#endif
