#include "site_gitcode_record.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *gc_repo_type(const struct th_repo *repo)
{
    return th_json_text(repo->extra, "repository_type", "model");
}

char *gc_date(const struct th_req *req, int64_t seconds)
{
    const char *form = th_knob_text(req, "dates", "offset");

    return !strcmp(form, "utc") ? th_time_utc(seconds) : th_time_offset(seconds, 8);
}

static void add_bool(const struct th_req *req, cJSON *to, const char *name, bool value)
{
    if (!strcmp(th_knob_text(req, "bools", "bool"), "int"))
        cJSON_AddNumberToObject(to, name, value);
    else
        cJSON_AddBoolToObject(to, name, value);
}

static void add_id(const struct th_req *req, cJSON *to, uint64_t number)
{
    char *text;

    if (strcmp(th_knob_text(req, "ids", "number"), "text") != 0) {
        cJSON_AddNumberToObject(to, "id", (double)number);
        return;
    }
    text = th_format("%llu", (unsigned long long)number);
    cJSON_AddStringToObject(to, "id", text);
    free(text);
}

/* An address below the web host; suffix "" or ".git". */
static void add_address(const struct th_req *req, cJSON *to, const char *name,
                        const struct th_repo *repo, const char *suffix)
{
    char *url =
        th_format("%s/%s/%s%s", th_base(req, req->plane->name), repo->owner, repo->name, suffix);

    cJSON_AddStringToObject(to, name, url);
    free(url);
}

static void add_date(const struct th_req *req, cJSON *to, const char *name, int64_t seconds)
{
    char *text = gc_date(req, seconds);

    cJSON_AddStringToObject(to, name, text);
    free(text);
}

static cJSON *namespace_of(const struct th_repo *repo)
{
    cJSON *space = cJSON_CreateObject();
    bool is_user = th_is_account(repo->site, repo->owner);

    cJSON_AddNumberToObject(space, "id", 5);
    cJSON_AddStringToObject(space, "type", is_user ? "personal" : "group");
    cJSON_AddStringToObject(space, "name", repo->owner);
    cJSON_AddStringToObject(space, "path", repo->owner);
    cJSON_AddStringToObject(space, "kind", is_user ? "user" : "group");
    cJSON_AddStringToObject(space, "full_path", repo->owner);
    return space;
}

static const char *display_name(const struct th_repo *repo)
{
    return *repo->display_name ? repo->display_name : repo->name;
}

/* "Apache_License_v2.0" is the one spelling the document has seen; others go out as they are. */
static void add_license(const struct th_req *req, cJSON *to, const struct th_repo *repo)
{
    const char *form = th_knob_text(req, "license_form", "text");
    const char *license =
        !strcasecmp(repo->license, "apache-2.0") ? "Apache_License_v2.0" : repo->license;

    if (!*repo->license || !strcmp(form, "null"))
        cJSON_AddNullToObject(to, "license");
    else
        cJSON_AddStringToObject(to, "license", license);
}

static void add_visibility(const struct th_req *req, cJSON *to, const struct th_repo *repo)
{
    add_bool(req, to, "private", repo->visibility == TH_PRIVATE);
    add_bool(req, to, "public", repo->visibility == TH_PUBLIC);
    add_bool(req, to, "internal", repo->visibility == TH_INTERNAL);
}

static void add_counts(cJSON *to)
{
    static const char *const counts[] = {"forks_count", "stargazers_count", "watchers_count",
                                         "open_issues_count"};

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        cJSON_AddNumberToObject(to, counts[i], 0);
}

/* full_name can be a display text (§6); the identity is namespace.path and path. */
static void add_names(const struct th_req *req, cJSON *to, const struct th_repo *repo)
{
    bool is_local = th_knob_bool(req, "localised_full_name", false);
    char *full = is_local ? th_format("%s / %s", "昇腾生态", display_name(repo))
                          : th_format("%s/%s", repo->owner, repo->name);

    add_id(req, to, repo->number);
    cJSON_AddStringToObject(to, "name", display_name(repo));
    cJSON_AddStringToObject(to, "path", repo->name);
    cJSON_AddStringToObject(to, "full_name", full);
    cJSON_AddStringToObject(to, "description", repo->description);
    free(full);
}

static void add_common(const struct th_req *req, cJSON *to, const struct th_repo *repo)
{
    bool is_chinese = th_knob_bool(req, "status_zh", true);

    add_names(req, to, repo);
    add_visibility(req, to, repo);
    add_bool(req, to, "fork", th_json_bool(repo->extra, "fork", false));
    cJSON_AddStringToObject(to, "default_branch", repo->default_branch);
    cJSON_AddStringToObject(to, "repo_type", gc_repo_type(repo));
    cJSON_AddStringToObject(to, "status", is_chinese ? "开始" : "active");
    add_license(req, to, repo);
    add_date(req, to, "created_at", repo->created);
    add_date(req, to, "updated_at", repo->updated);
    add_date(req, to, "pushed_at", repo->updated);
    add_counts(to);
    cJSON_AddItemToObject(to, "namespace", namespace_of(repo));
}

static void add_html_url(const struct th_req *req, cJSON *to, const struct th_repo *repo,
                         const char *fallback)
{
    const char *form = th_knob_text(req, "html_url", fallback);

    if (strcmp(form, "absent") != 0)
        add_address(req, to, "html_url", repo, !strcmp(form, "git") ? ".git" : "");
}

cJSON *gc_record_listed(const struct th_req *req, const struct th_repo *repo)
{
    cJSON *item = cJSON_CreateObject();

    add_common(req, item, repo);
    add_html_url(req, item, repo, "git");
    cJSON_AddStringToObject(item, "project_creator", repo->owner);
    return item;
}

static void add_owner(cJSON *to, const struct th_repo *repo)
{
    cJSON *owner = cJSON_AddObjectToObject(to, "owner");

    cJSON_AddStringToObject(owner, "id", "5f0c9a17");
    cJSON_AddStringToObject(owner, "login", repo->owner);
    cJSON_AddStringToObject(owner, "name", repo->owner);
    cJSON_AddStringToObject(owner, "type",
                            th_is_account(repo->site, repo->owner) ? "User" : "Organization");
}

static void add_clone_urls(const struct th_req *req, cJSON *to, const struct th_repo *repo)
{
    char *ssh = th_format("git@gitcode.localhost:%s/%s.git", repo->owner, repo->name);
    char *human = th_format("%s / %s", repo->owner, display_name(repo));

    add_address(req, to, "web_url", repo, "");
    add_address(req, to, "http_url_to_repo", repo, ".git");
    cJSON_AddStringToObject(to, "ssh_url_to_repo", ssh);
    cJSON_AddStringToObject(to, "human_name", human);
    free(ssh);
    free(human);
}

cJSON *gc_record_owned(const struct th_req *req, const struct th_repo *repo)
{
    cJSON *item = cJSON_CreateObject();

    add_common(req, item, repo);
    add_html_url(req, item, repo, "absent");
    add_owner(item, repo);
    add_clone_urls(req, item, repo);
    return item;
}

cJSON *gc_record_single(const struct th_req *req, const struct th_repo *repo)
{
    cJSON *item = gc_record_owned(req, repo);

    add_address(req, item, "readme_url", repo, "/blob/README.md");
    cJSON_AddItemToObject(item, "members", cJSON_CreateArray());
    cJSON_AddNullToObject(item, "assigner");
    cJSON_AddObjectToObject(item, "enterprise");
    if (th_json_bool(repo->extra, "fork", false))
        cJSON_AddStringToObject(item, "parentfull_name",
                                th_json_text(repo->extra, "parent", "someone/else"));
    return item;
}

/* §8: full_name belongs to the caller's namespace, url is just the API path. */
cJSON *gc_record_created(const struct th_req *req, const struct th_repo *repo,
                         const struct th_token *token)
{
    bool is_callers = th_knob_bool(req, "create_full_name_lies", true);
    char *full = th_format("%s/%s", is_callers ? token->account : repo->owner, repo->name);
    cJSON *body = cJSON_CreateObject();

    add_id(req, body, repo->number);
    cJSON_AddStringToObject(body, "name", display_name(repo));
    cJSON_AddStringToObject(body, "path", repo->name);
    if (!th_behave(req, "create_bare")) {
        cJSON_AddStringToObject(body, "full_name", full);
        cJSON_AddStringToObject(body, "url", req->path);
    }
    cJSON_AddStringToObject(body, "human_name", full);
    cJSON_AddStringToObject(body, "description", repo->description);
    add_bool(req, body, "private", repo->visibility == TH_PRIVATE);
    add_bool(req, body, "public", repo->visibility == TH_PUBLIC);
    cJSON_AddStringToObject(body, "visibility",
                            repo->visibility == TH_PUBLIC ? "public" : "private");
    cJSON_AddItemToObject(body, "namespace", namespace_of(repo));
    cJSON_AddNullToObject(body, "owner");
    cJSON_AddNullToObject(body, "creator");
    cJSON_AddNullToObject(body, "empty_repo");
    cJSON_AddNullToObject(body, "forked_from_project");
    free(full);
    return body;
}
