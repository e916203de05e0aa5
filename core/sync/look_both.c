/* Three-way: what each side made of what both had, path by path. */
#include "sync/base.h"
#include "sync/filter.h"
#include "sync/look.h"

#include "base/banned.h"

/* ---- what both had ---- */
static void take_then(struct hs_look *look, const struct hs_side_row *side, struct hs_listing *out)
{
    *out = (struct hs_listing){.pool = &look->plan->pool, .head = "", .branch = "", .why = "", .is_complete = true};
    for (size_t i = 0; i < side->n_files; i++) {
        struct hs_file file = {.path = side->files[i].path,
                               .sha256 = side->files[i].sha256,
                               .git_sha1 = side->files[i].git_sha1,
                               .etag = "",
                               .file_bytes = side->files[i].file_bytes};
        if (!hs_is_invisible(&file) && hs_is_wanted(look->ctx->rule, file.path))
            *hs_vec_add(&out->files) = file;
    }
    hs_listing_finish(out);
}

/* A baseline of another mode does not say what each side had: as if there were none. */
static int recall_base(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_link link = hs_plan_link(plan);
    struct hs_baseline_row row;
    int r;

    if (!look->ctx->store)
        return 0;
    r = hs_base_get(look->ctx->store, &plan->pool, plan->rule, &link, true, &row, &look->err);
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(&look->err);
        return 0;
    }
    if (r < 0 || !hs_filter_is_merged(row.settings))
        return r;
    take_then(look, &row.from, &plan->from_then);
    take_then(look, &row.to, &plan->to_then);
    return 0;
}

/* ---- files that count on neither side ---- */
static void note_hidden(struct hs_map *hidden, const struct hs_repo_plan *plan, const struct hs_listing *all)
{
    for (size_t i = 0; i < all->files.n; i++) {
        const struct hs_file *file = &all->files.items[i];
        bool was_there = hs_listing_find(&plan->from_then, file->path) || hs_listing_find(&plan->to_then, file->path);
        if ((file->flags & HUB_NOT_PLAIN) || (was_there && hs_is_invisible(file)))
            (void)hs_map_put(hidden, file->path, (void *)file);
    }
}

static void drop_hidden(const struct hs_map *hidden, struct hs_listing *listing)
{
    size_t n = 0;

    for (size_t i = 0; i < listing->files.n; i++)
        if (!hs_map_get(hidden, listing->files.items[i].path))
            listing->files.items[n++] = listing->files.items[i];
    listing->files.n = n;
}

/* A link, or a file that has become the site's own: not deleted there, only out of sight. */
static void hide(struct hs_repo_plan *plan)
{
    struct hs_map hidden = {NULL, 0, 0};
    const char *path;
    void *file;

    note_hidden(&hidden, plan, &plan->from_all);
    note_hidden(&hidden, plan, &plan->to_all);
    for (size_t i = 0; hs_map_each(&hidden, &i, &path, &file);) {
        *hs_vec_add(&plan->from_left_out) = ((const struct hs_file *)file)->path;
        *hs_vec_add(&plan->to_left_out) = ((const struct hs_file *)file)->path;
    }
    if (hidden.n) {
        drop_hidden(&hidden, &plan->from_files);
        drop_hidden(&hidden, &plan->to_files);
        drop_hidden(&hidden, &plan->from_then);
        drop_hidden(&hidden, &plan->to_then);
    }
    hs_map_clear(&hidden);
}

void hs_look_leave_out(struct hs_look *look, bool is_from, const char *path)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_listing *files = is_from ? &plan->from_files : &plan->to_files;
    struct hs_file *file = (struct hs_file *)hs_listing_find(files, path);

    if (!file)
        return;
    if (is_from)
        *hs_vec_add(&plan->from_left_out) = path;
    else
        *hs_vec_add(&plan->to_left_out) = path;
    files->files.n--;
    memmove(file, file + 1, (files->files.n - (size_t)(file - files->files.items)) * sizeof *file);
}

static bool is_still(const struct hs_file *now, const struct hs_file *then)
{
    return now && then && hs_ident_compare(now, then) == HS_SAME;
}

/* A README or LICENSE that the site wrote is as good as none on that side, and so is a README without
 * a body. */
static int drop_template(struct hs_look *look, bool is_from, const char *path)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_file *file = (struct hs_file *)hs_listing_find(is_from ? &plan->from_files : &plan->to_files, path);
    const struct hs_file *then = hs_listing_find(is_from ? &plan->from_then : &plan->to_then, path);
    const struct hs_file *other = hs_listing_find(is_from ? &plan->to_files : &plan->from_files, path);
    const struct hs_file *other_then = hs_listing_find(is_from ? &plan->to_then : &plan->from_then, path);
    struct hs_source source = {is_from ? look->ctx->from : look->ctx->to, is_from ? &plan->source : &plan->target,
                               is_from ? plan->from_all.head : plan->to_all.head};
    bool is_readme = strcmp(path, HS_README) == 0, is_made = false;
    int r;

    if (!file || (other_then && is_still(file, then)) || is_still(file, other))
        return 0;
    if (is_readme && then && is_still(other, other_then))
        return 0; /* hs_look_agree_readme reads both anyway, and tells */
    if (is_readme)
        r = hs_readme_is_none(look->ctx->learn, look->ctx->rule, &source, &plan->pool, file, &is_made, &look->err);
    else
        r = hs_license_is_made(look->ctx->learn, look->ctx->rule, &source, &plan->pool, file, &is_made, &look->err);
    if (r == 0 && is_made)
        hs_look_leave_out(look, is_from, path);
    return r;
}

static int drop_templates(struct hs_look *look)
{
    static const char *const paths[] = {HS_README, HS_LICENSE};
    int r = 0;

    for (size_t i = 0; r == 0 && i < 4 && !look->ctx->rule->readme.copy_templates; i++)
        r = drop_template(look, i % 2 == 0, paths[i / 2]);
    return r;
}

/* ---- judging, and hashes that are missing for it ---- */
static enum hs_t_policy policy_of(const struct hs_look *look)
{
    const struct hs_rule *rule = look->ctx->rule;

    if (rule->files.conflict == HS_CONFLICT_NEWEST)
        return T_NEWEST;
    if (rule->files.conflict != HS_CONFLICT_PREFER)
        return T_HOLD;
    return strcmp(rule->files.prefer, look->plan->from_hub) == 0 ? T_PREFER_ONE : T_PREFER_OTHER;
}

/* What is out of sight is no deletion: the other side keeps its own. */
static void spare_left_out(struct hs_repo_plan *plan)
{
    for (size_t i = 0; i < plan->merge.rows.n; i++) {
        struct hs_merge_row *row = &plan->merge.rows.items[i];
        bool from_left = row->is.action == T_DELETE_ONE, from_right = row->is.action == T_DELETE_OTHER;
        size_t n = from_left ? plan->to_left_out.n : from_right ? plan->from_left_out.n : 0;
        for (size_t k = 0; k < n; k++)
            if (!strcmp(from_left ? plan->to_left_out.items[k] : plan->from_left_out.items[k], hs_merge_path(row)))
                row->is = (struct hs_t_judgement){T_LEAVE, "", "one side has the site's own there", row->is.row};
    }
}

static void judge(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_merge_what what = {
        .left = {&plan->from_files, &plan->from_then, plan->source.modified_ms},
        .right = {&plan->to_files, &plan->to_then, plan->target.modified_ms},
        .may_delete = look->ctx->rule->del.files_extra,
        .policy = policy_of(look),
        .compare = hs_look_same,
        .ctx = look,
    };

    hs_merge_clear(&plan->merge);
    hs_merge_make(&what, &plan->merge);
    spare_left_out(plan);
}

enum gap { LEFT_TO_BASE = 0, RIGHT_TO_BASE, LEFT_TO_RIGHT, RIGHT_TO_LEFT, N_GAPS };

static bool pick(const struct hs_merge_row *row, enum gap gap, const struct hs_file **of, const struct hs_file **with)
{
    *of = gap == LEFT_TO_BASE || gap == LEFT_TO_RIGHT ? row->left : row->right;
    *with = gap == LEFT_TO_BASE    ? row->left_then
            : gap == RIGHT_TO_BASE ? row->right_then
            : gap == LEFT_TO_RIGHT ? row->right
                                   : row->left;
    return row->is.action == T_ASK && *of && *with && hs_ident_compare(*of, *with) == HS_UNKNOWN;
}

/* The hashes that one side lacks, of the files in question alone: remembered pairs, else read. */
static int fill(struct hs_look *look, enum gap gap)
{
    struct hs_repo_plan *plan = look->plan;
    bool is_left = gap == LEFT_TO_BASE || gap == LEFT_TO_RIGHT;
    struct hs_source source = {is_left ? look->ctx->from : look->ctx->to, is_left ? &plan->source : &plan->target,
                               is_left ? plan->from_all.head : plan->to_all.head};
    struct hs_listing of = {.pool = &plan->pool}, with = {.pool = &plan->pool};
    int r;

    for (size_t i = 0; i < plan->merge.rows.n; i++) {
        const struct hs_file *a, *b;
        if (!pick(&plan->merge.rows.items[i], gap, &a, &b))
            continue;
        *hs_vec_add(&of.files) = *a;
        *hs_vec_add(&with.files) = *b;
    }
    r = of.files.n ? hs_learn_pairs(look->ctx->learn, &source, &of, &with, &look->err) : 0;
    for (size_t i = 0; r == 0 && i < of.files.n; i++)
        *(struct hs_file *)hs_listing_find(is_left ? &plan->from_files : &plan->to_files, of.files.items[i].path) =
            of.files.items[i];
    hs_listing_clear(&of);
    hs_listing_clear(&with);
    return r;
}

static int judge_all(struct hs_look *look)
{
    int r = 0;

    judge(look);
    for (enum gap gap = LEFT_TO_BASE; r == 0 && look->plan->merge.n_asked && gap < N_GAPS; gap++) {
        r = fill(look, gap);
        if (r == 0)
            judge(look);
    }
    for (size_t i = 0; r == 0 && i < look->plan->merge.rows.n; i++)
        if (look->plan->merge.rows.items[i].is.action == T_ASK)
            r = hs_fail(&look->err, HUB_EAGAIN, "'%s': no hash tells whether it was changed",
                        hs_merge_path(&look->plan->merge.rows.items[i]));
    return r;
}

/* Empty where it was not: no deletion is believed. */
static bool is_suspect(struct hs_look *look, bool is_from)
{
    const struct hs_repo_plan *plan = look->plan;
    const struct hs_listing *now = is_from ? &plan->from_files : &plan->to_files;
    const struct hs_listing *then = is_from ? &plan->from_then : &plan->to_then;

    if (look->candidate->has_allow || now->files.n)
        return false;
    return then->files.n || hs_look_was_not_empty(look, is_from ? plan->from_hub : plan->hub,
                                                  is_from ? plan->from_repo : plan->repo);
}

/* ---- both sides compared ---- */
static bool is_selected(struct hs_look *look)
{
    const struct hs_repo_plan *plan = look->plan;
    const struct hs_listing *left = plan->from_recalled ? &plan->from_files : &plan->from_all;
    const struct hs_listing *right = plan->to_recalled ? &plan->to_files : &plan->to_all;
    const char *reason = hs_filter_content(look->ctx->rule, left);

    if (!*reason || !*hs_filter_content(look->ctx->rule, right))
        return true;
    look->facts.select = J_FILTERED;
    look->skip_reason = reason;
    hs_look_keep_verdict(look, reason);
    return false;
}

static int compare(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_source from = {look->ctx->from, &plan->source, plan->from_all.head};
    struct hs_source to = {look->ctx->to, &plan->target, plan->to_all.head};
    int r = hs_learn_local(look->ctx->learn, &from, &plan->from_files, NULL, NULL, &look->err);

    if (r == 0)
        r = hs_learn_local(look->ctx->learn, &to, &plan->to_files, NULL, NULL, &look->err);
    if (r == 0)
        r = drop_templates(look);
    if (r == 0)
        r = hs_look_agree_readme(look);
    if (r == 0)
        r = judge_all(look);
    return r == 0 ? hs_look_make_readme(look) : r;
}

/* What is only remembered of a side cannot be written to: its own rows tell what is replaced. */
static bool must_list(const struct hs_repo_plan *plan)
{
    for (size_t i = 0; i < plan->merge.rows.n; i++)
        if ((plan->from_recalled && hs_merge_writes(&plan->merge.rows.items[i], true)) ||
            (plan->to_recalled && hs_merge_writes(&plan->merge.rows.items[i], false)))
            return true;
    return false;
}

static void list_anew(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;

    hs_merge_clear(&plan->merge);
    hs_listing_clear(&plan->from_files);
    hs_listing_clear(&plan->to_files);
    hs_listing_clear(&plan->from_all);
    hs_listing_clear(&plan->to_all);
    hs_listing_clear(&plan->from_then);
    hs_listing_clear(&plan->to_then);
    hs_vec_clear(&plan->from_left_out);
    hs_vec_clear(&plan->to_left_out);
    plan->from_recalled = plan->to_recalled = false;
    look->facts.source_files = look->facts.target_files = J_NOT_READ;
    look->may_not_recall = true;
}

int hs_look_compare_both(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    int r;

    if (look->facts.source_files != J_COMPLETE || look->facts.target_files != J_COMPLETE || !is_selected(look))
        return 0;
    r = recall_base(look);
    if (r < 0)
        return r;
    if (is_suspect(look, true))
        look->facts.source_files = J_SUSPECT;
    if (is_suspect(look, false))
        look->facts.target_files = J_SUSPECT;
    if (look->facts.source_files != J_COMPLETE || look->facts.target_files != J_COMPLETE)
        return 0;
    hide(plan);
    r = compare(look);
    if (r == 0 && must_list(plan)) {
        list_anew(look);
        return 0; /* judge asks for the files once more */
    }
    if (r == 0)
        hs_look_weigh_both(look);
    return r;
}
