#include "sync/look.h"

#include "base/banned.h"

static const struct hs_file *find_same_object(const struct hs_listing *in, const struct hs_file *file,
                                              struct hs_map *by_sha)
{
    if (!*file->sha256)
        return NULL;
    if (!by_sha->n)
        for (size_t i = 0; i < in->files.n; i++)
            if (*in->files.items[i].sha256)
                (void)hs_map_put(by_sha, in->files.items[i].sha256, (void *)&in->files.items[i]);
    return hs_map_get(by_sha, file->sha256);
}

static void add_put(struct hs_look *look, const struct hs_diff_row *row, const char *reason,
                    const char *from, struct hs_map *by_sha)
{
    bool has = find_same_object(&look->plan->to_all, row->from, by_sha) != NULL;

    *hs_vec_add(&look->plan->actions) = (struct hs_action){
        .op = has ? HS_OP_REUSE : HS_OP_PUT,
        .path = row->from->path,
        .reason = reason,
        .from = from,
        .file_bytes = row->from->file_bytes,
        .sha256 = row->from->sha256,
        .file = row->from,
        .old = row->to,
    };
}

static void add_delete(struct hs_look *look, const struct hs_diff_row *row)
{
    if (!look->ctx->rule->del.files_extra || hs_diff_is_kept(row->to->path))
        return;
    *hs_vec_add(&look->plan->actions) = (struct hs_action){
        .op = HS_OP_DELETE,
        .path = row->to->path,
        .reason = "extra",
        .from = "",
        .file_bytes = row->to->file_bytes,
        .sha256 = row->to->sha256,
        .old = row->to,
    };
}

static int add_create(struct hs_look *look, const char *from)
{
    struct hs_repo_plan *plan = look->plan;
    const struct hs_rule *rule = look->ctx->rule;
    int r = 0;

    if (!look->ctx->from->gate.is_local && !look->has_detail)
        r = hs_look_ask_source(look);
    if (r < 0)
        return r;
    plan->create_visibility = HUB_PRIVATE; /* unless the source is known to be public */
    if (!rule->create.is_private && look->facts.source_sight == J_SEEN_PUBLIC)
        plan->create_visibility = HUB_PUBLIC;
    else if (!rule->create.is_private && plan->source.visibility == HUB_INTERNAL)
        plan->create_visibility = HUB_INTERNAL;
    plan->create_license = plan->source.license;
    if (strcmp(rule->create.license, "map") != 0 && strcmp(rule->create.license, "keep") != 0)
        plan->create_license = rule->create.license;
    *hs_vec_add(&plan->actions) = (struct hs_action){
        .op = HS_OP_CREATE_REPO, .path = "", .reason = "missing", .from = from, .sha256 = ""};
    return 0;
}

static void count_commits(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    uint64_t n = plan->actions.n - (plan->actions.n && plan->actions.items[0].op == HS_OP_CREATE_REPO);
    uint64_t items = look->ctx->to->limits.commit_items;

    plan->commits = !n ? 0 : items ? (n + items - 1) / items : 1;
    plan->requests += n + plan->commits;
}

int hs_look_actions(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    struct hs_map by_sha = {NULL, 0, 0};
    char *from = hub_pool_printf(&plan->pool, "%s:%s%s%s", plan->from_hub, plan->from_repo,
                                 *plan->from_all.head ? "@" : "", plan->from_all.head);
    int r = plan->target_exists ? 0 : add_create(look, from);

    for (size_t i = 0; r == 0 && i < look->diff.rows.n; i++) {
        const struct hs_diff_row *row = &look->diff.rows.items[i];
        if (row->kind == HS_DIFF_MISSING)
            add_put(look, row, "missing", from, &by_sha);
        else if (row->kind == HS_DIFF_CHANGED)
            add_put(look, row, "changed", from, &by_sha);
        else if (row->kind == HS_DIFF_UNKNOWN)
            add_put(look, row, "unknown", from, &by_sha);
    }
    for (size_t i = 0; r == 0 && i < look->diff.rows.n; i++)
        if (look->diff.rows.items[i].kind == HS_DIFF_EXTRA)
            add_delete(look, &look->diff.rows.items[i]);
    hs_map_clear(&by_sha);
    count_commits(look);
    if (look->facts.loss == J_LOSS_OK && !look->candidate->has_allow) {
        *look->ctx->net_files += look->loss.net_files;
        *look->ctx->net_bytes += look->loss.net_bytes;
    }
    plan->verdict = plan->actions.n ? HS_PLAN_ACT : HS_PLAN_UNCHANGED;
    return r;
}

bool hs_look_has_object(const struct hs_listing *in, const struct hs_file *file, struct hs_map *by_sha)
{
    return find_same_object(in, file, by_sha) != NULL;
}
