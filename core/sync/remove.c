/* A target repo whose source is gone: asked once more, audited, deleted, forgotten. */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "sync/base.h"
#include "sync/consider.h"
#include "sync/publish.h"

#include "base/banned.h"

static int ask_source(struct hs_publish *p, struct hs_err *err)
{
    struct hs_repo_plan *plan = p->plan;
    struct hs_repo again;
    int r = hs_ask_repo(plan->from, p->loop, &plan->pool, plan->from_repo, &again, err);

    if (r == 0)
        return hs_fail(err, HUB_ECONFLICT, "%s:%s is there again; nothing is deleted", plan->from_hub,
                       plan->from_repo);
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(err);
        return 0;
    }
    return r;
}

/* *is_there false: somebody else deleted it. */
static int ask_target(struct hs_publish *p, bool *is_there, struct hs_err *err)
{
    struct hs_repo_plan *plan = p->plan;
    struct hs_repo now;
    int r = hs_ask_repo(plan->to, p->loop, &plan->pool, plan->repo, &now, err);

    *is_there = r == 0;
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(err);
        return 0;
    }
    if (r == 0 && (strcmp(now.head, plan->target.head) != 0 || now.modified_ms != plan->target.modified_ms ||
                   strcmp(now.stable_id, plan->target.stable_id) != 0))
        return hs_fail(err, HUB_ECONFLICT, "%s:%s has changed since it was looked at; nothing is deleted", plan->hub,
                       plan->repo);
    return r;
}

static struct hs_audit_row audit_row(const struct hs_publish *p, const char *action, const char *path)
{
    return (struct hs_audit_row){.at_ms = hs_now_ms(),
                                 .run_id = p->run_id,
                                 .hub = p->plan->hub,
                                 .repo = p->plan->repo,
                                 .path = path,
                                 .action = action,
                                 .sha256 = "",
                                 .git_sha1 = "",
                                 .head = p->plan->to_all.head};
}

/* The repo, and each file that it has. */
static int audit(struct hs_publish *p, struct hs_err *err)
{
    const struct hs_listing *all = &p->plan->to_all;
    struct hs_audit_row *rows = hs_xcalloc(all->files.n + 1, sizeof *rows);
    int r;

    rows[0] = audit_row(p, "delete_repo", "");
    for (size_t i = 0; i < all->files.n; i++) {
        const struct hs_file *file = &all->files.items[i];
        struct hs_audit_row *row = &rows[i + 1];
        *row = audit_row(p, "delete", file->path);
        row->sha256 = file->sha256;
        row->git_sha1 = file->git_sha1;
        row->file_bytes = file->file_bytes == HUB_UNKNOWN ? 0 : file->file_bytes;
        rows[0].file_bytes += row->file_bytes;
    }
    r = hs_store_audit(p->store, rows, all->files.n + 1, err);
    free(rows);
    return r;
}

static int remove_repo(struct hs_publish *p, struct hs_err *err)
{
    bool is_there = true;
    int r;

    HS_FAILPOINT("delete_repo.before");
    r = hs_ask_delete_repo(p->plan->to, p->loop, &p->plan->target, err);
    HS_FAILPOINT("delete_repo.after");
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(err);
        return 0;
    }
    if (r == HUB_EUNSURE) {
        HS_ERR(unsure);
        hs_err_move(&unsure, err);
        r = ask_target(p, &is_there, err);
        if (r == 0 && is_there) {
            hs_err_move(err, &unsure);
            r = HUB_EUNSURE;
        }
    }
    return r;
}

/* One repo less, by our own doing: the next list of its owner is not suspect for that. */
static int forget(struct hs_publish *p, struct hs_err *err)
{
    struct hs_repo_plan *plan = p->plan;
    struct hs_link link = hs_plan_link(plan);
    int n_owner = (int)strcspn(plan->repo, "/");
    char *list = hub_pool_printf(&plan->pool, "repos %.*s", n_owner, plan->repo);
    char *files = hub_pool_printf(&plan->pool, "files %s", plan->repo);
    uint64_t n = 0;
    HS_ERR(ignored);
    int r = hs_base_forget(p->store, plan->rule, &link, err);

    if (r == 0)
        r = hs_store_count_put(p->store, plan->hub, files, 0, err);
    if (r == 0 && hs_store_count_get(p->store, plan->hub, list, &n, &ignored) == 0 && n)
        r = hs_store_count_put(p->store, plan->hub, list, n - 1, err);
    return r;
}

int hs_publish_removal(struct hs_publish *p, struct hs_err *err)
{
    bool is_there = false;
    int r;

    p->stage(p->ctx, HS_STAGE_COMMIT);
    r = ask_source(p, err);
    if (r == 0)
        r = ask_target(p, &is_there, err);
    if (r == 0 && is_there)
        r = audit(p, err);
    if (r == 0 && is_there)
        r = remove_repo(p, err);
    if (r < 0)
        return r;
    p->n_deleted = is_there ? p->plan->to_all.files.n : 0;
    hs_logf(HS_LOG_WARN, "repo_deleted", "%s:%s, since %s:%s is gone", p->plan->hub, p->plan->repo, p->plan->from_hub,
            p->plan->from_repo);
    return forget(p, err);
}
