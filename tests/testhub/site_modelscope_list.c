/* Sections 2 and 3: the models of an owner, one model. */
#include "site_modelscope.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 50, WINDOW_MAX = 3000 };

static double bytes_of(const struct th_commit *head)
{
    double bytes = 0;

    for (size_t i = 0; head && i < head->file_count; i++)
        bytes += (double)head->files[i]->blob->size;
    return bytes;
}

static void add_taken(cJSON *object, const char *name, char *take_text)
{
    cJSON_AddStringToObject(object, name, take_text);
    free(take_text);
}

static cJSON *openapi_item(const struct th_repo *repo)
{
    cJSON *item = cJSON_CreateObject(), *tags;

    add_taken(item, "id", th_format("%s/%s", repo->owner, repo->name));
    cJSON_AddStringToObject(item, "display_name",
                            *repo->display_name ? repo->display_name : repo->name);
    cJSON_AddStringToObject(item, "description", repo->description);
    cJSON_AddNumberToObject(item, "downloads", 10);
    cJSON_AddNumberToObject(item, "likes", 2);
    cJSON_AddStringToObject(item, "license", repo->license);
    cJSON_AddArrayToObject(item, "tasks");
    tags = cJSON_AddArrayToObject(item, "tags");
    if (*repo->license) {
        char *tag = th_format("license:%s", repo->license);

        cJSON_AddItemToArray(tags, cJSON_CreateString(tag));
        free(tag);
    }
    add_taken(item, "created_at", th_time_utc(repo->created));
    add_taken(item, "last_modified", th_time_utc(repo->updated));
    cJSON_AddNumberToObject(item, "file_size", bytes_of(th_repo_resolve(repo, NULL)));
    cJSON_AddNumberToObject(item, "params", 0);
    cJSON_AddBoolToObject(item, "private", repo->visibility == TH_PRIVATE);
    cJSON_AddBoolToObject(item, "gated", repo->is_gated);
    return item;
}

/* N7: the index knows a repository later than the single-model call does. */
static bool is_indexed(const struct th_req *req, const struct th_repo *repo)
{
    int64_t lag = th_knob_int(req, "list_lag_s", 0);
    const char *hidden = th_knob_text(req, "hidden_from_list", "");
    bool is_created = cJSON_HasObjectItem(repo->extra, "created_by_call"), is_hidden;
    char *id = th_format("%s/%s", repo->owner, repo->name);

    is_hidden = *hidden && th_glob(hidden, id);
    free(id);
    return !is_hidden && (!is_created || !lag || (lag > 0 && th_now() >= repo->created + lag));
}

static bool is_wanted(const struct th_req *req, const struct th_repo *repo)
{
    const char *owner = th_req_query(req, "owner"), *search = th_req_query(req, "search");

    return (!owner || !*owner || !strcmp(owner, repo->owner)) &&
           (!search || !*search || strcasestr(repo->name, search) ||
            strcasestr(repo->display_name, search)) &&
           ms_may_list(repo, ms_token(req)) && is_indexed(req, repo);
}

void ms_list(struct th_req *req)
{
    int64_t page = th_req_query_int(req, "page_number", 1);
    int64_t size = th_req_query_int(req, "page_size", 10), total = 0;
    cJSON *data, *models;

    if (ms_is_blocked(req))
        return;
    if (size < 1 || size > PAGE_MAX || page < 1 || page * size > WINDOW_MAX) {
        ms_openapi_error(req, 400, "InvalidParameter", "page_size or page_number out of range");
        return;
    }
    data = cJSON_CreateObject();
    models = cJSON_AddArrayToObject(data, "models");
    for (const struct th_repo *repo = th_repo_first(req->site); repo; repo = repo->next) {
        if (!is_wanted(req, repo))
            continue;
        if (total >= (page - 1) * size && total < page * size)
            cJSON_AddItemToArray(models, openapi_item(repo));
        total++;
    }
    cJSON_AddNumberToObject(data, "total_count", (double)total);
    cJSON_AddNumberToObject(data, "page_number", (double)page);
    cJSON_AddNumberToObject(data, "page_size", (double)size);
    ms_openapi_ok(req, data);
}

void ms_openapi_model(struct th_req *req)
{
    const struct th_repo *repo = ms_repo(req);
    cJSON *data;

    if (ms_is_blocked(req))
        return;
    if (!repo || !ms_may_list(repo, ms_token(req)) || th_behave(req, "openapi_404")) {
        ms_openapi_error(req, 404, "NotFound", "model not found");
        return;
    }
    data = openapi_item(repo);
    cJSON_AddStringToObject(data, "owner", repo->owner);
    cJSON_AddStringToObject(data, "repo_name", repo->name);
    cJSON_AddStringToObject(data, "readme", "(a text that the platform puts here)");
    ms_openapi_ok(req, data);
}

static cJSON *legacy_item(const struct th_repo *repo)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddNumberToObject(item, "Id", (double)repo->number);
    cJSON_AddStringToObject(item, "Path", repo->owner);
    cJSON_AddStringToObject(item, "Name", repo->name);
    cJSON_AddStringToObject(item, "ChineseName", repo->display_name);
    cJSON_AddNumberToObject(item, "Visibility", ms_visibility_number(repo));
    cJSON_AddNumberToObject(item, "ProtectedMode", repo->is_gated ? 1 : 2);
    cJSON_AddNumberToObject(item, "IsPublished", 1);
    cJSON_AddStringToObject(item, "Description", repo->description);
    cJSON_AddStringToObject(item, "License", repo->license);
    cJSON_AddNumberToObject(item, "Downloads", 10);
    cJSON_AddNumberToObject(item, "Stars", 2);
    cJSON_AddNumberToObject(item, "CreatedTime", (double)repo->created);
    cJSON_AddNumberToObject(item, "LastUpdatedTime", (double)repo->updated);
    cJSON_AddStringToObject(item, "CreatedBy", repo->owner);
    return item;
}

void ms_legacy_list(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    const char *owner = th_json_text(json, "Path", "");
    int64_t page = th_json_int(json, "PageNumber", 1), size = th_json_int(json, "PageSize", 10);
    int64_t total = 0;
    cJSON *data, *models;

    if (ms_is_blocked(req))
        return;
    data = cJSON_CreateObject();
    models = cJSON_AddArrayToObject(data, "Models");
    for (const struct th_repo *repo = th_repo_first(req->site); repo; repo = repo->next) {
        if ((*owner && strcmp(owner, repo->owner) != 0) || !ms_may_list(repo, ms_token(req)))
            continue;
        if (total >= (page - 1) * size && total < page * size)
            cJSON_AddItemToArray(models, legacy_item(repo));
        total++;
    }
    cJSON_AddNumberToObject(data, "TotalCount", (double)total);
    ms_ok(req, data);
}

void ms_info(struct th_req *req)
{
    const struct th_repo *repo = ms_repo(req);
    const char *what_failed = "获取模型信息失败";
    cJSON *data;

    if (ms_is_blocked(req))
        return;
    if (!repo || !ms_may_list(repo, ms_token(req))) {
        (void)ms_readable(req, what_failed);
        return;
    }
    if (th_behave(req, "legacy_404")) {
        ms_error(req, 404, MS_NOT_FOUND, "获取模型信息失败，信息：record not found");
        return;
    }
    if (th_behave(req, "db_overload")) {
        ms_error(req, 404, MS_NOT_FOUND,
                 "获取模型信息失败，信息：Error 1461: Can't create more than "
                 "max_prepared_stmt_count statements (current value: 16382)");
        return;
    }
    data = legacy_item(repo);
    cJSON_AddStringToObject(data, "Revision", repo->default_branch);
    cJSON_AddObjectToObject(data, "ModelInfos");
    cJSON_AddArrayToObject(data, "Tasks");
    ms_ok(req, data);
}
