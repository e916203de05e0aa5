/* One repo, looked at: asks what judge wants to know, and ends with a plan. Changes nothing on any
 * hub; in the store only caches (pairs, verdicts, details). */
#ifndef HS_SYNC_CONSIDER_H
#define HS_SYNC_CONSIDER_H
#include "store/store.h"
#include "sync/learn.h"
#include "sync/plan.h"

/* Whose files count. */
enum hs_direction {
    HS_FROM_SOURCE = 0, /* the source's: one-way, and from the authority of a pair */
    HS_IF_ALONE,        /* the source's, since the other side has no such repo; HS_PLAN_TURN if it has */
    HS_BOTH             /* each side's changes since the baseline: three-way */
};
struct hs_consider { /* of one rule and one target hub */
    const struct hs_rule *rule;
    bool is_by_name;      /* `copy`: named on the command line */
    const char *rule_name; /* "" for copy */
    struct hs_session *from, *to;
    struct hs_loop *loop;
    struct hs_store *store; /* may be NULL */
    struct hs_learn *learn;
    const char *settings; /* hs_filter_settings */
    int64_t now_ms;
    uint64_t *net_files, *net_bytes; /* sums over the repos of this rule in this run */
};
struct hs_candidate {
    const struct hs_repo *source; /* as listed or asked; NULL: vanished, source_id alone is known */
    const char *source_id, *target_id;
    const struct hs_repo *target; /* as listed; NULL: not in the list */
    uint64_t absent_scans; /* vanished: scans that found it gone, this one counted */
    int64_t absent_ms;     /* since the first of them */
    enum hs_direction direction;
    const char *renamed_from;     /* what one of the two was called before; NULL or "" if neither */
    const char *bad_name;         /* why the name cannot be; NULL if it can */
    const char *revision;         /* of the source; "" the default branch */
    bool has_allow;               /* --allow-delete */
    uint64_t allow_deletes;
};
/* Fills plan (zeroed by the caller); whatever goes wrong is its verdict. */
void hs_consider_repo(const struct hs_consider *ctx, const struct hs_candidate *candidate,
                      struct hs_repo_plan *plan);
/* "head" or the time of the last change as text; "" if neither is known. */
const char *hs_repo_mark(struct hub_pool *pool, const struct hs_repo *repo);
/* What the rest of the run must remember about a plan's repo pair. */
struct hs_link hs_plan_link(const struct hs_repo_plan *plan);
#endif
