/* §11: branch heads and commits. */
#include "site_gitcode_commit.h"
#include "site_gitcode_page.h"
#include "site_gitcode_record.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"

#include <stdlib.h>
#include <string.h>

static cJSON *person(const struct th_req *req, const struct th_commit *commit)
{
    cJSON *one = cJSON_CreateObject();
    char *date = gc_date(req, commit->when);

    cJSON_AddStringToObject(one, "name", commit->author);
    cJSON_AddStringToObject(one, "email", commit->email);
    cJSON_AddStringToObject(one, "date", date);
    free(date);
    return one;
}

cJSON *gc_commit_json(const struct th_req *req, const struct th_commit *commit)
{
    cJSON *json = cJSON_CreateObject(), *inner, *parents;
    char tree[41];

    gc_tree_sha(commit, "", tree);
    cJSON_AddStringToObject(json, "sha", commit->id);
    inner = cJSON_AddObjectToObject(json, "commit");
    cJSON_AddStringToObject(inner, "message", commit->message);
    cJSON_AddItemToObject(inner, "author", person(req, commit));
    cJSON_AddItemToObject(inner, "committer", person(req, commit));
    cJSON_AddStringToObject(cJSON_AddObjectToObject(inner, "tree"), "sha", tree);
    parents = cJSON_AddArrayToObject(json, "parents");
    if (commit->parent) {
        cJSON *parent = cJSON_CreateObject();

        cJSON_AddStringToObject(parent, "sha", commit->parent->id);
        cJSON_AddItemToArray(parents, parent);
    }
    return json;
}

/* In the list the hash is commit.sha ... */
static cJSON *listed_branch(const struct th_req *req, const struct th_ref *ref)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "name", ref->name);
    cJSON_AddBoolToObject(item, "protected", false);
    cJSON_AddItemToObject(item, "commit", gc_commit_json(req, ref->commit));
    return item;
}

/* ... and alone it is commit.id. */
static cJSON *single_branch(const struct th_req *req, const struct th_repo *repo,
                            const struct th_ref *ref)
{
    const struct th_commit *commit = ref->commit;
    cJSON *item = cJSON_CreateObject(), *inner, *parents;
    char *brief = th_copy_n(commit->id, 8), *date = gc_date(req, commit->when);

    cJSON_AddStringToObject(item, "name", ref->name);
    cJSON_AddBoolToObject(item, "default", !strcmp(ref->name, repo->default_branch));
    cJSON_AddBoolToObject(item, "protected", false);
    inner = cJSON_AddObjectToObject(item, "commit");
    cJSON_AddStringToObject(inner, "id", commit->id);
    cJSON_AddStringToObject(inner, "short_id", brief);
    cJSON_AddStringToObject(inner, "message", commit->message);
    parents = cJSON_AddArrayToObject(inner, "parent_ids");
    if (commit->parent)
        cJSON_AddItemToArray(parents, cJSON_CreateString(commit->parent->id));
    cJSON_AddStringToObject(inner, "committed_date", date);
    free(brief);
    free(date);
    return item;
}

void gc_branches(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);
    struct gc_page page;
    size_t count = 0, place = 0;
    cJSON *items;

    if (!repo)
        return;
    for (size_t i = 0; i < repo->ref_count; i++)
        count += !repo->refs[i].is_tag && repo->refs[i].commit;
    page = gc_page_of(req, count);
    items = cJSON_CreateArray();
    for (size_t i = 0; i < repo->ref_count; i++) {
        const struct th_ref *ref = &repo->refs[i];

        if (ref->is_tag || !ref->commit)
            continue;
        if (place >= page.first && place < page.end)
            cJSON_AddItemToArray(items, listed_branch(req, ref));
        place++;
    }
    gc_reply_page(req, &page, items);
}

void gc_branch(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);
    const struct th_ref *ref = repo ? th_repo_ref(repo, th_req_arg(req, "branch"), false) : NULL;

    if (!repo)
        return;
    if (ref && ref->commit)
        gc_reply(req, 200, single_branch(req, repo, ref));
    else
        gc_not_found(req, "404 Branch Not Found");
}

void gc_branch_create(struct th_req *req)
{
    const struct th_token *token;
    struct th_repo *repo = gc_writable(req, &token);
    const cJSON *body = repo ? gc_body(req) : NULL;
    const char *name = th_json_text(body, "branch_name", "");
    const struct th_commit *base;

    if (!body)
        return;
    base = gc_commit_of(req, repo, th_json_text(body, "refs", NULL));
    if (!base)
        return;
    if (!*name || th_repo_ref(repo, name, false)) {
        gc_error(req, 400, 400, "UN_KNOW", "Branch already exists");
        return;
    }
    th_repo_set_ref(repo, name, false, base);
    gc_reply(req, 201, single_branch(req, repo, th_repo_ref(repo, name, false)));
}

void gc_branch_delete(struct th_req *req)
{
    const char *name = th_req_arg(req, "branch");
    const struct th_token *token;
    struct th_repo *repo = gc_writable(req, &token);

    if (!repo)
        return;
    if (!th_repo_ref(repo, name, false)) {
        gc_not_found(req, "404 Branch Not Found");
    } else if (!strcmp(name, repo->default_branch)) {
        gc_forbidden(req, "the default branch stays");
    } else {
        th_repo_drop_ref(repo, name, false);
        th_reply_empty(req, 204);
    }
}

void gc_commits(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);
    const struct th_commit *head = repo ? gc_commit_of(req, repo, th_req_query(req, "sha")) : NULL;
    struct gc_page page;
    size_t count = 0, place = 0;
    cJSON *items;

    if (!head)
        return;
    for (const struct th_commit *commit = head; commit; commit = commit->parent)
        count++;
    page = gc_page_of(req, count);
    items = cJSON_CreateArray();
    for (const struct th_commit *commit = head; commit; commit = commit->parent, place++)
        if (place >= page.first && place < page.end)
            cJSON_AddItemToArray(items, gc_commit_json(req, commit));
    gc_reply_page(req, &page, items);
}

void gc_commit(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);
    const struct th_commit *commit =
        repo ? gc_commit_of(req, repo, th_req_arg(req, "revision")) : NULL;

    if (commit)
        gc_reply(req, 200, gc_commit_json(req, commit));
}
