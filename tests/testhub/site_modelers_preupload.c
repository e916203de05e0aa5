#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_rules.h"

#include <stdlib.h>
#include <string.h>

/* The SDK turns CRLF into LF and sends no token; the front matter decides. */
void mo_license_check(struct th_req *req)
{
    const cJSON *body = mo_body(req);
    size_t length;
    char *text, *license;

    if (!body)
        return;
    text = (char *)th_base64_decode(th_json_text(body, "content", ""), &length);
    if (!text) {
        mo_reply_error(req, 400, "bad_request_param", "content is not base64");
        return;
    }
    text = th_grow(text, length + 1);
    text[length] = '\0';
    license = mo_front_matter_license(text);
    mo_reply_data(req, 200, cJSON_CreateBool(license && mo_is_license(license)));
    free(license);
    free(text);
}

static bool is_lfs(const struct th_req *req, const char *path, int64_t size)
{
    return size > th_knob_int(req, "lfs_threshold", MO_REGULAR_MAX) || mo_is_lfs_pattern(path);
}

/* Judges one file; false when it is none. */
static bool add_answer(const struct th_req *req, const cJSON *file, cJSON *answers)
{
    const char *path = th_json_text(file, "path", "");
    int64_t size = th_json_int(file, "size", -1);
    cJSON *answer;

    if (!mo_is_repo_path(path) || size < 0 || !th_is_hex(th_json_text(file, "sha", ""), 64))
        return false;
    answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "path", path);
    cJSON_AddStringToObject(answer, "type", is_lfs(req, path, size) ? "lfs" : "regular");
    cJSON_AddItemToArray(answers, answer);
    return true;
}

static void answer_all(struct th_req *req, const cJSON *files)
{
    cJSON *data = cJSON_CreateObject();
    cJSON *answers = cJSON_AddArrayToObject(data, "files");
    const cJSON *file;

    cJSON_ArrayForEach(file, files)
    {
        if (!add_answer(req, file, answers)) {
            mo_reply_error(req, 400, "bad_request_param", "bad path, size or sha");
            cJSON_Delete(data);
            return;
        }
    }
    if (th_behave(req, "pre_upload_omits"))
        cJSON_DeleteItemFromArray(answers, cJSON_GetArraySize(answers) - 1);
    mo_reply_data(req, 200, data);
}

void mo_pre_upload(struct th_req *req)
{
    const struct th_token *token;
    const struct th_repo *repo = mo_repo_to_write(req, "repo_not_found", &token);
    const cJSON *body = repo ? mo_body(req) : NULL;
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(body, "files");
    int count = cJSON_GetArraySize(files);

    if (!body)
        return;
    if (!th_repo_ref(repo, th_json_text(body, "branch", MO_BRANCH), false))
        mo_reply_error(req, 404, "branch_not_found", "no such branch");
    else if (!cJSON_IsArray(files) || count == 0 || count > th_knob_int(req, "pre_upload_max", 100))
        mo_reply_error(req, 400, "no_file_or_too_many_files", "no file or too many");
    else
        answer_all(req, files);
}
