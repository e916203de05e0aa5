#include "sync/publish.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "sync/base.h"
#include "sync/consider.h"
#include "sync/filter.h"
#include "sync/put_set.h"
#include "sync/readme.h"

#include "base/banned.h"

void hs_put_set_clear(struct hs_put_set *set)
{
    for (size_t i = 0; i < set->puts.n; i++)
        hub_text_clear(&set->puts.items[i].content);
    hs_vec_clear(&set->puts);
    hs_vec_clear(&set->deletes);
}

void hs_publish_clear(struct hs_publish *p)
{
    hub_text_clear(&p->commits);
}

/* ---- creating ---- */
static void log_notices(const struct hs_repo_plan *plan)
{
    for (size_t i = 0; i < plan->actions.n; i++)
        if (plan->actions.items[i].op == HS_OP_NOTICE)
            hs_logf(HS_LOG_WARN, plan->actions.items[i].reason, "%s:%s does not know the licence of %s; it becomes '%s'",
                    plan->hub, plan->repo, plan->actions.items[i].from, plan->rule->license.unknown);
}

/* A repo of that name is ours from before a crash, perhaps. */
static int ask_create(struct hs_publish *p, struct hs_err *err)
{
    struct hs_repo_plan *plan = p->plan;
    struct hs_repo want = {.id = plan->repo,
                           .visibility = plan->create_visibility,
                           .license = plan->create_license};
    HS_ERR(first);
    int r;

    HS_FAILPOINT("create.before");
    r = hs_ask_create(plan->to, p->loop, &plan->pool, &want, &plan->target, err);
    HS_FAILPOINT("create.after");
    if (r != HUB_EEXIST && r != HUB_EUNSURE)
        return r;
    hs_err_move(&first, err);
    r = hs_ask_repo(plan->to, p->loop, &plan->pool, plan->repo, &plan->target, err);
    if (r == HUB_ENOTFOUND) {
        r = first.status == HUB_EUNSURE ? HUB_EAGAIN : first.status;
        hs_err_move(err, &first);
        err->status = r;
    }
    return r;
}

static int create_repo(struct hs_publish *p, struct hs_err *err)
{
    struct hs_repo_plan *plan = p->plan;
    struct hs_link link = hs_plan_link(plan);
    HS_ERR(ignored);
    int r = hs_base_fill(p->store, plan->rule, &link, true, err);

    if (r == 0)
        r = ask_create(p, err);
    if (r < 0) {
        if (r != HUB_EUNSURE && r != HUB_EAGAIN)
            (void)hs_base_fill(p->store, plan->rule, &link, false, &ignored);
        return r;
    }
    if (plan->create_visibility != HUB_PUBLIC && plan->target.visibility == HUB_PUBLIC &&
        !plan->to->gate.is_local) {
        (void)hs_fail(err, HS_ESAFETY, "%s:%s is public although it was to be private; nothing is copied",
                      plan->hub, plan->repo);
        p->block_reason = "visibility";
        return HS_ESAFETY;
    }
    plan->target_exists = true;
    hs_logf(HS_LOG_INFO, "repo_created", "%s:%s", plan->hub, plan->repo);
    hs_listing_clear(&plan->to_all);
    return hs_ask_files(plan->to, p->loop, &plan->pool, &plan->target, "", &plan->to_all, err);
}

/* ---- what is put ---- */
static void list_puts(struct hs_publish *p, struct hs_put_set *set, bool was_created)
{
    for (size_t i = 0; i < p->plan->actions.n; i++) {
        const struct hs_action *action = &p->plan->actions.items[i];
        struct hs_put_file *put;
        if (action->op == HS_OP_DELETE)
            *hs_vec_add(&set->deletes) = action->old;
        if (action->op != HS_OP_PUT && action->op != HS_OP_REUSE)
            continue;
        put = hs_vec_add(&set->puts);
        put->file = *action->file;
        put->made = action->made;
        put->fallback = action->fallback;
        put->old = was_created ? hs_listing_find(&p->plan->to_all, action->path) : action->old;
    }
}

static int check_limits(const struct hs_publish *p, const struct hs_put_set *set, struct hs_err *err)
{
    const struct hs_limits *limits = &p->plan->to->limits;

    for (size_t i = 0; i < set->puts.n; i++) {
        const struct hs_file *file = &set->puts.items[i].file;
        if (limits->file_bytes && file->file_bytes != HUB_UNKNOWN && file->file_bytes > limits->file_bytes)
            return hs_fail(err, HUB_ETOOBIG, "'%s' has %llu bytes, %s takes at most %llu", file->path,
                           (unsigned long long)file->file_bytes, p->plan->hub,
                           (unsigned long long)limits->file_bytes);
        if (limits->path_bytes && strlen(file->path) > limits->path_bytes)
            return hs_fail(err, HUB_ETOOBIG, "'%s': %s takes paths of at most %u bytes", file->path,
                           p->plan->hub, limits->path_bytes);
    }
    return 0;
}

int hs_publish_prepare(struct hs_publish *p, struct hs_put_set *set, bool was_created, struct hs_err *err)
{
    log_notices(p->plan);
    list_puts(p, set, was_created);
    return check_limits(p, set, err);
}

/* ---- remembering ---- */
struct hs_file_row *hs_publish_rows(struct hub_pool *pool, const struct hs_listing *listing)
{
    struct hs_file_row *rows = hub_pool_alloc(pool, listing->files.n + 1, sizeof *rows);

    for (size_t i = 0; rows && i < listing->files.n; i++) {
        const struct hs_file *file = &listing->files.items[i];
        rows[i] = (struct hs_file_row){file->path, file->sha256, file->git_sha1, file->file_bytes};
    }
    return rows;
}

static const char *head_of(const struct hs_repo *repo, const struct hs_listing *listing)
{
    return *repo->head ? repo->head : listing->head;
}

int64_t hs_publish_mark(int64_t modified_ms, int64_t listed_ms)
{
    enum { FRESH_MS = 2000 };

    return listed_ms - modified_ms < FRESH_MS ? 0 : modified_ms;
}

static int64_t source_mark(const struct hs_repo_plan *plan)
{
    return plan->from_recalled ? plan->source.modified_ms
                               : hs_publish_mark(plan->source.modified_ms, plan->listed_ms);
}

uint32_t hs_publish_openness(const struct hs_repo *repo)
{
    return repo->gated == HUB_YES ? 0 : repo->visibility;
}

/* What was in step, for a three-way rule: a file of one side alone, such as what a site wrote at the
 * creation or is not copied, never was; that it is not on the other side is no deletion there. */
static void keep_common(struct hs_side_row *side, struct hs_file_row *rows, const struct hs_listing *other)
{
    size_t n = side->n_files;

    side->n_files = 0;
    for (size_t i = 0; i < n; i++)
        if (hs_listing_find(other, rows[i].path))
            rows[side->n_files++] = rows[i];
}

int hs_publish_baseline(struct hs_publish *p, struct hs_err *err)
{
    struct hs_repo_plan *plan = p->plan;
    struct hs_link link = hs_plan_link(plan);
    struct hs_file_row *from_rows = hs_publish_rows(&plan->pool, &plan->from_files);
    struct hs_file_row *to_rows = hs_publish_rows(&plan->pool, &plan->to_files);
    struct hs_baseline_row row = {
        .from = {.head = head_of(&plan->source, &plan->from_all),
                 .modified_ms = source_mark(plan),
                 .stable_id = plan->source.stable_id,
                 .visibility = hs_publish_openness(&plan->source),
                 .files = from_rows,
                 .n_files = plan->from_files.files.n},
        .to = {.head = head_of(&plan->target, &plan->to_all),
               .modified_ms = plan->target.modified_ms,
               .stable_id = plan->target.stable_id,
               .visibility = hs_publish_openness(&plan->target),
               .files = to_rows,
               .n_files = plan->to_files.files.n},
        .settings = p->settings,
        .made_ms = p->now_ms,
    };
    char *what = hub_pool_printf(&plan->pool, "files %s", plan->repo);
    int r;

    if (!from_rows || !to_rows || !what)
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    if (hs_filter_is_merged(p->settings)) {
        keep_common(&row.from, from_rows, &plan->to_files);
        keep_common(&row.to, to_rows, &plan->from_files);
    }
    r = hs_store_begin(p->store, err);
    if (r < 0)
        return r;
    r = hs_base_put(p->store, plan->rule, &link, &row, err);
    if (r == 0)
        r = hs_store_verdict_drop(p->store, &link, err);
    if (r == 0)
        r = hs_store_count_put(p->store, plan->hub, what, plan->to_files.files.n, err);
    if (r < 0) {
        hs_store_rollback(p->store);
        return r;
    }
    return hs_store_end(p->store, err);
}

void hs_publish_forget_uploads(struct hs_publish *p, const struct hs_put_set *set)
{
    for (size_t i = 0; i < set->puts.n; i++) {
        const struct hs_put_file *put = &set->puts.items[i];
        struct hs_upload_key key = {.site = hs_session_site_key(p->plan->to),
                                    .repo = p->plan->repo,
                                    .sha256 = put->file.sha256,
                                    .file_bytes = put->file.file_bytes};
        HS_ERR(ignored);
        if (put->was_moved || put->mode == HUB_STORED)
            (void)hs_store_upload_drop(p->store, &key, &ignored);
    }
}

/* Made of this source, it is what the target has now: neither is read again for it. */
void hs_publish_settle_readme(struct hs_publish *p, const struct hs_put_set *set)
{
    for (size_t i = 0; i < set->puts.n; i++) {
        const struct hs_put_file *put = &set->puts.items[i];
        if (put->was_refused)
            hs_readme_refused(p->store, p->plan->to);
        else if (put->made)
            hs_readme_settle(p->store, p->plan->readme_settled, &put->file);
    }
}

int hs_publish_ask_mark(struct hs_publish *p, struct hs_err *err)
{
    struct hs_repo now;
    int r;

    if (p->plan->to->gate.is_local)
        return 0;
    r = hs_ask_repo(p->plan->to, p->loop, &p->plan->pool, p->plan->repo, &now, err);
    if (r < 0)
        return r;
    p->plan->target.modified_ms = now.modified_ms;
    p->plan->target.head = now.head;
    p->plan->target.stable_id = now.stable_id;
    p->plan->target.visibility = now.visibility;
    p->plan->target.gated = now.gated;
    hs_base_note_repo(p->store, p->plan->hub, &now, hs_repo_mark(&p->plan->pool, &now), p->now_ms);
    return 0;
}

/* Every file that the source's snapshot has must be there, not only those that were put now. */
static void take_target(struct hs_publish *p, struct hs_listing *listing)
{
    struct hs_repo_plan *plan = p->plan;
    size_t n_links;

    hs_listing_clear(&plan->to_all);
    hs_listing_clear(&plan->to_files);
    plan->to_all = *listing;
    hs_filter_files(plan->rule, &plan->to_all, &plan->to_files, &n_links);
}

static int verify(struct hs_publish *p, const struct hs_put_set *set, struct hs_err *err)
{
    struct hs_listing listing;
    const char *head = p->plan->to_all.head;
    int r = hs_publish_ask_mark(p, err);

    if (r == 0)
        r = hs_publish_read_back(p, set, p->n_commits ? head : "", &listing, err);
    if (r == 0)
        take_target(p, &listing);
    if (r == 0 && p->is_overtaken) { /* the mark may be of the others' edit: the next run lists */
        p->plan->target.modified_ms = 0;
        p->plan->target.head = "";
    }
    return r;
}

int hs_publish_repo(struct hs_publish *p, struct hs_err *err)
{
    struct hs_put_set set = {0};
    bool creates = !p->plan->target_exists;
    int r = 0;

    if (p->plan->actions.n && p->plan->actions.items[0].op == HS_OP_DELETE_REPO)
        return hs_publish_removal(p, err);
    p->stage(p->ctx, HS_STAGE_TRANSFER);
    if (creates)
        r = create_repo(p, err);
    if (r == 0)
        r = hs_publish_prepare(p, &set, creates, err);
    if (r == 0)
        r = hs_publish_objects(p, &set, err);
    if (r == 0) {
        p->stage(p->ctx, HS_STAGE_COMMIT);
        r = hs_publish_commits(p, &set, err);
    }
    if (r == 0) {
        p->stage(p->ctx, HS_STAGE_VERIFY);
        HS_FAILPOINT("verify.before");
        r = verify(p, &set, err);
    }
    if (r == 0) {
        hs_publish_forget_uploads(p, &set);
        hs_publish_settle_readme(p, &set);
        r = p->is_of_revision ? 0 : hs_publish_baseline(p, err);
        HS_FAILPOINT("baseline.after");
    }
    hs_put_set_clear(&set);
    return r;
}
