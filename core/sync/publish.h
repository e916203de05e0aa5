/* One repo's plan, done: objects first, then one commit (or as few as the hub's limits allow), then
 * read back and remembered. Small and repeatable: after any failure it is simply planned again. */
#ifndef HS_SYNC_PUBLISH_H
#define HS_SYNC_PUBLISH_H
#include "store/store.h"
#include "sync/learn.h"
#include "sync/plan.h"
#include "sync/task.h"

#include <pthread.h>

enum hs_stage { HS_STAGE_TRANSFER = 0, HS_STAGE_COMMIT, HS_STAGE_VERIFY };
struct hs_publish {
    /* the caller's */
    struct hs_repo_plan *plan;
    struct hs_store *store;
    struct hs_loop *loop;
    struct hs_crew *crew;
    struct hs_learn *learn;
    struct hs_traffic *traffic;
    size_t window_bytes;
    int64_t asked_ms;       /* own: monotonic, before the target was asked last */
    uint64_t inline_budget; /* bytes of inline content held for one commit */
    pthread_mutex_t *heavy; /* of all repos under way, NULL: this is the only one */
    const char *settings;
    int64_t run_id, now_ms;
    bool is_of_revision; /* not the source's newest state: no baseline */
    void (*stage)(void *ctx, enum hs_stage stage);
    void (*tick)(void *ctx);
    void *ctx;
    /* results, also of a failure */
    uint64_t n_put, n_reused, n_deleted, n_commits;
    uint64_t put_bytes, reused_bytes, inline_bytes;
    struct hub_text commits;  /* ids, blank between */
    const char *block_reason; /* not NULL: refused for safety, by the bytes ("pointer") */
    bool is_poisoned;
    bool is_overtaken; /* read back: somebody pushed behind our commit */
};
/* 0: published, read back, baseline written. Negative: err says why; the target is as it was, or a
 * step nearer to the source (whole files only). */
int hs_publish_repo(struct hs_publish *p, struct hs_err *err);
void hs_publish_clear(struct hs_publish *p);
/* Of a plan that deletes the target repo; hs_publish_repo comes here by itself. */
int hs_publish_removal(struct hs_publish *p, struct hs_err *err);
/* The plan found nothing to do: the baseline alone. */
int hs_publish_baseline(struct hs_publish *p, struct hs_err *err);

/* Three-way (publish_merge.c): there->plan has merge and back; back->plan is that one. Objects to
 * both sides, then a commit on each that has changes, each read back, then one baseline of what is
 * in step now; what is held as a conflict keeps its row. After a failure, also between the two
 * commits, it is planned again and goes on from what each side has. */
int hs_publish_merge(struct hs_publish *there, struct hs_publish *back, struct hs_err *err);
#endif
