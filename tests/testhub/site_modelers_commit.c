#include "site_modelers.h"
#include "site_modelers_changes.h"
#include "site_modelers_record.h"
#include "site_modelers_reply.h"
#include "site_modelers_rules.h"

#include <stdlib.h>
#include <string.h>

/* The labels follow the front matter of main's README (§3). */
static void relabel(struct th_repo *repo, const struct th_commit *head)
{
    const struct th_file *file = th_commit_file(head, "README.md");
    size_t length = file && !file->is_lfs ? (size_t)file->blob->size : 0;
    char *text, *license;

    if (length == 0 || length > MO_REGULAR_MAX)
        return;
    text = th_alloc(length + 1);
    if (th_blob_read(file->blob, 0, text, length) == (long)length) {
        license = mo_front_matter_license(text);
        if (license)
            th_repo_set_text(&repo->license, license);
        free(license);
    }
    free(text);
}

/* Clients find changed repositories by updated_at, which counts seconds: never the same twice. */
static void touch(struct th_repo *repo, int64_t before)
{
    if (repo->updated <= before)
        repo->updated = before + 1;
}

static void reply_commit(struct th_req *req, const struct th_repo *repo,
                         const struct th_commit *commit)
{
    cJSON *list = cJSON_CreateArray(), *one;
    char *url;

    if (th_behave(req, "commit_202")) {
        cJSON_Delete(list);
        th_reply_json(req, 202, cJSON_Parse("{\"code\":\"\",\"msg\":\"accepted\"}"));
        return;
    }
    if (!th_behave(req, "commit_empty_data")) {
        one = cJSON_CreateObject();
        url = th_format("%s/models/%s/%s/commit/%s", th_base(req, req->plane->name), repo->owner,
                        repo->name, commit->id);
        cJSON_AddStringToObject(one, "commit_url", url);
        cJSON_AddStringToObject(one, "commit_oid", commit->id);
        cJSON_AddItemToArray(list, one);
        free(url);
    }
    mo_reply_data(req, 201, list);
}

static void apply(struct th_req *req, struct th_repo *repo, const struct th_token *token,
                  const cJSON *body, const struct mo_changes *changes)
{
    const char *branch = th_json_text(body, "ref", MO_BRANCH);
    const char *title = th_json_text(body, "title", "");
    char *message = th_format("%s\n", *title ? title : "Upload files");
    int64_t before = repo->updated;
    const struct th_commit *commit =
        th_repo_commit(repo, branch, message, token->account, changes->items, changes->count);

    free(message);
    touch(repo, before);
    if (!strcmp(branch, repo->default_branch) && th_knob_bool(req, "labels_follow", true))
        relabel(repo, commit);
    th_count_event(req, "commit_applied");
    reply_commit(req, repo, commit);
}

/* The commit fails and its objects are lost, so the next batch wants them again. */
static void forget_objects(struct th_req *req, const struct mo_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        struct th_blob *blob = changes->items[i].blob;

        if (blob && changes->items[i].is_lfs)
            th_blob_drop_from_site(blob, req->site);
    }
    mo_reply_error(req, 500, "system_error", "the commit failed and its objects are forgotten");
}

static const cJSON *files_of(struct th_req *req, const cJSON *body)
{
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(body, "files");
    int64_t most = th_knob_int(req, "commit_files_max", 0);
    int count = cJSON_GetArraySize(files);

    if (cJSON_IsArray(files) && count > 0 && (most <= 0 || count <= most))
        return files;
    mo_reply_error(req, 400, "no_file_or_too_many_files", "no file or too many");
    return NULL;
}

void mo_commit(struct th_req *req)
{
    const struct th_token *token;
    struct th_repo *repo = mo_repo_to_write(req, "repo_not_found", &token);
    const cJSON *body = repo ? mo_body(req) : NULL;
    const cJSON *files = body ? files_of(req, body) : NULL;
    const struct th_ref *branch;
    struct mo_changes changes;

    if (!files)
        return;
    branch = th_repo_ref(repo, th_json_text(body, "ref", MO_BRANCH), false);
    if (!branch) {
        mo_reply_error(req, 404, "branch_not_found", "no such branch");
        return;
    }
    if (mo_is_disabled(repo)) {
        mo_reply_error(req, 400, "resource_disabled", "the model is disabled");
        return;
    }
    if (!mo_changes_read(req, branch->commit, files, &changes))
        return;
    if (th_behave(req, "forget_objects"))
        forget_objects(req, &changes);
    else if (!changes.has_effect)
        mo_reply_error(req, 400, "file_content_is_not_changed", "nothing differs");
    else
        apply(req, repo, token, body, &changes);
    mo_changes_clear(&changes);
}
