/* Three-way: what becomes of each path, given what either side made of it since both were in step.
 * A pure function over small enums and two pure ones over listings. Its decision table is merge.tbl,
 * which the test enumerates and docs/rules.md is made from. The rules that it holds:
 *   the same content on both sides is in step, however it came there
 *   an edit is never lost, but by `newest` or `prefer`; else the file is held as a conflict
 *   what was never in step is never deleted */
#ifndef HS_SYNC_MERGE_H
#define HS_SYNC_MERGE_H
#include "provider/facts.h"
#include "sync/ident.h"

/* ---- one path ---- */
enum hs_t_base { T_BOTH_HAD = 0, T_NEITHER_HAD, T_ONE_HAD, T_OTHER_HAD }; /* when last in step */
enum hs_t_side {
    T_ABSENT = 0,
    T_KEPT,   /* as it was */
    T_EDITED, /* not as it was */
    T_NEW,    /* it was not there */
    T_UNSURE  /* there then and now; a hash that would tell more is missing */
};
enum hs_t_equal { T_EQUAL = 0, T_DIFFERENT, T_NOT_KNOWN, T_NOT_BOTH /* a side does not have it */ };
enum hs_t_delete { T_NO_DELETE = 0, T_MAY_DELETE };
enum hs_t_policy { T_HOLD = 0, T_NEWEST, T_PREFER_ONE, T_PREFER_OTHER };
enum hs_t_newer { T_NOT_TOLD = 0 /* or the same second */, T_ONE_NEWER, T_OTHER_NEWER };
struct hs_t_facts {
    enum hs_t_base base;
    enum hs_t_side one, other;
    enum hs_t_equal equal;
    enum hs_t_delete may_delete;
    enum hs_t_policy policy;
    enum hs_t_newer newer;
};
enum hs_t_action {
    T_NOTHING = 0, /* in step, or on neither side */
    T_LEAVE,       /* deleted on one side, stays on the other: remembered, silently */
    T_TO_OTHER,    /* one's content goes to the other side */
    T_TO_ONE,
    T_DELETE_OTHER, /* deleted from the other side */
    T_DELETE_ONE,
    T_CONFLICT, /* held: a person decides */
    T_ASK       /* a hash is missing */
};
struct hs_t_judgement {
    enum hs_t_action action;
    const char *reason; /* of a plan's action, "conflict", or "" */
    const char *words;  /* for people */
    int row;            /* of merge.tbl */
};
struct hs_t_judgement hs_merge_judge(const struct hs_t_facts *facts);

/* ---- all paths of a repo; one is the left side ---- */
struct hs_merge_side {
    const struct hs_listing *now;  /* what the rule sees of it */
    const struct hs_listing *then; /* the same when last in step; empty without a baseline */
    int64_t modified_ms;           /* of the repo; 0 if not told */
};
struct hs_merge_what {
    struct hs_merge_side left, right;
    bool may_delete;
    enum hs_t_policy policy; /* T_PREFER_ONE: left */
    /* The two contents of a path held against each other; NULL: hs_ident_compare. */
    enum hs_same (*compare)(void *ctx, const struct hs_file *left, const struct hs_file *right);
    void *ctx;
};
struct hs_merge_row {
    struct hs_t_judgement is;
    const struct hs_file *left, *right;           /* now; NULL where it is not */
    const struct hs_file *left_then, *right_then; /* in step; NULL where it was not */
};
struct hs_merge {
    HS_VEC(struct hs_merge_row) rows; /* in path order */
    size_t n_conflicts, n_asked;
};
void hs_merge_make(const struct hs_merge_what *what, struct hs_merge *out);
void hs_merge_clear(struct hs_merge *merge);
const char *hs_merge_path(const struct hs_merge_row *row);
/* Is that side written to (or deleted from)? */
bool hs_merge_writes(const struct hs_merge_row *row, bool is_left);

/* What is in step once the merge is done, so what the next one starts from. now: a side's listing
 * read after its commit, NULL for a side that was not written to. A path that the listing shows
 * unlike what it must now be was changed by somebody meanwhile: the base keeps what was merged, and
 * *has_moved says so (the side must be looked at again). Arrays are the caller's to clear. */
struct hs_merge_base {
    struct hs_listing left, right;
    bool left_has_moved, right_has_moved;
};
void hs_merge_base_make(const struct hs_merge *merge, const struct hs_listing *left_now,
                        const struct hs_listing *right_now, struct hs_merge_base *out);
void hs_merge_base_clear(struct hs_merge_base *base);
#endif
