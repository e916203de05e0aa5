/* The files of a repo: the hub's plane lists them, but how it tells of a repo without a commit is
 * not known; the API's branches settle that. */
#include "gitcode.h"

static int say_empty(struct hub_op *op, const struct hub_repo *repo)
{
    struct hub_head head = {
        .size = sizeof head,
        .flags = HUB_COMPLETE,
        .branch = om_ref(&op->session->plane, repo),
        .commit = "",
    };

    return hub_say(op, head, &head);
}

static int has_branches(struct hub_op *op, const struct hub_repo *repo, bool *out)
{
    HUB_POOL(pool);
    struct gc_answer answer;
    int r = gc_get(op, &pool, gc_repo_url(op, &pool, repo->id, "/branches?page=1&per_page=1"),
                   gc_classify, &answer);

    if (r < 0)
        return r;
    if (!hub_json_is_array(answer.top))
        return hub_fail(op, HUB_ECORRUPT, "%s: the branches are no list", repo->id);
    *out = hub_json_first(answer.top) != NULL;
    return 0;
}

int gc_list_files(struct hub_op *op, const struct hub_repo *repo)
{
    bool is_started = true;
    int r = om_list_files(op, &op->session->plane, repo);

    if (r != HUB_ENOTFOUND || hub_is_hex(repo->revision, GC_COMMIT_DIGITS))
        return r;
    r = has_branches(op, repo, &is_started);
    if (r < 0)
        return r;
    if (is_started)
        return hub_fail(op, HUB_ENOTFOUND, "%s: no branch \"%s\"", repo->id,
                        om_ref(&op->session->plane, repo));
    return say_empty(op, repo);
}
