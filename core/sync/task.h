/* One file's bytes to fetch, to hash or to move, as the relay threads run them.
 *
 * The owner fills in the first part, hands the task to hs_crew_run, and reads the second part after
 * it came back. A task belongs to one relay thread while it runs. */
#ifndef HS_SYNC_TASK_H
#define HS_SYNC_TASK_H
#include "provider/session.h"
#include "store/store.h"
#include "sync/move_state.h"

enum hs_task_kind {
    HS_TASK_FETCH = 1, /* all bytes into memory */
    HS_TASK_HASH,      /* all bytes through the hashes */
    HS_TASK_MOVE       /* the object to the target */
};
struct hs_traffic { /* atomic counters of one engine's hand, and its stop */
    uint64_t read_bytes;   /* from sources */
    uint64_t sent_bytes;   /* to targets, all that left */
    uint64_t new_bytes;    /* of it: acknowledged and never sent before */
    uint64_t resent_bytes; /* of it: had been sent before */
    uint64_t done_bytes;   /* of what was promised before the first byte: for the display */
    bool is_canceled;      /* its tasks end with HUB_ECANCELED */
};
static inline bool hs_traffic_is_canceled(const struct hs_traffic *traffic)
{
    return __atomic_load_n(&traffic->is_canceled, __ATOMIC_RELAXED);
}
struct hs_source {
    struct hs_session *session;
    const struct hs_repo *repo;
    const char *revision; /* the commit that was listed */
};
struct hs_target {
    struct hs_session *session;
    const struct hs_repo *repo; /* branch is set */
};
struct hs_task {
    enum hs_task_kind kind;
    struct hs_source source;
    const struct hs_file *file; /* as listed or learned; hashes "" where nobody knows */
    const char *made;           /* the file's bytes, borrowed, in place of the source's; or NULL */
    size_t window_bytes;
    struct hs_traffic *traffic;

    /* HS_TASK_MOVE */
    struct hs_target target;
    struct hs_store *store;
    const struct hs_file *old;    /* what it replaces, or NULL */
    struct hub_pool *pool;        /* of the plan; the task's own */
    struct hs_upload_plan plan;   /* from the batch that asked first */
    int64_t asked_ms;             /* monotonic: before that was asked */
    bool must_ask; /* the crew's: the object went to that site meanwhile, the plan is old */

    /* ---- results ---- */
    int status; /* 0 or negative */
    struct hs_err err;
    char sha256[HS_SHA256_HEX], git_sha1[HS_SHA1_HEX]; /* FETCH, HASH */
    struct hub_text content;                           /* FETCH */
    const char *ticket;                                /* MOVE: for the commit */
    bool is_poisoned;                                  /* MOVE: an alert is due */
    bool was_reused; /* MOVE: planned again, and then the target had it: no byte moved */

    struct hs_task_run *run; /* the thread's */
};
/* The thread's side. begin once; step until it says it is done; end. */
int hs_task_begin(struct hs_task *task, struct hs_loop *loop);
/* *due_ms: when to step again by itself (-1: when the loop has moved). True when done. */
bool hs_task_step(struct hs_task *task, int64_t *due_ms);
void hs_task_end(struct hs_task *task);
void hs_task_clear(struct hs_task *task); /* results */

/* ---- the crew: relay threads with a loop each ---- */
struct hs_crew;
/* n_threads: 1 to 4. files: how many tasks run at once over all threads. */
int hs_crew_new(struct hs_net *net, unsigned n_threads, unsigned files, struct hs_crew **out,
                struct hs_err *err);
void hs_crew_free(struct hs_crew *crew);
/* Several threads will call hs_crew_run at the same time: the last of the `files` places is kept
 * for one who has none. */
void hs_crew_share(struct hs_crew *crew);
/* From any thread. Runs all of them; returns when each is done (its own status tells how). While waiting, tick (may
 * be NULL) is called every 100 ms or so from the calling thread. After a status of the kinds
 * "session over" or "everything stops" the tasks that have not begun end with it at once. */
void hs_crew_run(struct hs_crew *crew, struct hs_task *const *tasks, size_t n,
                 void (*tick)(void *ctx), void *ctx);
#endif
