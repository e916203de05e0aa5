#include "site_gitcode_reply.h"
#include "site_gitcode_import.h"

#include <stdlib.h>
#include <string.h>

static cJSON *long_body(int code, const char *name, const char *message)
{
    cJSON *body = cJSON_CreateObject();
    char id[33];

    th_fresh_id(id);
    cJSON_AddNumberToObject(body, "error_code", code);
    cJSON_AddStringToObject(body, "error_code_name", name);
    cJSON_AddStringToObject(body, "error_message", message);
    cJSON_AddStringToObject(body, "trace_id", id);
    return body;
}

static cJSON *short_body(const char *member, const char *message)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, member, message);
    return body;
}

static cJSON *array_body(const char *message)
{
    cJSON *body = cJSON_CreateObject(), *inner = cJSON_AddObjectToObject(body, "message");

    cJSON_AddItemToArray(cJSON_AddArrayToObject(inner, "name"), cJSON_CreateString(message));
    return body;
}

void gc_error(struct th_req *req, unsigned status, int code, const char *name, const char *message)
{
    const char *shape = th_knob_text(req, "error_shape", "long");
    cJSON *body;

    if (th_behave(req, "error_200"))
        status = 200;
    else if (th_behave(req, "error_400"))
        status = 400;
    if (!strcmp(shape, "long"))
        body = long_body(code, name, message);
    else if (!strcmp(shape, "arrays"))
        body = array_body(message);
    else
        body = short_body(shape, message);
    th_reply_json(req, status, body);
}

void gc_not_found(struct th_req *req, const char *message)
{
    gc_error(req, (unsigned)th_knob_int(req, "not_found_status", 404), 404, "UN_KNOW", message);
}

void gc_forbidden(struct th_req *req, const char *message)
{
    unsigned status = (unsigned)th_knob_int(req, "forbidden_status", 403);
    char *text = th_format("%s%s", status == 403 ? "" : "403 Forbidden - ", message);

    gc_error(req, status, status == 403 ? 403 : 400, "UN_KNOW", text);
    free(text);
}

void gc_reply(struct th_req *req, unsigned status, cJSON *take_body)
{
    const char *sent = gc_sent_token(req);

    if (sent && cJSON_IsObject(take_body) && th_behave(req, "echo_token"))
        cJSON_AddStringToObject(take_body, "callback_token", sent);
    th_reply_json(req, status, take_body);
}

bool gc_may_read(const struct th_repo *repo, const struct th_token *token)
{
    if (repo->visibility == TH_PUBLIC || th_token_reaches(token, repo->owner))
        return true;
    return repo->visibility == TH_INTERNAL && token;
}

const char *gc_write_block(const struct th_repo *repo)
{
    if (gc_is_pull_mirror(repo))
        return "the repository is a mirror and refuses writes";
    if (th_json_bool(repo->extra, "archived", false))
        return "the repository is archived";
    return NULL;
}

/* §7: a rename answers 301 with the new place. */
static bool is_moved(struct th_req *req)
{
    const struct th_repo *repo =
        th_repo_find(req->site, th_req_arg(req, "owner"), th_req_arg(req, "name"));
    const char *to = repo ? th_json_text(repo->extra, "moved_to", NULL) : NULL, *rest;
    char *old, *location;

    if (!to)
        return false;
    old = th_format("/%s/%s", repo->owner, repo->name);
    rest = strstr(req->path, old);
    if (rest) {
        location =
            th_format("%s%.*s/%s%s%s%s", th_base(req, req->plane->name), (int)(rest - req->path),
                      req->path, to, rest + strlen(old), *req->query ? "?" : "", req->query);
        th_reply_json(req, 301, short_body("message", "moved"));
        th_header(req, "Location", "%s", location);
        free(location);
    }
    free(old);
    return rest != NULL;
}

struct th_repo *gc_repo(struct th_req *req, const struct th_token *token)
{
    const char *owner = th_req_arg(req, "owner"), *name = th_req_arg(req, "name");
    struct th_repo *repo;

    if (is_moved(req))
        return NULL;
    repo = th_repo_find(req->site, owner, name);
    if (!repo || !gc_may_read(repo, token)) {
        gc_not_found(req, "Project not found");
        return NULL;
    }
    if (gc_is_visible_yet(repo)) {
        gc_import_look(repo, req->route->name);
        return repo;
    }
    gc_not_found(req, "404 project not found");
    return NULL;
}

struct th_repo *gc_readable(struct th_req *req)
{
    const struct th_token *token;

    return gc_enter(req, GC_READ, &token) ? gc_repo(req, token) : NULL;
}

struct th_repo *gc_writable(struct th_req *req, const struct th_token **token)
{
    struct th_repo *repo = gc_enter(req, GC_WRITE, token) ? gc_repo(req, *token) : NULL;

    if (!repo)
        return NULL;
    if (!th_may_write(repo->owner, *token)) {
        gc_forbidden(req, "no permission to write to this project");
        return NULL;
    }
    if (gc_write_block(repo)) {
        th_count_event(req, "write_refused_mirror");
        gc_forbidden(req, gc_write_block(repo));
        return NULL;
    }
    return repo;
}

const struct cJSON *gc_body(struct th_req *req)
{
    const cJSON *body = th_req_json(req);

    if (cJSON_IsObject(body))
        return body;
    gc_error(
        req, 400, 400, "BAD_REQUEST",
        "Request body parsing error, please check if the header content-type:application/json");
    return NULL;
}

const struct th_commit *gc_commit_of(struct th_req *req, const struct th_repo *repo,
                                     const char *revision)
{
    const struct th_commit *commit = th_repo_resolve(repo, revision);

    if (!commit)
        gc_not_found(req, "404 Not Found Commit");
    return commit;
}

static void put(cJSON *object, const char *name, cJSON *take)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    cJSON_AddItemToObject(object, name, take);
}

void gc_set_text(cJSON *object, const char *name, const char *value)
{
    put(object, name, cJSON_CreateString(value ? value : ""));
}

void gc_set_number(cJSON *object, const char *name, double value)
{
    put(object, name, cJSON_CreateNumber(value));
}

void gc_set_bool(cJSON *object, const char *name, bool value)
{
    put(object, name, cJSON_CreateBool(value));
}

cJSON *gc_child(cJSON *object, const char *name)
{
    cJSON *child = cJSON_GetObjectItemCaseSensitive(object, name);

    if (cJSON_IsObject(child))
        return child;
    child = cJSON_CreateObject();
    put(object, name, child);
    return child;
}
