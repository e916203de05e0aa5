#include "sync/look.h"

#include "sync/base.h"
#include "sync/filter.h"

#include "base/banned.h"

/* ---- questions ---- */
enum hs_j_sight hs_look_sight(const struct hs_session *s, const struct hs_repo *repo, bool is_asked)
{
    if (s->gate.is_local)
        return J_SEEN_LOCAL;
    switch (repo->visibility) {
    case HUB_PUBLIC:
        return J_SEEN_PUBLIC;
    case HUB_INTERNAL:
    case HUB_PRIVATE:
        return J_SEEN_PRIVATE;
    default:
        return is_asked ? J_SEEN_PRIVATE : J_SEEN_NOT;
    }
}

/* What nobody may see, or not everybody: a person may have closed the target since. */
static bool is_alarm(const struct hs_look *look)
{
    return look->facts.source_sight == J_SEEN_PRIVATE || look->facts.gated == J_GATED;
}

/* The detail call's answer is kept with the repo's change mark. distrusts_public: not if that is
 * what was kept, since no mark moves with the visibility. */
static int detail(struct hs_look *look, struct hs_session *s, struct hs_repo *repo, bool distrusts_public)
{
    const struct hs_consider *ctx = look->ctx;
    struct hub_pool *pool = &look->plan->pool;
    const char *mark = hs_repo_mark(pool, repo);
    struct hs_repo_row row;
    struct hs_repo asked;
    HS_ERR(ignored);
    int r;

    if (ctx->store && *mark &&
        hs_store_repo_get(ctx->store, pool, s->conf->name, repo->id, &row, &ignored) == 0 &&
        strcmp(row.mark, mark) == 0 && !(distrusts_public && row.visibility == HUB_PUBLIC) && ctx->now_ms - row.seen_ms < ctx->rule->schedule.rescan_ms) {
        repo->visibility = row.visibility;
        repo->gated = row.gated;
        repo->weights = row.weights;
        repo->license = *row.license ? row.license : repo->license;
        repo->stable_id = *row.stable_id ? row.stable_id : repo->stable_id;
        return 0;
    }
    look->plan->requests++;
    r = hs_ask_repo(s, ctx->loop, pool, repo->id, &asked, &look->err);
    if (r < 0)
        return r;
    repo->visibility = asked.visibility ? asked.visibility : repo->visibility;
    repo->gated = asked.gated ? asked.gated : repo->gated;
    repo->weights = asked.weights ? asked.weights : repo->weights;
    repo->license = *asked.license ? asked.license : repo->license;
    repo->stable_id = *asked.stable_id ? asked.stable_id : repo->stable_id;
    repo->branch = *asked.branch ? asked.branch : repo->branch;
    repo->clone_url = *asked.clone_url ? asked.clone_url : repo->clone_url;
    hs_base_note_repo(ctx->store, s->conf->name, repo, mark, ctx->now_ms);
    return 0;
}

void hs_look_note_source(struct hs_look *look)
{
    struct hs_repo *source = &look->plan->source;

    look->facts.source_sight = hs_look_sight(look->ctx->from, source, look->has_detail);
    look->facts.gated = source->gated == HUB_YES ? J_GATED : J_OPEN;
    if (look->facts.role == J_MERGES && look->plan->target.gated == HUB_YES)
        look->facts.gated = J_GATED;
    if (look->ctx->rule->select.only_public && look->facts.source_sight == J_SEEN_PRIVATE)
        look->facts.select = J_NOT_PUBLIC;
    if (hs_filter_license(look->ctx->rule, source->license))
        return;
    if (look->has_detail || look->ctx->from->gate.is_local)
        look->facts.select = J_FILTERED;
    else
        look->facts.source_sight = J_SEEN_NOT; /* the list may not tell the licence */
}

int hs_look_ask_source(struct hs_look *look)
{
    int r = detail(look, look->ctx->from, &look->plan->source, false);

    look->has_detail = true;
    if (r == 0)
        hs_look_note_source(look);
    return r;
}

int hs_look_ask_target(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    int r;

    if (look->facts.target == J_PRESENT) {
        r = detail(look, look->ctx->to, &plan->target, is_alarm(look));
        look->has_target_detail = true;
        look->facts.target_sight = hs_look_sight(look->ctx->to, &plan->target, true);
        return r;
    }
    plan->requests++;
    r = hs_ask_repo(look->ctx->to, look->ctx->loop, &plan->pool, plan->repo, &plan->target, &look->err);
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(&look->err);
        plan->target = (struct hs_repo){.id = plan->repo, .head = "", .branch = "", .stable_id = "", .license = "", .clone_url = ""};
        look->facts.target = J_ABSENT;
        return 0;
    }
    if (r < 0)
        return r;
    plan->target_exists = true;
    look->facts.target = J_PRESENT;
    look->has_target_detail = true;
    look->facts.target_sight = hs_look_sight(look->ctx->to, &plan->target, true);
    return 0;
}
