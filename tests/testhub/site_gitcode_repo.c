/* §7, §9, §16: one repository, its v4 twin, and its end. */
#include "site_gitcode_import.h"
#include "site_gitcode_record.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"

#include <stdlib.h>
#include <string.h>

void gc_repo_get(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);

    if (repo)
        gc_reply(req, 200, gc_record_single(req, repo));
}

void gc_repo_patch(struct th_req *req)
{
    const struct th_token *token;
    struct th_repo *repo = gc_enter(req, GC_WRITE, &token) ? gc_repo(req, token) : NULL;
    const cJSON *body = repo ? gc_body(req) : NULL, *is_private;

    if (!body)
        return;
    if (!th_may_write(repo->owner, token)) {
        gc_forbidden(req, "no permission to change this project");
        return;
    }
    if (!*th_json_text(body, "name", "")) {
        gc_error(req, 400, 1000, "PARAMETER_ERROR", "must not be blank");
        return;
    }
    is_private = cJSON_GetObjectItemCaseSensitive(body, "private");
    if (cJSON_IsBool(is_private))
        repo->visibility = cJSON_IsTrue(is_private) ? TH_PRIVATE : TH_PUBLIC;
    th_repo_set_text(&repo->display_name, th_json_text(body, "name", ""));
    th_repo_set_text(&repo->description, th_json_text(body, "description", repo->description));
    if (th_repo_ref(repo, th_json_text(body, "default_branch", ""), false))
        th_repo_set_text(&repo->default_branch, th_json_text(body, "default_branch", ""));
    gc_reply(req, 200, gc_record_single(req, repo));
}

void gc_repo_delete(struct th_req *req)
{
    const struct th_token *token;
    struct th_repo *repo = gc_enter(req, GC_WRITE, &token) ? gc_repo(req, token) : NULL;

    if (!repo)
        return;
    if (!th_may_write(repo->owner, token)) {
        gc_forbidden(req, "no permission to delete this project");
        return;
    }
    th_repo_remove(repo);
    th_count_event(req, "deleted");
    th_reply_empty(req, (unsigned)th_knob_int(req, "delete_status", 204));
}

static const char *import_state(const struct th_repo *repo)
{
    return th_json_text(cJSON_GetObjectItemCaseSensitive(repo->extra, "import"), "state", "none");
}

static cJSON *v4_record(const struct th_req *req, const struct th_repo *repo)
{
    const cJSON *import = cJSON_GetObjectItemCaseSensitive(repo->extra, "import");
    const char *error = th_json_text(import, "error", "");
    char *path = th_format("%s/%s", repo->owner, repo->name);
    cJSON *body = cJSON_CreateObject();
    int branches = 0;

    for (size_t i = 0; i < repo->ref_count; i++)
        branches += !repo->refs[i].is_tag;
    cJSON_AddNumberToObject(body, "id", (double)repo->number);
    cJSON_AddStringToObject(body, "name", repo->name);
    cJSON_AddStringToObject(body, "path", repo->name);
    cJSON_AddStringToObject(body, "path_with_namespace", path);
    cJSON_AddStringToObject(body, "default_branch", repo->default_branch);
    cJSON_AddStringToObject(body, "visibility",
                            repo->visibility == TH_PUBLIC ? "public" : "private");
    cJSON_AddStringToObject(body, "import_status",
                            th_knob_bool(req, "no_import_status", false) ? "none"
                                                                         : import_state(repo));
    cJSON_AddItemToObject(body, "import_error",
                          *error ? cJSON_CreateString(error) : cJSON_CreateNull());
    cJSON_AddStringToObject(body, "import_url", th_json_text(import, "url", ""));
    cJSON_AddStringToObject(body, "fork_status", "none");
    cJSON_AddBoolToObject(body, "empty_repo", !th_repo_resolve(repo, NULL));
    cJSON_AddBoolToObject(body, "lfs_enabled", true);
    cJSON_AddNumberToObject(body, "branch_count", branches);
    free(path);
    return body;
}

static void v4_missing(struct th_req *req)
{
    th_reply_json(req, 404, cJSON_Parse("{\"error\":\"404 Not Found\"}"));
}

/* {id} is "owner%2Fname"; v4 has error bodies of its own. */
void gc_v4_project(struct th_req *req)
{
    const char *id = th_req_arg(req, "id"), *slash = strchr(id, '/');
    char *owner = slash ? th_copy_n(id, (size_t)(slash - id)) : NULL;
    const struct th_token *token;
    struct th_repo *repo;

    if (!gc_enter(req, GC_READ, &token)) {
        free(owner);
        return;
    }
    repo = owner ? th_repo_find(req->site, owner, slash + 1) : NULL;
    free(owner);
    if (!th_knob_bool(req, "v4", true) || !repo || !gc_may_read(repo, token) ||
        !gc_is_visible_yet(repo)) {
        v4_missing(req);
        return;
    }
    gc_import_look(repo, req->route->name);
    gc_reply(req, 200, v4_record(req, repo));
}

/* The web pages, which a program should not need: a missing one leads home (§18). */
void gc_page(struct th_req *req)
{
    th_reply_text(req, 200, "text/html; charset=utf-8",
                  "<!DOCTYPE html><html><head><title>GitCode</title></head>"
                  "<body>home</body></html>\n");
    th_count_event(req, "web_page");
}
