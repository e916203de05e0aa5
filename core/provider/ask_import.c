/* Questions about what a hub copies by itself: the import, how it goes, heads, objects. */
#include "data/url.h"
#include "provider/check.h"
#include "provider/host.h"

#include "base/banned.h"

enum { MAX_BRANCHES = 100000 };

static int cannot(struct hs_session *s, const char *verb, struct hs_err *err)
{
    return hs_fail(err, HUB_ENOTSUP, "%s: plugin %s cannot %s", s->conf->name, s->plugin->table.name,
                   verb);
}

/* ---- import ---- */
/* The other hub gets this address: it must be one that anyone may see. */
static int check_source_url(const char *text, struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_url url;
    int r = hs_url_parse(&pool, text, &url, err);

    if (r < 0)
        return r;
    if (url.has_userinfo)
        return hs_fail(err, HUB_ECORRUPT, "the address to import from holds a credential");
    if (url.scheme == HS_FILE)
        return hs_fail(err, HUB_ECORRUPT, "no hub can import from '%s'", text);
    return 0;
}

int hs_ask_import(struct hs_session *s, struct hs_loop *loop, const struct hs_repo *want,
                  const char *source_url, struct hs_err *err)
{
    struct hub_repo wire = hs_repo_to_wire(want, "");
    struct hs_call_op op;
    int r;

    if (s->conf->is_read_only)
        return hs_fail(err, HS_ECONFIG, "hub '%s' is configured access: read", s->conf->name);
    if (!s->plugin->table.import_repo)
        return cannot(s, "import a repo", err);
    r = check_source_url(source_url, err);
    if (r < 0)
        return r;
    hs_op_begin(&op, s, loop, "import_repo", NULL, NULL, err);
    return hs_op_end(&op, s->plugin->table.import_repo(&op.pub, &wire, source_url));
}

/* ---- progress ---- */
struct progress_ctx {
    struct hub_pool *pool;
    struct hs_import *out;
    int n;
};

static int hear_progress(void *ctx, const struct hub_import *said, struct hs_err *err)
{
    struct progress_ctx *progress = ctx;

    if (progress->n++)
        return hs_fail(err, HUB_EBUG, "follow_import answers progress once");
    hs_check_import(progress->pool, said, progress->out);
    return 0;
}

int hs_ask_progress(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                    const struct hs_repo *repo, struct hs_import *out, struct hs_err *err)
{
    static const struct hs_hears hears = {.progress = hear_progress};
    struct hub_repo wire = hs_repo_to_wire(repo, "");
    struct progress_ctx ctx = {pool, out, 0};
    struct hs_call_op op;
    int r;

    if (!s->plugin->table.follow_import)
        return cannot(s, "follow an import", err);
    hs_op_begin(&op, s, loop, "follow_import", &hears, &ctx, err);
    r = hs_op_end(&op, s->plugin->table.follow_import(&op.pub, &wire));
    if (r == 0 && !ctx.n)
        return hs_fail(err, HUB_EBUG, "%s: plugin %s answered nothing to follow_import", s->conf->name,
                       s->plugin->table.name);
    return r;
}

/* ---- heads ---- */
struct heads_ctx {
    struct hub_pool *pool;
    const char *branch; /* the default one, as far as the repo's row tells; "" */
    size_t n;
    bool has_default;
    char *commit, *only;
};

static int hear_branch(void *ctx, const struct hub_head *row, struct hs_err *err)
{
    struct heads_ctx *heads = ctx;
    char *commit = NULL;
    int r = hs_check_head(heads->pool, row, &commit, err);

    if (r < 0)
        return r;
    if (++heads->n > MAX_BRANCHES)
        return hs_fail(err, HUB_ECORRUPT, "more than %d branches", MAX_BRANCHES);
    heads->only = commit;
    if (row->flags & HUB_DEFAULT_BRANCH) {
        if (heads->has_default)
            return hs_fail(err, HUB_ECORRUPT, "two branches are both the default one");
        heads->has_default = true;
        heads->commit = commit;
    } else if (!heads->has_default && *heads->branch && strcmp(row->branch, heads->branch) == 0) {
        if (heads->commit && strcmp(heads->commit, commit) != 0)
            return hs_fail(err, HUB_ECORRUPT, "branch '%s' is told twice, differently", heads->branch);
        heads->commit = commit;
    }
    return 0;
}

int hs_ask_default_head(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                        const struct hs_repo *repo, const char **commit, struct hs_err *err)
{
    static const struct hs_hears hears = {.branch = hear_branch};
    struct hub_repo wire = hs_repo_to_wire(repo, "");
    struct heads_ctx ctx = {.pool = pool, .branch = repo->branch ? repo->branch : ""};
    struct hs_call_op op;
    int r;

    if (!s->plugin->table.branch_heads)
        return cannot(s, "tell branch heads", err);
    hs_op_begin(&op, s, loop, "branch_heads", &hears, &ctx, err);
    r = hs_op_end(&op, s->plugin->table.branch_heads(&op.pub, &wire));
    if (r < 0)
        return r;
    if (!ctx.commit && ctx.n > 1)
        return hs_fail(err, HUB_ENOTSUP, "%s:%s: none of its %zu branches is known to be the default one",
                       s->conf->name, repo->id, ctx.n);
    *commit = ctx.commit ? ctx.commit : ctx.n ? ctx.only : "";
    return 0;
}

/* ---- objects ---- */
struct objects_ctx {
    const struct hub_file *const *asked;
    bool *is_stored;
    size_t n;
};

static int hear_object(void *ctx, const struct hub_file *row, struct hs_err *err)
{
    struct objects_ctx *objects = ctx;
    HUB_POOL(pool);
    const char *sha256 = row->sha256 ? hub_hex_lower(&pool, row->sha256, 64) : NULL;
    bool is_asked = false;

    for (size_t i = 0; sha256 && i < objects->n; i++) {
        const struct hub_file *file = objects->asked[i];
        if (strcmp(file->sha256, sha256) != 0)
            continue;
        if (row->file_bytes != HUB_UNKNOWN && row->file_bytes != file->file_bytes)
            return hs_fail(err, HUB_ECORRUPT, "the hub holds '%s' with %llu bytes, it has %llu", file->path,
                           (unsigned long long)row->file_bytes, (unsigned long long)file->file_bytes);
        objects->is_stored[i] = is_asked = true;
    }
    return is_asked ? 0 : hs_fail(err, HUB_EBUG, "stored_objects answered an object that was not asked for");
}

static int ask_batch(struct hs_session *s, struct hs_loop *loop, const struct hub_repo *wire,
                     const struct hub_file *const *files, size_t n, bool *is_stored, struct hs_err *err)
{
    static const struct hs_hears hears = {.file = hear_object};
    struct objects_ctx ctx = {files, is_stored, n};
    struct hs_call_op op;

    hs_op_begin(&op, s, loop, "stored_objects", &hears, &ctx, err);
    return hs_op_end(&op, s->plugin->table.stored_objects(&op.pub, wire, files, n));
}

int hs_ask_objects(struct hs_session *s, struct hs_loop *loop, const struct hs_repo *repo,
                   const struct hs_file *const *files, size_t n, bool *is_stored, struct hs_err *err)
{
    struct hub_repo wire = hs_repo_to_wire(repo, "");
    struct hub_file *rows;
    const struct hub_file **asked;
    int r = 0;

    if (!s->plugin->table.stored_objects)
        return cannot(s, "tell which objects it holds", err);
    rows = hs_xcalloc(n + 1, sizeof *rows);
    asked = hs_xcalloc(n + 1, sizeof *asked);
    for (size_t i = 0; i < n; i++) {
        rows[i] = hs_file_to_wire(files[i]);
        asked[i] = &rows[i];
        is_stored[i] = false;
    }
    for (size_t at = 0; r == 0 && at < n;) {
        size_t take = n - at < s->limits.batch_items ? n - at : s->limits.batch_items;
        r = ask_batch(s, loop, &wire, asked + at, take, is_stored + at, err);
        at += take;
    }
    free(asked);
    free(rows);
    return r;
}
