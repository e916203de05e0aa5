/* One repo of a rule: what is decided and done about it. Private to core/job. */
#ifndef HS_JOB_ONE_H
#define HS_JOB_ONE_H
#include "job/engine.h"

struct hs_one {
    const struct hs_what *what;
    struct hs_route *route;
    const struct hs_candidate_row *row;
    bool is_plan;
    size_t order;    /* of its row in the report */
    uint64_t ticket; /* of the route's turns, 0: it is alone */
    /* Is now the time to move so much? NULL: always. */
    bool (*may_go_on)(void *ctx, uint64_t bytes);
    void *ctx;
    uint64_t bytes; /* out: what the plan would move */
};
/* The row of the report; NULL if may_go_on said no: nothing was done or reported. */
struct hs_result *hs_one_run(struct hs_engine *engine, struct hs_one *one,
                             struct hs_report *report);
/* The same if what is remembered decides it, without a request; else NULL. */
struct hs_result *hs_one_by_marks(struct hs_engine *engine, struct hs_one *one,
                                  struct hs_report *report);
#endif
