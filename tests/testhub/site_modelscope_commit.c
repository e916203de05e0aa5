/* Sections 6.4 to 6.6: one commit of many actions, all or nothing. */
#include "site_modelscope.h"

#include <stdlib.h>
#include <string.h>

struct wish {
    struct th_req *req;
    const struct th_commit *head;
    struct th_change *changes;
    size_t count;
    /* What is wrong; status 0: nothing. */
    unsigned status;
    double code;
    char *message;
};

static bool refuse(struct wish *wish, unsigned status, double code, char *take_message)
{
    wish->status = status;
    wish->code = code;
    wish->message = take_message;
    return false;
}

static bool is_path_good(const char *path)
{
    const char *part = path;

    if (!*path || *path == '/' || path[strlen(path) - 1] == '/')
        return false;
    while (part) {
        size_t length = strcspn(part, "/");

        if (!length || (length == 1 && *part == '.') || (length == 2 && !strncmp(part, "..", 2)))
            return false;
        part = part[length] ? part + length + 1 : NULL;
    }
    return true;
}

static bool add_delete(struct wish *wish, struct th_change *change)
{
    if (!th_commit_file(wish->head, change->path) &&
        th_knob_bool(wish->req, "refuse_missing_delete", true))
        return refuse(wish, 400, MS_REFUSED, th_copy("commit rejected by repository policy"));
    return true;
}

static bool add_inline(struct wish *wish, const cJSON *action, struct th_change *change)
{
    const char *content = th_json_text(action, "content", "");
    const char *encoding = th_json_text(action, "encoding", "");
    unsigned char *bytes;
    size_t length;

    if (strcmp(encoding, "base64") != 0) {
        change->blob = th_blob_literal(content, strlen(content));
        return true;
    }
    bytes = th_base64_decode(content, &length);
    if (!bytes)
        return refuse(wish, 400, MS_BAD_PARAMETER,
                      th_format("invalid base64 content of %s", change->path));
    if (th_json_int(action, "size", (int64_t)length) != (int64_t)length) {
        free(bytes);
        return refuse(wish, 400, MS_BAD_PARAMETER, th_format("wrong size of %s", change->path));
    }
    change->blob = th_blob_literal(bytes, length);
    free(bytes);
    return true;
}

/* N17: a pointer to an object that was never stored. */
static bool add_pointer(struct wish *wish, const cJSON *action, struct th_change *change)
{
    const char *sha256 = th_json_text(action, "sha256", "");
    int64_t size = th_json_int(action, "size", -1);
    struct th_blob *blob = size < 0 ? NULL : th_blob_find(sha256, (uint64_t)size);
    bool must_exist = th_knob_bool(wish->req, "refuse_missing_blob", true);

    change->is_lfs = true;
    change->blob = blob;
    if (blob && (th_blob_on_site(blob, wish->req->site) || !must_exist))
        return true;
    th_count_event(wish->req, "pointer_without_object");
    return refuse(wish, 400, MS_BAD_PARAMETER,
                  th_format("lfs object %s of %s does not exist", sha256, change->path));
}

static bool add_action(struct wish *wish, const cJSON *action)
{
    const char *verb = th_json_text(action, "action", "");
    struct th_change *change = &wish->changes[wish->count];

    change->path = th_json_text(action, "path", "");
    if (!is_path_good(change->path))
        return refuse(wish, 400, MS_BAD_PARAMETER,
                      th_format("invalid action: path \"%s\"", change->path));
    wish->count++;
    if (!strcmp(verb, "delete"))
        return add_delete(wish, change);
    if (strcmp(verb, "create") != 0 && strcmp(verb, "update") != 0)
        return refuse(wish, 400, MS_BAD_PARAMETER, th_format("invalid action \"%s\"", verb));
    if (th_commit_has_dir(wish->head, change->path))
        return refuse(wish, 400, MS_BAD_PARAMETER,
                      th_format("invalid action: %s is a directory", change->path));
    if (!strcmp(th_json_text(action, "type", "normal"), "lfs"))
        return add_pointer(wish, action, change);
    return add_inline(wish, action, change);
}

static bool add_actions(struct wish *wish, const cJSON *actions)
{
    int count = cJSON_GetArraySize(actions);
    int64_t most = th_knob_int(wish->req, "actions_max", 2000);
    const cJSON *action;

    if (!cJSON_IsArray(actions) || !count)
        return refuse(wish, 400, MS_BAD_PARAMETER, th_copy("invalid action: none given"));
    if (count > most)
        return refuse(wish, 422, 422,
                      th_format("commit request exceeds actions limit: %d > %lld; split it", count,
                                (long long)most));
    wish->changes = th_alloc((size_t)count * sizeof(*wish->changes));
    cJSON_ArrayForEach(action, actions)
    {
        if (!add_action(wish, action))
            return false;
    }
    return true;
}

/* A branch, and not too soon after the last commit. */
static bool is_branch_free(struct wish *wish, const struct th_repo *repo, const char *branch)
{
    int64_t gap = th_knob_int(wish->req, "commit_gap_s", 0);

    if (!th_repo_ref(repo, branch, false))
        return refuse(wish, 400, MS_REFUSED,
                      th_copy("You can only create or edit files when you are on a branch"));
    wish->head = th_repo_resolve(repo, branch);
    if (gap && wish->head && wish->head->parent && th_now() < wish->head->when + gap)
        return refuse(wish, 400, MS_REFUSED, th_copy("commit rejected by repository policy"));
    return true;
}

/* N11 to N13: refusals by rule. True when one has answered. */
static bool is_refused_by_rule(struct th_req *req)
{
    const cJSON *rule;

    if ((rule = th_behave(req, "commit_429"))) {
        ms_error(req, 429, 429, "Commit frequency limit exceeded");
        if (cJSON_HasObjectItem(rule, "retry_after"))
            th_header(req, "Retry-After", "%lld", (long long)th_json_int(rule, "retry_after", 1));
        return true;
    }
    if ((rule = th_behave(req, "commit_hang"))) {
        th_reply_after_ms(req, (uint32_t)th_json_int(rule, "ms", UINT32_MAX));
        th_reply_reset(req);
        return true;
    }
    if (th_behave(req, "policy_400")) {
        ms_error(req, 400, MS_REFUSED, "commit rejected by repository policy");
        return true;
    }
    if (th_behave(req, "branch_changed")) {
        ms_error(req, 409, MS_REFUSED, "branch changed, please retry");
        return true;
    }
    return false;
}

static void apply(struct wish *wish, struct th_repo *repo, const char *branch)
{
    const char *message = th_json_text(th_req_json(wish->req), "commit_message", "");
    const struct th_commit *commit = th_repo_commit(
        repo, branch, message, ms_token(wish->req)->account, wish->changes, wish->count);
    cJSON *data = cJSON_CreateObject();

    th_count_event(wish->req, "commit_applied");
    cJSON_AddStringToObject(data, "oid", commit->id);
    ms_ok(wish->req, data);
    if (th_behave(wish->req, "commit_dropped"))
        th_reply_reset(wish->req);
}

void ms_commit(struct th_req *req)
{
    const char *branch = th_req_arg(req, "branch");
    struct wish wish = {.req = req};
    struct th_repo *repo;

    if (ms_is_blocked(req))
        return;
    if ((int64_t)req->body_bytes > th_knob_int(req, "body_max", TH_JSON_BODY_MAX)) {
        ms_error(req, 413, 413, "request body too large");
        return;
    }
    repo = ms_writable(req);
    if (!repo || is_refused_by_rule(req))
        return;
    if (is_branch_free(&wish, repo, branch) &&
        add_actions(&wish, cJSON_GetObjectItemCaseSensitive(th_req_json(req), "actions"))) {
        apply(&wish, repo, branch);
    } else {
        th_count_event(req, "commit_refused");
        ms_error(req, wish.status, wish.code, wish.message);
    }
    free(wish.changes);
    free(wish.message);
}
