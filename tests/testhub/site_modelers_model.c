#include "site_modelers.h"
#include "site_modelers_record.h"
#include "site_modelers_reply.h"
#include "site_modelers_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void mo_model(struct th_req *req)
{
    const struct th_token *token;
    const struct th_repo *repo;

    if (!mo_authenticate(req, MO_OPTIONAL, &token) || !mo_limit(req, token))
        return;
    repo = mo_repo(req, token, "model_not_found");
    if (repo)
        mo_reply_data(req, 200, mo_record_single(req, repo));
}

/* The {id} of the route; false after a 400. */
static bool read_id(struct th_req *req, uint64_t *id)
{
    const char *text = th_req_arg(req, "id");
    char *end;

    errno = 0;
    *id = strtoull(text, &end, 10);
    if (*text && strspn(text, "0123456789") == strlen(text) && errno == 0)
        return true;
    mo_reply_error(req, 400, "bad_request_param", "the id is not an integer");
    return false;
}

/* False after a 404 or a 403. */
static bool may_change(struct th_req *req, const struct th_repo *repo, const struct th_token *token)
{
    if (!mo_may_read(repo, token)) {
        mo_reply_error(req, 404, "model_not_found", "not found");
        return false;
    }
    if (!th_may_write(repo->owner, token)) {
        mo_reply_error(req, 403, "no_permission", "not a member with a writing role");
        return false;
    }
    return true;
}

/* Sets what the body names; the status, with *code for an error. */
static unsigned change(struct th_repo *repo, const cJSON *body, const char **code)
{
    const cJSON *given = cJSON_GetObjectItemCaseSensitive(body, "visibility");
    char *visibility = mo_trimmed_lower(th_json_text(body, "visibility", ""));
    bool is_private = !strcmp(visibility, "private");
    bool is_known = is_private || !strcmp(visibility, "public");

    free(visibility);
    *code = "bad_request_param";
    if (cJSON_IsString(given) && !is_known)
        return 400;
    *code = "resource_disabled";
    if (mo_is_disabled(repo))
        return 400;
    *code = "system_error"; /* the server looks at the member unchecked (§8.2) */
    if (!cJSON_IsString(given) && repo->visibility == TH_PRIVATE)
        return 500;
    if (cJSON_IsString(given))
        repo->visibility = is_private ? TH_PRIVATE : TH_PUBLIC;
    th_repo_set_text(&repo->description, th_json_text(body, "desc", repo->description));
    th_repo_set_text(&repo->display_name, th_json_text(body, "fullname", repo->display_name));
    return 202;
}

void mo_update(struct th_req *req)
{
    const struct th_token *token;
    struct th_repo *repo;
    const cJSON *body;
    const char *code;
    unsigned status;
    uint64_t id;

    if (!mo_authenticate(req, MO_WRITE, &token) || !read_id(req, &id))
        return;
    body = mo_body(req);
    if (!body)
        return;
    repo = th_repo_find_number(req->site, id);
    if (!repo) {
        mo_reply_error(req, 404, "model_not_found", "not found");
        return;
    }
    if (!may_change(req, repo, token))
        return;
    status = change(repo, body, &code);
    if (status == 202)
        mo_reply_done(req, 202);
    else
        mo_reply_error(req, status, code, "not changed");
}

void mo_delete(struct th_req *req)
{
    const struct th_token *token;
    struct th_repo *repo;
    uint64_t id;

    if (!mo_authenticate(req, MO_WRITE, &token) || !read_id(req, &id))
        return;
    if (th_knob_bool(req, "delete_needs_body", true) && !mo_body(req))
        return;
    repo = th_repo_find_number(req->site, id);
    if (repo && !may_change(req, repo, token))
        return;
    if (repo) {
        th_repo_remove(repo);
        th_count_event(req, "model_deleted");
    }
    th_reply_empty(req, 204);
}
