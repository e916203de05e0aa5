/* The insides of committing. Private to core/sync/commit.c and commit_look.c. */
#ifndef HS_SYNC_COMMIT_OWN_H
#define HS_SYNC_COMMIT_OWN_H
#include "sync/order.h"
#include "sync/put_set.h"

struct hs_committer {
    struct hs_publish *p;
    struct hs_put_set *set;
    struct hs_order_item *items; /* index: puts first, then deletes */
    const char *head;            /* of the target, as far as we know */
    int64_t last_ms;             /* end of the commit before */
    struct hs_err *err;
};
struct hs_piece { /* one commit */
    struct hs_put_file **puts;
    const struct hs_file **deletes;
    size_t n_puts, n_deletes;
};

/* ---- commit_look.c: the target is looked at ---- */
enum hs_commit_outcome { HS_COMMIT_DONE, HS_COMMIT_NOT_DONE, HS_COMMIT_MOVED };
/* Reads the target: has it what the piece puts, what the plan rests on, or something else? */
int hs_commit_look_up(struct hs_committer *c, const struct hs_piece *piece, enum hs_commit_outcome *out);
/* Where the hub does not compare heads itself, the target is looked at right before the first. */
int hs_commit_check_target(struct hs_committer *c);
int hs_commit_fail_moved(struct hs_committer *c); /* the failure's words */
#endif
