/* §8, §9: create, also by import. */
#include "site_gitcode_import.h"
#include "site_gitcode_record.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"
#include "site_modelers_rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const types[] = {"code", "model", "dataset", "space"};

/* §17: the sister product's rule, the only one that is written down. */
static bool is_name_good(const char *name)
{
    static const char *const ends[] = {".git", ".atom", "."};
    size_t length = strlen(name);

    if (!length || length > 255 || !(isalnum((unsigned char)*name) || strchr("_.", *name)))
        return false;
    for (const char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("-_.", *at))
            return false;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (length >= strlen(ends[i]) && !strcmp(name + length - strlen(ends[i]), ends[i]))
            return false;
    return true;
}

static bool is_type(const char *type)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (!strcmp(types[i], type))
            return true;
    return false;
}

static void commit_readme(struct th_repo *repo, bool has_attributes)
{
    char *readme = th_format("# %s\n", repo->name), *attributes = mo_gitattributes();
    struct th_change changes[] = {
        {.path = "README.md", .blob = th_blob_literal(readme, strlen(readme))},
        {.path = ".gitattributes", .blob = th_blob_literal(attributes, strlen(attributes))},
    };

    (void)th_repo_commit(repo, repo->default_branch, "Initial commit", repo->owner, changes,
                         has_attributes ? 2 : 1);
    free(readme);
    free(attributes);
}

void gc_first_commit(struct th_repo *repo)
{
    commit_readme(repo, true);
}

/* NULL when the wish is good. */
static const char *problem_of(const cJSON *body, const char *path)
{
    const char *url = th_json_text(body, "import_url", NULL);

    if (!*th_json_text(body, "name", ""))
        return "must not be blank";
    if (!is_name_good(path))
        return "path is invalid";
    if (!is_type(th_json_text(body, "repository_type", "code")))
        return "参数类型错误";
    if (url && cJSON_HasObjectItem(body, "project_template"))
        return "import_url and project_template exclude each other";
    return NULL;
}

static void refuse_taken(struct th_req *req)
{
    if (th_knob_int(req, "name_taken_status", 409) == 409)
        gc_error(req, 409, 409, "UN_KNOW", "project already exists");
    else
        th_reply_json(req, 400,
                      cJSON_Parse("{\"message\":{\"name\":[\"has already been taken\"]}}"));
}

/* public (organisations only) wins over private. */
static void set_visibility(struct th_repo *repo, const cJSON *body, bool is_org)
{
    int64_t number = th_json_int(body, "public", -1);

    repo->visibility = th_json_bool(body, "private", false) ? TH_PRIVATE : TH_PUBLIC;
    if (is_org && number >= 0)
        repo->visibility = number == 1 ? TH_PUBLIC : number == 2 ? TH_INTERNAL : TH_PRIVATE;
}

/* What decision 24 and 36 of the contract ask of a client, counted for the tests. */
static void note_manners(const struct th_req *req, const cJSON *body, bool is_org)
{
    const char *url = th_json_text(body, "import_url", NULL);
    const char *name = th_json_text(body, "name", "");

    if (strcmp(th_json_text(body, "path", name), name) != 0)
        th_count_event(req, "path_differs");
    if (!url)
        return;
    if (is_org && th_json_int(body, "public", -1) != 1)
        th_count_event(req, "import_not_public");
    if (strcmp(th_json_text(body, "repository_type", ""), "model") != 0)
        th_count_event(req, "import_not_model");
    if (strchr(url, '@'))
        th_count_event(req, "import_with_credentials");
}

static void make(struct th_req *req, const struct th_token *token, const char *owner,
                 const char *path, bool is_org)
{
    const cJSON *body = th_req_json(req);
    const char *url = th_json_text(body, "import_url", NULL);
    struct th_repo *repo =
        th_repo_create(req->site, owner, path, th_json_text(body, "default_branch", "main"));

    set_visibility(repo, body, is_org);
    th_repo_set_text(&repo->display_name, th_json_text(body, "name", path));
    th_repo_set_text(&repo->description, th_json_text(body, "description", ""));
    gc_set_text(repo->extra, "repository_type", th_json_text(body, "repository_type", "code"));
    gc_hide_after_create(req, repo);
    if (url)
        gc_import_start(req, repo, url);
    else if (th_json_bool(body, "auto_init", false))
        commit_readme(repo, false);
    th_count_event(req, url ? "import_started" : "created");
    gc_reply(req, (unsigned)th_knob_int(req, "create_status", 200),
             gc_record_created(req, repo, token));
}

static void create(struct th_req *req, const struct th_token *token, const char *owner, bool is_org)
{
    const cJSON *body = gc_body(req);
    const char *path = th_json_text(body, "path", th_json_text(body, "name", ""));
    const char *url = th_json_text(body, "import_url", NULL), *problem;

    if (!body)
        return;
    problem = problem_of(body, path);
    note_manners(req, body, is_org);
    if (problem)
        gc_error(req, 400, 1000, "PARAMETER_ERROR", problem);
    else if (!th_may_write(owner, token))
        gc_forbidden(req, "no permission to create a project here");
    else if (th_repo_find_nocase(req->site, owner, path))
        refuse_taken(req);
    else if (url && (!gc_import_source(url) || th_behave(req, "import_unreachable")))
        gc_error(req, 400, 400, "UN_KNOW", "check url unreachable");
    else
        make(req, token, owner, path, is_org);
}

void gc_create_org(struct th_req *req)
{
    const char *owner = th_req_arg(req, "owner");
    const struct th_token *token;

    if (!gc_enter(req, GC_WRITE, &token))
        return;
    if (!th_owner_exists(req->site, owner) ||
        (th_is_account(req->site, owner) && !th_knob_bool(req, "users_as_orgs", false)))
        gc_error(req, 400, 400, "Unknown", "org not found");
    else
        create(req, token, owner, true);
}

void gc_create_own(struct th_req *req)
{
    const struct th_token *token;

    if (gc_enter(req, GC_WRITE, &token))
        create(req, token, token->account, false);
}
