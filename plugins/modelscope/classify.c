/* classify.c - what an answer means.
 *
 * The status alone lies: failures come under 200, one code stands for "no such repo" and for a busy
 * database, another for "policy", "branch changed" and "who are you". So the envelope decides where
 * there is one: its code, and whole fixed texts of its message. A message is never searched, since
 * a file's name may stand in it; only "record not found" is looked for, at the message's very end.
 */
#include "modelscope.h"
#include <string.h>
#include <strings.h>

#define CODE_RECORD     "10010205001" /* record not found, or a database in trouble */
#define CODE_OVERLOADED "10030000001"
#define WORDS_BYTES_MAX 300

struct envelope {
    bool is_there;   /* a JSON object that says whether it went well */
    bool is_success; /* it says so */
    const char *code, *message, *request_id;
};

static const struct {
    const char *code;
    int class;
} codes[] = {
    {"10010200001", HUB_EDENIED},   /* no access */
    {"10990101004", HUB_ENOTFOUND}, /* no file tree at that revision */
    {"10010101001", HUB_EEXIST},    /* name taken: a model, */
    {"10020101001", HUB_EEXIST},    /* a dataset, */
    {"10010202004", HUB_EEXIST},    /* on the international site */
};

static const struct {
    const char *message;
    int class;
} messages[] = {
    {"user not logged in", HUB_EAUTH},
    {"用户未登录", HUB_EAUTH},
    {"branch changed, please retry", HUB_ECONFLICT},
    {"Could not update refs", HUB_ECONFLICT},
    {"You can only create or edit files when you are on a branch", HUB_EREFUSED},
    {"该名称已被注册使用，请重新命名", HUB_EEXIST},
};

static const char *word(struct hub_read *read, const struct hub_json *root, const char *legacy,
                        const char *open)
{
    const char *text = hub_json_word(read, root, legacy);

    return *text ? text : hub_json_word(read, root, open);
}

static struct envelope open_envelope(struct hub_pool *pool, const struct hub_reply *reply)
{
    struct envelope e = {.code = "", .message = "", .request_id = ""};
    struct hub_read read = {.pool = pool, .why = ""};
    const struct hub_json *root =
        hub_json_parse(pool, reply->body, reply->body_bytes, MS_JSON_BYTES_MAX, NULL);
    enum hub_truth legacy = hub_json_truth(&read, root, "Success", HUB_MAY);
    enum hub_truth open = hub_json_truth(&read, root, "success", HUB_MAY);

    e.code = word(&read, root, "Code", "code");
    e.message = word(&read, root, "Message", "message");
    e.request_id = word(&read, root, "RequestId", "request_id");
    e.is_there = read.status == 0 && (legacy || open || *e.code);
    e.is_success = e.is_there && legacy != HUB_NO && open != HUB_NO;
    if (e.is_success && open == HUB_MAYBE && *e.code)
        e.is_success = strcmp(e.code, "200") == 0;
    return e;
}

/* A status, or a code of the envelope that looks like one. */
static int by_status(uint32_t status)
{
    switch (status) {
    case 401:
        return HUB_EAUTH;
    case 403:
        return HUB_EDENIED;
    case 404:
    case 410:
        return HUB_ENOTFOUND;
    case 409:
    case 412:
        return HUB_ECONFLICT;
    case 413:
        return HUB_ETOOBIG;
    case 429:
        return HUB_ETHROTTLED;
    case 408:
        return HUB_EAGAIN;
    default:
        return status >= 500 && status < 600 ? HUB_EAGAIN : HUB_EREFUSED;
    }
}

static uint32_t code_status(const char *code)
{
    if (strlen(code) != 3 || strspn(code, "0123456789") != 3)
        return 0;
    return (uint32_t)((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
}

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), n_end = strlen(end);

    return n >= n_end && strcmp(text + n - n_end, end) == 0;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* By the words of a failed envelope; 0 if they say nothing that we know. */
static int by_words(const struct envelope *e, uint32_t status)
{
    for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
        if (strcmp(messages[i].message, e->message) == 0)
            return messages[i].class;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (strcmp(codes[i].code, e->code) == 0)
            return codes[i].class;
    if (strcmp(e->code, CODE_RECORD) == 0)
        return ends_in(e->message, "record not found") ? HUB_ENOTFOUND : HUB_EAGAIN;
    if (strcmp(e->code, CODE_OVERLOADED) == 0 && (status == 400 || status / 100 == 2))
        return HUB_EAGAIN; /* a policy, most often "too soon" */
    if (starts_with(e->message, "the current token no longer supports deletion operations"))
        return HUB_EDENIED;
    return status / 100 == 2 ? by_status(code_status(e->code)) : 0;
}

/* Without an envelope the guess stands, but for answers that did not come from the API behind the
 * edge: its 403 is the firewall's, its 404 says nothing about a repo. */
static int without_envelope(uint32_t status, int guess)
{
    if (guess == HUB_EFIREWALL || status >= 500)
        return guess;
    if (status / 100 == 2)
        return HUB_ECORRUPT;
    if (status == 403)
        return HUB_EFIREWALL;
    return status == 404 ? HUB_EAGAIN : guess;
}

static int judge(const struct hub_reply *reply, const struct envelope *e, int guess)
{
    uint32_t status = reply->http_status;
    int class = 0;

    if (!e->is_there)
        return without_envelope(status, guess);
    if (guess == HUB_EFIREWALL && status != 418)
        guess = status / 100 == 2 ? 0 : by_status(status); /* it only wore the wrong type */
    if (status >= 500 || status == 429 || status == 408 || status == 418)
        return guess;
    if (!e->is_success)
        class = by_words(e, status);
    return class ? class : guess;
}

/* Bytes of the text, at most max, without half a character. */
static int cut(const char *text, size_t max)
{
    size_t n = strnlen(text, max + 1);

    if (n <= max)
        return (int)n;
    for (n = max; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
        n--;
    return (int)n;
}

static int say(struct hub_op *op, const struct hub_reply *reply, const struct envelope *e,
               int class)
{
    if (class == 0 || !e->is_there)
        return class;
    return hub_fail(op, class, "HTTP %u, code %.*s: %.*s (request %.*s)", reply->http_status,
                    cut(e->code, 40), e->code, cut(e->message, WORDS_BYTES_MAX), e->message,
                    cut(e->request_id, 64), e->request_id);
}

/* Reading ignores a bad token and calls a private repo missing in many ways: a 401 is one of them.
 * Whether the token is good is a question for ms_whoami. */
int ms_classify(struct hub_op *op, const struct hub_reply *reply, int guess, uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct envelope e = open_envelope(&pool, reply);
    int class = judge(reply, &e, guess);

    (void)wait_ms;
    return say(op, reply, &e, class == HUB_EAUTH ? HUB_EDENIED : class);
}

int ms_classify_batch(struct hub_op *op, const struct hub_reply *reply, int guess,
                      uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct envelope e = open_envelope(&pool, reply);

    (void)wait_ms;
    return say(op, reply, &e, judge(reply, &e, guess));
}

/* Nobody has published this surface's 404, so any that is not a page counts. */
int ms_classify_open(struct hub_op *op, const struct hub_reply *reply, int guess, uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct envelope e = open_envelope(&pool, reply);

    (void)wait_ms;
    if (!e.is_there && reply->http_status == 404)
        return guess;
    return say(op, reply, &e, judge(reply, &e, guess));
}

/* A write: "try again" is said only where the site refused it in known words, and a good status
 * without a readable answer is no success. */
static int judge_write(const struct hub_reply *reply, const struct envelope *e, int guess)
{
    int class = judge(reply, e, guess);

    if (class == HUB_ECORRUPT && reply->http_status / 100 == 2)
        return HUB_EUNSURE;
    if (class == HUB_EAGAIN && strcmp(e->code, CODE_OVERLOADED) != 0)
        return HUB_EUNSURE;
    return class;
}

int ms_classify_commit(struct hub_op *op, const struct hub_reply *reply, int guess,
                       uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct envelope e = open_envelope(&pool, reply);
    int class = judge_write(reply, &e, guess);

    if (reply->http_status == 422)
        class = HUB_ETOOBIG; /* more than 2000 actions */
    if (class == HUB_EAGAIN && *wait_ms < MS_COMMIT_GAP_MS)
        *wait_ms = MS_COMMIT_GAP_MS;
    return say(op, reply, &e, class);
}

int ms_classify_create(struct hub_op *op, const struct hub_reply *reply, int guess,
                       uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct envelope e = open_envelope(&pool, reply);

    (void)wait_ms;
    return say(op, reply, &e, judge_write(reply, &e, guess));
}

/* An empty body is tolerated (an object storage would send none); if there is one, it must be an
 * envelope with code 200, whatever the status. */
int ms_classify_blob(struct hub_op *op, const struct hub_reply *reply, int guess, uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct envelope e = open_envelope(&pool, reply);
    bool is_good = reply->http_status / 100 == 2;

    (void)wait_ms;
    if (is_good && reply->body_bytes == 0)
        return guess;
    if (is_good && e.is_success && strcmp(e.code, "200") != 0)
        return hub_fail(op, HUB_ECORRUPT, "the answer to an object has no code 200");
    if (!e.is_there && reply->http_status == 404)
        return guess;
    return say(op, reply, &e, judge(reply, &e, guess));
}

/* The engine shows no body of a good download, so a body under 2xx that is an error envelope is
 * one. A redirect ends at another host, whose signed address has lapsed if it refuses. */
int ms_classify_download(struct hub_op *op, const struct hub_reply *reply, int guess,
                         uint32_t *wait_ms)
{
    HUB_POOL(pool);
    uint32_t status = reply->http_status;
    const char *host = hub_url_host(&pool, reply->url);
    struct envelope e = open_envelope(&pool, reply);

    if (host && strcasecmp(host, op->session->host) != 0)
        return status == 401 || status == 403 ? HUB_EEXPIRED : guess;
    if (!e.is_there)
        return status == 403 ? HUB_EFIREWALL : guess;
    if (status / 100 == 2 && e.is_success)
        return guess;
    return ms_classify(op, reply, guess, wait_ms);
}
