/* create.c - a new repo, and what the site made of it. */
#include "modelscope.h"
#include <string.h>

static int number_of(uint32_t visibility)
{
    switch (visibility) {
    case HUB_PUBLIC:
        return 5;
    case HUB_INTERNAL:
        return 3;
    default: /* what is not told is never published */
        return 1;
    }
}

/* Without a licence none is sent: the site's own clients would claim Apache-2.0. */
static char *create_body(struct hub_pool *pool, const struct hub_repo *wanted)
{
    HUB_TEXT(body);
    const char *slash = strchr(wanted->id, '/');
    const char *license = ms_license_word(pool, wanted->license);
    char *owner = hub_pool_strndup(pool, wanted->id, (size_t)(slash - wanted->id));

    if (!owner || !license)
        return NULL;
    hub_text_puts(&body, "{\"Path\":");
    hub_text_json(&body, owner);
    hub_text_puts(&body, ",\"Name\":");
    hub_text_json(&body, slash + 1);
    hub_text_printf(&body, ",\"Visibility\":%d", number_of(wanted->visibility));
    if (*license) {
        hub_text_puts(&body, ",\"License\":");
        hub_text_json(&body, license);
    }
    hub_text_puts(&body, "}");
    return body.failed ? NULL : hub_pool_strdup(pool, body.data);
}

int ms_create_repo(struct hub_op *op, const struct hub_repo *wanted)
{
    HUB_POOL(pool);
    const struct hub_reply *reply = NULL;
    struct ms_call call = {
        .method = "POST",
        .url = ms_url(op, &pool, "/api/v1/models"),
        .body = create_body(&pool, wanted),
        .flags = HUB_ONCE,
        .timeout_ms = MS_WRITE_TIMEOUT,
        .headers = op->session->create_headers,
        .classify = ms_classify_create,
    };
    int r;

    if (!call.body)
        return ms_no_memory(op);
    call.body_bytes = strlen(call.body);
    r = ms_send(op, &pool, &call, &reply);
    if (r < 0)
        return r;
    r = ms_stat_repo(op, wanted);
    if (r == HUB_ENOTFOUND || r == HUB_EDENIED)
        return hub_fail(op, HUB_EUNSURE, "%s: made, but the site does not show it yet", wanted->id);
    return r;
}
