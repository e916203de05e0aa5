/* The envelope {"code","msg","data"} of every answer, and what its codes mean. */
#include "openmind_impl.h"
#include <string.h>

enum { MSG_BYTES_MAX = 300 };

static const struct {
    const char *code;
    int status;
} CODES[] = {
    {"access_token_invalid", HUB_EAUTH},
    {"unauthorized", HUB_EAUTH},
    {"token_not_found", HUB_EAUTH}, /* never taken for "the repo is not there" */
    {"no_permission", HUB_EDENIED},
    {"disagreed_privacy", HUB_EDENIED},
    {"model_not_found", HUB_ENOTFOUND},
    {"repo_not_found", HUB_ENOTFOUND},
    {"user_not_found", HUB_ENOTFOUND},
    {"owner_not_found", HUB_ENOTFOUND},
    {"organization_not_found", HUB_ENOTFOUND},
    {"branch_or_path_not_found", HUB_ENOTFOUND},
    {"ref_not_exist", HUB_ENOTFOUND},
    {"branch_not_found", HUB_ENOTFOUND},
    {"branch_not_exist", HUB_ENOTFOUND},
    {"file_not_found", HUB_ENOTFOUND},
    {"not_file", HUB_ENOTFOUND},
    {"not_dir", HUB_ENOTFOUND},
    {"empty_repo", HUB_ENOTFOUND},
    {"duplicate_creating", HUB_EEXIST},
    {"repo_already_exist", HUB_EEXIST},
    {"rate_limit_over", HUB_ETHROTTLED},
    {"concurrent_updating", HUB_EAGAIN},
    {"internal_error", HUB_EAGAIN},
    {"system_error", HUB_EAGAIN},
    {"failed_to_get_user_info", HUB_EAGAIN},
    {"count_exceeded", HUB_EQUOTA},
    {"no_file_or_too_many_files", HUB_ETOOBIG},
    {"sensitive_not_pass", HUB_EREFUSED},
    {"empty_file_path", HUB_EREFUSED},
    {"resource_disabled", HUB_EREFUSED},
    {"user_no_email", HUB_EREFUSED},
    {"bad_request_body", HUB_EREFUSED},
    {"bad_request_param", HUB_EREFUSED},
    {"invalid_param", HUB_EREFUSED},
    {"file_content_is_not_changed", HUB_OK},
};

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Codes that come after the work has begun: it may have been done. */
static bool is_unsure(const char *code)
{
    return strcmp(code, "concurrent_updating") == 0 || strcmp(code, "internal_error") == 0 ||
           strcmp(code, "system_error") == 0;
}

int om_class_of_code(const char *code, int fallback, bool is_once)
{
    if (is_once && is_unsure(code))
        return HUB_EUNSURE;
    if (starts_with(code, "session_") || starts_with(code, "csrf_token_"))
        return HUB_EAUTH;
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
        if (strcmp(code, CODES[i].code) == 0)
            return CODES[i].status;
    return fallback;
}

bool om_knows_code(const char *code)
{
    return om_class_of_code(code, 1, false) != 1;
}

bool om_envelope(struct hub_pool *pool, const struct hub_reply *reply, struct om_reply *out)
{
    const struct hub_json *top =
        hub_json_parse_first(pool, reply->body, reply->body_bytes, OM_REPLY_BYTES_MAX, NULL);
    const struct hub_json *code;

    *out = (struct om_reply){.read = {.pool = pool, .why = ""}, .top = top, .code = "", .msg = ""};
    code = hub_json_get(&out->read, top, "code", HUB_MAY);
    if (!code)
        return false;
    if (hub_json_is_string(code))
        out->code = hub_json_word(&out->read, top, "code");
    out->msg = hub_json_word(&out->read, top, "msg");
    out->data = hub_json_get(&out->read, top, "data", HUB_MAY);
    return out->read.status == 0;
}

int om_cut(const char *text)
{
    size_t n = strnlen(text, MSG_BYTES_MAX + 1);

    if (n <= MSG_BYTES_MAX)
        return (int)n;
    for (n = MSG_BYTES_MAX; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
        n--;
    return (int)n;
}

static int fail_with_words(struct hub_op *op, int status, const struct om_reply *answer)
{
    return hub_fail(op, status, "the site says %.*s: %.*s", om_cut(answer->code), answer->code,
                    om_cut(answer->msg), answer->msg);
}

/* An answer that is none of the site's own. */
static int class_of_stranger(const struct hub_reply *reply, int guess, bool is_once)
{
    switch (reply->http_status) {
    case 403:
    case 418:
        return HUB_EFIREWALL;
    case 404:
    case 410:
        return HUB_EAGAIN;
    case 408:
        return is_once ? HUB_EUNSURE : guess;
    default:
        return guess;
    }
}

static int classify(struct hub_op *op, const struct hub_reply *reply, int guess, bool is_once)
{
    HUB_POOL(pool);
    struct om_reply answer;
    int status = guess;

    if (guess == HUB_OK)
        return HUB_OK;
    if (!om_envelope(&pool, reply, &answer))
        return class_of_stranger(reply, guess, is_once);
    if (answer.code[0] == '\0')
        return reply->http_status / 100 == 2 ? HUB_OK : guess; /* JSON that came as text/html */
    if (reply->http_status < 500 || strcmp(answer.code, "rate_limit_over") == 0)
        status = om_class_of_code(answer.code, guess, is_once);
    return status == HUB_OK ? HUB_OK : fail_with_words(op, status, &answer);
}

int om_classify(struct hub_op *op, const struct hub_reply *reply, int guess, uint32_t *wait_ms)
{
    (void)wait_ms;
    return classify(op, reply, guess, false);
}

/* A path that is gone when a commit wants to delete it: somebody else was there. */
static bool is_stale_path(struct hub_pool *pool, const struct hub_reply *reply)
{
    struct om_reply answer;

    return om_envelope(pool, reply, &answer) &&
           (strcmp(answer.code, "branch_or_path_not_found") == 0 ||
            strcmp(answer.code, "file_not_found") == 0);
}

int om_classify_once(struct hub_op *op, const struct hub_reply *reply, int guess, uint32_t *wait_ms)
{
    HUB_POOL(pool);
    int status = classify(op, reply, guess, true);

    (void)wait_ms;
    if (status == HUB_ENOTFOUND && is_stale_path(&pool, reply))
        return hub_fail(op, HUB_ECONFLICT, "a path of the commit is not there any more");
    return status;
}

int om_open_reply(struct hub_op *op, struct hub_pool *pool, const struct hub_reply *reply,
                  struct om_reply *out)
{
    int status;

    if (!om_envelope(pool, reply, out))
        return hub_fail(op, HUB_ECORRUPT, "%s: no answer of this site", reply->url);
    if (out->code[0] == '\0')
        return 0;
    status = om_class_of_code(out->code, HUB_EREFUSED, false);
    return status == HUB_OK ? HUB_OK : fail_with_words(op, status, out);
}

int om_check_read(struct hub_op *op, const char *what, const struct hub_read *read)
{
    if (read->status == 0)
        return 0;
    return hub_fail(op, read->status, "%s: %s", what, read->why);
}
