#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_rules.h"

#include <stdlib.h>
#include <string.h>

/* The repository of a branch call; NULL when it has replied. */
static struct th_repo *branch_repo(struct th_req *req)
{
    const struct th_token *token;
    struct th_repo *repo = mo_repo_to_write(req, "repo_not_found", &token);

    return repo && mo_limit(req, token) ? repo : NULL;
}

static void make_branch(struct th_req *req, struct th_repo *repo, const char *branch,
                        const char *base)
{
    const struct th_ref *from = th_repo_ref(repo, base, false);
    cJSON *data;

    if (th_repo_ref(repo, branch, false)) {
        mo_reply_error(req, 400, "branch_exist", "the branch exists");
        return;
    }
    if (!from || !from->commit) {
        mo_reply_error(req, 400, "base_branch_not_found", "no such base branch");
        return;
    }
    if (th_behave(req, "branch_inactive")) {
        mo_reply_error(req, 400, "branch_inactive", "the branch is not active");
        return;
    }
    th_repo_set_ref(repo, branch, false, from->commit);
    data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "branch_name", branch);
    mo_reply_data(req, 201, data);
}

void mo_branch_create(struct th_req *req)
{
    struct th_repo *repo = branch_repo(req);
    const cJSON *body = repo ? mo_body(req) : NULL;
    char *branch, *base;

    if (!body)
        return;
    branch = mo_trimmed_lower(th_json_text(body, "branch", ""));
    base = mo_trimmed_lower(th_json_text(body, "base_branch", ""));
    if (mo_is_branch_name(branch) && mo_is_branch_name(base))
        make_branch(req, repo, branch, base);
    else
        mo_reply_error(req, 400, "bad_request_param", "invalid branch name");
    free(branch);
    free(base);
}

void mo_branch_delete(struct th_req *req)
{
    struct th_repo *repo = branch_repo(req);
    char *branch;

    if (!repo)
        return;
    branch = mo_trimmed_lower(th_req_arg(req, "branch"));
    if (!mo_is_branch_name(branch)) {
        mo_reply_error(req, 400, "bad_request_param", "invalid branch name");
    } else if (!th_repo_ref(repo, branch, false)) {
        mo_reply_error(req, 400, "branch_not_exist", "no such branch");
    } else if (!strcmp(branch, repo->default_branch)) {
        mo_reply_error(req, 400, "internal_error", "the default branch stays");
    } else {
        th_repo_drop_ref(repo, branch, false);
        th_reply_empty(req, 204);
    }
    free(branch);
}
