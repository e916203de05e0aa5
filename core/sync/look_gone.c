/* A repo that had been in step and is gone from its source: has the grace passed, and is what would
 * be deleted the very thing that was made, untouched since? */
#include "sync/base.h"
#include "sync/filter.h"
#include "sync/look.h"

#include "base/banned.h"

void hs_look_start_gone(struct hs_look *look)
{
    const struct hs_rule *rule = look->ctx->rule;
    const struct hs_session *to = look->ctx->to;
    struct hs_facts *f = &look->facts;
    bool is_over = look->candidate->absent_scans >= rule->del.grace_scans &&
                   look->candidate->absent_ms >= rule->del.grace_ms;

    f->mirror = rule->del.repos_mirror ? J_MIRROR_REPOS : J_KEEP_REPOS;
    f->grace = is_over ? J_GRACE_OVER : J_GRACE_RUNS;
    f->proof = J_NOT_PROVED;
    f->hand = J_BY_API;
    if (!hs_plugin_can(to->plugin, delete_repo) ||
        hs_session_manual(to, &look->plan->pool, HUB_DELETE_REPO, look->plan->repo))
        f->hand = J_BY_HAND;
}

/* Public when it was seen last, by the baseline and by any later detail call. What is on a disk is
 * gone when it is gone. */
static bool was_public(struct hs_look *look, const struct hs_baseline_row *base)
{
    struct hs_repo_row row;
    HS_ERR(ignored);

    if (look->ctx->from->gate.is_local)
        return true;
    if (base->from.visibility != HUB_PUBLIC)
        return false;
    return hs_store_repo_get(look->ctx->store, &look->plan->pool, look->plan->from_hub, look->plan->from_repo,
                             &row, &ignored) < 0 ||
           (row.visibility == HUB_PUBLIC && row.gated != HUB_YES);
}

static bool is_same_mark(const struct hs_repo *now, const struct hs_side_row *then)
{
    if (*now->head)
        return strcmp(now->head, then->head) == 0;
    return now->modified_ms && now->modified_ms == then->modified_ms;
}

/* The site's own README and LICENSE may be left out of a baseline. */
static bool is_harmless(const struct hs_diff_row *row, bool is_same)
{
    return row->kind == HS_DIFF_SAME ||
           (row->kind == HS_DIFF_MISSING && is_same &&
            (strcmp(row->from->path, "README.md") == 0 || strcmp(row->from->path, "LICENSE") == 0));
}

static bool is_untouched(const struct hs_listing *now, const struct hs_side_row *then, bool is_same,
                         struct hub_pool *pool)
{
    struct hs_listing was;
    struct hs_diff diff;
    bool is_so = true;

    hs_base_listing(pool, then, &was);
    hs_diff_make(now, &was, &diff);
    for (size_t i = 0; is_so && i < diff.rows.n; i++)
        is_so = is_harmless(&diff.rows.items[i], is_same);
    hs_diff_clear(&diff);
    hs_listing_clear(&was);
    return is_so;
}

static int read_target(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    const struct hs_consider *ctx = look->ctx;
    struct hs_source to = {ctx->to, &plan->target, ""};
    size_t n_links;
    int r = ctx->to->gate.is_local
                ? 0
                : hs_ask_repo(ctx->to, ctx->loop, &plan->pool, plan->repo, &plan->target, &look->err);

    plan->requests += 2;
    if (r == 0)
        r = hs_ask_files(ctx->to, ctx->loop, &plan->pool, &plan->target, "", &plan->to_all, &look->err);
    if (r < 0)
        return r;
    hs_filter_files(ctx->rule, &plan->to_all, &plan->to_files, &n_links);
    return hs_learn_local(ctx->learn, &to, &plan->to_files, NULL, NULL, &look->err);
}

static void count_loss(struct hs_look *look)
{
    const struct hs_listing *files = &look->plan->to_files;

    look->loss = (struct hs_loss){.deletes = files->files.n,
                                  .net_files = files->files.n,
                                  .net_percent = 100,
                                  .target_files = files->files.n};
    for (size_t i = 0; i < files->files.n; i++)
        if (files->files.items[i].file_bytes != HUB_UNKNOWN)
            look->loss.net_bytes += files->files.items[i].file_bytes;
    look->facts.loss = hs_look_weigh(look, false);
}

/* The rule never put, compared or counted them, and they would go with the repo: somebody else's. */
static bool has_unseen(const struct hs_repo_plan *plan)
{
    for (size_t i = 0; i < plan->to_all.files.n; i++) {
        const struct hs_file *file = &plan->to_all.files.items[i];
        if (!(file->flags & HUB_SITE_OWNED) && !hs_listing_find(&plan->to_files, file->path))
            return true;
    }
    return false;
}

static enum hs_j_proof judge_target(struct hs_look *look, const struct hs_baseline_row *base)
{
    const struct hs_repo_plan *plan = look->plan;
    bool is_same = is_same_mark(&plan->target, &base->to);

    if (*base->to.stable_id && *plan->target.stable_id && strcmp(base->to.stable_id, plan->target.stable_id) != 0)
        return J_ANOTHER;
    if (!plan->to_all.is_complete)
        return J_UNREADABLE;
    if (has_unseen(plan))
        return J_EDITED;
    return is_untouched(&plan->to_files, &base->to, is_same, &look->plan->pool) ? J_PROVED : J_EDITED;
}

int hs_look_prove(struct hs_look *look)
{
    const struct hs_consider *ctx = look->ctx;
    struct hs_link link = hs_plan_link(look->plan);
    struct hs_baseline_row base;
    int r = hs_base_get(ctx->store, &look->plan->pool, ctx->rule, &link, true, &base, &look->err);

    if (r == HUB_ENOTFOUND) {
        hs_err_clear(&look->err);
        look->facts.proof = J_ANOTHER;
        return 0;
    }
    if (r < 0)
        return r;
    if (!was_public(look, &base)) {
        look->facts.proof = J_WAS_HIDDEN;
        return 0;
    }
    r = read_target(look);
    if (r < 0)
        return r;
    look->facts.proof = judge_target(look, &base);
    count_loss(look);
    return 0;
}

int hs_look_delete_repo(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;

    *hs_vec_add(&plan->actions) = (struct hs_action){.op = HS_OP_DELETE_REPO,
                                                     .path = "",
                                                     .reason = "vanished",
                                                     .from = "",
                                                     .file_bytes = look->loss.net_bytes,
                                                     .sha256 = ""};
    if (!look->candidate->has_allow) {
        *look->ctx->net_files += look->loss.net_files;
        *look->ctx->net_bytes += look->loss.net_bytes;
    }
    plan->requests += 3;
    plan->verdict = HS_PLAN_ACT;
    return 0;
}
