/* What all ModelScope calls share: envelopes, who calls, which repository. */
#include "site_modelscope.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct th_token *ms_token(const struct th_req *req)
{
    const struct th_token *token = th_token_find(req->site, th_req_bearer(req));

    if (!token)
        token = th_token_find(req->site, th_req_cookie(req, "m_session_id"));
    if (!token)
        token = th_token_find(req->site, th_req_basic_password(req));
    return token;
}

bool ms_may_list(const struct th_repo *repo, const struct th_token *token)
{
    return repo->visibility == TH_PUBLIC || (repo->visibility == TH_INTERNAL && token) ||
           th_token_reaches(token, repo->owner);
}

int ms_visibility_number(const struct th_repo *repo)
{
    return repo->visibility == TH_PUBLIC ? 5 : repo->visibility == TH_INTERNAL ? 3 : 1;
}

static cJSON *envelope(struct th_req *req, double code, bool is_success, const char *message)
{
    cJSON *body = cJSON_CreateObject();
    char id[33];

    th_fresh_id(id);
    cJSON_AddNumberToObject(body, "Code", code);
    cJSON_AddBoolToObject(body, "Success", is_success);
    cJSON_AddStringToObject(body, "Message", message);
    cJSON_AddStringToObject(body, "RequestId", id);
    th_header(req, "x-request-id", "%s", id);
    return body;
}

void ms_ok(struct th_req *req, cJSON *take_data)
{
    cJSON *body = envelope(req, 200, true, "success");

    cJSON_AddItemToObject(body, "Data", take_data);
    th_reply_json(req, 200, body);
}

void ms_ok_empty(struct th_req *req)
{
    ms_ok(req, cJSON_CreateObject());
}

void ms_error(struct th_req *req, unsigned status, double code, const char *message)
{
    if (!strcmp(req->method, "HEAD")) {
        th_reply_empty(req, status);
        return;
    }
    if (th_behave(req, "error_200"))
        status = 200;
    th_reply_json(req, status, envelope(req, code, false, message));
}

void ms_openapi_ok(struct th_req *req, cJSON *take_data)
{
    cJSON *body = cJSON_CreateObject();
    char id[33];

    th_fresh_id(id);
    cJSON_AddBoolToObject(body, "success", true);
    cJSON_AddStringToObject(body, "request_id", id);
    cJSON_AddItemToObject(body, "data", take_data);
    th_reply_json(req, 200, body);
}

void ms_openapi_error(struct th_req *req, unsigned status, const char *code, const char *message)
{
    cJSON *body = cJSON_CreateObject();
    char id[33];

    th_fresh_id(id);
    cJSON_AddBoolToObject(body, "success", false);
    cJSON_AddStringToObject(body, "code", code);
    cJSON_AddStringToObject(body, "message", message);
    cJSON_AddStringToObject(body, "request_id", id);
    th_reply_json(req, status, body);
}

static void reply_waf(struct th_req *req)
{
    th_reply_text(req, 403, "text/html; charset=utf-8",
                  "<!DOCTYPE html><html><head><title>405</title></head><body>"
                  "<p>Your request has been blocked: YUNWAF_CLIENT_UNCLASSIFIED</p>"
                  "</body></html>\n");
    th_count_event(req, "waf");
}

/* N10: requests in the running second, real time, whole site. */
static bool is_too_fast(const struct th_req *req)
{
    static time_t second;
    static int64_t count;
    int64_t most = th_knob_int(req, "waf_per_s", 0);
    const char *host = th_knob_text(req, "waf_host", ""), *sent = th_req_header(req, "Host");
    time_t now = time(NULL);

    if (most <= 0 || (*host && (!sent || strncmp(sent, host, strlen(host)) != 0)))
        return false;
    if (now != second) {
        second = now;
        count = 0;
    }
    return ++count > most;
}

bool ms_is_blocked(struct th_req *req)
{
    const cJSON *rule;

    if (is_too_fast(req) || th_behave(req, "waf")) {
        reply_waf(req);
        return true;
    }
    if (th_behave(req, "bad_route_421")) {
        th_reply_text(req, 421, "text/plain", "mirror self-forwarded loop detected\n");
        return true;
    }
    if (strcmp(req->method, "GET") != 0 && strcmp(req->method, "HEAD") != 0)
        return false;
    rule = th_behave(req, "flaky");
    if (rule) {
        th_reply_text(req, (unsigned)th_json_int(rule, "status", 503), "text/html",
                      "<html><body>temporarily unavailable</body></html>\n");
        return true;
    }
    return false;
}

struct th_repo *ms_repo(const struct th_req *req)
{
    return th_repo_find(req->site, th_req_arg(req, "owner"), th_req_arg(req, "name"));
}

static void reply_missing(struct th_req *req, const char *what_failed, const char *why)
{
    char *message = th_format("%s，信息：%s", what_failed, why);

    ms_error(req, 404, MS_NOT_FOUND, message);
    free(message);
}

struct th_repo *ms_readable(struct th_req *req, const char *what_failed)
{
    struct th_repo *repo = ms_repo(req);

    if (th_behave(req, "db_overload")) {
        reply_missing(req, what_failed,
                      "Error 1461: Can't create more than max_prepared_stmt_count statements "
                      "(current value: 16382)");
        return NULL;
    }
    if (!repo) {
        reply_missing(req, what_failed, "record not found");
        return NULL;
    }
    if (!th_may_read(repo, ms_token(req))) {
        ms_error(req, 404, MS_NO_ACCESS, "无权访问该模型");
        return NULL;
    }
    return repo;
}

struct th_repo *ms_writable(struct th_req *req)
{
    const struct th_token *token = ms_token(req);
    struct th_repo *repo = ms_repo(req);

    if (!token) {
        ms_error(req, 400, MS_REFUSED, "user not logged in");
        return NULL;
    }
    if (!repo) {
        reply_missing(req, "获取模型信息失败", "record not found");
        return NULL;
    }
    if (!th_may_write(repo->owner, token)) {
        ms_error(req, 403, 403, "no write permission to repository");
        return NULL;
    }
    return repo;
}
