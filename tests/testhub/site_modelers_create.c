#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_rules.h"

#include <stdlib.h>
#include <string.h>

enum { DESC_CHARACTERS_MAX = 1000, FULLNAME_CHARACTERS_MAX = 100 };

void mo_first_commit(struct th_repo *repo)
{
    char *readme = th_format("---\nlicense: %s\n---\n", *repo->license ? repo->license : "other");
    char *attributes = mo_gitattributes();
    struct th_change changes[] = {
        {.path = "README.md", .blob = th_blob_literal(readme, strlen(readme))},
        {.path = ".gitattributes", .blob = th_blob_literal(attributes, strlen(attributes))},
    };

    (void)th_repo_commit(repo, MO_BRANCH, "Initial commit\n", repo->owner, changes, 2);
    free(readme);
    free(attributes);
}

static bool fits(const char *text, size_t characters_max)
{
    char *escaped = mo_html_escape(text);
    bool is_fit = mo_characters(escaped) <= characters_max;

    free(escaped);
    return is_fit;
}

static const char *problem_of(const cJSON *body, const char *license, const char *visibility)
{
    const char *owner = th_json_text(body, "owner", "");

    if (!mo_is_model_name(th_json_text(body, "name", "")))
        return "invalid name";
    if (!mo_is_owner_name(owner) || mo_is_reserved_name(owner))
        return "invalid owner";
    if (!mo_is_license(license))
        return "unsupported license";
    if (strcmp(visibility, "public") && strcmp(visibility, "private"))
        return "unknown visibility";
    if (!fits(th_json_text(body, "desc", ""), DESC_CHARACTERS_MAX))
        return "desc is too long";
    if (!fits(th_json_text(body, "fullname", ""), FULLNAME_CHARACTERS_MAX))
        return "fullname is too long";
    return NULL;
}

static bool is_full(const struct th_req *req, const char *owner)
{
    int64_t most = th_knob_int(req, "models_max", 0), count = 0;

    for (const struct th_repo *repo = th_repo_first(req->site); repo; repo = repo->next)
        count += !strcmp(repo->owner, owner);
    return most > 0 && count >= most;
}

/* The checks behind the parameters; false when it has replied. */
static bool may_create(struct th_req *req, const struct th_token *token, const char *owner,
                       const char *name)
{
    if (!th_may_write(owner, token)) {
        mo_reply_error(req, 403, "no_permission", "not a member with a writing role");
        return false;
    }
    if (th_behave(req, "user_no_email")) {
        mo_reply_error(req, 400, "user_no_email", "this account has no email");
        return false;
    }
    if (is_full(req, owner)) {
        mo_reply_error(req, 400, "count_exceeded", "too many models");
        return false;
    }
    if (th_repo_find_nocase(req->site, owner, name)) {
        mo_reply_error(req, 400, "duplicate_creating", "the model exists");
        return false;
    }
    return true;
}

static void create(struct th_req *req, const cJSON *body, const char *license, bool is_private)
{
    struct th_repo *repo = th_repo_create(req->site, th_json_text(body, "owner", ""),
                                          th_json_text(body, "name", ""), MO_BRANCH);
    char *id;

    if (!repo) {
        mo_reply_error(req, 400, "duplicate_creating", "the model exists");
        return;
    }
    repo->visibility = is_private ? TH_PRIVATE : TH_PUBLIC;
    th_repo_set_text(&repo->license, license);
    th_repo_set_text(&repo->description, th_json_text(body, "desc", ""));
    th_repo_set_text(&repo->display_name, th_json_text(body, "fullname", ""));
    mo_first_commit(repo);
    th_count_event(req, "model_created");
    id = th_format("%llu", (unsigned long long)repo->number);
    mo_reply_data(req, 201, cJSON_CreateString(id));
    free(id);
}

void mo_create(struct th_req *req)
{
    const struct th_token *token;
    const cJSON *body;
    char *license, *visibility;
    const char *problem;

    if (!mo_authenticate(req, MO_WRITE, &token))
        return;
    body = mo_body(req);
    if (!body)
        return;
    license = mo_trimmed_lower(th_json_text(body, "license", ""));
    visibility = mo_trimmed_lower(th_json_text(body, "visibility", ""));
    problem = problem_of(body, license, visibility);
    if (problem)
        mo_reply_error(req, 400, "bad_request_param", problem);
    else if (may_create(req, token, th_json_text(body, "owner", ""),
                        th_json_text(body, "name", "")))
        create(req, body, license, !strcmp(visibility, "private"));
    free(license);
    free(visibility);
}
