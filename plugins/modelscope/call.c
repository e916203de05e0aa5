/* call.c - control requests as the site wants them, and the reading of their answers. */
#include "modelscope.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEADERS_MAX 6

int ms_no_memory(struct hub_op *op)
{
    return hub_fail(op, HUB_ENOMEM, "out of memory");
}

const char *ms_request_id(struct hub_pool *pool)
{
    unsigned char bytes[16];
    char digits[sizeof(bytes) * 2 + 1];

    if (getentropy(bytes, sizeof(bytes)) < 0)
        return NULL;
    for (size_t i = 0; i < sizeof(bytes); i++)
        (void)snprintf(digits + 2 * i, 3, "%02x", bytes[i]);
    return hub_pool_printf(pool, "X-Request-ID: %s", digits);
}

char *ms_url(struct hub_op *op, struct hub_pool *pool, const char *fmt, ...)
{
    va_list args;
    char *path;

    va_start(args, fmt);
    path = hub_pool_vprintf(pool, fmt, args);
    va_end(args);
    return path ? hub_pool_printf(pool, "%s%s", op->session->base, path) : NULL;
}

char *ms_repo_url(struct hub_op *op, struct hub_pool *pool, const char *before, const char *id,
                  const char *after)
{
    char *path = hub_url_path(pool, id);

    return path ? ms_url(op, pool, "%s%s%s", before, path, after) : NULL;
}

int64_t ms_time(const char *word)
{
    uint64_t value = 0;

    if (word[strspn(word, "0123456789")] != '\0')
        return hub_time_rfc3339(word);
    for (; *word && value < UINT64_C(1) << 53; word++)
        value = value * 10 + (uint64_t)(*word - '0');
    return value ? hub_time_epoch(value) : 0;
}

int ms_send(struct hub_op *op, struct hub_pool *pool, const struct ms_call *call,
            const struct hub_reply **reply)
{
    const char *headers[HEADERS_MAX] = {ms_request_id(pool), "Content-Type: application/json"};
    struct hub_request request = {
        .size = sizeof(request),
        .flags = call->flags,
        .timeout_ms = call->timeout_ms,
        .method = call->method,
        .url = call->url,
        .headers = headers,
        .secrets = op->session->secrets,
        .body = call->body,
        .body_bytes = call->body_bytes,
        .classify = call->classify,
    };
    size_t n = 2;

    for (const char *const *more = call->headers; more && *more && n < HEADERS_MAX - 1; more++)
        headers[n++] = *more;
    if (!headers[0] || !call->url)
        return ms_no_memory(op);
    return hub_say(op, http, &request, reply);
}

int ms_ask(struct hub_op *op, struct hub_pool *pool, const struct ms_call *call,
           struct ms_answer *answer)
{
    const struct hub_reply *reply = NULL;
    const struct hub_json *root;
    const char *why;
    bool is_open;
    int r = ms_send(op, pool, call, &reply);

    if (r < 0)
        return r;
    root = hub_json_parse(pool, reply->body, reply->body_bytes, MS_JSON_BYTES_MAX, &why);
    if (!root)
        return hub_fail(op, HUB_ECORRUPT, "%s: %s", call->url, why);
    is_open = call->classify == ms_classify_open;
    answer->read = (struct hub_read){.pool = pool, .why = ""};
    answer->data = hub_json_object(&answer->read, root, is_open ? "data" : "Data", HUB_MUST);
    return ms_check(op, answer);
}

int ms_get(struct hub_op *op, struct hub_pool *pool, const char *url, struct ms_answer *answer)
{
    struct ms_call call = {.method = "GET", .url = url, .classify = ms_classify};

    if (url && strncmp(url + strlen(op->session->base), "/openapi/", 9) == 0)
        call.classify = ms_classify_open;
    return ms_ask(op, pool, &call, answer);
}

int ms_check(struct hub_op *op, const struct ms_answer *answer)
{
    if (answer->read.status == 0)
        return 0;
    return hub_fail(op, answer->read.status, "the reply makes no sense: %s", answer->read.why);
}
