/* license_check: whether the site knows the license that a README.md names. */
#include "openmind_impl.h"
#include <string.h>

/* The content with LF for CRLF. */
static void write_unix(struct hub_text *text, const char *content, size_t n_bytes)
{
    const char *end = content + n_bytes;

    while (content < end) {
        const char *cr = memmem(content, (size_t)(end - content), "\r\n", 2);
        size_t n = (size_t)((cr ? cr : end) - content);

        hub_text_add(text, content, n);
        content += n + (cr ? 1 : 0);
    }
}

static void write_body(struct hub_text *body, const struct hub_put *readme)
{
    HUB_TEXT(content);

    if (readme->content_bytes > 0)
        write_unix(&content, readme->content, (size_t)readme->content_bytes);
    hub_text_puts(body, "{\"content\":\"");
    hub_text_base64(body, content.data, content.n_bytes);
    hub_text_puts(body, "\"}");
    body->failed = body->failed || content.failed;
}

/* The site's own client asks for a "truthy" value. */
static bool is_yes(struct om_reply *answer)
{
    const char *word = hub_json_word(&answer->read, answer->top, "data");

    if (hub_json_truth(&answer->read, answer->top, "data", HUB_MAY) == HUB_YES)
        return true;
    if (word[0])
        return strcmp(word, "0") != 0;
    return hub_json_first(answer->data) || hub_json_first_member(answer->data);
}

/* No credential goes with it, so a refusal of the caller says nothing of the session's. */
static int classify_check(struct hub_op *op, const struct hub_reply *reply, int guess,
                          uint32_t *wait_ms)
{
    int status = om_classify(op, reply, guess, wait_ms);

    if (status != HUB_EAUTH && status != HUB_EEXPIRED)
        return status;
    return hub_fail(op, HUB_EDENIED, "the license check answered %u", reply->http_status);
}

/* What answers is perhaps no such check: a gateway, a page, somebody who wants a credential. */
static int classify_doubtful(struct hub_op *op, const struct hub_reply *reply, int guess,
                             uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct om_reply answer;
    uint32_t status = reply->http_status;

    if (status >= 300 && status < 500 && status != 408 && status != 418 && status != 429 &&
        !om_envelope(&pool, reply, &answer))
        return hub_fail(op, HUB_ENOTFOUND, "the site has no license check (%u)", status);
    return classify_check(op, reply, guess, wait_ms);
}

int om_check_license(struct hub_op *op, const struct om_plane *plane, const struct hub_put *readme)
{
    HUB_POOL(pool);
    HUB_TEXT(body);
    bool is_doubtful = plane->license_check == OM_LICENSE_CHECK_IF_ANY;
    struct om_post post = {
        .url = hub_pool_printf(&pool, "%s/api/v1/file/license_check", plane->base),
        .body = &body,
        .classify = is_doubtful ? classify_doubtful : classify_check,
    };
    const struct hub_reply *reply = NULL;
    struct om_reply answer;
    int r;

    write_body(&body, readme);
    r = om_send(op, &post, &reply);
    if (r == HUB_ENOTFOUND)
        return 0; /* a site without the check; the commit will tell */
    if (r == 0 && is_doubtful && !om_envelope(&pool, reply, &answer))
        return 0;
    if (r == 0)
        r = om_open_reply(op, &pool, reply, &answer);
    if (r < 0)
        return r;
    if (!is_yes(&answer))
        return hub_fail(op, HUB_EREFUSED,
                        "%s: the site knows no license in the front matter of this README",
                        readme->file->path);
    return 0;
}
