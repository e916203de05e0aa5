#include "sync/look.h"

#include "sync/ident.h"

#include "base/banned.h"

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
    struct hs_repo_plan *plan = look->plan;
    const struct hs_rule *rule = look->ctx->rule;
    struct hs_file *from = (struct hs_file *)hs_listing_find(&plan->from_files, HS_LICENSE);
    struct hs_file *to = (struct hs_file *)hs_listing_find(&plan->to_files, HS_LICENSE);
    struct hs_source source = source_of(look), target = target_of(look);
    bool *is_made = &look->drops_license;

    if (rule->readme.copy_templates || (!from && (!to || !rule->del.files_extra)) ||
        (from && to && hs_ident_compare(from, to) == HS_SAME))
        return 0;
    if (from)
        return hs_license_is_made(look->ctx->learn, rule, &source, &plan->pool, from, is_made, &look->err);
    return hs_license_is_made(look->ctx->learn, rule, &target, &plan->pool, to, is_made, &look->err);
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

    return hs_readme_look(look->ctx->learn, &pair, &plan->pool, &look->readme, &look->err);
}

/* What is left out stays in the listings: the baseline remembers what is there. */
void hs_look_settle_diff(struct hs_look *look)
{
    struct hs_readme *readme = &look->readme;
    const struct hs_listing *there = &look->plan->to_files;
    struct hs_file *made;

    if (look->drops_license)
        hs_diff_drop(&look->diff, HS_LICENSE);
    if (readme->verdict == HS_README_NONE)
        hs_diff_drop(&look->diff, HS_README);
    if (readme->verdict == HS_README_SAME)
        hs_diff_settle(&look->diff, HS_README, HS_DIFF_SAME, hs_listing_find(&look->plan->from_files, HS_README));
    if (readme->verdict != HS_README_DIFFERS)
        return;
    made = hub_pool_alloc(&look->plan->pool, 1, sizeof *made);
    if (!made) {
        readme->verdict = HS_README_PLAIN;
        return;
    }
    *made = readme->made.file;
    look->plan->readme_settled = readme->settled;
    hs_diff_settle(&look->diff, HS_README, hs_listing_find(there, HS_README) ? HS_DIFF_CHANGED : HS_DIFF_MISSING,
                   made);
}
