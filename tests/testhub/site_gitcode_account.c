#include "site_gitcode_reply.h"
#include "site_gitcode.h"

#include <stdlib.h>

void gc_user(struct th_req *req)
{
    const struct th_token *token;
    cJSON *body;
    char *page;

    if (!gc_enter(req, GC_READ, &token))
        return;
    if (!token) {
        th_reply_json(req, 401, cJSON_Parse("{\"message\":\"401 Unauthorized\"}"));
        return;
    }
    body = cJSON_CreateObject();
    page = th_format("%s/%s", th_base(req, req->plane->name), token->account);
    cJSON_AddStringToObject(body, "id", "5f0c9a17");
    cJSON_AddStringToObject(body, "login", token->account);
    cJSON_AddStringToObject(body, "name", token->account);
    cJSON_AddStringToObject(body, "email", token->email);
    cJSON_AddStringToObject(body, "type", "User");
    cJSON_AddStringToObject(body, "html_url", page);
    free(page);
    gc_reply(req, 200, body);
}
