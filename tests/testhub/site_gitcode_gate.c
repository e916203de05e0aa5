/* Who may pass: the firewall, the three forms of a token (§2), what it is entitled to, the rate
 * (§4). */
#include "site_gitcode_reply.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct meter {
    char *account;
    int64_t since; /* the hub's clock */
    int64_t count;
    struct meter *next;
};

static struct meter *meters;

bool gc_is_blocked(struct th_req *req)
{
    if (!th_behave(req, "waf"))
        return false;
    th_count_event(req, "waf");
    th_reply_text(req, 418, "text/html; charset=utf-8",
                  "<!DOCTYPE html><html><head><title>418</title></head><body>"
                  "<p>Your request looks suspicious and was refused.</p></body></html>\n");
    return true;
}

const char *gc_sent_token(const struct th_req *req)
{
    const char *sent = th_req_bearer(req);

    if (!sent)
        sent = th_req_header(req, "PRIVATE-TOKEN");
    return sent ? sent : th_req_query(req, "access_token");
}

/* Forms that work but are frowned at, counted for the tests. */
static void note_manners(const struct th_req *req)
{
    const char *type = th_req_header(req, "Content-Type");
    int forms = (th_req_header(req, "Authorization") != NULL) +
                (th_req_header(req, "PRIVATE-TOKEN") != NULL) +
                (th_req_query(req, "access_token") != NULL);

    if (th_req_query(req, "access_token"))
        th_count_event(req, "token_in_url");
    if (forms > 1)
        th_count_event(req, "two_credentials");
    if (type && !req->body_bytes)
        th_count_event(req, "type_without_body");
}

static void refuse_token(struct th_req *req, enum gc_need need)
{
    const char *how = th_knob_text(req, "bad_token", "mixed");

    if (!strcmp(how, "404") || (!strcmp(how, "mixed") && need == GC_WRITE))
        gc_error(req, 404, 404, "error", "404, token not found");
    else if (!strcmp(how, "empty"))
        th_reply_empty(req, 401);
    else
        th_reply_json(req, 401, cJSON_Parse("{\"message\":\"401 Unauthorized\"}"));
}

static bool refuse_anonymous(struct th_req *req, enum gc_need need)
{
    const char *how = th_knob_text(req, "anonymous", "400");

    if (!strcmp(how, "allow") && need == GC_READ)
        return true;
    if (!strcmp(how, "401"))
        th_reply_json(req, 401, cJSON_Parse("{\"message\":\"401 Unauthorized\"}"));
    else if (!strcmp(how, "404"))
        gc_error(req, 404, 404, "error", "404, token not found");
    else
        gc_error(req, 400, 400, "BAD_REQUEST",
                 "Required request parameter 'access_token' is not present");
    return false;
}

static struct meter *meter_of(const char *account)
{
    struct meter *meter = meters;

    while (meter && strcmp(meter->account, account) != 0)
        meter = meter->next;
    if (meter)
        return meter;
    meter = th_alloc(sizeof(*meter));
    meter->account = th_copy(account);
    meter->since = th_now();
    meter->next = meters;
    meters = meter;
    return meter;
}

static void add_retry_after(struct th_req *req, int64_t wait)
{
    const char *form = th_knob_text(req, "retry_after", "none");
    time_t until = (time_t)(th_now() + wait);
    struct tm parts;
    char text[40];

    if (!strcmp(form, "seconds"))
        th_header(req, "Retry-After", "%lld", (long long)wait);
    if (strcmp(form, "date") != 0)
        return;
    (void)gmtime_r(&until, &parts);
    (void)strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    th_header(req, "Retry-After", "%s", text);
}

bool gc_limit(struct th_req *req, const struct th_token *token)
{
    enum { WINDOW_S = 60 };
    int64_t most = th_knob_int(req, "rate_per_min", 0), now = th_now();
    struct meter *meter;

    if (most <= 0)
        return true;
    meter = meter_of(token ? token->account : "");
    if (now >= meter->since + WINDOW_S || now < meter->since) {
        meter->since = now;
        meter->count = 0;
    }
    meter->count++;
    if (th_knob_bool(req, "rate_headers", false)) {
        th_header(req, "x-ratelimit-limit", "%lld", (long long)most);
        th_header(req, "x-ratelimit-remaining", "%lld",
                  (long long)(meter->count < most ? most - meter->count : 0));
        th_header(req, "x-ratelimit-reset", "%lld", (long long)(meter->since + WINDOW_S));
    }
    if (meter->count <= most)
        return true;
    th_count_event(req, "rate_limited");
    add_retry_after(req, meter->since + WINDOW_S - now);
    gc_error(req, 429, 429, "TOO_MANY_REQUESTS", "Too many requests");
    return false;
}

void gc_gate_clear(void)
{
    while (meters) {
        struct meter *meter = meters;

        meters = meter->next;
        free(meter->account);
        free(meter);
    }
}

bool gc_enter(struct th_req *req, enum gc_need need, const struct th_token **token)
{
    const char *sent = gc_sent_token(req);

    *token = NULL;
    if (gc_is_blocked(req))
        return false;
    note_manners(req);
    /* "Authorization: token x" and Basic are no form of this API. */
    if (!sent && th_req_header(req, "Authorization")) {
        refuse_token(req, need);
        return false;
    }
    *token = th_token_find(req->site, sent);
    if (sent && !*token) {
        refuse_token(req, need);
        return false;
    }
    if (!sent && !refuse_anonymous(req, need))
        return false;
    if (*token && th_token_lacks(*token, req->route->name)) {
        th_count_event(req, "not_entitled");
        gc_forbidden(req, "CH.00000403 apig token has not permission to request url");
        return false;
    }
    return gc_limit(req, *token);
}

const struct th_token *gc_git_token(const struct th_req *req)
{
    const char *user = th_req_basic_user(req), *password = th_req_basic_password(req);
    const struct th_token *token = th_token_find(req->site, password);

    if (!user)
        return th_token_find(req->site, th_req_bearer(req));
    if (token && strcmp(user, token->account) != 0 && !th_knob_bool(req, "any_git_user", false))
        return NULL;
    return token;
}
