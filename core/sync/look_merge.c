/* Three-way: what is lost on each side, and the actions of both directions. */
#include "sync/look.h"

#include "base/banned.h"

enum { MAX_NAMED = 3 };

/* ---- brakes ---- */
static uint64_t bytes_of(const struct hs_file *file)
{
    return file->file_bytes == HUB_UNKNOWN ? 0 : file->file_bytes;
}

static struct hs_loss loss_of(const struct hs_merge *merge, bool is_left, size_t n_files)
{
    struct hs_loss loss = {.target_files = n_files};
    uint64_t added = 0, added_bytes = 0, gone_bytes = 0;

    for (size_t i = 0; i < merge->rows.n; i++) {
        const struct hs_merge_row *row = &merge->rows.items[i];
        const struct hs_file *here = is_left ? row->left : row->right, *there = is_left ? row->right : row->left;
        if (row->is.action == (is_left ? T_DELETE_ONE : T_DELETE_OTHER)) {
            loss.deletes++;
            gone_bytes += bytes_of(here);
        } else if (hs_merge_writes(row, is_left) && !here) {
            added++;
            added_bytes += bytes_of(there);
        }
    }
    loss.net_files = loss.deletes > added ? loss.deletes - added : 0;
    loss.net_bytes = gone_bytes > added_bytes ? gone_bytes - added_bytes : 0;
    if (n_files)
        loss.net_percent = (loss.net_files * 100 + n_files - 1) / n_files;
    return loss;
}

static enum hs_j_loss weigh_one(struct hs_look *look, const struct hs_loss *loss)
{
    look->loss = *loss;
    return loss->deletes && look->ctx->rule->del.files_extra ? hs_look_weigh(look, true) : J_NO_LOSS;
}

/* Each side has its own caps; what is allowed by hand and the sums of the run are of both. */
void hs_look_weigh_both(struct hs_look *look)
{
    const struct hs_repo_plan *plan = look->plan;
    struct hs_loss left = loss_of(&plan->merge, true, plan->from_files.files.n);
    struct hs_loss right = loss_of(&plan->merge, false, plan->to_files.files.n);
    struct hs_loss both = {.deletes = left.deletes + right.deletes,
                           .net_files = left.net_files + right.net_files,
                           .net_bytes = left.net_bytes + right.net_bytes,
                           .target_files = left.target_files + right.target_files};
    enum hs_j_loss of_left = weigh_one(look, &left), of_right = weigh_one(look, &right);

    if (look->candidate->has_allow) {
        look->facts.loss = weigh_one(look, &both);
    } else if (of_left > J_LOSS_OK || of_right > J_LOSS_OK) {
        look->loss = of_left > J_LOSS_OK ? left : right;
        look->loss.deletes = both.deletes; /* as --allow-delete counts them */
        look->facts.loss = of_left > J_LOSS_OK ? of_left : of_right;
    } else {
        look->facts.loss = weigh_one(look, &both) > J_LOSS_OK ? J_LOSS_RUN : both.deletes ? J_LOSS_OK : J_NO_LOSS;
    }
}

/* ---- actions ---- */
static void start_back(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan, *back = hs_xcalloc(1, sizeof *back);

    plan->back = back;
    back->rule = plan->rule;
    back->rule_name = plan->rule_name;
    back->hub = plan->from_hub;
    back->repo = plan->from_repo;
    back->from_hub = plan->hub;
    back->from_repo = plan->repo;
    back->from = plan->to;
    back->to = plan->from;
    back->source = plan->target;
    back->target = plan->source;
    back->target_exists = true;
    back->create_license = back->reason = back->message = back->alert = back->alert_message = "";
    back->from_all = (struct hs_listing){.pool = &back->pool, .head = plan->to_all.head, .branch = plan->to_all.branch, .why = ""};
    back->to_all = (struct hs_listing){.pool = &back->pool, .head = plan->from_all.head, .branch = plan->from_all.branch, .why = ""};
    back->from_files = back->to_files = (struct hs_listing){.pool = &back->pool, .head = "", .branch = "", .why = ""};
    if (*plan->from_all.branch)
        back->target.branch = plan->from_all.branch;
}

static const char *source_text(const struct hs_look *look, const struct hs_repo_plan *plan)
{
    return hub_pool_printf(&look->plan->pool, "%s:%s%s%s", plan->from_hub, plan->from_repo,
                           *plan->from_all.head ? "@" : "", plan->from_all.head);
}

static const struct hs_readme *readme_for(const struct hs_look *look, bool is_left, const char *path)
{
    bool is_there = look->readme_made && look->readme_way == (is_left ? HS_WAY_TO_LEFT : HS_WAY_TO_RIGHT);

    return is_there && strcmp(path, HS_README) == 0 ? &look->readme : NULL;
}

static void add_put(struct hs_repo_plan *to, bool has_object, const struct hs_file *file,
                    const struct hs_file *old, const char *reason, const char *source)
{
    *hs_vec_add(&to->actions) = (struct hs_action){
        .op = has_object ? HS_OP_REUSE : HS_OP_PUT,
        .path = file->path,
        .reason = reason,
        .from = source,
        .file_bytes = file->file_bytes,
        .sha256 = file->sha256,
        .file = file,
        .old = old,
    };
}

/* The put that was added last is of a README that we made. */
static void take_readme(struct hs_repo_plan *to, const struct hs_readme *readme)
{
    struct hs_action *put = &to->actions.items[to->actions.n - 1];
    const char *source = put->from;

    put->made = readme->made.bytes;
    put->fallback = readme->fallback;
    to->readme_settled = readme->settled;
    if (readme->is_unknown)
        *hs_vec_add(&to->actions) = (struct hs_action){
            .op = HS_OP_NOTICE, .path = HS_README, .reason = "license_unknown", .from = source, .sha256 = ""};
}

static void add_delete(struct hs_repo_plan *to, const struct hs_file *old, const char *reason)
{
    *hs_vec_add(&to->actions) = (struct hs_action){
        .op = HS_OP_DELETE,
        .path = old->path,
        .reason = reason,
        .from = "",
        .file_bytes = old->file_bytes,
        .sha256 = old->sha256,
        .old = old,
    };
}

static void count_commits(struct hs_repo_plan *to)
{
    uint64_t n = 0, items = to->to->limits.commit_items;

    for (size_t i = 0; i < to->actions.n; i++)
        n += to->actions.items[i].op != HS_OP_NOTICE;
    to->commits = !n ? 0 : items ? (n + items - 1) / items : 1;
    to->requests += n + to->commits;
}

/* is_left: what is written to the source, by the way back. */
static void add_actions(struct hs_look *look, bool is_left)
{
    struct hs_repo_plan *plan = look->plan, *to = is_left ? plan->back : plan;
    const struct hs_listing *all = is_left ? &plan->from_all : &plan->to_all;
    const char *source = source_text(look, to);
    struct hs_map by_sha = {NULL, 0, 0};

    for (size_t i = 0; i < plan->merge.rows.n; i++) {
        const struct hs_merge_row *row = &plan->merge.rows.items[i];
        const struct hs_file *from = is_left ? row->right : row->left, *old = is_left ? row->left : row->right;
        const struct hs_readme *readme;
        if (row->is.action != (is_left ? T_TO_ONE : T_TO_OTHER))
            continue;
        readme = readme_for(look, is_left, from->path);
        from = readme ? look->readme_made : from;
        add_put(to, hs_look_has_object(all, from, &by_sha), from, old ? old : hs_listing_find(all, from->path),
                row->is.reason, source);
        if (readme)
            take_readme(to, readme);
    }
    for (size_t i = 0; i < plan->merge.rows.n; i++) {
        const struct hs_merge_row *row = &plan->merge.rows.items[i];
        if (row->is.action == (is_left ? T_DELETE_ONE : T_DELETE_OTHER))
            add_delete(to, is_left ? row->left : row->right, row->is.reason);
    }
    hs_map_clear(&by_sha);
    count_commits(to);
}

static char *conflict_text(const struct hs_look *look)
{
    const struct hs_merge *merge = &look->plan->merge;
    HUB_TEXT(text);
    size_t n = 0;

    for (size_t i = 0; i < merge->rows.n; i++) {
        const struct hs_merge_row *row = &merge->rows.items[i];
        if (row->is.action != T_CONFLICT || n++ >= MAX_NAMED)
            continue;
        hub_text_printf(&text, "%s'%s': %s", n > 1 ? "; " : "", hs_merge_path(row), row->is.words);
    }
    if (n > MAX_NAMED)
        hub_text_printf(&text, "; and %zu more", n - MAX_NAMED);
    hub_text_puts(&text, ". Held until both sides have the same; the other files are synced");
    return hub_pool_strdup(&look->plan->pool, text.data ? text.data : "");
}

int hs_look_merge(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;

    start_back(look);
    add_actions(look, false);
    add_actions(look, true);
    if (look->facts.loss == J_LOSS_OK && !look->candidate->has_allow) {
        *look->ctx->net_files += look->loss.net_files;
        *look->ctx->net_bytes += look->loss.net_bytes;
    }
    plan->verdict = plan->actions.n || plan->back->actions.n ? HS_PLAN_ACT : HS_PLAN_UNCHANGED;
    if (plan->merge.n_conflicts) {
        plan->verdict = HS_PLAN_BLOCK;
        plan->reason = "conflict";
        plan->message = conflict_text(look);
        plan->alert = "conflict_held";
        plan->alert_message = plan->message;
    }
    return 0;
}
