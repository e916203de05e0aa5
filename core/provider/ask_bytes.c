/* Questions about bytes: how a file comes, how it goes, and the commit. */
#include "provider/check.h"
#include "provider/host.h"

#include "base/banned.h"

enum { MAX_PARTS = 1000000 };

static int copy_part(struct hub_pool *pool, const struct hub_part *said, struct hs_planned *out)
{
    *out = (struct hs_planned){
        .offset = said->offset,
        .part_bytes = said->part_bytes,
        .expires_ms = said->expires_ms,
        .no_range = (said->flags & HUB_NO_RANGE) != 0,
        .is_stored = said->request == NULL || (said->flags & HUB_HELD),
        .etag = hs_text_copy(pool, said->etag),
    };
    return said->request ? hs_request_copy(pool, said->request, &out->request) : 0;
}

/* ---- download ---- */
struct download_ctx {
    struct hub_pool *pool;
    struct hs_planned *out;
    int n;
};

static int hear_download(void *ctx, size_t item, const struct hub_part *said, struct hs_err *err)
{
    struct download_ctx *download = ctx;

    if (item != 0 || download->n++ || !said->request || said->offset != 0)
        return hs_fail(err, HUB_EBUG, "download answers one part with a request, from offset 0");
    return copy_part(download->pool, said, download->out);
}

int hs_ask_download(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                    const struct hs_repo *repo, const char *revision, const struct hs_file *file,
                    struct hs_planned *out, struct hs_err *err)
{
    static const struct hs_hears hears = {.part = hear_download};
    struct hub_repo wire = hs_repo_to_wire(repo, revision);
    struct hub_file wire_file = hs_file_to_wire(file);
    struct download_ctx ctx = {pool, out, 0};
    struct hs_call_op op;
    int r;

    if (!s->plugin->table.download)
        return hs_fail(err, HUB_ENOTSUP, "%s: plugin %s cannot download", s->conf->name,
                       s->plugin->table.name);
    hs_op_begin(&op, s, loop, "download", &hears, &ctx, err);
    r = hs_op_end(&op, s->plugin->table.download(&op.pub, &wire, &wire_file));
    if (r == 0 && ctx.n != 1)
        return hs_fail(err, HUB_EBUG, "%s: plugin %s planned no download of '%s'", s->conf->name,
                       s->plugin->table.name, file->path);
    return r;
}

/* ---- upload ---- */
struct upload_ctx {
    struct hub_pool *pool;
    const struct hub_put *const *puts;
    struct hs_upload_plan *plans;
    size_t n;
    size_t *room; /* of plans[i].parts */
};

static int hear_plan(void *ctx, size_t item, const struct hub_plan *said, struct hs_err *err)
{
    struct upload_ctx *up = ctx;
    struct hs_upload_plan *plan;

    if (item >= up->n)
        return hs_fail(err, HUB_EBUG, "upload planned item %zu of %zu", item, up->n);
    plan = &up->plans[item];
    if (said->mode < HUB_INLINE || said->mode > HUB_PARTS)
        return hs_fail(err, HUB_EBUG, "upload planned '%s' in no known mode",
                       up->puts[item]->file->path);
    plan->mode = said->mode;
    plan->ticket = hs_text_copy(up->pool, said->ticket);
    plan->resume = hs_text_copy(up->pool, said->resume);
    return 0;
}

static int hear_part(void *ctx, size_t item, const struct hub_part *said, struct hs_err *err)
{
    struct upload_ctx *up = ctx;
    struct hs_upload_plan *plan;

    if (item >= up->n || up->plans[item].mode != HUB_PARTS)
        return hs_fail(err, HUB_EBUG, "upload answered a part before its plan");
    plan = &up->plans[item];
    if (plan->n_parts >= MAX_PARTS)
        return hs_fail(err, HUB_ECORRUPT, "'%s' is planned in more than %d parts",
                       up->puts[item]->file->path, MAX_PARTS);
    if (plan->n_parts == up->room[item]) {
        size_t room = up->room[item] ? up->room[item] * 2 : 4;
        struct hs_planned *grown = hub_pool_alloc(up->pool, room, sizeof *grown);
        if (!grown)
            return hs_fail(err, HUB_ENOMEM, "out of memory");
        if (plan->n_parts)
            memcpy(grown, plan->parts, plan->n_parts * sizeof *grown);
        plan->parts = grown;
        up->room[item] = room;
    }
    return copy_part(up->pool, said, &plan->parts[plan->n_parts++]);
}

static int hear_fail_item(void *ctx, size_t item, int status, const char *why)
{
    struct upload_ctx *up = ctx;

    if (item >= up->n)
        return HUB_EBUG;
    up->plans[item].status = status;
    up->plans[item].why = hs_text_copy(up->pool, why);
    return 0;
}

static int check_plan(struct hs_session *s, const struct hub_put *put,
                      const struct hs_upload_plan *plan, struct hs_err *err)
{
    uint64_t at = 0;
    size_t n_good = 0;

    if (plan->status < 0)
        return 0;
    if (!plan->mode)
        return hs_fail(err, HUB_EBUG, "%s: plugin %s planned nothing for '%s'", s->conf->name,
                       s->plugin->table.name, put->file->path);
    if (put->file->file_bytes == 0 && plan->mode != HUB_INLINE)
        return hs_fail(err, HUB_EBUG, "%s: plugin %s planned the empty '%s' other than inline",
                       s->conf->name, s->plugin->table.name, put->file->path);
    if (plan->mode != HUB_PARTS)
        return 0;
    for (; n_good < plan->n_parts; n_good++) {
        const struct hs_planned *part = &plan->parts[n_good];
        if (part->offset != at || part->part_bytes == 0 || part->part_bytes > put->file->file_bytes - at)
            break;
        at += part->part_bytes;
    }
    if (n_good < plan->n_parts || at != put->file->file_bytes)
        return hs_fail(err, HUB_ECORRUPT, "%s: the planned parts do not cover '%s' exactly",
                       s->conf->name, put->file->path);
    if ((s->limits.flags & HUB_ONE_PUT) && plan->n_parts != 1)
        return hs_fail(err, HUB_EBUG, "%s: one PUT per object was declared, '%s' has %zu parts",
                       s->conf->name, put->file->path, plan->n_parts);
    return 0;
}

int hs_ask_upload(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                  const struct hs_repo *repo, const struct hub_put *const *puts, size_t n,
                  struct hs_upload_plan *plans, struct hs_err *err)
{
    static const struct hs_hears hears = {
        .plan = hear_plan, .part = hear_part, .fail_item = hear_fail_item};
    struct hub_repo wire = hs_repo_to_wire(repo, repo->branch);
    struct upload_ctx ctx = {pool, puts, plans, n, NULL};
    struct hs_call_op op;
    int r;

    if (s->conf->is_read_only)
        return hs_fail(err, HS_ECONFIG, "hub '%s' is configured access: read", s->conf->name);
    if (!s->plugin->table.upload)
        return hs_fail(err, HUB_ENOTSUP, "%s: plugin %s cannot upload", s->conf->name,
                       s->plugin->table.name);
    ctx.room = hs_xcalloc(n, sizeof *ctx.room);
    hs_op_begin(&op, s, loop, "upload", &hears, &ctx, err);
    r = hs_op_end(&op, s->plugin->table.upload(&op.pub, &wire, puts, n));
    free(ctx.room);
    for (size_t i = 0; r == 0 && i < n; i++)
        r = check_plan(s, puts[i], &plans[i], err);
    return r;
}

/* ---- finish ---- */
struct finish_ctx {
    struct hub_pool *pool;
    const char **ticket;
};

static int hear_finish_plan(void *ctx, size_t item, const struct hub_plan *said, struct hs_err *err)
{
    struct finish_ctx *finish = ctx;

    (void)item;
    (void)err;
    if (said->ticket)
        *finish->ticket = hs_text_copy(finish->pool, said->ticket);
    return 0;
}

int hs_ask_finish(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                  const struct hs_repo *repo, const struct hub_put *put, const char **ticket,
                  struct hs_err *err)
{
    static const struct hs_hears hears = {.plan = hear_finish_plan};
    struct hub_repo wire = hs_repo_to_wire(repo, repo->branch);
    struct finish_ctx ctx = {pool, ticket};
    struct hs_call_op op;

    if (!s->plugin->table.finish_upload)
        return 0;
    hs_op_begin(&op, s, loop, "finish_upload", &hears, &ctx, err);
    return hs_op_end(&op, s->plugin->table.finish_upload(&op.pub, &wire, put));
}

/* ---- commit ---- */
struct commit_ctx {
    struct hs_session *s;
    struct hub_pool *pool;
    const char **head;
};

static int hear_commit_head(void *ctx, const struct hub_head *row)
{
    struct commit_ctx *commit = ctx;

    *commit->head = hs_text_copy(commit->pool, row->commit);
    return 0;
}

static int hear_new_limits(void *ctx, const struct hub_limits *said)
{
    struct commit_ctx *commit = ctx;
    struct hub_limits l;

    HS_COPY_SIZED(&l, said);
    __atomic_store_n(&commit->s->limits.commit_items, l.commit_items, __ATOMIC_RELAXED);
    __atomic_store_n(&commit->s->limits.commit_bytes, l.commit_bytes, __ATOMIC_RELAXED);
    __atomic_store_n(&commit->s->limits.commit_gap_ms, l.commit_gap_ms, __ATOMIC_RELAXED);
    return 0;
}

int hs_ask_commit(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                  const struct hs_repo *repo, const struct hub_change *change, const char **head,
                  struct hs_err *err)
{
    static const struct hs_hears hears = {.head = hear_commit_head, .limits = hear_new_limits};
    struct hub_repo wire = hs_repo_to_wire(repo, repo->branch);
    struct commit_ctx ctx = {s, pool, head};
    struct hs_call_op op;

    *head = "";
    if (s->conf->is_read_only)
        return hs_fail(err, HS_ECONFIG, "hub '%s' is configured access: read", s->conf->name);
    if (!s->plugin->table.commit)
        return hs_fail(err, HUB_ENOTSUP, "%s: plugin %s cannot commit", s->conf->name,
                       s->plugin->table.name);
    hs_op_begin(&op, s, loop, "commit", &hears, &ctx, err);
    return hs_op_end(&op, s->plugin->table.commit(&op.pub, &wire, change));
}

/* ---- the class of a stream's answer ---- */
int hs_ask_class(struct hs_session *s, struct hs_loop *loop, const struct hub_request *request,
                 const struct hub_reply *reply, int guess, uint32_t *wait_ms, struct hs_err *err)
{
    struct hs_call_op op;
    HS_ERR(words);
    int r, status;

    if (!request->classify)
        return guess;
    hs_op_begin(&op, s, loop, "classify", NULL, NULL, err);
    r = request->classify(&op.pub, reply, guess, wait_ms);
    if (r < 0 && err)
        hs_err_move(&words, err); /* only the provider's own words: the caller knows the request */
    status = hs_op_end(&op, r > 0 ? r : 0);
    if (r < 0 && words.status == r)
        hs_err_move(err, &words);
    return r < 0 ? r : status;
}
