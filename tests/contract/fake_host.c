/* fake_host.c - the scripted conversation: config, fail, http. */
#include "fake_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct fake *of(struct hub_op *op)
{
    return (struct fake *)op; /* op is the first member */
}

const char *fake_header(const char *const *headers, const char *name)
{
    size_t n = strlen(name);

    for (; headers && *headers; headers++)
        if (strncasecmp(*headers, name, n) == 0 && strncmp(*headers + n, ": ", 2) == 0)
            return *headers + n + 2;
    return NULL;
}

static const char *option(struct fake *f, const char *name)
{
    for (size_t i = 0; i < FAKE_OPTIONS && f->names[i]; i++)
        if (strcmp(f->names[i], name) == 0)
            return f->values[i];
    if (strcmp(name, "token") == 0)
        return "";
    for (const struct hub_option *const *o = f->provider->options; o && *o; o++)
        if (strcmp((*o)->name, name) == 0)
            return (*o)->fallback ? (*o)->fallback : "";
    fail_msg("config(\"%s\"): not declared", name);
    return "";
}

static const char *fake_config(struct hub_op *op, const char *name)
{
    return option(of(op), name);
}

static void fake_log(struct hub_op *op, int level, const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = hub_pool_vprintf(&of(op)->pool, fmt, args);
    va_end(args);
    assert_non_null(text);
    assert_in_range(level, 0, 3);
}

static int fake_fail(struct hub_op *op, int status, const char *fmt, ...)
{
    struct fake *f = of(op);
    va_list args;

    va_start(args, fmt);
    f->message = hub_pool_vprintf(&f->pool, fmt, args);
    va_end(args);
    assert_non_null(f->message);
    if (status >= 0 || status < -79)
        fail_msg("fail(%d): no failure", status);
    f->status = status;
    return status;
}

/* ---- URLs ---- */

struct origin {
    size_t host_bytes;
    const char *host;
    unsigned port;
};

static struct origin origin_of(const char *url)
{
    struct origin o = {0, "", 0};
    const char *at = strstr(url, "://"), *end, *colon;

    if (!at)
        return o;
    o.host = at + 3;
    end = o.host + strcspn(o.host, "/?#");
    colon = memrchr(o.host, ':', (size_t)(end - o.host));
    if (colon && memchr(colon, ']', (size_t)(end - colon)))
        colon = NULL;
    o.port = strncmp(url, "https:", 6) == 0 ? 443 : 80;
    if (colon)
        o.port = (unsigned)strtoul(colon + 1, NULL, 10);
    o.host_bytes = (size_t)((colon ? colon : end) - o.host);
    return o;
}

static bool is_host(struct origin o, const char *name, unsigned port)
{
    size_t n = strlen(name);
    bool any_port = n > 2 && strcmp(name + n - 2, ":*") == 0;

    if (any_port)
        n -= 2;
    return o.host_bytes == n && strncasecmp(o.host, name, n) == 0 && (any_port || o.port == port);
}

bool fake_may_see_secret(struct fake *f, const char *url)
{
    struct origin endpoint = origin_of(option(f, "endpoint"));
    const char *const *name = f->limits ? f->limits->credential_hosts : NULL;

    for (; name && *name; name++)
        if (is_host(origin_of(url), *name, endpoint.port))
            return true;
    return false;
}

/* ---- the script ---- */

struct fake_step *fake_expect(struct fake *f, const char *method, const char *url, uint32_t status,
                              const char *body)
{
    struct fake_step *step = hub_pool_alloc(&f->pool, 1, sizeof(*step));

    assert_non_null(step);
    step->method = method;
    step->url = hub_pool_strdup(&f->pool, url);
    step->status = status;
    step->body = hub_pool_strdup(&f->pool, body ? body : "");
    step->body_bytes = body ? strlen(body) : 0;
    *f->last = step;
    f->last = &step->next;
    return step;
}

struct fake_step *fake_expectf(struct fake *f, const char *method, uint32_t status,
                               const char *body, const char *url_fmt, ...)
{
    va_list args;
    char *url;

    va_start(args, url_fmt);
    url = hub_pool_vprintf(&f->pool, url_fmt, args);
    va_end(args);
    assert_non_null(url);
    return fake_expect(f, method, url, status, body);
}

static bool is_step(const struct fake_step *step, const struct hub_request *request)
{
    size_t n = strlen(step->url);

    if (strcmp(step->method, request->method) != 0)
        return false;
    if (n && step->url[n - 1] == '*')
        return strncmp(step->url, request->url, n - 1) == 0;
    return strcmp(step->url, request->url) == 0;
}

static void check_request(struct fake *f, const struct hub_request *request)
{
    static const char *const own[] = {"Host", "Content-Length", "Range"};
    const char *token = option(f, "token");

    if (!request->method || !request->url)
        fail_msg("a request without method or url");
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (fake_header(request->headers, own[i]) || fake_header(request->secrets, own[i]))
            fail_msg("%s: %s is the engine's to set", request->url, own[i]);
    for (const char *const *h = request->headers; h && *h; h++)
        if (!strstr(*h, ": "))
            fail_msg("%s: header without \": \": %s", request->url, *h);
    if (!*token)
        return;
    for (const char *const *h = request->headers; h && *h; h++)
        if (strstr(*h, token))
            fail_msg("%s: the token is in an open header", request->url);
    if (strstr(request->url, token))
        fail_msg("the token is in an address");
}

static void check_body(const struct fake_step *step, const struct hub_request *request)
{
    const char *body = request->body ? request->body : "";

    for (size_t i = 0; i < FAKE_HEADERS && step->has[i]; i++)
        if (!memmem(body, request->body_bytes, step->has[i], strlen(step->has[i])))
            fail_msg("%s %s: the body lacks %s\n%.2000s", step->method, step->url, step->has[i],
                     body);
    if (step->has_not && memmem(body, request->body_bytes, step->has_not, strlen(step->has_not)))
        fail_msg("%s %s: the body holds %s", step->method, step->url, step->has_not);
}

static bool is_html(const struct hub_reply *reply)
{
    const char *type = fake_header(reply->headers, "content-type");
    const char *body = reply->body + strspn(reply->body, " \t\r\n");

    if (type)
        return strncasecmp(type, "text/html", 9) == 0;
    return strncasecmp(body, "<!doctype html", 14) == 0 || strncasecmp(body, "<html", 5) == 0;
}

static int guess(struct fake *f, const struct hub_request *request, const struct hub_reply *reply,
                 bool is_download)
{
    bool unshown = !request->secrets && *option(f, "token") && !fake_may_see_secret(f, reply->url);
    uint32_t status = reply->http_status;

    if (status == 418)
        return HUB_EFIREWALL;
    if (status < 500 && is_html(reply) && !(is_download && status / 100 == 2))
        return HUB_EFIREWALL;
    if (status / 100 == 2)
        return HUB_OK;
    if (status >= 500)
        return request->flags & HUB_ONCE ? HUB_EUNSURE : HUB_EAGAIN;
    switch (status) {
    case 401:
        return unshown ? HUB_EEXPIRED : HUB_EAUTH;
    case 403:
        return unshown ? HUB_EEXPIRED : HUB_EDENIED;
    case 404:
    case 410:
        return HUB_ENOTFOUND;
    case 408:
        return HUB_EAGAIN;
    case 409:
    case 412:
        return HUB_ECONFLICT;
    case 413:
        return HUB_ETOOBIG;
    case 429:
        return HUB_ETHROTTLED;
    default:
        return HUB_EREFUSED;
    }
}

static int classify(struct fake *f, const struct hub_request *request,
                    const struct hub_reply *reply, bool is_download)
{
    int class = guess(f, request, reply, is_download);
    const char *wait = fake_header(reply->headers, "retry-after");

    f->wait_ms = wait ? (uint32_t)strtoul(wait, NULL, 10) * 1000 : 0;
    if (request->classify)
        class = request->classify(&f->op, reply, class, &f->wait_ms);
    if (class > 0)
        fail_msg("%s: classify answered %d", request->url, class);
    return class;
}

int fake_classify(struct fake *f, const struct hub_request *request, uint32_t status,
                  const char *body)
{
    static const char *const none[] = {NULL};
    struct hub_reply reply = {.size = sizeof(reply),
                              .http_status = status,
                              .url = request->url,
                              .headers = none,
                              .body = body,
                              .body_bytes = strlen(body)};

    return classify(f, request, &reply, strcmp(request->method, "GET") == 0);
}

static bool is_again(int class)
{
    return class == HUB_EAGAIN || class == HUB_ETHROTTLED || class == HUB_EFIREWALL;
}

static struct fake_step *take_step(struct fake *f, const struct hub_request *request)
{
    struct fake_step *step = f->steps;

    f->sent = (struct hub_request **)fake_grow(f, (void **)f->sent, f->n_sent);
    f->sent[f->n_sent++] = fake_copy_request(f, request);
    if (!step)
        fail_msg("unexpected: %s %s", request->method, request->url);
    if (!is_step(step, request))
        fail_msg("asked: %s %s\nexpected: %s %s", request->method, request->url, step->method,
                 step->url);
    check_body(step, request);
    f->steps = step->next;
    if (!f->steps)
        f->last = &f->steps;
    return step;
}

static int fake_http(struct hub_op *op, const struct hub_request *request,
                     const struct hub_reply **out)
{
    struct fake *f = of(op);
    int class;

    check_request(f, request);
    if (request->secrets && *request->secrets && !fake_may_see_secret(f, request->url))
        return fake_fail(op, HUB_ECORRUPT, "%s: not a credential host", request->url);
    do {
        struct fake_step *step = take_step(f, request);
        struct hub_reply *reply = hub_pool_alloc(&f->pool, 1, sizeof(*reply));

        assert_non_null(reply);
        *out = NULL;
        if (step->is_lost) {
            class = request->flags & HUB_ONCE ? HUB_EUNSURE : HUB_EAGAIN;
            continue;
        }
        *reply = (struct hub_reply){.size = sizeof(*reply),
                                    .http_status = step->status,
                                    .url = step->final_url ? step->final_url : request->url,
                                    .headers = step->headers,
                                    .body = step->body,
                                    .body_bytes = step->body_bytes};
        *out = reply;
        class = classify(f, request, reply, false);
    } while (is_again(class) && f->steps && is_step(f->steps, request));
    return class;
}

/* ---- life ---- */

struct fake *fake_new(const struct hub_provider *provider)
{
    struct fake *f = calloc(1, sizeof(*f));

    assert_non_null(f);
    assert_non_null(provider);
    assert_int_equal(provider->abi, HUB_ABI);
    f->provider = provider;
    f->last = &f->steps;
    f->message = "";
    f->host.size = sizeof(f->host);
    f->host.abi = HUB_ABI;
    f->host.config = fake_config;
    f->host.log = fake_log;
    f->host.fail = fake_fail;
    f->host.http = fake_http;
    fake_set_answers(&f->host);
    f->op.size = sizeof(f->op);
    f->op.host = &f->host;
    return f;
}

void fake_set(struct fake *f, const char *name, const char *value)
{
    size_t i = 0;

    while (i < FAKE_OPTIONS - 1 && f->names[i] && strcmp(f->names[i], name) != 0)
        i++;
    f->names[i] = name;
    f->values[i] = hub_pool_strdup(&f->pool, value);
}

int fake_try_open(struct fake *f)
{
    struct hub_session *session = NULL;
    int r = f->provider->open(&f->op, &session);

    if (r == 0) {
        assert_non_null(session);
        f->op.session = session;
    }
    return r;
}

void fake_open(struct fake *f)
{
    int r = fake_try_open(f);

    if (r != 0)
        fail_msg("open: %d %s", r, f->message);
}

void fake_done(struct fake *f)
{
    if (f->steps)
        fail_msg("never asked: %s %s", f->steps->method, f->steps->url);
    if (f->op.session)
        f->provider->close(f->op.session);
    hub_pool_clear(&f->pool);
    free(f);
}
