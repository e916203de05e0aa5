#include "sync/look.h"

#include "base/clock.h"
#include "base/log.h"
#include "sync/base.h"
#include "sync/filter.h"
#include "sync/ident.h"

#include "base/banned.h"

enum { MAX_FILES = 100000 };

static enum hs_j_files files_state(const struct hs_listing *all, const struct hs_listing *seen)
{
    if (!all->is_complete)
        return J_INCOMPLETE;
    return seen->files.n > MAX_FILES ? J_TOO_MANY : J_COMPLETE;
}

static int read_source(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    const struct hs_consider *ctx = look->ctx;
    size_t n_links;
    int r;

    plan->listed_ms = hs_now_ms();
    if (!look->may_not_recall && hs_look_recall(look, true)) {
        plan->from_recalled = true;
        look->facts.source_files = J_COMPLETE;
        return 0;
    }
    plan->requests += 2;
    r = hs_ask_files(ctx->from, ctx->loop, &plan->pool, &plan->source, look->candidate->revision,
                     &plan->from_all, &look->err);
    if (r < 0)
        return r;
    hs_filter_files(ctx->rule, &plan->from_all, &plan->from_files, &n_links);
    look->facts.source_files = files_state(&plan->from_all, &plan->from_files);
    if (n_links)
        hs_logf(HS_LOG_INFO, "links_left_out", "%s:%s has %zu links or submodules; they are not copied",
                plan->from_hub, plan->from_repo, n_links);
    if (look->facts.source_files == J_COMPLETE && look->facts.role != J_MERGES) {
        const char *reason = hs_filter_content(ctx->rule, &plan->from_all);
        if (*reason) {
            look->facts.select = J_FILTERED;
            look->skip_reason = reason;
            hs_look_keep_verdict(look, reason);
        }
    }
    return 0;
}

static bool is_compared(void *ctx, const struct hs_file *file)
{
    struct hs_look *look = ctx;
    const struct hs_file *other = hs_listing_find(&look->plan->from_files, file->path);

    return other && (other->file_bytes == file->file_bytes || strcmp(file->path, HS_README) == 0);
}

static bool is_source_file(void *ctx, const struct hs_file *file)
{
    (void)ctx;
    (void)file;
    return true;
}

bool hs_look_was_not_empty(struct hs_look *look, const char *hub, const char *repo)
{
    uint64_t n = 0;
    char *what = hub_pool_printf(&look->plan->pool, "files %s", repo);
    HS_ERR(ignored);

    return look->ctx->store && what &&
           hs_store_count_get(look->ctx->store, hub, what, &n, &ignored) == 0 && n > 0;
}

static int read_target(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    const struct hs_consider *ctx = look->ctx;
    size_t n_links;
    int r;

    if (!look->may_not_recall && hs_look_recall(look, false)) {
        plan->to_recalled = true;
        look->facts.target_files = J_COMPLETE;
        return 0;
    }
    plan->requests += 2;
    r = hs_ask_files(ctx->to, ctx->loop, &plan->pool, &plan->target, "", &plan->to_all, &look->err);
    if (r < 0)
        return r;
    hs_filter_files(ctx->rule, &plan->to_all, &plan->to_files, &n_links);
    if (*plan->to_all.branch)
        plan->target.branch = plan->to_all.branch;
    look->facts.target_files = files_state(&plan->to_all, &plan->to_files);
    return 0;
}

/* An authority that was never in step and holds nothing does not lead: the other side has the files. */
static void doubt_source(struct hs_look *look)
{
    const struct hs_rule *rule = look->ctx->rule;
    struct hs_link link = hs_plan_link(look->plan);
    struct hs_baseline_row row;
    HS_ERR(ignored);

    look->facts.source_files = J_SUSPECT;
    if (rule->type != HS_BIDIRECTIONAL || rule->files.mode != HS_MODE_AUTHORITY ||
        strcmp(rule->files.authority, look->plan->from_hub) != 0)
        return;
    if (!look->ctx->store ||
        hs_base_get(look->ctx->store, &look->plan->pool, rule, &link, false, &row, &ignored) == HUB_ENOTFOUND)
        look->facts.role = J_IF_ALONE;
}

/* Empty where it was not: no absence is believed. Also at first sight, where the target has files. */
static void suspect_empty(struct hs_look *look)
{
    const struct hs_repo_plan *plan = look->plan;

    if (look->candidate->has_allow || look->facts.target != J_PRESENT)
        return;
    if (look->facts.target_files == J_COMPLETE && !plan->to_files.files.n &&
        hs_look_was_not_empty(look, plan->hub, plan->repo))
        look->facts.target_files = J_SUSPECT;
    if (look->facts.source_files == J_COMPLETE && !plan->from_files.files.n && plan->to_files.files.n)
        doubt_source(look);
}

/* The same, where the site's own README and LICENSE are all that is there. */
static void suspect_hollow(struct hs_look *look)
{
    const struct hs_listing *files = &look->plan->from_files;
    bool drops_readme = look->readme.verdict == HS_README_NONE && hs_listing_find(files, HS_README);
    bool drops_license = look->drops_license && hs_listing_find(files, HS_LICENSE);

    if (look->facts.target == J_PRESENT && !look->candidate->has_allow && look->diff.n_extra &&
        files->files.n == (size_t)drops_readme + drops_license)
        doubt_source(look);
}

/* ---- the difference ---- */
static int compare(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_source from = {look->ctx->from, &plan->source, plan->from_all.head};
    struct hs_source to = {look->ctx->to, &plan->target, plan->to_all.head};
    int r = hs_learn_local(look->ctx->learn, &from, &plan->from_files, is_source_file, look, &look->err);

    if (r == 0 && plan->target_exists)
        r = hs_learn_local(look->ctx->learn, &to, &plan->to_files, is_compared, look, &look->err);
    if (r == 0)
        r = hs_look_license(look);
    if (r == 0)
        r = hs_look_readme(look);
    if (r == 0 && plan->target_exists)
        r = hs_learn_pairs(look->ctx->learn, &from, &plan->from_files, &plan->to_files, &look->err);
    if (r == 0)
        hs_diff_make(&plan->from_files, &plan->to_files, &look->diff);
    if (r == 0)
        hs_look_settle_diff(look);
    return r;
}

enum hs_j_loss hs_look_weigh(const struct hs_look *look, bool by_percent)
{
    const struct hs_rule *rule = look->ctx->rule;
    const struct hs_loss *loss = &look->loss;

    if (look->candidate->has_allow)
        return loss->deletes <= look->candidate->allow_deletes ? J_LOSS_OK : J_LOSS_REFUSED;
    if (rule->del.max_files && loss->net_files > rule->del.max_files)
        return J_LOSS_FILES;
    if (rule->del.max_bytes && loss->net_bytes > rule->del.max_bytes)
        return J_LOSS_BYTES;
    if (by_percent && rule->del.max_percent && loss->target_files >= 10 &&
        loss->net_percent > rule->del.max_percent)
        return J_LOSS_PERCENT;
    if (look->ctx->wait_turn)
        look->ctx->wait_turn(look->ctx->turn);
    if ((rule->del.max_files && *look->ctx->net_files + loss->net_files > rule->del.max_files) ||
        (rule->del.max_bytes && *look->ctx->net_bytes + loss->net_bytes > rule->del.max_bytes))
        return J_LOSS_RUN;
    return J_LOSS_OK;
}

static enum hs_j_loss weigh_loss(const struct hs_look *look)
{
    return look->loss.deletes && look->ctx->rule->del.files_extra ? hs_look_weigh(look, true) : J_NO_LOSS;
}

int hs_look_list_both(struct hs_look *look)
{
    int r = 0;

    if (look->facts.source_files == J_NOT_READ)
        r = read_source(look);
    if (r < 0 || look->facts.source_files != J_COMPLETE || look->facts.select == J_FILTERED)
        return r;
    if (look->facts.target == J_PRESENT)
        r = read_target(look);
    else
        look->facts.target_files = J_COMPLETE;
    return r;
}

int hs_look_read_files(struct hs_look *look)
{
    int r = hs_look_list_both(look);

    if (r == 0 && look->facts.role == J_MERGES)
        return hs_look_compare_both(look);
    if (r < 0 || look->facts.source_files != J_COMPLETE || look->facts.select == J_FILTERED)
        return r;
    suspect_empty(look);
    if (look->facts.source_files != J_COMPLETE || look->facts.target_files != J_COMPLETE)
        return r;
    r = compare(look);
    if (r < 0)
        return r;
    suspect_hollow(look);
    look->loss = hs_diff_loss(&look->diff, look->plan->to_files.files.n);
    look->facts.loss = weigh_loss(look);
    return 0;
}
