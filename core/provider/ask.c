/* Questions about what is there. Each is one provider call, its answers checked as they come. */
#include "base/clock.h"
#include "base/log.h"
#include "provider/check.h"
#include "provider/host.h"

#include "base/banned.h"

static int cannot(struct hs_session *s, const char *verb, struct hs_err *err)
{
    return hs_fail(err, HUB_ENOTSUP, "%s: plugin %s cannot %s", s->conf->name, s->plugin->table.name,
                   verb);
}

/* ---- whoami ---- */
static int hear_account(void *ctx, const struct hub_account *said)
{
    struct hs_session *s = ctx;
    struct hub_account a;

    HS_COPY_SIZED(&a, said);
    s->account.name = hs_text_copy(s->account.pool, a.name);
    s->account.can_write = a.can_write <= HUB_NO ? a.can_write : HUB_MAYBE;
    s->account.expires_ms = a.expires_ms;
    for (size_t i = 0; a.owners && a.owners[i]; i++)
        *hs_vec_add(&s->account.owners) = hs_text_copy(s->account.pool, a.owners[i]);
    s->has_account = true;
    return 0;
}

int hs_ask_whoami(struct hs_session *s, struct hs_loop *loop, struct hs_err *err)
{
    static const struct hs_hears hears = {.account = hear_account};
    struct hs_call_op op;
    int r = 0;

    if (!s->plugin->table.whoami)
        return cannot(s, "say who we are", err);
    pthread_mutex_lock(&s->own->account_lock);
    if (!s->has_account) {
        hs_op_begin(&op, s, loop, "whoami", &hears, s, err);
        r = hs_op_end(&op, s->plugin->table.whoami(&op.pub));
    }
    pthread_mutex_unlock(&s->own->account_lock);
    return r;
}

/* ---- repos ---- */
static int hear_repo_row(void *ctx, const struct hub_repo *row, struct hs_err *err)
{
    struct hs_repos *out = ctx;
    struct hs_repo repo;
    HS_ERR(bad);

    (void)err;
    if (hs_check_repo(out->pool, row, &repo, &bad) < 0) {
        out->is_complete = false;
        out->why = hs_text_copy(out->pool, hs_err_text(&bad));
        hs_log(HS_LOG_WARN, "repo_row_refused", "why", out->why, NULL);
        return 0;
    }
    *hs_vec_add(&out->repos) = repo;
    return 0;
}

int hs_ask_repos(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                 const char *owner, struct hs_repos *out, struct hs_err *err)
{
    static const struct hs_hears hears = {.repo = hear_repo_row};
    struct hs_call_op op;
    int r;

    *out = (struct hs_repos){.pool = pool, .is_complete = true, .why = ""};
    if (!s->plugin->table.list_repos)
        return cannot(s, "list repos", err);
    hs_op_begin(&op, s, loop, "list_repos", &hears, out, err);
    r = hs_op_end(&op, s->plugin->table.list_repos(&op.pub, owner));
    if (r == HUB_EPARTIAL) {
        out->is_complete = false;
        out->why = hs_text_copy(pool, hs_err_text(err));
        hs_err_clear(err);
        r = 0;
    }
    if (r < 0)
        hs_repos_clear(out);
    else
        hs_repos_finish(out);
    return r;
}

struct one_repo {
    struct hub_pool *pool;
    struct hs_repo *out;
    bool is_there;
};

static int hear_one_repo(void *ctx, const struct hub_repo *row, struct hs_err *err)
{
    struct one_repo *one = ctx;

    one->is_there = true;
    return hs_check_repo(one->pool, row, one->out, err);
}

static const struct hs_hears hears_one_repo = {.repo = hear_one_repo};

static int fail_silent(struct hs_session *s, const char *verb, struct hs_err *err)
{
    return hs_fail(err, HUB_EBUG, "%s: plugin %s answered nothing to %s", s->conf->name,
                   s->plugin->table.name, verb);
}

int hs_ask_repo(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool, const char *id,
                struct hs_repo *out, struct hs_err *err)
{
    struct hs_repo asked = {.id = id};
    struct hub_repo wire = hs_repo_to_wire(&asked, "");
    struct one_repo one = {pool, out, false};
    struct hs_call_op op;
    int r;

    if (!s->plugin->table.stat_repo)
        return cannot(s, "ask for one repo", err);
    hs_op_begin(&op, s, loop, "stat_repo", &hears_one_repo, &one, err);
    r = hs_op_end(&op, s->plugin->table.stat_repo(&op.pub, &wire));
    return r == 0 && !one.is_there ? fail_silent(s, "stat_repo", err) : r;
}

/* ---- files ---- */
static int hear_file_row(void *ctx, const struct hub_file *row, struct hs_err *err)
{
    struct hs_listing *out = ctx;
    struct hs_file file;
    HS_ERR(bad);
    int r = hs_check_file(out->pool, row, &file, &bad);

    (void)err;
    if (r < 0) {
        out->is_complete = false;
        out->why = hs_text_copy(out->pool, hs_err_text(&bad));
        return 0;
    }
    *hs_vec_add(&out->files) = file;
    return 0;
}

static int hear_head(void *ctx, const struct hub_head *row)
{
    struct hs_listing *out = ctx;

    out->head = hs_text_copy(out->pool, row->commit);
    out->branch = hs_text_copy(out->pool, row->branch);
    if (!(row->flags & HUB_COMPLETE)) {
        out->is_complete = false;
        out->why = out->why && *out->why ? out->why : "the hub does not show all files of the commit";
    }
    return 0;
}

struct listing_ctx {
    struct hs_listing *out;
    bool has_head;
};

static int hear_listing_file(void *ctx, const struct hub_file *row, struct hs_err *err)
{
    return hear_file_row(((struct listing_ctx *)ctx)->out, row, err);
}

static int hear_listing_head(void *ctx, const struct hub_head *row)
{
    struct listing_ctx *listing = ctx;

    listing->has_head = true;
    return hear_head(listing->out, row);
}

int hs_ask_files(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                 const struct hs_repo *repo, const char *revision, struct hs_listing *out,
                 struct hs_err *err)
{
    static const struct hs_hears hears = {.file = hear_listing_file, .head = hear_listing_head};
    struct hub_repo wire = hs_repo_to_wire(repo, revision);
    struct listing_ctx ctx = {out, false};
    struct hs_call_op op;
    int r;

    *out = (struct hs_listing){.pool = pool, .is_complete = true, .head = "", .branch = "", .why = ""};
    if (!s->plugin->table.list_files)
        return cannot(s, "list files", err);
    hs_op_begin(&op, s, loop, "list_files", &hears, &ctx, err);
    r = hs_op_end(&op, s->plugin->table.list_files(&op.pub, &wire));
    if (r < 0) {
        hs_listing_clear(out);
        return r;
    }
    if (!ctx.has_head) {
        out->is_complete = false;
        out->why = "the plugin did not say that the listing is complete";
    }
    hs_listing_finish(out);
    return 0;
}

/* ---- README and LICENSE ---- */
int hs_ask_site_made(struct hs_session *s, const char *path, const void *content,
                     uint64_t n_bytes, enum hub_truth *out, struct hs_err *err)
{
    struct hs_call_op op;
    int r;

    *out = HUB_NO;
    if (!s->plugin->table.site_made)
        return 0;
    hs_op_begin(&op, s, NULL, "site_made", NULL, NULL, err);
    r = s->plugin->table.site_made(&op.pub, path, content, n_bytes);
    *out = r == HUB_YES ? HUB_YES : HUB_NO;
    return hs_op_end(&op, r < 0 ? r : 0);
}

/* ---- create and delete ---- */
int hs_ask_create(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                  const struct hs_repo *want, struct hs_repo *made, struct hs_err *err)
{
    struct hub_repo wire = hs_repo_to_wire(want, "");
    struct one_repo one = {pool, made, false};
    struct hs_call_op op;
    int r;

    if (s->conf->is_read_only)
        return hs_fail(err, HS_ECONFIG, "hub '%s' is configured access: read", s->conf->name);
    if (!s->plugin->table.create_repo)
        return cannot(s, "create a repo", err);
    hs_op_begin(&op, s, loop, "create_repo", &hears_one_repo, &one, err);
    r = hs_op_end(&op, s->plugin->table.create_repo(&op.pub, &wire));
    return r == 0 && !one.is_there ? fail_silent(s, "create_repo", err) : r;
}

int hs_ask_delete_repo(struct hs_session *s, struct hs_loop *loop, const struct hs_repo *repo,
                       struct hs_err *err)
{
    struct hub_repo wire = hs_repo_to_wire(repo, "");
    struct hs_call_op op;

    if (s->conf->is_read_only)
        return hs_fail(err, HS_ECONFIG, "hub '%s' is configured access: read", s->conf->name);
    if (!s->plugin->table.delete_repo)
        return cannot(s, "delete a repo", err);
    hs_op_begin(&op, s, loop, "delete_repo", NULL, NULL, err);
    return hs_op_end(&op, s->plugin->table.delete_repo(&op.pub, &wire));
}
