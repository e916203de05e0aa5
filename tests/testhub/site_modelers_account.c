#include "site_modelers.h"
#include "site_modelers_reply.h"

#include <string.h>

void mo_user(struct th_req *req)
{
    const struct th_token *token;
    cJSON *data;

    if (!mo_authenticate(req, MO_READ, &token) || !mo_limit(req, token))
        return;
    data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "account", token->account);
    cJSON_AddStringToObject(data, "email", token->email ? token->email : "");
    cJSON_AddStringToObject(data, "fullname", token->account);
    cJSON_AddStringToObject(data, "avatar_id", "");
    cJSON_AddNumberToObject(data, "type", 0);
    mo_reply_data(req, 200, data);
}

/* The hub does not know which owners are people: the caller is one, all others are organizations.
 */
void mo_account(struct th_req *req)
{
    const char *name = th_req_arg(req, "name");
    const struct th_token *token;
    bool is_self;
    cJSON *data;

    if (!mo_authenticate(req, MO_OPTIONAL, &token) || !mo_limit(req, token))
        return;
    if (!th_owner_exists(req->site, name)) {
        mo_reply_error(req, 404, "user_not_found", "no such account");
        return;
    }
    is_self = token && !strcmp(token->account, name);
    data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "account", name);
    cJSON_AddStringToObject(data, "fullname", name);
    cJSON_AddNumberToObject(data, "type", is_self ? 0 : 1);
    mo_reply_data(req, 200, data);
}
