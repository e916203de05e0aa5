/* Is the target what the plan rests on? Before the first commit, and after one whose outcome is not
 * clear. */
#include "sync/commit_own.h"
#include "sync/ident.h"

#include "base/banned.h"

static bool is_as_planned(const struct hs_listing *now, const char *path, const struct hs_file *old)
{
    const struct hs_file *there = hs_listing_find(now, path);

    if (!there || !old)
        return !there && !old;
    return hs_ident_compare(there, old) == HS_SAME ||
           (*there->etag && strcmp(there->etag, old->etag) == 0);
}

int hs_commit_look_up(struct hs_committer *c, const struct hs_piece *piece, enum hs_commit_outcome *out)
{
    struct hs_publish *p = c->p;
    const struct hs_put_range range = {(const struct hs_put_file *const *)piece->puts, piece->n_puts,
                                       piece->deletes, piece->n_deletes};
    struct hs_source target = {p->plan->to, &p->plan->target, ""};
    struct hs_listing now;
    HS_ERR(why);
    int r = hs_ask_files(p->plan->to, p->loop, &p->plan->pool, &p->plan->target, "", &now, c->err);

    if (r < 0)
        return r;
    if (!now.is_complete) {
        hs_listing_clear(&now);
        return hs_fail(c->err, HUB_EAGAIN, "the target's listing is not complete");
    }
    r = hs_learn_local(p->learn, &target, &now, NULL, NULL, c->err);
    *out = HS_COMMIT_NOT_DONE;
    if (r == 0 && hs_publish_shows(&range, &now, &why) == 0)
        *out = HS_COMMIT_DONE;
    for (size_t i = 0; r == 0 && *out == HS_COMMIT_NOT_DONE && i < piece->n_puts; i++)
        if (!is_as_planned(&now, piece->puts[i]->file.path, piece->puts[i]->old))
            *out = HS_COMMIT_MOVED;
    for (size_t i = 0; r == 0 && *out == HS_COMMIT_NOT_DONE && i < piece->n_deletes; i++)
        if (!is_as_planned(&now, piece->deletes[i]->path, piece->deletes[i]))
            *out = HS_COMMIT_MOVED;
    if (r == 0)
        c->head = now.head;
    hs_listing_clear(&now);
    return r;
}

int hs_commit_fail_moved(struct hs_committer *c)
{
    (void)hs_fail(c->err, HUB_ECONFLICT, "%s:%s changed while it was being synced", c->p->plan->hub,
                  c->p->plan->repo);
    return hs_hint(c->err, "run again: it is planned anew");
}

int hs_commit_check_target(struct hs_committer *c)
{
    struct hs_publish *p = c->p;
    struct hs_listing now;
    bool has_moved = false;
    int r;

    if ((p->plan->to->limits.flags & HUB_CHECKS_HEAD) || p->plan->to->gate.is_local)
        return 0;
    r = hs_ask_files(p->plan->to, p->loop, &p->plan->pool, &p->plan->target, "", &now, c->err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < c->set->puts.n; i++)
        has_moved |= !is_as_planned(&now, c->set->puts.items[i].file.path, c->set->puts.items[i].old);
    for (size_t i = 0; i < c->set->deletes.n; i++)
        has_moved |= !is_as_planned(&now, c->set->deletes.items[i]->path, c->set->deletes.items[i]);
    c->head = now.head;
    hs_listing_clear(&now);
    return has_moved ? hs_commit_fail_moved(c) : 0;
}
