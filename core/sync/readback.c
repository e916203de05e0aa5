/* The target is asked what it shows, and that is held against what was put. */
#include "base/failpoint.h"
#include "base/log.h"
#include "sync/ident.h"
#include "sync/put_set.h"

#include "base/banned.h"

static bool is_path_in(const struct hs_put_range *range, const char *path)
{
    for (size_t i = 0; i < range->n_puts; i++)
        if (strcmp(range->puts[i]->file.path, path) == 0)
            return true;
    return false;
}

int hs_publish_shows(const struct hs_put_range *range, const struct hs_listing *listing,
                     struct hs_err *err)
{
    for (size_t i = 0; i < range->n_puts; i++) {
        const struct hs_put_file *put = range->puts[i];
        const struct hs_file *there = hs_listing_find(listing, put->file.path);
        struct hs_file ours = put->file;
        if (*put->git_sha1)
            ours.git_sha1 = put->git_sha1;
        if (!there)
            return hs_fail(err, HUB_EAGAIN, "'%s' is not there after the commit", put->file.path);
        switch (hs_ident_compare(&ours, there)) {
        case HS_DIFFERENT:
            return hs_fail(err, HUB_ECORRUPT, "'%s' is not what was put after the commit", put->file.path);
        case HS_UNKNOWN:
            return hs_fail(err, HUB_EAGAIN, "'%s': the hub does not tell its hash after the commit",
                           put->file.path);
        default:
            break;
        }
    }
    for (size_t i = 0; i < range->n_deletes; i++)
        if (hs_listing_find(listing, range->deletes[i]->path) && !is_path_in(range, range->deletes[i]->path))
            return hs_fail(err, HUB_EAGAIN, "'%s' is still there after the commit", range->deletes[i]->path);
    return 0;
}

static bool is_put_path(void *ctx, const struct hs_file *file)
{
    const struct hs_put_set *set = ctx;

    for (size_t i = 0; i < set->puts.n; i++)
        if (strcmp(set->puts.items[i].file.path, file->path) == 0)
            return true;
    return false;
}

/* Hub tells git ids of plain files that came with sha256 alone: the pair completes them. */
static void complete_pairs(struct hs_publish *p, const struct hs_put_set *set)
{
    for (size_t i = 0; i < set->puts.n; i++) {
        struct hs_put_file *put = &set->puts.items[i];
        const char *other;
        HS_ERR(ignored);
        if (*put->git_sha1 || *put->file.git_sha1)
            continue;
        if (hs_store_pair_get(p->store, &p->plan->pool, put->file.sha256, "", put->file.file_bytes, &other,
                              &ignored) == 0)
            put->file.git_sha1 = other;
    }
}

/* At the tip, for an edit behind our commit has moved the mark that was asked before; what is
 * compared is our own commit then. */
static int list_target(struct hs_publish *p, const char *head, struct hs_listing *listing,
                       struct hs_err *err)
{
    const struct hs_session *to = p->plan->to;
    const char *tip = to->gate.is_local ? head : "";
    int r = hs_ask_files(p->plan->to, p->loop, &p->plan->pool, &p->plan->target, tip, listing, err);

    if (r < 0 || !*head || strcmp(listing->head, head) == 0)
        return r;
    p->is_overtaken = true;
    hs_listing_clear(listing);
    return hs_ask_files(p->plan->to, p->loop, &p->plan->pool, &p->plan->target, head, listing, err);
}

static int look_once(struct hs_publish *p, const struct hs_put_set *set, const char *head,
                     struct hs_listing *listing, struct hs_err *err)
{
    struct hs_source target = {p->plan->to, &p->plan->target, head};
    const struct hs_put_file **puts;
    struct hs_put_range range;
    int r = list_target(p, head, listing, err);

    if (r < 0)
        return r;
    if (!listing->is_complete) {
        r = hs_fail(err, HUB_EAGAIN, "the target's listing is not complete after the commit: %s", listing->why);
        hs_listing_clear(listing);
        return r;
    }
    r = hs_learn_local(p->learn, &target, listing, is_put_path, (void *)set, err);
    puts = hs_xcalloc(set->puts.n + 1, sizeof *puts);
    for (size_t i = 0; i < set->puts.n; i++)
        puts[i] = &set->puts.items[i];
    range = (struct hs_put_range){puts, set->puts.n, set->deletes.items, set->deletes.n};
    if (r == 0)
        r = hs_publish_shows(&range, listing, err);
    free(puts);
    if (r < 0)
        hs_listing_clear(listing);
    return r;
}

int hs_publish_read_back(struct hs_publish *p, const struct hs_put_set *set, const char *head,
                         struct hs_listing *listing, struct hs_err *err)
{
    int r = 0;

    p->is_overtaken = false;
    complete_pairs(p, set);
    for (int64_t wait = 0; wait <= 4000; wait = wait ? wait * 2 : 1000) {
        if (wait) {
            HS_ERR(canceled);
            hs_logf(HS_LOG_INFO, "read_back_again", "%s: %s", p->plan->repo, hs_err_text(err));
            if (hs_loop_wait(p->loop, wait, &canceled) < 0) {
                hs_err_move(err, &canceled);
                return err->status;
            }
            hs_err_clear(err);
        }
        HS_FAILPOINT("readback.before");
        r = look_once(p, set, head, listing, err);
        if (r == 0 || hs_is_session(r) || hs_is_stop(r))
            return r;
    }
    return r;
}
