#include "site_modelers_reply.h"
#include "site_modelers_record.h"
#include "site_modelers_rules.h"

#include <stdlib.h>
#include <string.h>

static void echo_request_id(struct th_req *req)
{
    const char *id = th_req_header(req, "X-Request-Id");

    if (id)
        th_header(req, "X-Request-Id", "%s", id);
}

static cJSON *envelope(const char *code, const char *message, cJSON *take_data)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, "code", code);
    cJSON_AddStringToObject(body, "msg", message);
    cJSON_AddItemToObject(body, "data", take_data ? take_data : cJSON_CreateNull());
    return body;
}

static void add_unknown_members(const struct th_req *req, cJSON *object)
{
    if (!th_knob_bool(req, "extra_members", false) || !cJSON_IsObject(object))
        return;
    cJSON_AddNullToObject(object, "x_null");
    cJSON_AddItemToObject(object, "x_unknown", cJSON_Parse("{\"code\":[1,{\"data\":\"\"}]}"));
}

void mo_reply_data(struct th_req *req, unsigned status, struct cJSON *take_data)
{
    cJSON *body;

    add_unknown_members(req, take_data);
    body = envelope("", take_data ? "" : "success", take_data);
    add_unknown_members(req, body);
    echo_request_id(req);
    th_reply_json(req, status, body);
}

void mo_reply_done(struct th_req *req, unsigned status)
{
    mo_reply_data(req, status, NULL);
}

/* As text/plain by default: the status line leaves before the JSON type is set (§1.1). */
void mo_reply_error(struct th_req *req, unsigned status, const char *code, const char *message)
{
    cJSON *body = envelope(code, message, NULL);
    char *text = cJSON_PrintUnformatted(body);
    const char *second = th_behave(req, "two_objects")
                             ? "{\"code\":\"system_error\",\"msg\":\"second answer\",\"data\":null}"
                             : "";
    char *all = th_format("%s%s", text, second);

    echo_request_id(req);
    th_reply_text(req, status, th_knob_text(req, "error_type", "text/plain; charset=utf-8"), all);
    free(all);
    cJSON_free(text);
    cJSON_Delete(body);
}

void mo_reply_storage_error(struct th_req *req, unsigned status, const char *code)
{
    char *body = th_format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                           "<Error><Code>%s</Code><Message>%s</Message></Error>\n",
                           code, code);

    th_reply_text(req, status, "application/xml", body);
    free(body);
}

static bool refuse(struct th_req *req, unsigned status, const char *code, const char *message)
{
    mo_reply_error(req, status, code, message);
    return false;
}

bool mo_authenticate(struct th_req *req, enum mo_need need, const struct th_token **token)
{
    const char *header = th_req_header(req, "Authorization");
    const struct th_token *found;

    *token = NULL;
    /* Any other scheme counts as no token, also "bearer". */
    if (!header || strncmp(header, "Bearer ", 7)) {
        if (need == MO_OPTIONAL)
            return true;
        return refuse(req, 401, "access_token_invalid", "missing token");
    }
    if (strlen(header + 7) < 8)
        return refuse(req, 401, "access_token_invalid", "invalid token");
    found = th_token_find(req->site, header + 7);
    /* Expired, or wrong but known by its last eight characters. */
    if (!found && th_glob(th_knob_text(req, "stale_token", "ml-old-*"), header + 7))
        return refuse(req, 403, "no_permission", "the token is expired or wrong");
    if (!found)
        return refuse(req, 401, "access_token_invalid", "token not found");
    if (need == MO_WRITE && !found->can_write)
        return refuse(req, 403, "no_permission", "the token may only read");
    *token = found;
    return true;
}

struct th_repo *mo_repo(struct th_req *req, const struct th_token *token, const char *code)
{
    const char *owner = th_req_arg(req, "owner"), *name = th_req_arg(req, "name");
    struct th_repo *repo;

    if (!mo_is_owner_name(owner) || !mo_is_model_name(name)) {
        mo_reply_error(req, 400, "bad_request_param", "invalid owner or name");
        return NULL;
    }
    if (th_behave(req, "disagreed_privacy")) {
        mo_reply_error(req, 400, "disagreed_privacy", "the owner disagreed with the privacy terms");
        return NULL;
    }
    repo = th_repo_find_nocase(req->site, owner, name);
    if (repo && mo_may_read(repo, token))
        return repo;
    mo_reply_error(req, 404, code, "not found");
    return NULL;
}

struct th_repo *mo_repo_to_write(struct th_req *req, const char *code,
                                 const struct th_token **token)
{
    struct th_repo *repo;

    if (!mo_authenticate(req, MO_WRITE, token))
        return NULL;
    repo = mo_repo(req, *token, code);
    if (!repo || th_may_write(repo->owner, *token))
        return repo;
    mo_reply_error(req, 403, "no_permission", "not a member with a writing role");
    return NULL;
}

const struct cJSON *mo_body(struct th_req *req)
{
    const cJSON *body = th_req_json(req);

    if (cJSON_IsObject(body))
        return body;
    mo_reply_error(req, 400, "bad_request_body", req->body_bytes ? "not a JSON object" : "EOF");
    return NULL;
}
