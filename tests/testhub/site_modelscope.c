#include "site_modelscope.h"

#define MODEL "/api/v1/models/{owner}/{name}"
#define REPOS "/api/v1/repos/models/{owner}/{name}"

static void wrong_route(struct th_req *req)
{
    th_reply_text(req, 421, "text/plain", "mirror self-forwarded loop detected\n");
}

static void wrong_method(struct th_req *req)
{
    th_reply_text(req, 405, "text/plain", "405 method not allowed\n");
}

static const struct th_route routes[] = {
    {"api", "POST", "/api/v1/login", "login", ms_login, NULL},
    {"api", "GET", "/openapi/v1/users/me", "me", ms_me, NULL},
    {"api", "GET", "/openapi/v1/models", "list", ms_list, NULL},
    {"api", "GET", "/openapi/v1/models/{owner}/{name}", "openapi_model", ms_openapi_model, NULL},
    {"api", "PUT", "/api/v1/models", "legacy_list", ms_legacy_list, NULL},
    {"api", "PUT", "/api/v1/models/", "legacy_list", ms_legacy_list, NULL},
    {"api", "POST", "/api/v1/models", "create", ms_create, NULL},
    {"api", "POST", "/api/v1/models/", "create", ms_create, NULL},
    {"api", "GET", "/api/v1/repos/internalAccelerationInfo", "region", ms_region, NULL},
    {"api", "GET", MODEL, "info", ms_info, NULL},
    {"api", "PUT", MODEL, "settings", ms_settings, NULL},
    {"api", "DELETE", MODEL, "delete_repo", ms_delete_refused, NULL},
    {"api", "GET", MODEL "/repo/files", "files", ms_files, NULL},
    {"api", "GET", MODEL "/repo/tree", "wrong_route", wrong_method, NULL},
    {"api", "GET|HEAD", MODEL "/repo", "download", ms_download, NULL},
    {"api", "GET|HEAD", "/models/{owner}/{name}/resolve/{revision}/{path...}", "resolve",
     ms_download, NULL},
    {"api", "GET", MODEL "/revisions", "revisions", ms_revisions, NULL},
    {"api", "GET", MODEL "/commits", "commits", ms_commits, NULL},
    {"api", "POST", MODEL "/repo/tag", "tag", ms_tag, NULL},
    {"api", "DELETE", MODEL "/file", "delete_file", ms_delete_refused, NULL},
    {"api", "POST", REPOS "/info/lfs/objects/batch", "batch", ms_batch, NULL},
    {"api", "POST", REPOS "/commit/{branch...}", "commit", ms_commit, NULL},
    {"api", "GET|HEAD", REPOS "/repo", "wrong_route", wrong_route, NULL},
    {"lfs", "PUT", REPOS "/blobs/{sha256}/{size}", "blob_put", ms_blob_put, ms_blob_begin},
    {"cdn", "GET|HEAD", "/prod/lfs-objects/{a}/{b}/{rest}", "cdn_get", ms_cdn_get, NULL},
    {"api", "GET", "/{owner}/{name}.git/info/refs", "git_refs", ms_git_refs, NULL},
    {"api", "GET", "/models/{owner}/{name}.git/info/refs", "git_refs", ms_git_refs, NULL},
    {"api", "POST", "/{owner}/{name}.git/git-upload-pack", "git_upload_pack", ms_git_upload_pack,
     NULL},
    {"api", "POST", "/models/{owner}/{name}.git/git-upload-pack", "git_upload_pack",
     ms_git_upload_pack, NULL},
    {"api", "POST", "/{owner}/{name}.git/info/lfs/objects/batch", "lfs_batch", ms_lfs_batch, NULL},
    {"api", "POST", "/models/{owner}/{name}.git/info/lfs/objects/batch", "lfs_batch", ms_lfs_batch,
     NULL},
    {"api", "PUT", "/{owner}/{name}.git/info/lfs/objects/{sha256}/{size}", "lfs_object", ms_lfs_put,
     ms_lfs_begin},
    {"api", "POST", "/{owner}/{name}.git/info/lfs/verify", "lfs_verify", ms_lfs_verify, NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

static void seeded(struct th_repo *repo)
{
    ms_first_commit(repo, "zh");
}

extern const struct th_site th_site_modelscope;
const struct th_site th_site_modelscope __attribute__((visibility("default"))) = {
    .name = "modelscope",
    .planes =
        {
            {"api", "endpoint", "localhost", true},
            {"lfs", "lfs", "lfs.localhost", true},
            {"cdn", "cdn", "cdn.localhost", false},
        },
    .routes = routes,
    .seeded = seeded,
    .default_branch = "master",
    .is_lfs = ms_is_lfs,
    .abandoned = ms_blob_abandoned,
    .clear = ms_download_clear,
    .has_bad_tls = true,
};
