/* One mirror, looked at: asks what mirror.tbl wants to know until the decision stands. Changes
 * nothing on any hub; in the store only caches (details, verdicts). */
#ifndef HS_SYNC_FOLLOW_H
#define HS_SYNC_FOLLOW_H
#include "sync/consider.h"
#include "sync/mirror.h"

struct hs_follow {
    /* asked */
    const struct hs_consider *ctx; /* of a mirror-import rule */
    const struct hs_candidate *candidate;
    bool is_plan;             /* objects are not looked at */
    bool is_known;            /* row is what the store remembers */
    struct hs_mirror_row row; /* zeroed if nothing is remembered */
    const char *to_head;      /* of the target, if it was asked a moment ago; NULL else */
    /* found; texts live in the plan's pool */
    struct hs_mirror_facts facts;
    struct hs_mirror_judgement end;
    enum hs_m_age age;
    const char *reason; /* the judgement's, or a finer one */
    const char *from_head;
    const char *address;       /* where to import from: M_IMPORT */
    struct hs_import progress; /* zeroed if it was not asked for */
    uint64_t n_objects, n_missing;
    const char *missing; /* path of the first; NULL if none */
};
/* plan is zeroed by the caller; filled: names, sessions, source, target, requests. On failure
 * nothing is decided. */
int hs_follow_look(struct hs_follow *follow, struct hs_repo_plan *plan, struct hs_err *err);
/* What is to be remembered now that the decision stands, but for told_ms. */
struct hs_mirror_row hs_follow_row(const struct hs_follow *follow);
#endif
