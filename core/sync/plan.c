#include "sync/plan.h"

#include "base/banned.h"

const char *hs_op_name(enum hs_op op)
{
    static const char *const names[] = {"",       "create_repo", "put", "reuse", "delete", "delete_repo",
                                        "import", "notice"};

    return op <= HS_OP_NOTICE ? names[op] : "";
}

static void clear_one(struct hs_repo_plan *plan)
{
    hs_merge_clear(&plan->merge);
    hs_listing_clear(&plan->from_then);
    hs_listing_clear(&plan->to_then);
    hs_vec_clear(&plan->from_left_out);
    hs_vec_clear(&plan->to_left_out);
    hs_vec_clear(&plan->actions);
    hs_listing_clear(&plan->from_files);
    hs_listing_clear(&plan->to_files);
    hs_listing_clear(&plan->from_all);
    hs_listing_clear(&plan->to_all);
    hub_pool_clear(&plan->pool);
    memset(plan, 0, sizeof *plan);
}

void hs_repo_plan_clear(struct hs_repo_plan *plan)
{
    struct hs_repo_plan *back = plan ? plan->back : NULL;

    if (plan)
        clear_one(plan);
    if (back)
        clear_one(back);
    free(back);
}
