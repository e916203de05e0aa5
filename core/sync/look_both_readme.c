/* Three-way: the README.md of both sides held against each other as it would be written. Which way it
 * would go is told by the one side that changed it; where that is not known, or both did, either way
 * will do for being in step. */
#include "sync/look.h"

#include "base/banned.h"

static struct hs_listing *listing_of(const struct hs_look *look, bool is_left)
{
    return is_left ? &look->plan->from_files : &look->plan->to_files;
}

static struct hs_file *readme_of(const struct hs_look *look, bool is_left)
{
    return (struct hs_file *)hs_listing_find(listing_of(look, is_left), HS_README);
}

static struct hs_source source_of(const struct hs_look *look, bool is_left)
{
    struct hs_repo_plan *plan = look->plan;

    return (struct hs_source){is_left ? look->ctx->from : look->ctx->to, is_left ? &plan->source : &plan->target,
                              is_left ? plan->from_all.head : plan->to_all.head};
}

static struct hs_readme_pair pair_of(const struct hs_look *look, bool to_left)
{
    struct hs_readme_pair pair = {
        .rule = look->ctx->rule,
        .from = source_of(look, !to_left),
        .to = source_of(look, to_left),
        .from_file = readme_of(look, !to_left),
        .to_file = readme_of(look, to_left),
    };

    pair.terms =
        hs_readme_terms(pair.rule, pair.from.session, pair.to.session, pair.from.repo, pair.to.repo);
    return pair;
}

/* ---- before the merge: do they say the same? ---- */
/* Is it, byte for byte, what that side had when both were last in step? */
static int ask_kept(struct hs_look *look, bool is_left, bool *is_kept)
{
    const struct hs_listing *before = is_left ? &look->plan->from_then : &look->plan->to_then;
    const struct hs_file *then = hs_listing_find(before, HS_README);
    struct hs_source source = source_of(look, is_left);
    struct hs_file *now = readme_of(look, is_left);
    HUB_TEXT(content);
    int r = 0;

    *is_kept = false;
    if (!then)
        return 0;
    if (hs_ident_compare(now, then) == HS_UNKNOWN && now->file_bytes <= HS_LEARN_SMALL_BYTES &&
        !hs_learn_known(look->ctx->learn, &look->plan->pool, now))
        r = hs_learn_fetch(look->ctx->learn, &source, &look->plan->pool, now, &content, &look->err);
    *is_kept = r == 0 && hs_ident_compare(now, then) == HS_SAME;
    hub_text_clear(&content);
    return r;
}

static enum hs_same same_of(enum hs_readme_verdict verdict)
{
    switch (verdict) {
    case HS_README_DIFFERS:
        return HS_DIFFERENT;
    case HS_README_PLAIN:
        return HS_UNKNOWN;
    default:
        return HS_SAME;
    }
}

/* A README that is out of sight there, the site's own, is still what the new one replaces. */
static int look_way(struct hs_look *look, bool to_left)
{
    const struct hs_listing *all = to_left ? &look->plan->from_all : &look->plan->to_all;
    struct hs_readme_pair pair = pair_of(look, to_left);
    const struct hs_file *there = pair.to_file ? NULL : hs_listing_find(all, HS_README);
    struct hs_file hidden;

    if (there && !(there->flags & HUB_NOT_PLAIN)) {
        hidden = *there;
        pair.to_file = &hidden;
    }
    look->readme_way = to_left ? HS_WAY_TO_LEFT : HS_WAY_TO_RIGHT;
    return hs_readme_look(look->ctx->learn, &pair, &look->plan->pool, &look->readme, &look->err);
}

int hs_look_agree_readme(struct hs_look *look)
{
    const struct hs_file *left = readme_of(look, true), *right = readme_of(look, false);
    bool left_kept, right_kept;
    enum hs_readme_verdict verdict;
    int r;

    look->readme = (struct hs_readme){.verdict = HS_README_PLAIN, .license = ""};
    look->readme_way = HS_WAY_NONE;
    look->readme_made = NULL;
    look->readme_same = HS_UNKNOWN;
    if (!left || !right || hs_ident_compare(left, right) == HS_SAME)
        return 0;
    r = ask_kept(look, true, &left_kept);
    if (r == 0)
        r = ask_kept(look, false, &right_kept);
    if (r < 0 || (left_kept && right_kept))
        return r;
    if (left_kept != right_kept) {
        r = look_way(look, left_kept);
        verdict = look->readme.verdict;
    } else {
        struct hs_readme_pair pair = pair_of(look, false);
        r = hs_readme_agree(look->ctx->learn, &pair, &look->plan->pool, &verdict, &look->err);
    }
    if (r == 0 && left_kept != right_kept && verdict == HS_README_NONE)
        hs_look_leave_out(look, right_kept, HS_README);
    else if (r == 0)
        look->readme_same = same_of(verdict);
    return r;
}

/* What the two contents of a path are to each other, for the merge; ctx: the look. */
enum hs_same hs_look_same(void *ctx, const struct hs_file *left, const struct hs_file *right)
{
    const struct hs_look *look = ctx;

    if (look->readme_same != HS_UNKNOWN && strcmp(left->path, HS_README) == 0)
        return look->readme_same;
    return hs_ident_compare(left, right);
}

/* ---- after it: what goes over ---- */
static struct hs_merge_row *find_row(struct hs_merge *merge)
{
    for (size_t i = 0; i < merge->rows.n; i++)
        if (strcmp(hs_merge_path(&merge->rows.items[i]), HS_README) == 0)
            return &merge->rows.items[i];
    return NULL;
}

static int keep_made(struct hs_look *look)
{
    struct hs_file *made = hub_pool_alloc(&look->plan->pool, 1, sizeof *made);

    if (!made)
        return hs_fail(&look->err, HUB_ENOMEM, "'%s': out of memory", HS_README);
    *made = look->readme.made.file;
    look->readme_made = made;
    return 0;
}

int hs_look_make_readme(struct hs_look *look)
{
    struct hs_merge_row *row = find_row(&look->plan->merge);
    enum hs_way way;
    int r = 0;

    if (!row || (row->is.action != T_TO_ONE && row->is.action != T_TO_OTHER))
        return 0;
    way = row->is.action == T_TO_ONE ? HS_WAY_TO_LEFT : HS_WAY_TO_RIGHT;
    if (look->readme_way != way)
        r = look_way(look, way == HS_WAY_TO_LEFT);
    if (r < 0 || look->readme.verdict == HS_README_PLAIN)
        return r;
    if (look->readme.verdict == HS_README_DIFFERS)
        return keep_made(look);
    row->is.action = T_NOTHING; /* what is there already would be written */
    return 0;
}
