/* A three-way plan, done: one run of history for each side that is written to, one row of the report. */
#include "base/clock.h"
#include "job/engine.h"

#include "base/banned.h"

static int start_run(struct hs_engine *engine, struct hs_publish *p, struct hs_err *err)
{
    struct hs_run_row run = {.started_ms = p->now_ms,
                             .rule = p->plan->rule_name,
                             .repo = p->plan->repo,
                             .hub = p->plan->hub,
                             .status = "running",
                             .commits = ""};

    return p->plan->actions.n ? hs_store_run_start(engine->store, &run, &p->run_id, err) : 0;
}

static void end_run(struct hs_engine *engine, const struct hs_publish *p, const struct hs_result *result)
{
    struct hs_run_row run = {.id = p->run_id,
                             .started_ms = p->now_ms,
                             .ended_ms = hs_now_ms(),
                             .rule = p->plan->rule_name,
                             .repo = p->plan->repo,
                             .hub = p->plan->hub,
                             .status = result->status == HS_INTERRUPTED ? "interrupted" : hs_status_name(result->status),
                             .puts = p->n_put,
                             .deletes = p->n_deleted,
                             .bytes = p->put_bytes,
                             .commits = p->commits.data ? p->commits.data : ""};
    HS_ERR(ignored);

    if (p->run_id)
        (void)hs_store_run_end(engine->store, &run, &ignored);
}

/* Done: what the plan said, which is blocked while a conflict is held. Failed: that comes first. */
static void settle(struct hs_result *result, int r, enum hs_status_word planned)
{
    if (r == 0)
        result->status = planned;
    else if (result->status == HS_FAILED)
        result->reason = "";
}

void hs_run_merge(struct hs_engine *engine, const struct hs_route *route, struct hs_repo_plan *plan,
                  struct hs_report *report, struct hs_result *result)
{
    struct hs_publish there = hs_run_publish(engine, route, plan);
    struct hs_publish back = hs_run_publish(engine, route, plan->back);
    enum hs_status_word planned = result->status;
    HS_ERR(err);
    int r = start_run(engine, &there, &err);

    if (r == 0)
        r = start_run(engine, &back, &err);
    hs_run_start_view(engine, plan);
    if (r == 0)
        r = hs_publish_merge(&there, &back, &err);
    there.block_reason = there.block_reason ? there.block_reason : back.block_reason;
    hs_run_take_outcome(report, result, &back, r, &err);
    hs_run_take_outcome(report, result, &there, r, &err);
    settle(result, r, planned);
    end_run(engine, &there, result);
    end_run(engine, &back, result);
    hs_alert_of(engine, result, there.is_poisoned || back.is_poisoned);
    hs_publish_clear(&there);
    hs_publish_clear(&back);
}
