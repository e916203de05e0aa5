#include "lfs_wire.h"

#include <stdlib.h>
#include <string.h>

void th_lfs_reply(struct th_req *req, unsigned status, cJSON *take_body)
{
    char *text = cJSON_PrintUnformatted(take_body);

    th_reply_text(req, status, "application/vnd.git-lfs+json", text);
    cJSON_free(text);
    cJSON_Delete(take_body);
}

void th_lfs_reply_error(struct th_req *req, unsigned status, const char *message)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, "message", message);
    th_lfs_reply(req, status, body);
    if (status == 401) {
        th_header(req, "LFS-Authenticate", "Basic realm=\"git\"");
        th_header(req, "WWW-Authenticate", "Basic realm=\"git\"");
    }
}

void th_lfs_object_error(cJSON *answer, int code, const char *message)
{
    cJSON *error = cJSON_AddObjectToObject(answer, "error");

    cJSON_AddNumberToObject(error, "code", code);
    cJSON_AddStringToObject(error, "message", message);
}

cJSON *th_lfs_action(cJSON *answer, const char *name, char *take_href)
{
    cJSON *actions = cJSON_GetObjectItemCaseSensitive(answer, "actions"), *action;

    if (!actions)
        actions = cJSON_AddObjectToObject(answer, "actions");
    action = cJSON_AddObjectToObject(actions, name);
    cJSON_AddStringToObject(action, "href", take_href);
    free(take_href);
    return action;
}

char *th_lfs_by_number(char *take_address)
{
    char *host = strstr(take_address, "://"), *port = host ? strchr(host + 3, ':') : NULL;
    char *address;

    if (!port)
        return take_address;
    address = th_format("%.*s://127.0.0.1%s", (int)(host - take_address), take_address, port);
    free(take_address);
    return address;
}
