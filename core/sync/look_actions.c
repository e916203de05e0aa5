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
    bool is_readme = look->readme.made.bytes && strcmp(row->from->path, HS_README) == 0;

    *hs_vec_add(&look->plan->actions) = (struct hs_action){
        .op = has ? HS_OP_REUSE : HS_OP_PUT,
        .path = row->from->path,
        .reason = reason,
        .from = from,
        .file_bytes = row->from->file_bytes,
        .sha256 = row->from->sha256,
        .file = row->from,
        .made = is_readme ? look->readme.made.bytes : NULL,
        .fallback = is_readme ? look->readme.fallback : NULL,
        .old = row->to,
    };
}

/* Nothing that is done: what somebody should know. */
static void add_notice(struct hs_look *look, const char *path, const char *reason, const char *from)
{
    *hs_vec_add(&look->plan->actions) = (struct hs_action){
        .op = HS_OP_NOTICE, .path = path, .reason = reason, .from = from, .sha256 = ""};
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

/* The licence of the repo's metadata, else of its README. */
static void set_license(struct hs_look *look, const char *from)
{
    struct hs_repo_plan *plan = look->plan;
    const struct hs_rule *rule = look->ctx->rule;
    const char *card = look->readme.license ? look->readme.license : "";
    struct hs_card_terms terms =
        hs_readme_terms(rule, look->ctx->from, look->ctx->to, &plan->source, &plan->target);
    bool is_unknown;

    plan->create_license =
        hs_license_at_create(&terms, &plan->pool, rule->create.license,
                             *plan->source.license ? plan->source.license : card, &is_unknown);
    if (is_unknown)
        add_notice(look, "", "license_unknown", from);
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
    *hs_vec_add(&plan->actions) = (struct hs_action){
        .op = HS_OP_CREATE_REPO, .path = "", .reason = "missing", .from = from, .sha256 = ""};
    set_license(look, from);
    return 0;
}

static void count_commits(struct hs_look *look)
{
    struct hs_repo_plan *plan = look->plan;
    uint64_t n = 0, items = __atomic_load_n(&look->ctx->to->limits.commit_items, __ATOMIC_RELAXED);

    for (size_t i = 0; i < plan->actions.n; i++)
        n += plan->actions.items[i].op != HS_OP_CREATE_REPO && plan->actions.items[i].op != HS_OP_NOTICE;
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
    if (r == 0 && look->readme.made.bytes && look->readme.is_unknown && plan->target_exists)
        add_notice(look, HS_README, "license_unknown", from);
    hs_map_clear(&by_sha);
    count_commits(look);
    if (look->facts.loss == J_LOSS_OK && !look->candidate->has_allow) {
        plan->net_files = look->loss.net_files;
        plan->net_bytes = look->loss.net_bytes;
        *look->ctx->net_files += plan->net_files;
        *look->ctx->net_bytes += plan->net_bytes;
    }
    plan->verdict = plan->actions.n ? HS_PLAN_ACT : HS_PLAN_UNCHANGED;
    return r;
}

bool hs_look_has_object(const struct hs_listing *in, const struct hs_file *file, struct hs_map *by_sha)
{
    return find_same_object(in, file, by_sha) != NULL;
}
