#include "sync/look.h"

#include "sync/base.h"

#include "base/banned.h"

const char *hs_repo_mark(struct hub_pool *pool, const struct hs_repo *repo)
{
    if (*repo->head)
        return repo->head;
    if (repo->modified_ms)
        return hub_pool_printf(pool, "%lld", (long long)repo->modified_ms);
    return "";
}

struct hs_link hs_plan_link(const struct hs_repo_plan *plan)
{
    return (struct hs_link){plan->rule_name, plan->from_hub, plan->from_repo, plan->hub, plan->repo};
}

/* ---- unchanged by marks alone ---- */
static bool is_same_mark(const struct hs_repo *now, const char *head, int64_t modified_ms)
{
    if (*now->head)
        return strcmp(now->head, head) == 0;
    return now->modified_ms && now->modified_ms == modified_ms;
}

bool hs_look_in_step(struct hs_look *look)
{
    const struct hs_consider *ctx = look->ctx;
    const struct hs_candidate *c = look->candidate;
    struct hs_link link = hs_plan_link(look->plan);
    struct hs_baseline_row row;
    HS_ERR(ignored);

    if (!ctx->store || !c->source || !c->target || *c->revision)
        return false;
    if (hs_base_get(ctx->store, &look->plan->pool, ctx->rule, &link, false, &row, &ignored) < 0)
        return false;
    return strcmp(row.settings, ctx->settings) == 0 &&
           is_same_mark(c->source, row.from.head, row.from.modified_ms) &&
           is_same_mark(c->target, row.to.head, row.to.modified_ms) &&
           (!ctx->rule->schedule.rescan_ms || ctx->now_ms - row.made_ms < ctx->rule->schedule.rescan_ms);
}

/* ---- a side that has not moved ---- */
/* A folder has no mark, so its partner's files are looked at whenever the folder is; while the
 * partner's own mark has not moved, what the baseline remembers of it is what is there. */
bool hs_look_recall(struct hs_look *look, bool is_from)
{
    const struct hs_consider *ctx = look->ctx;
    struct hs_repo_plan *plan = look->plan;
    const struct hs_repo *listed = is_from ? look->candidate->source : look->candidate->target;
    struct hs_listing *seen = is_from ? &plan->from_files : &plan->to_files;
    struct hs_listing *all = is_from ? &plan->from_all : &plan->to_all;
    struct hs_link link = hs_plan_link(plan);
    const struct hs_side_row *side;
    struct hs_baseline_row row;
    HS_ERR(ignored);

    if (!ctx->store || !listed || *look->candidate->revision || (is_from ? ctx->from : ctx->to)->gate.is_local ||
        !(is_from ? ctx->to : ctx->from)->gate.is_local)
        return false;
    if (hs_base_get(ctx->store, &plan->pool, ctx->rule, &link, true, &row, &ignored) < 0)
        return false;
    side = is_from ? &row.from : &row.to;
    if (strcmp(row.settings, ctx->settings) != 0 || !is_same_mark(listed, side->head, side->modified_ms) ||
        ctx->now_ms - row.made_ms >= ctx->rule->schedule.rescan_ms)
        return false;
    hs_base_listing(&plan->pool, side, seen);
    *all = *seen;
    all->files.items = NULL; /* the seen ones are all that is known */
    all->files.n = all->files.room = 0;
    return true;
}

/* What is skipped for what both sides have depends on the target, too. */
static const char *target_mark(struct hs_look *look, const struct hs_repo *target)
{
    return look->facts.role == J_MERGES && target ? hs_repo_mark(&look->plan->pool, target) : "";
}

/* A repo that was skipped for its content stays skipped while nothing moved. */
const char *hs_look_old_verdict(struct hs_look *look)
{
    const struct hs_consider *ctx = look->ctx;
    struct hs_link link = hs_plan_link(look->plan);
    struct hs_verdict_row row;
    const char *mark;
    HS_ERR(ignored);

    if (!ctx->store || !look->candidate->source)
        return NULL;
    mark = hs_repo_mark(&look->plan->pool, look->candidate->source);
    if (!*mark || hs_store_verdict_get(ctx->store, &look->plan->pool, &link, &row, &ignored) < 0)
        return NULL;
    if (strcmp(row.settings, ctx->settings) != 0 || strcmp(row.from_mark, mark) != 0 ||
        strcmp(row.to_mark, target_mark(look, look->candidate->target)) != 0)
        return NULL;
    if (ctx->rule->schedule.rescan_ms && ctx->now_ms - row.made_ms >= ctx->rule->schedule.rescan_ms)
        return NULL;
    return row.reason;
}

void hs_look_keep_verdict(struct hs_look *look, const char *reason)
{
    struct hs_link link = hs_plan_link(look->plan);
    struct hs_verdict_row row = {.reason = reason,
                                 .from_mark = hs_repo_mark(&look->plan->pool, &look->plan->source),
                                 .to_mark = target_mark(look, &look->plan->target),
                                 .settings = look->ctx->settings,
                                 .made_ms = look->ctx->now_ms};
    HS_ERR(ignored);

    if (look->ctx->store)
        (void)hs_store_verdict_put(look->ctx->store, &link, &row, &ignored);
}
