/* What an answer means. The order of the tests is the site's: its status alone is often wrong, and
 * so is "not found" when the token is. Texts are compared where no name of a repo can stand. */
#include "gitcode.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool starts_with(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* ---- reading an error ---- */

/* message can be an object of arrays: {"name":["has already been taken"]} */
static const char *first_text(struct hub_read *read, const struct hub_json *node)
{
    const struct hub_json *member = hub_json_first_member(node);
    const struct hub_json *first = hub_json_is_array(member) ? hub_json_first(member) : member;

    if (!member || !hub_json_is_string(first))
        return "";
    return hub_pool_printf(read->pool, "%s %s", hub_json_key(member),
                           hub_json_string_value(read, first));
}

static const char *find_text(struct hub_read *read, const struct hub_json *top)
{
    static const char *const KEYS[] = {"error_message", "message", "error", "msg"};

    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const struct hub_json *node = hub_json_get(read, top, KEYS[i], HUB_MAY);
        const char *text =
            hub_json_is_object(node) ? first_text(read, node) : hub_json_word(read, top, KEYS[i]);

        if (text && text[0])
            return text;
    }
    return "";
}

/* Under a good status only the words that nothing but an error has count. */
static bool has_error(struct hub_read *read, const struct hub_json *top,
                      const struct hub_reply *reply, struct gc_error *out)
{
    const char *code = hub_json_word(read, top, "error_code");

    out->code = strtol(code, NULL, 10);
    out->text = find_text(read, top);
    if (reply->http_status / 100 != 2)
        return code[0] || out->text[0];
    return (out->code != 0 && out->code / 100 != 2) || hub_json_word(read, top, "error_message")[0];
}

bool gc_read_error(struct hub_pool *pool, const struct hub_reply *reply, struct gc_error *out)
{
    struct hub_read read = {.pool = pool, .why = ""};
    const struct hub_json *top =
        hub_json_parse_first(pool, reply->body, reply->body_bytes, OM_REPLY_BYTES_MAX, NULL);

    *out = (struct gc_error){.text = ""};
    return hub_json_is_object(top) && has_error(&read, top, reply, out);
}

/* ---- its class ---- */

/* What follows a number that only repeats the status: "404, token not found" */
static const char *behind_404(const char *text)
{
    return starts_with(text, "404") ? text + 3 + strspn(text + 3, " ,:") : text;
}

static bool is_about_token(const char *text)
{
    return starts_with(text, "401") || starts_with(text, "unauthorized") ||
           starts_with(behind_404(text), "token not found");
}

static bool is_taken(const char *text)
{
    return strcasestr(text, "already exist") || strcasestr(text, "already been taken");
}

/* "404 Group Not Found", "404, project not found", "Project not found:a%2Fb" */
static bool is_absent(const char *text)
{
    static const char *const WHAT[] = {
        "project not found", "repository not found", "repo not found", "namespace not found",
        "group not found",   "org not found",        "user not found", "organization not found"};

    text = behind_404(text);
    for (size_t i = 0; i < sizeof WHAT / sizeof *WHAT; i++)
        if (starts_with(text, WHAT[i]))
            return true;
    return strcasecmp(text, "not found") == 0;
}

bool gc_says_absent(const struct hub_reply *reply)
{
    HUB_POOL(pool);
    struct gc_error error;

    return reply && gc_read_error(&pool, reply, &error) && is_absent(error.text);
}

/* What the body says the status should have been. */
static long effective_status(const struct hub_reply *reply, const struct gc_error *error)
{
    if (error->code >= 401 && error->code <= 599)
        return error->code;
    if (error->code == 1003) /* NOT_EXIST */
        return 404;
    if (starts_with(error->text, "403 "))
        return 403;
    if (starts_with(error->text, "404 ") || starts_with(error->text, "org not found"))
        return 404;
    return reply->http_status / 100 == 2 ? 400 : (long)reply->http_status;
}

static int class_of_status(long status, bool is_once)
{
    if (status >= 500)
        return is_once ? HUB_EUNSURE : HUB_EAGAIN;
    switch (status) {
    case 401:
        return HUB_EAUTH;
    case 403:
        return HUB_EDENIED;
    case 404:
    case 410:
        return HUB_ENOTFOUND;
    case 408:
        return is_once ? HUB_EUNSURE : HUB_EAGAIN;
    case 409:
        return is_once ? HUB_EEXIST : HUB_ECONFLICT;
    case 412:
        return HUB_ECONFLICT;
    case 413:
        return HUB_ETOOBIG;
    case 418:
        return HUB_EFIREWALL;
    case 429:
        return HUB_ETHROTTLED;
    default:
        return HUB_EREFUSED;
    }
}

static int class_of_error(const struct hub_reply *reply, const struct gc_error *error, bool is_once)
{
    if (reply->http_status == 401 || is_about_token(error->text))
        return HUB_EAUTH;
    if (reply->http_status == 418 || reply->http_status == 429)
        return class_of_status(reply->http_status, is_once);
    if (reply->http_status >= 500)
        return class_of_status(500, is_once);
    if (strcasestr(error->text, "too frequently"))
        return HUB_ETHROTTLED; /* a mirror's cooldown comes as 403 */
    if (is_taken(error->text))
        return HUB_EEXIST;
    return class_of_status(effective_status(reply, error), is_once);
}

/* An answer without words of the site: a page, a gateway's, or a body that broke off. */
static int class_of_stranger(const struct hub_reply *reply, int guess, bool is_once)
{
    if (guess == HUB_EFIREWALL)
        return guess;
    switch (reply->http_status) {
    case 403:
        return reply->body_bytes > 0 ? HUB_EFIREWALL : HUB_EDENIED;
    case 404:
    case 410:
        return HUB_EAGAIN;
    case 408:
        return is_once ? HUB_EUNSURE : HUB_EAGAIN;
    case 409:
        return is_once ? HUB_EEXIST : HUB_ECONFLICT;
    default:
        return guess;
    }
}

/* A stranger is answered 400 about what he may not see, and "not there" proves nothing to him. */
static int class_for_stranger(struct hub_op *op, int status)
{
    if (op->session->token[0] || (status != HUB_EREFUSED && status != HUB_ENOTFOUND))
        return status;
    return HUB_EDENIED;
}

static int fail_with_words(struct hub_op *op, const struct hub_reply *reply,
                           const struct gc_error *error, int status)
{
    if (status == HUB_ENOTFOUND && gc_is_fresh(op->session, reply->url))
        status = HUB_EAGAIN;
    status = class_for_stranger(op, status);
    return hub_fail(op, status, "the site says %u, error %ld: %.*s", reply->http_status,
                    error->code, om_cut(error->text), error->text);
}

static bool is_json(struct hub_pool *pool, const struct hub_reply *reply)
{
    return hub_json_parse_first(pool, reply->body, reply->body_bytes, OM_REPLY_BYTES_MAX, NULL);
}

enum kind { READ, WRITE, ONCE };

static int classify(struct hub_op *op, const struct hub_reply *reply, int guess, enum kind kind)
{
    HUB_POOL(pool);
    bool is_good = reply->http_status / 100 == 2;
    struct gc_error error;

    if (gc_read_error(&pool, reply, &error))
        return fail_with_words(op, reply, &error, class_of_error(reply, &error, kind == ONCE));
    if (is_good && is_json(&pool, reply))
        return HUB_OK; /* also if it calls itself a page */
    if (is_good && kind == READ && guess != HUB_EFIREWALL)
        return hub_fail(op, HUB_EAGAIN, "%s: an answer that is no JSON, or broke off", reply->url);
    if (is_good && kind == ONCE && guess == HUB_EFIREWALL)
        return hub_fail(op, HUB_EUNSURE, "%s: a page instead of an answer", reply->url);
    return class_of_stranger(reply, guess, kind == ONCE);
}

int gc_classify(struct hub_op *op, const struct hub_reply *reply, int guess, uint32_t *wait_ms)
{
    (void)wait_ms;
    return classify(op, reply, guess, READ);
}

int gc_classify_once(struct hub_op *op, const struct hub_reply *reply, int guess, uint32_t *wait_ms)
{
    (void)wait_ms;
    return classify(op, reply, guess, ONCE);
}

int gc_classify_write(struct hub_op *op, const struct hub_reply *reply, int guess,
                      uint32_t *wait_ms)
{
    (void)wait_ms;
    return classify(op, reply, guess, WRITE);
}

/* ---- the hub's plane: its own envelope, or an error of the API ---- */

static bool is_repo_missing(struct hub_pool *pool, const struct hub_reply *reply)
{
    struct om_reply answer;

    return om_envelope(pool, reply, &answer) && (strcmp(answer.code, "repo_not_found") == 0 ||
                                                 strcmp(answer.code, "model_not_found") == 0);
}

/* An API error has no "code", the envelope no "error_code". */
static bool is_api_error(struct hub_pool *pool, const struct hub_reply *reply,
                         struct gc_error *error)
{
    struct om_reply answer;

    return !om_envelope(pool, reply, &answer) && gc_read_error(pool, reply, error);
}

static int classify_hub(struct hub_op *op, const struct hub_reply *reply, int guess, bool is_once,
                        uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct gc_error error;
    int status;

    if (is_api_error(&pool, reply, &error)) {
        status = class_of_error(reply, &error, is_once);
        if (status == HUB_EEXIST)
            status = is_once ? HUB_EUNSURE : HUB_ECONFLICT;
        return fail_with_words(op, reply, &error, status);
    }
    status = is_once ? om_classify_once(op, reply, guess, wait_ms)
                     : om_classify(op, reply, guess, wait_ms);
    if (status == HUB_ENOTFOUND && is_repo_missing(&pool, reply) &&
        gc_is_fresh(op->session, reply->url))
        return hub_fail(op, HUB_EAGAIN, "the site does not show the new repo yet");
    return status;
}

int gc_classify_files(struct hub_op *op, const struct hub_reply *reply, int guess,
                      uint32_t *wait_ms)
{
    return classify_hub(op, reply, guess, false, wait_ms);
}

int gc_classify_commit(struct hub_op *op, const struct hub_reply *reply, int guess,
                       uint32_t *wait_ms)
{
    return classify_hub(op, reply, guess, true, wait_ms);
}
