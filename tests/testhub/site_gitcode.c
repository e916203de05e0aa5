#include "site_gitcode.h"
#include "site_gitcode_import.h"
#include "site_gitcode_reply.h"
#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_rules.h"
#include "site_modelers_uploads.h"
#include "site_modelers_verify.h"

#define V5       "/api/v5"
#define REPO     V5 "/repos/{owner}/{name}"
#define GIT      "/{owner}/{name}.git"
#define FILE_API "/api/v1/file/{owner}/{name}"
#define OBJECT   "/" MO_BUCKET "/{key}"
/* The endpoint answers for every plane, since one endpoint may be all that a client is told. */
#define ON_GIT "api|git"
#define ON_RAW "api|git|raw"
#define ON_HUB "api|hub"

static const struct th_route routes[] = {
    {"api", "GET", V5 "/user", "user", gc_user, NULL},
    {"api", "GET", V5 "/user/repos", "own_repos", gc_own_repos, NULL},
    {"api", "POST", V5 "/user/repos", "create_own", gc_create_own, NULL},
    {"api", "GET", V5 "/orgs/{owner}/repos", "org_repos", gc_org_repos, NULL},
    {"api", "POST", V5 "/orgs/{owner}/repos", "create_org", gc_create_org, NULL},
    {"api", "GET", V5 "/users/{owner}/repos", "user_repos", gc_user_repos, NULL},
    {"api", "GET", REPO, "repo", gc_repo_get, NULL},
    {"api", "PATCH", REPO, "repo_patch", gc_repo_patch, NULL},
    {"api", "DELETE", REPO, "repo_delete", gc_repo_delete, NULL},
    {"api", "GET", REPO "/branches", "branches", gc_branches, NULL},
    {"api", "POST", REPO "/branches", "branch_create", gc_branch_create, NULL},
    {"api", "GET", REPO "/branches/{branch...}", "branch", gc_branch, NULL},
    {"api", "DELETE", REPO "/branches/{branch...}", "branch_delete", gc_branch_delete, NULL},
    {"api", "GET", REPO "/commits", "commits", gc_commits, NULL},
    {"api", "GET", REPO "/commits/{revision...}", "commit_get", gc_commit, NULL},
    {"api", "GET", REPO "/git/trees/{revision...}", "git_tree", gc_tree, NULL},
    {"api", "GET", REPO "/git/blobs/{sha}", "git_blob", gc_blob, NULL},
    {"api", "GET", REPO "/file_list", "file_list", gc_file_list, NULL},
    {"api", "GET", REPO "/contents", "contents", gc_contents_get, NULL},
    {"api", "GET", REPO "/contents/", "contents", gc_contents_get, NULL},
    {"api", "GET", REPO "/contents/{path...}", "contents", gc_contents_get, NULL},
    {"api", "POST|PUT", REPO "/contents/{path...}", "contents_write", gc_contents_put, NULL},
    {"api", "DELETE", REPO "/contents/{path...}", "contents_delete", gc_contents_delete, NULL},
    {"api", "GET|HEAD", REPO "/raw/{path...}", "raw", gc_raw, NULL},
    {"api", "GET", REPO "/repo_remote_mirror", "repo_mirror", gc_pull_mirror, NULL},
    {"api", "GET", REPO "/push_remote_mirrors", "push_mirrors", gc_push_mirrors, NULL},
    {"api", "POST", REPO "/push_remote_mirrors/{id}", "push_mirror_sync", gc_push_mirror_sync,
     NULL},
    {"api", "GET", REPO "/sync_repo", "fork_state", gc_fork_state, NULL},
    {"api", "PUT", REPO "/sync_repo", "fork_sync", gc_fork_sync, NULL},
    {"api", "GET", "/api/v4/projects/{id}", "v4_project", gc_v4_project, NULL},
    /* The file plane: fixed words before {owner}, fixed words before {ref}. */
    {ON_HUB, "GET", "/api/v1/user", "hub_user", gc_hub, NULL},
    {ON_HUB, "GET", "/api/v1/account/{name}", "hub_account", gc_hub, NULL},
    {ON_HUB, "POST", "/api/v1/model", "hub_create", gc_hub, NULL},
    {ON_HUB, "GET", "/api/v1/model/{owner}/{name}", "hub_model", gc_hub, NULL},
    {ON_HUB, "POST", "/api/v1/file/license_check", "license_check", gc_hub, NULL},
    {ON_HUB, "POST", MO_VERIFY_PATH, "verify", gc_hub, NULL},
    {ON_HUB, "GET", FILE_API, "tree", gc_hub, NULL},
    {ON_HUB, "GET", FILE_API "/info", "info", gc_hub, NULL},
    {ON_HUB, "POST", FILE_API "/pre_upload", "pre_upload", gc_hub, NULL},
    {ON_HUB, "POST", FILE_API "/info/lfs/objects/batch", "batch", gc_hub, NULL},
    {ON_HUB, "POST", FILE_API "/upload", "commit", gc_hub, NULL},
    {ON_HUB, "GET|HEAD", FILE_API "/{ref}/media/{path...}", "media", gc_hub, NULL},
    {ON_HUB, "GET|HEAD", "/{owner}/{name}/resolve/{ref}/{path...}", "resolve", gc_hub, NULL},
    {ON_GIT, "GET", GIT "/info/refs", "git_refs", gc_git_refs, NULL},
    {ON_GIT, "POST", GIT "/git-upload-pack", "git_upload_pack", gc_git_upload_pack, NULL},
    {ON_GIT, "POST", GIT "/info/lfs/objects/batch", "lfs_batch", gc_lfs_batch, NULL},
    {ON_GIT, "POST", GIT "/info/lfs/verify", "lfs_verify", gc_lfs_verify, NULL},
    {ON_RAW, "GET|HEAD", "/{owner}/{name}/raw/{ref}/{path...}", "raw_host", gc_raw_host, NULL},
    {ON_RAW, "GET|HEAD", "/{owner}/{name}/blobs/{sha}/{file}", "raw_blob", gc_raw_blob, NULL},
    {"api|git", "GET", "/{owner}/{name}/setting/mirror", "web_page", gc_page, NULL},
    {"storage", "PUT", "/gitcode-lfs/{oid}", "lfs_put", gc_lfs_put, gc_lfs_put_begin},
    {"storage", "PUT", OBJECT, "part_put", mo_part_put, mo_part_begin},
    {"storage|elsewhere", "GET", OBJECT, "object_get", mo_object_get, NULL},
    {"storage|elsewhere", "GET", "/hop/{left}" OBJECT, "hop", mo_object_hop, NULL},
    {0},
};

static void not_found(struct th_req *req)
{
    if (!req->plane->takes_credentials)
        mo_reply_storage_error(req, 404, "NoSuchBucket");
    else
        gc_error(req, 404, 404, "error", "404 Not Found");
}

static bool is_lfs(const char *path, uint64_t size)
{
    return size > 0 && (size > MO_REGULAR_MAX || mo_is_lfs_pattern(path));
}

/* A streamed body broke off. Parts of the file plane share an assembly that stays. */
static void abandoned(struct th_req *req)
{
    if (req->own)
        return;
    th_assembly_free(req->assembly);
    req->assembly = NULL;
}

static void clear(void)
{
    mo_uploads_clear();
    gc_gate_clear();
}

const struct th_site th_site_gitcode = {
    .name = "gitcode",
    .planes =
        {
            {"api", "endpoint", "127.0.0.1", true},
            {"git", "git", "git.localhost", true},
            {"raw", "raw", "raw.localhost", false},
            {"hub", "hub", "hub.localhost", true},
            {"storage", "storage", "obs.localhost", false},
            {"elsewhere", "elsewhere", "elsewhere.localhost", false},
        },
    .routes = routes,
    .not_found = not_found,
    .seeded = gc_first_commit,
    .default_branch = "main",
    .is_lfs = is_lfs,
    .abandoned = abandoned,
    .clear = clear,
    .mirror = gc_mirror_order,
    .reset = mo_uploads_reset,
};
