/* Section 5: bytes from the API host, or a redirect to the CDN and its signed addresses. */
#include "site_modelscope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Addresses that ended in the middle of a file (N5); they stay dead. */
struct dead_key {
    char *auth_key;
    struct dead_key *next;
};

static struct dead_key *dead_keys;

void ms_download_clear(void)
{
    while (dead_keys) {
        struct dead_key *dead = dead_keys;

        dead_keys = dead->next;
        free(dead->auth_key);
        free(dead);
    }
}

static bool is_dead(const char *auth_key)
{
    for (const struct dead_key *dead = dead_keys; dead; dead = dead->next)
        if (!strcmp(dead->auth_key, auth_key))
            return true;
    return false;
}

/* The signature covers the object and the time of issue, nothing else of the query. */
static char *auth_key_for(const char *sha256, int64_t issued, const char *random)
{
    char *text = th_format("%s-%lld-%s", sha256, (long long)issued, random), signature[33], *key;

    th_sign(text, signature);
    key = th_format("%lld-%s-0-%s", (long long)issued, random, signature);
    free(text);
    return key;
}

char *ms_cdn_address(const struct th_req *req, const struct th_repo *repo, const char *revision,
                     const char *path, const struct th_blob *blob)
{
    const char *slash = strrchr(path, '/'), *sha256 = blob->sha256;
    char random[33], *key, *name, *address;

    th_fresh_id(random);
    key = auth_key_for(sha256, th_now(), random);
    name = th_percent_encode(slash ? slash + 1 : path, "");
    address = th_format("%s/prod/lfs-objects/%.2s/%.2s/%s?auth_key=%s&filename=%s&namespace=%s"
                        "&repository=%s&revision=%s&tag=model",
                        th_base(req, "cdn"), sha256, sha256 + 2, sha256 + 4, key, name, repo->owner,
                        repo->name, revision);
    free(key);
    free(name);
    return address;
}

static enum th_range_mode range_mode(const struct th_req *req)
{
    const char *mode = th_knob_text(req, "range_mode", "slice_200");

    return !strcmp(mode, "standard")  ? TH_RANGE_206
           : !strcmp(mode, "ignored") ? TH_RANGE_IGNORED
                                      : TH_RANGE_200;
}

static void reply_small(struct th_req *req, const struct th_file *file)
{
    const char *range = th_req_header(req, "Range");
    bool is_open = range && *range && range[strlen(range) - 1] == '-';

    th_header(req, "Content-Type", "application/octet-stream");
    th_reply_blob(req, file->blob, range_mode(req));
    if (is_open && th_behave(req, "wrong_open_length"))
        th_reply_declare(req, file->blob->size);
}

static void redirect_to_cdn(struct th_req *req, const struct th_repo *repo,
                            const struct th_file *file, const struct th_commit *commit)
{
    char *address = ms_cdn_address(req, repo, commit->id, file->path, file->blob);

    th_reply_redirect(req, 302, address);
    free(address);
}

/* Form A has its names in the query, form B in the path. */
static const char *either(const struct th_req *req, const char *query, const char *arg)
{
    const char *value = th_req_query(req, query);

    return *th_req_arg(req, arg) ? th_req_arg(req, arg) : value ? value : "";
}

void ms_download(struct th_req *req)
{
    const struct th_commit *commit;
    const struct th_file *file;
    struct th_repo *repo;

    if (ms_is_blocked(req))
        return;
    repo = ms_readable(req, "获取模型文件失败");
    if (!repo)
        return;
    commit = th_repo_resolve(repo, either(req, "Revision", "revision"));
    file = th_commit_file(commit, either(req, "FilePath", "path"));
    if (!file) {
        ms_error(req, 404, MS_NO_TREE, "获取模型文件失败，信息：file not found");
        return;
    }
    if (file->is_lfs && strcmp(req->method, "HEAD") != 0 && th_knob_bool(req, "lfs_redirect", true))
        redirect_to_cdn(req, repo, file, commit);
    else
        reply_small(req, file);
}

static void reply_denied(struct th_req *req)
{
    th_count_event(req, "cdn_denied");
    th_reply_text(req, 403, "text/xml",
                  "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>\n");
}

/* The object of an address whose key is good now; NULL when it is not. */
static bool is_key_good(const struct th_req *req, const char *sha256, const char *auth_key)
{
    long long issued = 0;
    char random[33] = "", *right;
    bool is_good;

    if (sscanf(auth_key, "%lld-%32[0-9a-f]-0-", &issued, random) != 2 || is_dead(auth_key) ||
        th_now() > issued + th_knob_int(req, "url_ttl_s", 1500))
        return false;
    right = auth_key_for(sha256, issued, random);
    is_good = !strcmp(right, auth_key);
    free(right);
    return is_good;
}

static void die_in_the_middle(struct th_req *req, const char *auth_key)
{
    const cJSON *rule = th_behave(req, "expire_mid_file");
    struct dead_key *dead;

    if (!rule)
        return;
    dead = th_alloc(sizeof(*dead));
    dead->auth_key = th_copy(auth_key);
    dead->next = dead_keys;
    dead_keys = dead;
    th_reply_stop_after(req, (uint64_t)th_json_int(rule, "bytes", 1000));
}

void ms_cdn_get(struct th_req *req)
{
    char *sha256 =
        th_format("%s%s%s", th_req_arg(req, "a"), th_req_arg(req, "b"), th_req_arg(req, "rest"));
    const char *auth_key = th_req_query(req, "auth_key");
    const char *name = th_req_query(req, "filename");
    const struct th_blob *blob = th_blob_find(sha256, UINT64_MAX);

    if (!auth_key || !is_key_good(req, sha256, auth_key)) {
        reply_denied(req);
    } else if (!th_blob_on_site(blob, req->site)) {
        th_reply_text(req, 404, "text/xml", "<Error><Code>NoSuchKey</Code></Error>\n");
    } else {
        th_header(req, "Content-Type", "application/octet-stream");
        th_header(req, "access-control-allow-origin", "*");
        if (name)
            th_header(req, "Content-Disposition", "attachment; filename=\"%s\"", name);
        th_reply_blob(req, blob, TH_RANGE_206);
        if (!strcmp(req->method, "GET"))
            die_in_the_middle(req, auth_key);
    }
    free(sha256);
}
