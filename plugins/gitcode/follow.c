/* What became of an import, and whether the site keeps pulling. Both routes may be missing or say
 * nothing: then only the branch heads can tell, and the pull switch is unknown. */
#include "gitcode.h"
#include <string.h>
#include <strings.h>

/* A route that is gone is not waited for, as a gateway's "not found" is elsewhere. */
static int classify_route(struct hub_op *op, const struct hub_reply *reply, int guess,
                          uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct gc_error error;
    uint32_t status = reply->http_status;

    if ((status == 404 || status == 405 || status == 410) && !gc_read_error(&pool, reply, &error))
        return hub_fail(op, HUB_ENOTSUP, "the site has no such route (%u)", status);
    return gc_classify(op, reply, guess, wait_ms);
}

/* A route that is not for tokens, or not there any more, is no word about the session. */
static bool is_silent(int status)
{
    return status <= HUB_ENOTFOUND && status >= HUB_EAUTH;
}

static uint32_t state_of(const char *word)
{
    if (strcasecmp(word, "scheduled") == 0 || strcasecmp(word, "started") == 0)
        return HUB_RUNNING;
    if (strcasecmp(word, "finished") == 0)
        return HUB_DONE;
    return strcasecmp(word, "failed") == 0 ? HUB_FAILED : 0;
}

/* An address in a message can hold somebody's password: what stands between "//" and "@" goes. */
static const char *without_users(struct hub_pool *pool, const char *text)
{
    HUB_TEXT(out);
    const char *slashes;

    while ((slashes = strstr(text, "//"))) {
        const char *rest = slashes + 2;
        const char *at = memrchr(rest, '@', strcspn(rest, "/ \t\r\n\"'"));

        hub_text_add(&out, text, (size_t)(rest - text));
        text = at ? at + 1 : rest;
    }
    hub_text_puts(&out, text);
    return out.failed ? "" : hub_pool_strdup(pool, out.data);
}

static int read_import(struct hub_op *op, struct hub_pool *pool, const struct hub_repo *repo,
                       struct hub_import *out)
{
    struct gc_answer answer;
    char *id = hub_url_segment(pool, repo->id);
    int r = gc_get(op, pool, id ? gc_url(op, pool, "/api/v4/projects/%s?view=all", id) : NULL,
                   classify_route, &answer);

    if (r < 0)
        return is_silent(r) || r == HUB_EAGAIN ? 0 : r; /* nobody promises the old API */
    out->state = state_of(hub_json_word(&answer.read, answer.top, "import_status"));
    out->message = hub_json_word(&answer.read, answer.top, "import_error");
    return 0;
}

static enum hub_truth is_mirror(struct gc_answer *answer)
{
    enum hub_truth is_on = om_truth(&answer->read, answer->top, "mirroring_enabled");

    if (is_on != HUB_MAYBE)
        return is_on;
    return hub_json_first_member(answer->top) ? HUB_MAYBE : HUB_NO; /* null and {} are "off" */
}

static int64_t time_of(struct gc_answer *answer, const char *key)
{
    return hub_time_rfc3339(hub_json_word(&answer->read, answer->top, key));
}

/* -1 in the count or a text there is no number: 0 then. */
static uint32_t failures_of(struct gc_answer *answer)
{
    struct hub_read read = {.pool = answer->read.pool, .why = ""};
    uint64_t n = hub_json_uint_loose(&read, answer->top, "number_of_failures", HUB_MAY, 0);

    return read.status < 0 || n > UINT32_MAX ? 0 : (uint32_t)n;
}

static int read_mirror(struct hub_op *op, struct hub_pool *pool, const struct hub_repo *repo,
                       struct hub_import *out)
{
    struct gc_answer answer;
    const char *message;
    int r = gc_get(op, pool, gc_repo_url(op, pool, repo->id, "/repo_remote_mirror"), classify_route,
                   &answer);

    if (r == HUB_ENOTFOUND)
        out->mirror = HUB_NO;
    if (r < 0)
        return is_silent(r) && r != HUB_EAUTH ? 0 : r;
    out->mirror = is_mirror(&answer);
    out->failures = failures_of(&answer);
    out->tried_ms = time_of(&answer, "last_update_at");
    out->succeeded_ms = time_of(&answer, "last_successful_update_at");
    message = hub_json_word(&answer.read, answer.top, "last_error");
    if (message[0] == '\0')
        message = hub_json_word(&answer.read, answer.top, "message");
    if (message[0])
        out->message = message;
    return 0;
}

int gc_follow_import(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    struct hub_import import = {.size = sizeof import, .message = ""};
    int r = read_import(op, &pool, repo, &import);

    if (r == 0 && import.state != HUB_FAILED)
        r = read_mirror(op, &pool, repo, &import);
    if (r < 0)
        return r;
    import.message = without_users(&pool, import.message);
    return hub_say(op, progress, &import);
}
