/* The admin API: docs/testhub.md. Each call comes with the hub's lock held. */
#include "counters.h"
#include "exchange.h"
#include "hub.h"
#include "seed.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>

static void reply_error(struct th_req *req, unsigned status, const char *why)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, "error", why);
    th_reply_json(req, status, body);
}

static void reply_ok(struct th_req *req)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddBoolToObject(body, "ok", true);
    th_reply_json(req, 200, body);
}

static void post_faults(struct th_req *req)
{
    const char *replace = th_req_query(req, "replace"), *why = NULL;

    if (replace && strcmp(replace, "0") != 0)
        th_fault_clear();
    if (th_fault_add(th_req_json(req), &why))
        reply_ok(req);
    else
        reply_error(req, 400, why);
}

static void delete_faults(struct th_req *req)
{
    th_fault_clear();
    reply_ok(req);
}

static void get_faults(struct th_req *req)
{
    th_reply_json(req, 200, th_fault_list());
}

static void get_counters(struct th_req *req)
{
    th_reply_json(req, 200, th_counters_json());
}

static void reset_counters(struct th_req *req)
{
    const struct th_site *site;

    th_counters_reset();
    if (th_json_bool(th_req_json(req), "state", false))
        for (unsigned i = 0; (site = th_site_at(i)); i++)
            if (site->reset)
                site->reset();
    reply_ok(req);
}

static void post_seed(struct th_req *req)
{
    char *why = NULL;

    if (th_seed_apply(th_req_json(req), &why))
        reply_ok(req);
    else
        reply_error(req, 400, why);
    free(why);
}

static cJSON *files_json(const struct th_commit *commit)
{
    cJSON *files = cJSON_CreateObject();

    for (size_t i = 0; commit && i < commit->file_count; i++) {
        const struct th_file *file = commit->files[i];
        cJSON *item = cJSON_CreateObject();

        cJSON_AddStringToObject(item, "sha256", file->blob->sha256);
        cJSON_AddNumberToObject(item, "size", (double)file->blob->size);
        cJSON_AddStringToObject(item, "git_sha1", file->git_sha1);
        cJSON_AddBoolToObject(item, "lfs", file->is_lfs);
        cJSON_AddItemToObject(files, file->path, item);
    }
    return files;
}

static cJSON *commits_json(const struct th_commit *commit)
{
    cJSON *commits = cJSON_CreateArray();

    for (; commit; commit = commit->parent) {
        cJSON *item = cJSON_CreateObject();

        cJSON_AddStringToObject(item, "id", commit->id);
        cJSON_AddStringToObject(item, "message", commit->message);
        cJSON_AddStringToObject(item, "author", commit->author);
        cJSON_AddNumberToObject(item, "when", (double)commit->when);
        cJSON_AddItemToArray(commits, item);
    }
    return commits;
}

static cJSON *repo_json(const struct th_repo *repo, const char *revision)
{
    static const char *const visibilities[] = {"public", "internal", "private"};
    const struct th_commit *head = th_repo_resolve(repo, revision);
    cJSON *json = cJSON_CreateObject(), *branches, *tags;
    char *id = th_format("%s/%s", repo->owner, repo->name);

    cJSON_AddStringToObject(json, "site", repo->site->name);
    cJSON_AddStringToObject(json, "id", id);
    cJSON_AddStringToObject(json, "visibility", visibilities[repo->visibility]);
    cJSON_AddBoolToObject(json, "gated", repo->is_gated);
    cJSON_AddStringToObject(json, "license", repo->license);
    cJSON_AddStringToObject(json, "display_name", repo->display_name);
    cJSON_AddStringToObject(json, "description", repo->description);
    cJSON_AddStringToObject(json, "default_branch", repo->default_branch);
    cJSON_AddItemToObject(json, "extra", cJSON_Duplicate(repo->extra, true));
    cJSON_AddStringToObject(json, "head", head ? head->id : "");
    branches = cJSON_AddObjectToObject(json, "branches");
    tags = cJSON_AddObjectToObject(json, "tags");
    for (size_t i = 0; i < repo->ref_count; i++)
        cJSON_AddStringToObject(repo->refs[i].is_tag ? tags : branches, repo->refs[i].name,
                                repo->refs[i].commit ? repo->refs[i].commit->id : "");
    cJSON_AddItemToObject(json, "commits", commits_json(head));
    cJSON_AddItemToObject(json, "files", files_json(head));
    free(id);
    return json;
}

static struct th_repo *repo_of(const struct th_site *site, const char *id)
{
    const char *slash = id ? strchr(id, '/') : NULL;
    char *owner = slash ? th_copy_n(id, (size_t)(slash - id)) : NULL;
    struct th_repo *repo = owner ? th_repo_find(site, owner, slash + 1) : NULL;

    free(owner);
    return repo;
}

static void get_repo(struct th_req *req)
{
    const struct th_site *site = th_site_named(th_req_query(req, "site"));
    struct th_repo *repo = site ? repo_of(site, th_req_query(req, "id")) : NULL;

    if (!repo)
        reply_error(req, 404, "no such site or repository");
    else
        th_reply_json(req, 200, repo_json(repo, th_req_query(req, "revision")));
}

static void get_repos(struct th_req *req)
{
    const struct th_site *site = th_site_named(th_req_query(req, "site"));
    cJSON *body, *list;

    if (!site) {
        reply_error(req, 404, "no such site");
        return;
    }
    body = cJSON_CreateObject();
    list = cJSON_AddArrayToObject(body, "repos");
    for (const struct th_repo *repo = th_repo_first(site); repo; repo = repo->next) {
        char *id = th_format("%s/%s", repo->owner, repo->name);

        cJSON_AddItemToArray(list, cJSON_CreateString(id));
        free(id);
    }
    th_reply_json(req, 200, body);
}

static void post_clock(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    int64_t offset = th_json_int(json, "offset_s", th_clock_offset());
    cJSON *body = cJSON_CreateObject();

    th_clock_set(offset + th_json_int(json, "advance_s", 0));
    cJSON_AddNumberToObject(body, "now", (double)th_now());
    cJSON_AddNumberToObject(body, "offset_s", (double)th_clock_offset());
    th_reply_json(req, 200, body);
}

static void post_knob(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    const struct th_site *site = th_site_named(th_json_text(json, "site", NULL));
    const char *name = th_json_text(json, "name", NULL);

    if (!site || !name) {
        reply_error(req, 400, "a knob needs site and name");
        return;
    }
    th_knob_set(site, name, cJSON_GetObjectItemCaseSensitive(json, "value"));
    reply_ok(req);
}

static void post_blob(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    const struct th_site *site = th_site_named(th_json_text(json, "site", NULL));
    struct th_blob *blob =
        th_blob_find(th_json_text(json, "sha256", ""), (uint64_t)th_json_int(json, "size", 0));

    if (!site || !blob) {
        reply_error(req, 404, "no such site or object");
        return;
    }
    if (th_json_bool(json, "present", true))
        th_blob_put_on_site(blob, site);
    else
        th_blob_drop_from_site(blob, site);
    reply_ok(req);
}

static void post_mirror(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    const struct th_site *site = th_site_named(th_json_text(json, "site", NULL));
    const char *id = th_json_text(json, "id", ""), *slash = strchr(id, '/'), *why;
    char *owner;

    if (!site || !site->mirror || !slash) {
        reply_error(req, 404, "no such site, or it has no mirrors, or no id owner/name");
        return;
    }
    owner = th_copy_n(id, (size_t)(slash - id));
    why = site->mirror(owner, slash + 1, json);
    free(owner);
    if (why)
        reply_error(req, 400, why);
    else
        reply_ok(req);
}

static const struct {
    const char *method, *path;
    th_handler *handle;
} calls[] = {
    {"POST", "/faults", post_faults},
    {"DELETE", "/faults", delete_faults},
    {"GET", "/faults", get_faults},
    {"GET", "/counters", get_counters},
    {"POST", "/counters/reset", reset_counters},
    {"POST", "/seed", post_seed},
    {"GET", "/repo", get_repo},
    {"GET", "/repos", get_repos},
    {"POST", "/clock", post_clock},
    {"POST", "/knob", post_knob},
    {"POST", "/blob", post_blob},
    {"POST", "/mirror", post_mirror},
};

void th_admin_handle(struct th_exchange *exchange)
{
    struct th_req *req = &exchange->req;

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (!strcmp(calls[i].method, req->method) && !strcmp(calls[i].path, req->path)) {
            calls[i].handle(req);
            return;
        }
    }
    reply_error(req, 404, "no such call; see docs/testhub.md");
}
