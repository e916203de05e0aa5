/* The standard LFS endpoint under the clone address: git-lfs.md sections 2 to 4, basic transfer. */
#include "lfs_wire.h"
#include "seed.h"
#include "site_modelscope.h"

#include <stdlib.h>
#include <string.h>

/* NULL when it has been answered. */
static struct th_repo *lfs_repo(struct th_req *req, bool wants_to_write)
{
    const struct th_token *token = ms_token(req);
    struct th_repo *repo = ms_repo(req);
    bool may =
        repo && (wants_to_write ? th_may_write(repo->owner, token) : th_may_read(repo, token));

    if (ms_is_blocked(req))
        return NULL;
    if (may)
        return repo;
    if (!token)
        th_lfs_reply_error(req, 401, "credentials needed");
    else
        th_lfs_reply_error(req, wants_to_write && repo ? 403 : 404, "not allowed");
    return NULL;
}

static cJSON *answer_object(const struct th_req *req, const struct th_repo *repo,
                            const cJSON *asked, bool is_upload)
{
    const char *oid = th_json_text(asked, "oid", "");
    int64_t size = th_json_int(asked, "size", -1);
    const struct th_blob *blob = size < 0 ? NULL : th_blob_find(oid, (uint64_t)size);
    bool is_there = th_blob_on_site(blob, req->site);
    cJSON *answer = cJSON_CreateObject();

    cJSON_AddStringToObject(answer, "oid", oid);
    cJSON_AddNumberToObject(answer, "size", (double)size);
    if (!th_is_hex(oid, 64) || size < 0) {
        th_lfs_object_error(answer, 422, "invalid object");
    } else if (is_upload && !is_there) {
        (void)th_lfs_action(answer, "upload",
                            th_format("%s/%s/%s.git/info/lfs/objects/%s/%lld", th_base(req, "api"),
                                      repo->owner, repo->name, oid, (long long)size));
        (void)th_lfs_action(answer, "verify",
                            th_format("%s/%s/%s.git/info/lfs/verify", th_base(req, "api"),
                                      repo->owner, repo->name));
    } else if (!is_upload && is_there) {
        cJSON_AddBoolToObject(answer, "authenticated", true);
        (void)th_lfs_action(answer, "download",
                            th_lfs_by_number(ms_cdn_address(req, repo, "master", oid, blob)));
    } else if (!is_upload) {
        th_lfs_object_error(answer, 404, "object does not exist");
    }
    return answer;
}

void ms_lfs_batch(struct th_req *req)
{
    const cJSON *json = th_req_json(req), *object;
    bool is_upload = !strcmp(th_json_text(json, "operation", ""), "upload");
    struct th_repo *repo = lfs_repo(req, is_upload);
    cJSON *body, *objects;

    if (!repo)
        return;
    body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "transfer", "basic");
    objects = cJSON_AddArrayToObject(body, "objects");
    cJSON_ArrayForEach(object, cJSON_GetObjectItemCaseSensitive(json, "objects"))
    {
        cJSON_AddItemToArray(objects, answer_object(req, repo, object, is_upload));
    }
    th_lfs_reply(req, 200, body);
}

void ms_lfs_begin(struct th_req *req)
{
    const char *oid = th_req_arg(req, "sha256");
    uint64_t size = strtoull(th_req_arg(req, "size"), NULL, 10);

    if (th_is_hex(oid, 64) && th_may_write(th_req_arg(req, "owner"), ms_token(req)))
        req->assembly = th_assembly_new(oid, size, th_seed_discards());
}

void ms_lfs_put(struct th_req *req)
{
    struct th_blob *blob;

    if (lfs_repo(req, true)) {
        blob = req->assembly ? th_assembly_finish(req->assembly) : NULL;
        th_count_put(req, th_req_arg(req, "sha256"), req->received);
        if (blob) {
            th_blob_put_on_site(blob, req->site);
            th_reply_empty(req, 200);
        } else {
            th_lfs_reply_error(req, 422, "content does not match oid and size");
        }
    }
    th_assembly_free(req->assembly);
    req->assembly = NULL;
}

void ms_lfs_verify(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    const char *oid = th_json_text(json, "oid", "");
    int64_t size = th_json_int(json, "size", -1);

    if (!lfs_repo(req, true))
        return;
    if (size >= 0 && th_blob_on_site(th_blob_find(oid, (uint64_t)size), req->site))
        th_reply_empty(req, 200);
    else
        th_lfs_reply_error(req, 404, "object does not exist");
}
