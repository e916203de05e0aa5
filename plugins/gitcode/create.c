/* Making a repo, new or by an import. */
#include "gitcode.h"
#include <string.h>
#include <strings.h>

struct wish {
    const char *owner, *name;
    uint32_t visibility;
    const char *import_url; /* NULL: a repo with the site's README alone */
};

/* 0 private, 1 public, 2 internal; it wins over "private", which is all that a user's repo has. */
static int number_of(const struct wish *wish)
{
    if (wish->visibility == HUB_INTERNAL)
        return 2;
    if (wish->visibility == HUB_PRIVATE)
        return 0;
    return wish->visibility == HUB_PUBLIC || wish->import_url ? 1 : 0;
}

static void write_body(struct hub_text *body, const struct wish *wish)
{
    int number = number_of(wish);

    hub_text_puts(body, "{\"name\":");
    hub_text_json(body, wish->name);
    hub_text_puts(body, ",\"path\":");
    hub_text_json(body, wish->name);
    hub_text_printf(body,
                    ",\"public\":%d,\"private\":%s,\"repository_type\":\"model\","
                    "\"has_issues\":false,\"has_wiki\":false,\"can_comment\":true",
                    number, number == 1 ? "false" : "true");
    if (wish->import_url) {
        hub_text_puts(body, ",\"import_url\":");
        hub_text_json(body, wish->import_url);
    } else {
        /* Nobody says whether the file plane commits into a repo without a branch. */
        hub_text_puts(body, ",\"auto_init\":true");
    }
    hub_text_puts(body, "}");
}

static int post(struct hub_op *op, const char *url, const struct wish *wish,
                const struct hub_reply **reply)
{
    HUB_TEXT(body);

    write_body(&body, wish);
    if (!url || body.failed)
        return om_no_memory(op);
    return hub_post_json(op, HUB_ONCE, url, op->session->plane.secrets, body.data, gc_classify_once,
                         reply);
}

/* In the organisation of that name; if there is none, with the token's own user. */
static int make(struct hub_op *op, struct hub_pool *pool, const struct wish *wish,
                const struct hub_reply **reply)
{
    char *owner = hub_url_segment(pool, wish->owner);
    const char *login = NULL;
    int r = post(op, owner ? gc_url(op, pool, "/api/v5/orgs/%s/repos", owner) : NULL, wish, reply);

    if (r != HUB_ENOTFOUND)
        return r;
    r = gc_ask_login(op, &login);
    if (r < 0)
        return r;
    if (strcasecmp(login, wish->owner) != 0)
        return hub_fail(op, HUB_ENOTFOUND, "%s is neither an organisation nor the token's user",
                        wish->owner);
    return post(op, gc_url(op, pool, "/api/v5/user/repos"), wish, reply);
}

static int make_wish(struct hub_op *op, struct hub_pool *pool, const struct hub_repo *repo,
                     const char *import_url, const struct hub_reply **reply)
{
    struct wish wish = {.visibility = repo->visibility, .import_url = import_url};
    int r = gc_split(op, pool, repo->id, &wish.owner, &wish.name);

    return r == 0 ? make(op, pool, &wish, reply) : r;
}

/* The answer's own members are not to be trusted, so the repo is read again. */
int gc_create_repo(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    const struct hub_reply *reply = NULL;
    int r = make_wish(op, &pool, repo, NULL, &reply);

    if (r == 0)
        r = gc_remember_fresh(op, repo->id);
    if (r < 0)
        return r;
    r = gc_stat_repo(op, repo);
    if (r == HUB_EAGAIN || r == HUB_ENOTFOUND || r == HUB_EDENIED)
        return hub_fail(op, HUB_EUNSURE, "%s was made but is not shown yet", repo->id);
    return r;
}

/* A repo, whatever else is wrong in it. */
static bool tells_a_repo(struct hub_pool *pool, const struct hub_reply *reply)
{
    static const char *const KEYS[] = {"name", "path", "full_name", "url", "html_url"};
    struct hub_read read = {.pool = pool, .why = ""};
    const struct hub_json *top =
        hub_json_parse_first(pool, reply->body, reply->body_bytes, OM_REPLY_BYTES_MAX, NULL);

    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (hub_json_word(&read, top, KEYS[i])[0])
            return true;
    return false;
}

/* The site asks for the address at once and copies later. The answer is the proof: what the site
 * shows in the first seconds is none, and is not waited for here. */
int gc_import_repo(struct hub_op *op, const struct hub_repo *repo, const char *source_url)
{
    HUB_POOL(pool);
    const struct hub_reply *reply = NULL;
    int r = make_wish(op, &pool, repo, source_url, &reply);

    if (r == 0 && !tells_a_repo(&pool, reply))
        return hub_fail(op, HUB_EUNSURE, "%s: the answer does not tell whether it was made",
                        repo->id);
    return r;
}
