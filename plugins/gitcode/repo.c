/* One repo: its members in a list and in the detail call, and that call. */
#include "gitcode.h"
#include <string.h>
#include <strings.h>

/* Three flags that can be missing or contradict each other; public can be 0, 1 or 2 as well. */
static uint32_t read_visibility(struct hub_read *read, const struct hub_json *node)
{
    enum hub_truth is_private = om_truth(read, node, "private");
    enum hub_truth is_public = om_truth(read, node, "public");
    const char *number = hub_json_word(read, node, "public");

    if (om_truth(read, node, "internal") == HUB_YES || strcmp(number, "2") == 0)
        return HUB_INTERNAL;
    if (is_private == HUB_YES)
        return HUB_PRIVATE;
    return is_public == HUB_YES ? HUB_PUBLIC : 0;
}

static int64_t later_time(struct hub_read *read, const struct hub_json *node)
{
    int64_t updated = hub_time_rfc3339(hub_json_word(read, node, "updated_at"));
    int64_t pushed = hub_time_rfc3339(hub_json_word(read, node, "pushed_at"));

    return pushed > updated ? pushed : updated;
}

/* Null, a string, or an object with a key. */
static const char *read_license(struct hub_read *read, const struct hub_json *node)
{
    const struct hub_json *license = hub_json_get(read, node, "license", HUB_MAY);
    const char *word = hub_json_is_object(license) ? hub_json_word(read, license, "key")
                                                   : hub_json_word(read, node, "license");

    return gc_license_id(read->pool, word);
}

/* path is the address; name and full_name can be words for people. */
static const char *read_id(struct hub_read *read, const struct hub_json *node, const char *owner,
                           const char *name)
{
    const struct hub_json *space = hub_json_get(read, node, "namespace", HUB_MAY);
    const struct hub_json *user = hub_json_get(read, node, "owner", HUB_MAY);
    const char *space_path = hub_json_word(read, space, "path");
    const char *path = hub_json_word(read, node, "path");

    if (path[0] == '\0')
        path = name[0] ? name : hub_json_string(read, node, "name", HUB_MUST);
    if (space_path[0] == '\0')
        space_path = hub_json_word(read, user, "login");
    return hub_pool_printf(read->pool, "%s/%s", space_path[0] ? space_path : owner, path);
}

void gc_read_repo(struct hub_op *op, struct hub_read *read, const struct hub_json *node,
                  const char *owner, const char *name, struct hub_repo *out)
{
    *out = (struct hub_repo){.size = sizeof *out, .revision = "", .head = "", .clone_url = ""};
    out->id = read_id(read, node, owner, name);
    out->stable_id = hub_json_word(read, node, "id");
    out->visibility = read_visibility(read, node);
    out->modified_ms = later_time(read, node);
    out->branch = hub_json_word(read, node, "default_branch");
    out->license = read_license(read, node);
    if (out->visibility == HUB_PUBLIC && out->id)
        out->clone_url = hub_pool_printf(read->pool, "%s/%s.git", op->session->git, out->id);
    if (!out->id || !out->license || !out->clone_url) {
        read->status = HUB_ENOMEM;
        read->why = "out of memory";
    }
}

/* Another name than the asked one is a rename if the site redirected there, else nonsense. */
static int check_name(struct hub_op *op, const char *asked, const char *url,
                      const struct gc_answer *answer, const struct hub_repo *repo)
{
    if (strcasecmp(repo->id, asked) == 0 || strcmp(answer->reply->url, url) != 0)
        return 0;
    return hub_fail(op, HUB_ECORRUPT, "asked for %s, told of %s", asked, repo->id);
}

int gc_ask_repo(struct hub_op *op, struct hub_pool *pool, const char *id, struct hub_repo *out)
{
    const char *owner, *name;
    struct gc_answer answer;
    char *url = gc_repo_url(op, pool, id, "");
    int r = gc_split(op, pool, id, &owner, &name);

    if (r == 0)
        r = gc_get(op, pool, url, gc_classify, &answer);
    if (r == HUB_ENOTFOUND && !gc_says_absent(answer.reply))
        return hub_fail(op, HUB_EDENIED, "%s: \"not found\", but not of the repo", id);
    if (r < 0)
        return r;
    if (!hub_json_is_object(answer.top))
        return hub_fail(op, HUB_ECORRUPT, "%s: the answer is no object", id);
    gc_read_repo(op, &answer.read, answer.top, owner, name, out);
    r = gc_check(op, id, &answer);
    return r == 0 ? check_name(op, id, url, &answer, out) : r;
}

int gc_stat_repo(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    struct hub_repo told;
    int r = gc_ask_repo(op, &pool, repo->id, &told);

    return r == 0 ? hub_say(op, repo, &told) : r;
}
