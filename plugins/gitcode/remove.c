/* Removing a repo, for good: the same one that was meant, and "gone" only where that is proved. */
#include "gitcode.h"
#include <string.h>
#include <strings.h>

/* What a refused token is told can look like "not there". */
static int prove_absent(struct hub_op *op, const char *id)
{
    int r = gc_prove_token(op);

    return r < 0 ? r : hub_fail(op, HUB_ENOTFOUND, "no repo %s", id);
}

static int check_same(struct hub_op *op, const struct hub_repo *meant, const struct hub_repo *found)
{
    if (strcasecmp(meant->id, found->id) != 0)
        return hub_fail(op, HUB_ENOTFOUND, "no repo %s, only %s", meant->id, found->id);
    if (meant->stable_id[0] && found->stable_id[0] &&
        strcmp(meant->stable_id, found->stable_id) != 0)
        return hub_fail(op, HUB_ECONFLICT, "%s is another repo now: %s, not %s", meant->id,
                        found->stable_id, meant->stable_id);
    return 0;
}

/* It was there a moment ago and now the site says it is not: a repeated request, or a refusal that
 * hides as absence. */
static int look_again(struct hub_op *op, struct hub_pool *pool, const char *id)
{
    struct hub_repo found;
    int r = gc_ask_repo(op, pool, id, &found);

    if (r == HUB_ENOTFOUND)
        return 0;
    return r < 0 ? r : hub_fail(op, HUB_EDENIED, "%s: the site does not delete it", id);
}

int gc_delete_repo(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    struct hub_request request = {
        .size = sizeof request,
        .method = "DELETE",
        .url = gc_repo_url(op, &pool, repo->id, ""),
        .secrets = op->session->plane.secrets,
        .classify = gc_classify_write,
    };
    const struct hub_reply *reply = NULL;
    struct hub_repo found;
    int r = request.url ? gc_ask_repo(op, &pool, repo->id, &found) : om_no_memory(op);

    if (r == HUB_ENOTFOUND)
        return prove_absent(op, repo->id);
    if (r == 0)
        r = check_same(op, repo, &found);
    if (r < 0)
        return r;
    gc_forget_fresh(op->session, request.url);
    r = hub_say(op, http, &request, &reply);
    return r == HUB_ENOTFOUND ? look_again(op, &pool, repo->id) : r;
}
