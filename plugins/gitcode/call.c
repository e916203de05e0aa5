/* Requests to the API, and the reading of their answers. */
#include "gitcode.h"
#include <string.h>

char *gc_url(struct hub_op *op, struct hub_pool *pool, const char *fmt, ...)
{
    va_list args;
    char *path;

    va_start(args, fmt);
    path = hub_pool_vprintf(pool, fmt, args);
    va_end(args);
    return path ? hub_pool_printf(pool, "%s%s", op->session->api, path) : NULL;
}

char *gc_repo_url(struct hub_op *op, struct hub_pool *pool, const char *id, const char *tail)
{
    char *path = hub_url_path(pool, id);

    return path ? gc_url(op, pool, "/api/v5/repos/%s%s", path, tail) : NULL;
}

int gc_get(struct hub_op *op, struct hub_pool *pool, const char *url, hub_classify_fn *classify,
           struct gc_answer *out)
{
    static const char *const HEADERS[] = {"Accept: application/json", NULL};
    struct hub_request request = {
        .size = sizeof request,
        .method = "GET",
        .url = url,
        .headers = HEADERS,
        .secrets = op->session->plane.secrets,
        .classify = classify,
    };
    int r;

    *out = (struct gc_answer){.read = {.pool = pool, .why = ""}};
    r = url ? hub_say(op, http, &request, &out->reply) : om_no_memory(op);
    if (r == 0)
        out->top = hub_json_parse_first(pool, out->reply->body, out->reply->body_bytes,
                                        OM_REPLY_BYTES_MAX, NULL);
    return r;
}

int gc_check(struct hub_op *op, const char *what, const struct gc_answer *answer)
{
    return om_check_read(op, what, &answer->read);
}

int gc_split(struct hub_op *op, struct hub_pool *pool, const char *id, const char **owner,
             const char **name)
{
    const char *slash = strchr(id, '/');

    if (!slash || strchr(slash + 1, '/'))
        return hub_fail(op, HUB_EBUG, "\"%s\" is no repo's id", id);
    *owner = hub_pool_strndup(pool, id, (size_t)(slash - id));
    *name = hub_pool_strdup(pool, slash + 1);
    return *owner && *name ? 0 : om_no_memory(op);
}
