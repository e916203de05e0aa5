/* Section 9: revisions and commits. */
#include "site_modelscope.h"

#include <string.h>

static cJSON *revision_item(const struct th_ref *ref)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "Revision", ref->name);
    cJSON_AddNumberToObject(item, "CreatedAt", ref->commit ? (double)ref->commit->when : 0);
    return item;
}

void ms_revisions(struct th_req *req)
{
    cJSON *data, *map, *branches, *tags;
    const struct th_repo *repo;

    if (ms_is_blocked(req))
        return;
    repo = ms_readable(req, "获取模型版本失败");
    if (!repo)
        return;
    data = cJSON_CreateObject();
    map = cJSON_AddObjectToObject(data, "RevisionMap");
    branches = cJSON_AddArrayToObject(map, "Branches");
    tags = cJSON_AddArrayToObject(map, "Tags");
    for (size_t i = 0; i < repo->ref_count; i++)
        cJSON_AddItemToArray(repo->refs[i].is_tag ? tags : branches, revision_item(&repo->refs[i]));
    ms_ok(req, data);
}

static cJSON *commit_item(const struct th_commit *commit)
{
    cJSON *item = cJSON_CreateObject();
    char short_id[9];

    memcpy(short_id, commit->id, 8);
    short_id[8] = 0;
    cJSON_AddStringToObject(item, "Id", commit->id);
    cJSON_AddStringToObject(item, "ShortId", short_id);
    cJSON_AddStringToObject(item, "Title", commit->message);
    cJSON_AddStringToObject(item, "Message", commit->message);
    cJSON_AddStringToObject(item, "AuthorName", commit->author);
    cJSON_AddStringToObject(item, "AuthorEmail", commit->email);
    cJSON_AddNumberToObject(item, "AuthoredDate", (double)commit->when);
    cJSON_AddStringToObject(item, "CommitterName", commit->author);
    cJSON_AddStringToObject(item, "CommitterEmail", commit->email);
    cJSON_AddNumberToObject(item, "CommittedDate", (double)commit->when);
    cJSON_AddNumberToObject(item, "CreatedAt", (double)commit->when);
    return item;
}

/* N22: a parameter of another spelling than Ref is not seen, and an unknown ref gives null. */
void ms_commits(struct th_req *req)
{
    int64_t page = th_req_query_int(req, "PageNumber", 1);
    int64_t size = th_req_query_int(req, "PageSize", 10), total = 0;
    const struct th_commit *commit;
    const struct th_repo *repo;
    cJSON *data, *list;

    if (ms_is_blocked(req))
        return;
    repo = ms_readable(req, "获取模型提交失败");
    if (!repo)
        return;
    commit = th_repo_resolve(repo, th_req_query(req, "Ref"));
    data = cJSON_CreateObject();
    list = commit ? cJSON_AddArrayToObject(data, "Commit") : cJSON_AddNullToObject(data, "Commit");
    for (; commit; commit = commit->parent, total++)
        if (total >= (page - 1) * size && total < page * size)
            cJSON_AddItemToArray(list, commit_item(commit));
    cJSON_AddNumberToObject(data, "TotalCount", (double)total);
    ms_ok(req, data);
}
