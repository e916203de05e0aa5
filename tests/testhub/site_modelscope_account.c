/* Sections 1.2, 1.3 and 5.1: login, who am I, region. */
#include "site_modelscope.h"

void ms_login(struct th_req *req)
{
    const char *value = th_json_text(th_req_json(req), "AccessToken", NULL);
    const struct th_token *token = th_token_find(req->site, value);
    cJSON *data;

    if (ms_is_blocked(req))
        return;
    if (!token) {
        ms_error(req, 400, MS_BAD_PARAMETER, "访问令牌无效");
        return;
    }
    data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "AccessToken", th_session_new(token));
    cJSON_AddStringToObject(data, "Username", token->account);
    cJSON_AddStringToObject(data, "Email", token->email);
    th_header(req, "Set-Cookie", "m_session_id=%s; Path=/; Max-Age=2592000; HttpOnly",
              th_session_new(token));
    ms_ok(req, data);
}

void ms_me(struct th_req *req)
{
    const struct th_token *token = ms_token(req);
    cJSON *data;

    if (ms_is_blocked(req))
        return;
    if (!token) {
        ms_openapi_error(req, 401, "InvalidAuthentication", "invalid access token");
        return;
    }
    data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "username", token->account);
    cJSON_AddStringToObject(data, "email", token->email);
    cJSON_AddStringToObject(data, "nickname", token->account);
    ms_openapi_ok(req, data);
}

void ms_region(struct th_req *req)
{
    cJSON *data;

    if (ms_is_blocked(req))
        return;
    data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "InternalRegionQueryAddress", "");
    ms_ok(req, data);
}
