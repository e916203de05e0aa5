#include "site_modelers_record.h"
#include "site_modelers_rules.h"

#include <stdlib.h>

bool mo_is_disabled(const struct th_repo *repo)
{
    return th_json_bool(repo->extra, "disable", false);
}

bool mo_is_private(const struct th_repo *repo)
{
    return repo->visibility != TH_PUBLIC || mo_is_disabled(repo);
}

bool mo_may_read(const struct th_repo *repo, const struct th_token *token)
{
    return !mo_is_private(repo) || (token && th_token_reaches(token, repo->owner));
}

int64_t mo_downloads(const struct th_repo *repo)
{
    return th_json_int(repo->extra, "download_count", 0);
}

int64_t mo_likes(const struct th_repo *repo)
{
    return th_json_int(repo->extra, "like_count", 0);
}

static void add_escaped(cJSON *to, const char *name, const char *text)
{
    char *escaped = mo_html_escape(text);

    cJSON_AddStringToObject(to, name, escaped);
    free(escaped);
}

static void add_list(cJSON *to, const struct th_repo *repo, const char *name)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(repo->extra, name);

    cJSON_AddItemToObject(to, name,
                          cJSON_IsArray(list) ? cJSON_Duplicate(list, 1) : cJSON_CreateArray());
}

static void add_frameworks(const struct th_req *req, cJSON *to, const struct th_repo *repo)
{
    if (th_knob_bool(req, "nulls", false))
        cJSON_AddNullToObject(to, "frameworks");
    else
        add_list(to, repo, "frameworks");
}

static void add_license(cJSON *to, const struct th_repo *repo)
{
    cJSON *list = cJSON_AddArrayToObject(to, "license");

    if (*repo->license)
        cJSON_AddItemToArray(list, cJSON_CreateString(repo->license));
}

/* Members that both forms have. */
static void add_common(cJSON *to, const struct th_repo *repo)
{
    char *id = th_format("%llu", (unsigned long long)repo->number);

    cJSON_AddStringToObject(to, "id", id);
    cJSON_AddStringToObject(to, "name", repo->name);
    add_escaped(to, "desc", repo->description);
    cJSON_AddStringToObject(to, "owner", repo->owner);
    add_escaped(to, "fullname", repo->display_name);
    cJSON_AddNumberToObject(to, "updated_at", (double)repo->updated);
    cJSON_AddNumberToObject(to, "like_count", (double)mo_likes(repo));
    cJSON_AddNumberToObject(to, "download_count", (double)mo_downloads(repo));
    cJSON_AddBoolToObject(to, "disable", mo_is_disabled(repo));
    cJSON_AddStringToObject(to, "disable_reason", th_json_text(repo->extra, "disable_reason", ""));
    free(id);
}

struct cJSON *mo_record_listed(const struct th_req *req, const struct th_repo *repo)
{
    cJSON *item = cJSON_CreateObject();

    add_common(item, repo);
    cJSON_AddStringToObject(item, "task", th_json_text(repo->extra, "task", ""));
    add_license(item, repo);
    add_frameworks(req, item, repo);
    if (th_knob_bool(req, "list_visibility", false))
        cJSON_AddStringToObject(item, "visibility", mo_is_private(repo) ? "private" : "public");
    return item;
}

static cJSON *labels_of(const struct th_req *req, const struct th_repo *repo)
{
    cJSON *labels = cJSON_CreateObject();

    cJSON_AddStringToObject(labels, "task", th_json_text(repo->extra, "task", ""));
    add_list(labels, repo, "others");
    add_license(labels, repo);
    add_frameworks(req, labels, repo);
    cJSON_AddStringToObject(labels, "library_name", th_json_text(repo->extra, "library_name", ""));
    add_list(labels, repo, "hardwares");
    add_list(labels, repo, "language");
    return labels;
}

static void add_siblings(cJSON *to, const struct th_repo *repo)
{
    const struct th_commit *head = th_repo_resolve(repo, NULL);
    cJSON *list = cJSON_AddArrayToObject(to, "siblings");

    for (size_t i = 0; head && i < head->file_count; i++) {
        cJSON *one = cJSON_CreateObject();

        cJSON_AddStringToObject(one, "rfilename", head->files[i]->path);
        cJSON_AddItemToArray(list, one);
    }
}

struct cJSON *mo_record_single(const struct th_req *req, const struct th_repo *repo)
{
    cJSON *data = cJSON_CreateObject();

    add_common(data, repo);
    cJSON_AddFalseToObject(data, "liked");
    cJSON_AddStringToObject(data, "avatar_id", "");
    cJSON_AddNumberToObject(data, "owner_type", 0);
    cJSON_AddItemToObject(data, "labels", labels_of(req, repo));
    cJSON_AddNumberToObject(data, "created_at", (double)repo->created);
    cJSON_AddStringToObject(data, "visibility", mo_is_private(repo) ? "private" : "public");
    cJSON_AddStringToObject(data, "usage", "");
    cJSON_AddBoolToObject(data, "is_discussion_disabled",
                          th_json_bool(repo->extra, "is_discussion_disabled", false));
    cJSON_AddNullToObject(data, "deploy");
    if (th_knob_bool(req, "siblings", true))
        add_siblings(data, repo);
    return data;
}
