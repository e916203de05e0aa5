#include "sync/base.h"

#include "base/banned.h"

static struct hs_link turned(const struct hs_link *link)
{
    return (struct hs_link){link->rule, link->to_hub, link->to_repo, link->from_hub, link->from_repo};
}

int hs_base_get(struct hs_store *store, struct hub_pool *pool, const struct hs_rule *rule,
                const struct hs_link *link, bool with_files, struct hs_baseline_row *row,
                struct hs_err *err)
{
    struct hs_link back = turned(link);
    struct hs_side_row from;
    int r = hs_store_baseline_get(store, pool, link, with_files, row, err);

    if (r != HUB_ENOTFOUND || rule->type != HS_BIDIRECTIONAL)
        return r;
    r = hs_store_baseline_get(store, pool, &back, with_files, row, err);
    if (r < 0)
        return r;
    from = row->from;
    row->from = row->to;
    row->to = from;
    return 0;
}

/* ---- copies to the authority ---- */
static bool is_authority(const struct hs_rule *rule, const char *hub)
{
    return rule->type == HS_BIDIRECTIONAL && rule->files.mode == HS_MODE_AUTHORITY &&
           strcmp(rule->files.authority, hub) == 0;
}

static int put_filling(struct hs_store *store, const char *hub, const char *repo, bool is_filling, struct hs_err *err)
{
    HUB_TEXT(what);

    hub_text_printf(&what, "filling %s", repo);
    return what.data ? hs_store_count_put(store, hub, what.data, is_filling, err)
                     : hs_fail(err, HUB_ENOMEM, "out of memory");
}

int hs_base_fill(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                 bool is_filling, struct hs_err *err)
{
    return store && is_authority(rule, link->to_hub) ? put_filling(store, link->to_hub, link->to_repo, is_filling, err)
                                                     : 0;
}

bool hs_base_is_filling(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link)
{
    uint64_t n = 0;
    HUB_TEXT(what);
    HS_ERR(ignored);

    if (!store || !is_authority(rule, link->from_hub))
        return false;
    hub_text_printf(&what, "filling %s", link->from_repo);
    return what.data && hs_store_count_get(store, link->from_hub, what.data, &n, &ignored) == 0 && n > 0;
}

int hs_base_put(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                const struct hs_baseline_row *row, struct hs_err *err)
{
    struct hs_link back = turned(link);
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    r = hs_store_baseline_put(store, link, row, err);
    if (r == 0 && rule->type == HS_BIDIRECTIONAL)
        r = hs_store_baseline_drop(store, &back, err);
    if (r == 0 && is_authority(rule, link->to_hub))
        r = put_filling(store, link->to_hub, link->to_repo, false, err);
    if (r == 0)
        return hs_store_end(store, err);
    hs_store_rollback(store);
    return r;
}

int hs_base_hide(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                 struct hs_err *err)
{
    struct hs_link back = turned(link);
    int r = hs_store_baseline_hide(store, link, true, err);

    return r == 0 && rule->type == HS_BIDIRECTIONAL ? hs_store_baseline_hide(store, &back, false, err) : r;
}

static int forget_link(struct hs_store *store, const struct hs_link *link, struct hs_err *err)
{
    int r = hs_store_baseline_drop(store, link, err);

    if (r == 0)
        r = hs_store_verdict_drop(store, link, err);
    return r == 0 ? hs_store_absence_drop(store, link, err) : r;
}

int hs_base_forget(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                   struct hs_err *err)
{
    struct hs_link back = turned(link);
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    r = forget_link(store, link, err);
    if (r == 0 && rule->type == HS_BIDIRECTIONAL)
        r = forget_link(store, &back, err);
    if (r == 0)
        return hs_store_end(store, err);
    hs_store_rollback(store);
    return r;
}

void hs_base_listing(struct hub_pool *pool, const struct hs_side_row *side, struct hs_listing *out)
{
    *out = (struct hs_listing){.pool = pool, .head = side->head, .branch = "", .why = "", .is_complete = true};
    for (size_t i = 0; i < side->n_files; i++)
        *hs_vec_add(&out->files) = (struct hs_file){.path = side->files[i].path,
                                                    .sha256 = side->files[i].sha256,
                                                    .git_sha1 = side->files[i].git_sha1,
                                                    .etag = "",
                                                    .file_bytes = side->files[i].file_bytes};
    hs_listing_finish(out);
}

void hs_base_note_repo(struct hs_store *store, const char *hub, const struct hs_repo *repo,
                       const char *mark, int64_t now_ms)
{
    struct hs_repo_row row = {.hub = hub,
                              .id = repo->id,
                              .stable_id = repo->stable_id,
                              .mark = mark,
                              .license = repo->license,
                              .visibility = repo->visibility,
                              .gated = repo->gated,
                              .weights = repo->weights,
                              .seen_ms = now_ms,
                              .last_public_ms = repo->visibility == HUB_PUBLIC ? now_ms : 0};
    HS_ERR(ignored);

    if (store && *mark)
        (void)hs_store_repo_put(store, &row, &ignored);
}
