#include "sync/look.h"

#include "sync/ident.h"

#include "base/banned.h"

static void leave_out(struct hs_listing *listing, const char *path)
{
    struct hs_file *file = (struct hs_file *)hs_listing_find(listing, path);
    size_t at;

    if (!file)
        return;
    at = (size_t)(file - listing->files.items);
    memmove(file, file + 1, (listing->files.n - at - 1) * sizeof *file);
    listing->files.n--;
}

static struct hs_source source_of(const struct hs_look *look)
{
    return (struct hs_source){look->ctx->from, &look->plan->source, look->plan->from_all.head};
}

static struct hs_source target_of(const struct hs_look *look)
{
    return (struct hs_source){look->ctx->to, &look->plan->target, look->plan->to_all.head};
}

/* A site's LICENSE is as good as none: not copied, and not extra where the source has none either.
 * While the source's is the site's, the target's says nothing. */
int hs_look_license(struct hs_look *look)
{
    static const char path[] = "LICENSE";
    struct hs_repo_plan *plan = look->plan;
    const struct hs_rule *rule = look->ctx->rule;
    struct hs_file *from = (struct hs_file *)hs_listing_find(&plan->from_files, path);
    struct hs_file *to = (struct hs_file *)hs_listing_find(&plan->to_files, path);
    struct hs_source source = source_of(look), target = target_of(look);
    bool is_made = false;
    int r;

    if (rule->readme.copy_templates || (!from && !to) || (from && to && hs_ident_compare(from, to) == HS_SAME))
        return 0;
    if (from)
        r = hs_license_is_made(look->ctx->learn, rule, &source, &plan->pool, from, &is_made, &look->err);
    else
        r = hs_license_is_made(look->ctx->learn, rule, &target, &plan->pool, to, &is_made, &look->err);
    if (r == 0 && is_made) {
        leave_out(&plan->from_files, path);
        leave_out(&plan->to_files, path);
    }
    return r;
}

int hs_look_readme(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_readme_pair pair = {
        .rule = look->ctx->rule,
        .terms = hs_readme_terms(look->ctx->rule, look->ctx->from, look->ctx->to, &plan->source, &plan->target),
        .from = source_of(look),
        .to = target_of(look),
        .from_file = (struct hs_file *)hs_listing_find(&plan->from_files, HS_README),
        .to_file = (struct hs_file *)hs_listing_find(&plan->to_files, HS_README),
    };
    int r = hs_readme_look(look->ctx->learn, &pair, &plan->pool, &look->readme, &look->err);

    if (r == 0 && look->readme.verdict == HS_README_NONE) {
        leave_out(&plan->from_files, HS_README);
        leave_out(&plan->to_files, HS_README);
    }
    return r;
}

void hs_look_settle_readme(struct hs_look *look)
{
    struct hs_readme *readme = &look->readme;
    const struct hs_listing *there = &look->plan->to_files;
    struct hs_file *made;

    if (readme->verdict == HS_README_SAME)
        hs_diff_settle(&look->diff, HS_README, HS_DIFF_SAME, hs_listing_find(&look->plan->from_files, HS_README));
    if (readme->verdict != HS_README_DIFFERS)
        return;
    made = hub_pool_alloc(&look->plan->pool, 1, sizeof *made);
    if (!made) {
        readme->verdict = HS_README_PLAIN;
        return;
    }
    *made = readme->file;
    look->plan->readme_settled = readme->settled;
    hs_diff_settle(&look->diff, HS_README, hs_listing_find(there, HS_README) ? HS_DIFF_CHANGED : HS_DIFF_MISSING,
                   made);
}
