/* Which LFS objects the site can hand out: git-lfs's own batch, since an import may have brought
 * pointers only. */
#include "gitcode.h"
#include <string.h>

enum { SHA256_DIGITS = 64 };

/* git's host: a page or a bare 404 there says that LFS is not; a 401 is about this form of the
 * credential, not about the session. */
static int classify_batch(struct hub_op *op, const struct hub_reply *reply, int guess,
                          uint32_t *wait_ms)
{
    uint32_t status = reply->http_status;

    (void)wait_ms;
    switch (status) {
    case 401:
    case 403:
        if (guess == HUB_EFIREWALL)
            return guess;
        return hub_fail(op, HUB_EDENIED, "LFS answered %u", status);
    case 404:
    case 410:
        return hub_fail(op, HUB_ENOTFOUND, "LFS knows no such repo (%u)", status);
    case 501:
        return hub_fail(op, HUB_ENOTSUP, "the site has no LFS there (501)");
    default:
        if (status / 100 == 2 && guess == HUB_EFIREWALL)
            return hub_fail(op, HUB_ECORRUPT, "LFS answered with a page");
        return guess;
    }
}

static bool is_there(struct hub_read *read, const struct hub_json *object)
{
    const struct hub_json *actions = hub_json_object(read, object, "actions", HUB_MAY);
    const struct hub_json *download = hub_json_object(read, actions, "download", HUB_MAY);

    return !hub_json_get(read, object, "error", HUB_MAY) &&
           hub_json_word(read, download, "href")[0] != '\0';
}

/* True if the batch offers the object; one that it leaves out, or tells otherwise, is not there. */
static bool find_object(struct hub_read *read, const struct hub_json *objects,
                        const struct hub_file *file)
{
    for (const struct hub_json *node = hub_json_first(objects); node; node = hub_json_next(node)) {
        struct hub_read own = {.pool = read->pool, .why = ""};
        const char *oid =
            hub_hex_lower(read->pool, hub_json_word(&own, node, "oid"), SHA256_DIGITS);

        if (oid && strcmp(oid, file->sha256) == 0)
            return is_there(&own, node) && own.status == 0;
    }
    return false;
}

static int send(struct hub_op *op, struct hub_pool *pool, const struct hub_repo *repo,
                const struct hub_put *const *puts, size_t n, const struct hub_reply **reply)
{
    static const char *const HEADERS[] = {"Accept: application/vnd.git-lfs+json",
                                          "Content-Type: application/vnd.git-lfs+json", NULL};
    char *id = hub_url_path(pool, repo->id);
    char *body = hub_lfs_batch_body(pool, "download", "\"transfers\":[\"basic\"],", puts, n);
    struct hub_request request = {
        .size = sizeof request,
        .method = "POST",
        .headers = HEADERS,
        .body = body,
        .body_bytes = body ? strlen(body) : 0,
        .classify = classify_batch,
    };
    int r;

    if (!id || !body)
        return om_no_memory(op);
    request.url = hub_pool_printf(pool, "%s/%s.git/info/lfs/objects/batch", op->session->git, id);
    r = gc_ask_git_secrets(op, &request.secrets);
    if (r < 0)
        return r;
    if (!request.url)
        return om_no_memory(op);
    r = hub_say(op, http, &request, reply);
    if (r == HUB_EDENIED && request.secrets) {
        request.secrets = NULL; /* as everybody: that Basic is wanted here is only a guess */
        r = hub_say(op, http, &request, reply);
    }
    return r;
}

/* Without LFS there is nothing to hand out. */
static int ask(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *const *puts,
               size_t n)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool, .why = ""};
    const struct hub_reply *reply = NULL;
    const struct hub_json *top, *objects;
    const char *why;
    int r = send(op, &pool, repo, puts, n, &reply);

    if (r == HUB_ENOTFOUND || r == HUB_ENOTSUP)
        return 0;
    if (r < 0)
        return r;
    top = hub_json_parse(&pool, reply->body, reply->body_bytes, OM_REPLY_BYTES_MAX, &why);
    if (!top)
        return hub_fail(op, HUB_ECORRUPT, "%s: LFS's answer: %s", repo->id, why);
    objects = hub_json_array(&read, top, "objects", HUB_MUST);
    r = om_check_read(op, repo->id, &read);
    for (size_t i = 0; i < n && r == 0; i++)
        if (find_object(&read, objects, puts[i]->file))
            r = hub_say(op, file, puts[i]->file);
    return r;
}

/* A batch that is too big is halved. */
static int ask_some(struct hub_op *op, const struct hub_repo *repo,
                    const struct hub_put *const *puts, size_t n)
{
    size_t step = n;

    for (size_t at = 0; at < n;) {
        size_t count = n - at < step ? n - at : step;
        int r = ask(op, repo, puts + at, count);

        if (r == HUB_ETOOBIG && count > 1) {
            step = count / 2;
            continue;
        }
        if (r < 0)
            return r;
        at += count;
    }
    return 0;
}

static int ask_chunk(struct hub_op *op, const struct hub_repo *repo,
                     const struct hub_file *const *files, size_t n)
{
    struct hub_put list[OM_ITEMS_MAX];
    const struct hub_put *puts[OM_ITEMS_MAX];

    for (size_t i = 0; i < n; i++) {
        list[i] =
            (struct hub_put){.size = sizeof list[i], .file = files[i], .ticket = "", .resume = ""};
        puts[i] = &list[i];
    }
    return ask_some(op, repo, puts, n);
}

int gc_stored_objects(struct hub_op *op, const struct hub_repo *repo,
                      const struct hub_file *const *files, size_t n)
{
    int r = 0;

    for (size_t at = 0; at < n && r == 0; at += OM_ITEMS_MAX)
        r = ask_chunk(op, repo, files + at, n - at < OM_ITEMS_MAX ? n - at : OM_ITEMS_MAX);
    return r;
}
