/* §13, §15 and git-lfs.md 2 to 4: the batch, which objects there are, basic uploads to a store on
 * another host. */
#include "lfs_wire.h"
#include "seed.h"
#include "site_gitcode_import.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"
#include "site_modelers_signature.h"

#include <stdlib.h>
#include <string.h>

/* NULL when it has been answered. */
static struct th_repo *lfs_repo(struct th_req *req, bool wants_to_write)
{
    const struct th_token *token = gc_git_token(req);
    struct th_repo *repo =
        th_repo_find(req->site, th_req_arg(req, "owner"), th_req_arg(req, "name"));
    bool may_read = repo && gc_may_read(repo, token) && gc_is_visible_yet(repo);
    bool is_wrong = !token && th_req_header(req, "Authorization");

    if (gc_is_blocked(req))
        return NULL;
    if (is_wrong || (!token && (wants_to_write || !may_read))) {
        th_lfs_reply_error(req, 401, "credentials needed");
        return NULL;
    }
    if (token && th_token_lacks(token, req->route->name)) {
        th_count_event(req, "not_entitled");
        th_lfs_reply_error(req, 403, "no scopes");
        return NULL;
    }
    if (!may_read) {
        th_lfs_reply_error(req, 404, "Project not found");
        return NULL;
    }
    gc_import_look(repo, req->route->name);
    if (!wants_to_write || (th_may_write(repo->owner, token) && !gc_write_block(repo)))
        return repo;
    th_lfs_reply_error(req, 403, gc_write_block(repo) ? gc_write_block(repo) : "not allowed");
    return NULL;
}

/* With lfs_scope "repo" a server hands out only what a commit of this repository names. */
static bool is_named_here(const struct th_repo *repo, const struct th_blob *blob)
{
    for (const struct th_commit *commit = repo->commits; commit; commit = commit->next)
        for (size_t i = 0; i < commit->file_count; i++)
            if (commit->files[i]->is_lfs && commit->files[i]->blob == blob)
                return true;
    return false;
}

static bool is_there(const struct th_req *req, const struct th_repo *repo,
                     const struct th_blob *blob)
{
    if (!th_blob_on_site(blob, req->site) || gc_is_object_missing(repo, blob->sha256))
        return false;
    return strcmp(th_knob_text(req, "lfs_scope", "site"), "repo") != 0 || is_named_here(repo, blob);
}

static char *host_form(const struct th_req *req, char *take_href)
{
    return th_knob_bool(req, "lfs_by_number", false) ? th_lfs_by_number(take_href) : take_href;
}

static void sign_put(const char *oid, const char *size, const char *expires, char out[33])
{
    char *text = th_format("gitcode PUT %s %s %s", oid, size, expires);

    th_sign(text, out);
    free(text);
}

static void ticket_of(const char *oid, char out[33])
{
    char *text = th_format("gitcode ticket %s", oid);

    th_sign(text, out);
    free(text);
}

static char *put_address(const struct th_req *req, const char *oid, int64_t size)
{
    char *until = th_format("%lld", (long long)mo_expiry(req, "part_url_expired"));
    char *bytes = th_format("%lld", (long long)size), signature[33], *href;

    sign_put(oid, bytes, until, signature);
    href = th_format("%s/gitcode-lfs/%s?size=%s&expires=%s&sig=%s", th_base(req, "storage"), oid,
                     bytes, until, signature);
    free(until);
    free(bytes);
    return host_form(req, href);
}

static void add_life(const struct th_req *req, cJSON *action)
{
    const char *form = th_knob_text(req, "lfs_expiry", "expires_in");
    int64_t life = th_knob_int(req, "url_ttl_s", 900);
    char *until;

    if (!strcmp(form, "expires_in"))
        cJSON_AddNumberToObject(action, "expires_in", (double)life);
    if (!strcmp(form, "zero"))
        cJSON_AddStringToObject(action, "expires_at", "0001-01-01T00:00:00Z");
    if (strcmp(form, "expires_at") != 0)
        return;
    until = th_time_utc(th_now() + life);
    cJSON_AddStringToObject(action, "expires_at", until);
    free(until);
}

/* With an Authorization of its own, since "authenticated" forbids the caller's. */
static void add_verify(const struct th_req *req, const struct th_repo *repo, cJSON *answer,
                       const char *oid)
{
    cJSON *action =
        th_lfs_action(answer, "verify",
                      th_format("%s/%s/%s.git/info/lfs/verify", th_base(req, req->plane->name),
                                repo->owner, repo->name));
    char ticket[33], *value;

    if (!th_knob_bool(req, "verify_headers", true))
        return;
    ticket_of(oid, ticket);
    value = th_format("RemoteAuth %s", ticket);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(action, "header"), "Authorization", value);
    free(value);
}

static void add_upload(const struct th_req *req, const struct th_repo *repo, cJSON *answer,
                       const char *oid, int64_t size)
{
    cJSON *action = th_lfs_action(answer, "upload", put_address(req, oid, size)), *header;
    char ticket[33];

    ticket_of(oid, ticket);
    if (th_knob_bool(req, "verify_headers", true))
        cJSON_AddBoolToObject(answer, "authenticated", true);
    header = cJSON_AddObjectToObject(action, "header");
    cJSON_AddStringToObject(header, "x-obs-ticket", ticket);
    cJSON_AddStringToObject(header, "Content-Type", "application/octet-stream");
    add_life(req, action);
    if (!th_knob_bool(req, "no_verify", false))
        add_verify(req, repo, answer, oid);
}

/* The four ways of saying "already there" (git-lfs.md 3). */
static void add_present(const struct th_req *req, cJSON *answer, const struct th_blob *blob)
{
    const char *shape = th_knob_text(req, "lfs_present", "no_actions");

    if (!strcmp(shape, "null"))
        cJSON_AddNullToObject(answer, "actions");
    else if (!strcmp(shape, "empty"))
        cJSON_AddObjectToObject(answer, "actions");
    else if (!strcmp(shape, "download"))
        (void)th_lfs_action(
            answer, "download",
            host_form(req, mo_object_url(req, "storage", blob, blob->sha256, th_now() + 900)));
}

static void add_download(const struct th_req *req, cJSON *answer, const struct th_blob *blob)
{
    char *href =
        mo_object_url(req, "storage", blob, blob->sha256, mo_expiry(req, "signature_expired"));

    cJSON_AddBoolToObject(answer, "authenticated", true);
    add_life(req, th_lfs_action(answer, "download", host_form(req, href)));
}

static cJSON *answer_object(const struct th_req *req, const struct th_repo *repo,
                            const cJSON *asked, bool is_upload)
{
    const char *oid = th_json_text(asked, "oid", "");
    int64_t size = th_json_int(asked, "size", -1);
    const struct th_blob *blob = size < 0 ? NULL : th_blob_find(oid, (uint64_t)size);
    const cJSON *rule;
    cJSON *answer = cJSON_CreateObject();

    cJSON_AddStringToObject(answer, "oid", oid);
    cJSON_AddNumberToObject(answer, "size", (double)size);
    if (!th_is_hex(oid, 64) || size < 0)
        th_lfs_object_error(answer, 422, "invalid object");
    else if ((rule = th_behave(req, "object_error")))
        th_lfs_object_error(answer, (int)th_json_int(rule, "code", 422), "refused");
    else if (is_upload && is_there(req, repo, blob))
        add_present(req, answer, blob);
    else if (is_upload)
        add_upload(req, repo, answer, oid, size);
    else if (is_there(req, repo, blob))
        add_download(req, answer, blob);
    else
        th_lfs_object_error(answer, 404, "object does not exist");
    return answer;
}

static bool is_batch_good(struct th_req *req, const cJSON *json)
{
    const char *operation = th_json_text(json, "operation", "");
    int count = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(json, "objects"));

    if (strcmp(operation, "upload") != 0 && strcmp(operation, "download") != 0)
        th_lfs_reply_error(req, 400, "bad operation");
    else if (count > th_knob_int(req, "lfs_batch_max", 100))
        th_lfs_reply_error(req, 413, "too many objects");
    else
        return true;
    return false;
}

/* Order is not promised, nor that every object is answered. */
static cJSON *answers_of(const struct th_req *req, const struct th_repo *repo, const cJSON *json)
{
    bool is_upload = !strcmp(th_json_text(json, "operation", ""), "upload");
    bool is_turned = th_knob_bool(req, "lfs_reversed", false);
    cJSON *answers = cJSON_CreateArray();
    const cJSON *object;

    cJSON_ArrayForEach(object, cJSON_GetObjectItemCaseSensitive(json, "objects"))
    {
        cJSON *answer = answer_object(req, repo, object, is_upload);

        if (is_turned)
            (void)cJSON_InsertItemInArray(answers, 0, answer);
        else
            cJSON_AddItemToArray(answers, answer);
    }
    if (cJSON_GetArraySize(answers) && th_behave(req, "batch_omits"))
        cJSON_DeleteItemFromArray(answers, cJSON_GetArraySize(answers) - 1);
    return answers;
}

void gc_lfs_batch(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    bool is_upload = !strcmp(th_json_text(json, "operation", ""), "upload");
    struct th_repo *repo = lfs_repo(req, is_upload);
    const char *transfer = th_knob_text(req, "lfs_transfer", "basic");
    cJSON *body;

    if (!repo || !is_batch_good(req, json))
        return;
    th_count_event(req, is_upload ? "lfs_upload_batch" : "lfs_download_batch");
    body = cJSON_CreateObject();
    if (*transfer)
        cJSON_AddStringToObject(body, "transfer", transfer);
    cJSON_AddItemToObject(body, "objects", answers_of(req, repo, json));
    th_lfs_reply(req, 200, body);
}

static bool has_ticket(const struct th_req *req, const char *oid)
{
    const char *header = th_req_header(req, "Authorization");
    char ticket[33];

    ticket_of(oid, ticket);
    return header && !strncmp(header, "RemoteAuth ", 11) && !strcmp(header + 11, ticket);
}

void gc_lfs_verify(struct th_req *req)
{
    const cJSON *json = th_req_json(req);
    const char *oid = th_json_text(json, "oid", "");
    int64_t size = th_json_int(json, "size", -1);

    if (!has_ticket(req, oid) && !lfs_repo(req, true))
        return;
    if (size >= 0 && th_blob_on_site(th_blob_find(oid, (uint64_t)size), req->site) &&
        !th_behave(req, "verify_404"))
        th_reply_empty(req, 200);
    else
        th_lfs_reply_error(req, 404, "object does not exist");
}

static void reply_store_error(struct th_req *req, unsigned status, const char *code)
{
    char *body = th_format("<?xml version=\"1.0\"?><Error><Code>%s</Code></Error>\n", code);

    th_reply_text(req, status, "application/xml", body);
    free(body);
}

static const char *query_text(const struct th_req *req, const char *name)
{
    const char *text = th_req_query(req, name);

    return text ? text : "";
}

/* The address and every header of the action are signed; a token breaks it. */
static const char *problem_of(const struct th_req *req)
{
    const char *oid = th_req_arg(req, "oid"), *ticket = th_req_header(req, "x-obs-ticket");
    const char *type = th_req_header(req, "Content-Type");
    const char *until = query_text(req, "expires");
    char expected[33];

    sign_put(oid, query_text(req, "size"), until, expected);
    if (strcmp(expected, query_text(req, "sig")) != 0 || th_req_header(req, "Authorization"))
        return "SignatureDoesNotMatch";
    ticket_of(oid, expected);
    if (!ticket || strcmp(ticket, expected) != 0 || !type ||
        strcmp(type, "application/octet-stream") != 0)
        return "SignatureDoesNotMatch";
    return strtoll(until, NULL, 10) < th_now() ? "AccessDenied" : NULL;
}

void gc_lfs_put_begin(struct th_req *req)
{
    if (!problem_of(req))
        req->assembly =
            th_assembly_new(th_req_arg(req, "oid"), strtoull(query_text(req, "size"), NULL, 10),
                            th_seed_discards());
}

void gc_lfs_put(struct th_req *req)
{
    const char *problem = req->assembly ? NULL : problem_of(req);
    struct th_blob *blob = NULL;

    if (req->assembly && th_behave(req, "put_stores_nothing")) {
        th_reply_empty(req, 200);
    } else if (req->assembly) {
        th_count_put(req, th_req_arg(req, "oid"), req->received);
        blob = th_assembly_finish(req->assembly);
        if (blob) {
            th_blob_put_on_site(blob, req->site);
            th_reply_empty(req, 200);
        } else {
            reply_store_error(req, 400, "BadDigest");
        }
    } else {
        reply_store_error(req, 403, problem ? problem : "AccessDenied");
    }
    th_assembly_free(req->assembly);
    req->assembly = NULL;
}
