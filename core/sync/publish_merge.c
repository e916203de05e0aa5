/* Both directions of a three-way merge. */
#include "base/clock.h"
#include "base/failpoint.h"
#include "sync/base.h"
#include "sync/consider.h"
#include "sync/filter.h"
#include "sync/put_set.h"

#include "base/banned.h"

struct side { /* one that is written to */
    struct hs_publish *p;
    const struct hs_repo_plan *whole;
    struct hs_put_set set;
    bool is_left, is_written;
    struct hs_listing now; /* read back, what the rule sees */
    int64_t read_ms;
};

static void clear_side(struct side *side)
{
    hs_put_set_clear(&side->set);
    hs_listing_clear(&side->now);
}

static bool is_written_path(const struct side *side, const char *path)
{
    for (size_t i = 0; i < side->p->plan->actions.n; i++)
        if (strcmp(side->p->plan->actions.items[i].path, path) == 0)
            return true;
    return false;
}

/* As the merge saw this side: without what was out of sight there and is so still. */
static void narrow(struct side *side, const struct hs_listing *all)
{
    const struct hs_repo_plan *whole = side->whole;
    size_t n = side->is_left ? whole->from_left_out.n : whole->to_left_out.n, n_links;

    hs_filter_files(whole->rule, all, &side->now, &n_links);
    for (size_t i = 0; i < n; i++) {
        const char *path = side->is_left ? whole->from_left_out.items[i] : whole->to_left_out.items[i];
        struct hs_file *file = (struct hs_file *)hs_listing_find(&side->now, path);
        if (!file || is_written_path(side, path))
            continue;
        side->now.files.n--;
        memmove(file, file + 1, (side->now.files.n - (size_t)(file - side->now.files.items)) * sizeof *file);
    }
}

static int commit(struct side *side, struct hs_err *err)
{
    return side->is_written ? hs_publish_commits(side->p, &side->set, err) : 0;
}

static int read_back(struct side *side, struct hs_err *err)
{
    struct hs_publish *p = side->p;
    struct hs_listing all;
    struct hs_source source = {p->plan->to, &p->plan->target, ""};
    int r;

    if (!side->is_written)
        return 0;
    r = hs_publish_ask_mark(p, err);
    side->read_ms = hs_now_ms();
    if (r == 0)
        r = hs_publish_read_back(p, &side->set, p->n_commits ? p->plan->to_all.head : "", &all, err);
    if (r < 0)
        return r;
    p->plan->to_all.head = all.head;
    narrow(side, &all);
    hs_listing_clear(&all);
    return hs_learn_local(p->learn, &source, &side->now, NULL, NULL, err);
}

/* ---- remembering ---- */
/* The marks of a side that is not as it was merged, was pushed to behind our commit, or has a file
 * in conflict are not kept: it is looked at again. */
static void take_marks(const struct side *side, bool must_look, struct hs_side_row *row)
{
    const struct hs_repo_plan *whole = side->whole;
    const struct hs_repo *repo = side->is_left ? &whole->source : &whole->target;
    const char *head = side->is_left ? whole->from_all.head : whole->to_all.head;
    bool is_recalled = side->is_left ? whole->from_recalled : whole->to_recalled;
    int64_t at_ms = whole->listed_ms;

    if (side->is_written) {
        repo = &side->p->plan->target;
        head = side->p->plan->to_all.head;
        at_ms = side->read_ms;
        is_recalled = false;
        must_look |= side->p->is_overtaken;
    }
    row->stable_id = repo->stable_id;
    row->visibility = hs_publish_openness(repo);
    row->head = must_look ? "" : *repo->head ? repo->head : head;
    row->modified_ms = must_look ? 0 : is_recalled ? repo->modified_ms : hs_publish_mark(repo->modified_ms, at_ms);
}

static int put_base(struct side *left, struct side *right, const struct hs_baseline_row *row, struct hs_err *err)
{
    const struct hs_repo_plan *whole = right->whole;
    struct hs_store *store = right->p->store;
    struct hs_link link = hs_plan_link(whole);
    char *of_left = hub_pool_printf(&right->p->plan->pool, "files %s", whole->from_repo);
    char *of_right = hub_pool_printf(&right->p->plan->pool, "files %s", whole->repo);
    int r = hs_base_put(store, whole->rule, &link, row, err);

    if (r == 0)
        r = hs_store_verdict_drop(store, &link, err);
    if (r == 0)
        r = hs_store_count_put(store, whole->from_hub, of_left,
                               left->is_written ? left->now.files.n : whole->from_files.files.n, err);
    if (r == 0)
        r = hs_store_count_put(store, whole->hub, of_right,
                               right->is_written ? right->now.files.n : whole->to_files.files.n, err);
    return r;
}

static int remember(struct side *left, struct side *right, struct hs_err *err)
{
    const struct hs_repo_plan *whole = right->whole;
    struct hub_pool *pool = &right->p->plan->pool;
    bool has_conflict = whole->merge.n_conflicts > 0;
    struct hs_merge_base base;
    struct hs_baseline_row row = {.settings = right->p->settings, .made_ms = right->p->now_ms};
    int r;

    hs_merge_base_make(&whole->merge, left->is_written ? &left->now : NULL, right->is_written ? &right->now : NULL,
                       &base);
    take_marks(left, has_conflict || base.left_has_moved, &row.from);
    take_marks(right, has_conflict || base.right_has_moved, &row.to);
    row.from.files = hs_publish_rows(pool, &base.left);
    row.from.n_files = base.left.files.n;
    row.to.files = hs_publish_rows(pool, &base.right);
    row.to.n_files = base.right.files.n;
    r = row.from.files && row.to.files ? hs_store_begin(right->p->store, err) : hs_fail(err, HUB_ENOMEM, "out of memory");
    if (r == 0 && (r = put_base(left, right, &row, err)) < 0)
        hs_store_rollback(right->p->store);
    else if (r == 0)
        r = hs_store_end(right->p->store, err);
    hs_merge_base_clear(&base);
    return r;
}

/* ---- all of it ---- */
static int send(struct side *side, struct hs_err *err)
{
    int r = side->is_written ? hs_publish_prepare(side->p, &side->set, false, err) : 0;

    return r == 0 && side->is_written ? hs_publish_objects(side->p, &side->set, err) : r;
}

int hs_publish_merge(struct hs_publish *there, struct hs_publish *back, struct hs_err *err)
{
    struct side right = {.p = there, .whole = there->plan, .is_written = there->plan->actions.n > 0};
    struct side left = {.p = back, .whole = there->plan, .is_left = true, .is_written = back->plan->actions.n > 0};
    int r;

    there->stage(there->ctx, HS_STAGE_TRANSFER);
    r = send(&right, err);
    if (r == 0)
        r = send(&left, err);
    if (r == 0) {
        there->stage(there->ctx, HS_STAGE_COMMIT);
        r = commit(&right, err);
    }
    HS_FAILPOINT("merge.between");
    if (r == 0)
        r = commit(&left, err);
    if (r == 0) {
        there->stage(there->ctx, HS_STAGE_VERIFY);
        HS_FAILPOINT("verify.before");
        r = read_back(&right, err);
    }
    if (r == 0)
        r = read_back(&left, err);
    if (r == 0) {
        hs_publish_settle_readme(there, &right.set);
        hs_publish_settle_readme(back, &left.set);
        hs_publish_forget_uploads(there, &right.set);
        hs_publish_forget_uploads(back, &left.set);
        r = remember(&left, &right, err);
        HS_FAILPOINT("baseline.after");
    }
    clear_side(&left);
    clear_side(&right);
    return r;
}
