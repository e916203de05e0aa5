#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_rules.h"
#include "site_modelers_uploads.h"
#include "site_modelers_verify.h"

#define FILE_API   "/api/v1/file/{owner}/{name}"
#define BRANCH_API "/api/v1/branch/model/{owner}/{name}"
#define OBJECT     "/" MO_BUCKET "/{key}"

static const struct th_route routes[] = {
    {"api", "GET", "/api/v1/user", "user", mo_user, NULL},
    {"api", "GET", "/api/v1/account/{name}", "account", mo_account, NULL},
    {"api", "GET", "/api/v1/model", "list", mo_list, NULL},
    {"api", "POST", "/api/v1/model", "create", mo_create, NULL},
    {"api", "GET", "/api/v1/model/{owner}/{name}", "model", mo_model, NULL},
    {"api", "PUT", "/api/v1/model/{id}", "update", mo_update, NULL},
    {"api", "DELETE", "/api/v1/model/{id}", "delete", mo_delete, NULL},
    {"api", "POST", BRANCH_API, "branch_create", mo_branch_create, NULL},
    {"api", "DELETE", BRANCH_API "/{branch}", "branch_delete", mo_branch_delete, NULL},
    /* Fixed words before {owner}, fixed words before {ref}. */
    {"api", "POST", "/api/v1/file/license_check", "license_check", mo_license_check, NULL},
    {"api", "POST", MO_VERIFY_PATH, "verify", mo_verify, NULL},
    {"api", "GET", FILE_API, "tree", mo_tree, NULL},
    {"api", "GET", FILE_API "/info", "info", mo_info, NULL},
    {"api", "POST", FILE_API "/pre_upload", "pre_upload", mo_pre_upload, NULL},
    {"api", "POST", FILE_API "/info/lfs/objects/batch", "batch", mo_batch, NULL},
    {"api", "POST", FILE_API "/upload", "commit", mo_commit, NULL},
    {"api", "GET", FILE_API "/{ref}/media/{path...}", "media", mo_media, NULL},
    {"api", "GET", "/coderepo/web/v1/file/{owner}/{name}/{ref}/media/{path...}", "browser_media",
     mo_browser_media, NULL},
    {"storage", "PUT", OBJECT, "part_put", mo_part_put, mo_part_begin},
    {"storage", "GET", OBJECT, "object_get", mo_object_get, NULL},
    {"storage", "GET", "/hop/{left}" OBJECT, "hop", mo_object_hop, NULL},
    {"elsewhere", "GET", OBJECT, "object_get", mo_object_get, NULL},
    {"elsewhere", "GET", "/hop/{left}" OBJECT, "hop", mo_object_hop, NULL},
    {0},
};

static void not_found(struct th_req *req)
{
    if (req->plane->takes_credentials)
        mo_reply_error(req, 404, "not_found", "no such route");
    else
        mo_reply_storage_error(req, 404, "NoSuchBucket");
}

static bool is_lfs(const char *path, uint64_t size)
{
    return size > 0 && (size > MO_REGULAR_MAX || mo_is_lfs_pattern(path));
}

static void clear(void)
{
    mo_uploads_clear();
    mo_limit_clear();
}

const struct th_site th_site_modelers = {
    .name = "modelers",
    .planes =
        {
            {"api", "endpoint", "127.0.0.1", true},
            {"storage", "storage", "storage.localhost", false},
            {"elsewhere", "elsewhere", "elsewhere.localhost", false},
        },
    .routes = routes,
    .not_found = not_found,
    .seeded = mo_first_commit,
    .default_branch = MO_BRANCH,
    .is_lfs = is_lfs,
    .clear = clear,
    .reset = mo_uploads_reset,
};
