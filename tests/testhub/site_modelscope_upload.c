/* Sections 6.2 and 6.3: which objects are missing, and their bytes. */
#include "seed.h"
#include "site_modelscope.h"

#include <stdlib.h>
#include <string.h>

static cJSON *upload_action(const struct th_req *req, const char *oid, uint64_t size)
{
    cJSON *actions = cJSON_CreateObject(), *upload = cJSON_AddObjectToObject(actions, "upload");
    char *href =
        th_format("%s/api/v1/repos/models/%s/%s/blobs/%s/%llu", th_base(req, "lfs"),
                  th_req_arg(req, "owner"), th_req_arg(req, "name"), oid, (unsigned long long)size);

    cJSON_AddStringToObject(upload, "href", href);
    cJSON_AddNumberToObject(upload, "offset", 0);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(upload, "upload_header"), "Range", "bytes=0-");
    cJSON_AddObjectToObject(upload, "upload_parameters");
    free(href);
    return actions;
}

static cJSON *object_error(int code, const char *message)
{
    cJSON *error = cJSON_CreateObject();

    cJSON_AddNumberToObject(error, "code", code);
    cJSON_AddStringToObject(error, "message", message);
    return error;
}

/* The truth, unless a rule lies about this object. */
static bool is_said_to_be_there(const struct th_req *req, const char *oid, uint64_t size)
{
    bool is_there = th_blob_on_site(th_blob_find(oid, size), req->site);

    if (is_there)
        return !th_behave(req, "claims_absent");
    return th_behave(req, "claims_present") != NULL;
}

/* Nothing for an object that exists: existence is by oid and size, for the whole site. */
static void answer_object(struct th_req *req, const cJSON *asked, bool is_failing, cJSON *answers)
{
    const char *oid = th_json_text(asked, "oid", "");
    int64_t size = th_json_int(asked, "size", -1);
    bool is_valid = th_is_hex(oid, 64) && size >= 0;
    cJSON *answer;

    if (is_valid && !is_failing && is_said_to_be_there(req, oid, (uint64_t)size))
        return;
    answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "oid", oid);
    cJSON_AddNumberToObject(answer, "size", (double)size);
    if (!is_valid)
        cJSON_AddItemToObject(answer, "error", object_error(422, "invalid oid or size"));
    else if (is_failing)
        cJSON_AddItemToObject(answer, "error", object_error(500, "internal error"));
    else
        cJSON_AddItemToObject(answer, "actions", upload_action(req, oid, (uint64_t)size));
    cJSON_AddItemToArray(answers, answer);
}

void ms_batch(struct th_req *req)
{
    const cJSON *objects, *object;
    cJSON *data, *answers;
    bool is_failing;

    if (ms_is_blocked(req) || !ms_writable(req))
        return;
    objects = cJSON_GetObjectItemCaseSensitive(th_req_json(req), "objects");
    if (!cJSON_IsArray(objects) ||
        strcmp(th_json_text(th_req_json(req), "operation", ""), "upload") != 0) {
        ms_error(req, 400, MS_BAD_PARAMETER, "参数错误：operation or objects");
        return;
    }
    if (th_behave(req, "batch_no_answer")) {
        ms_error(req, 200, MS_BAD_PARAMETER, "internal error");
        return;
    }
    is_failing = th_behave(req, "batch_error");
    data = cJSON_CreateObject();
    answers = cJSON_CreateArray();
    cJSON_ArrayForEach(object, objects) answer_object(req, object, is_failing, answers);
    if (!cJSON_GetArraySize(answers) && th_knob_bool(req, "empty_batch_null", false)) {
        cJSON_Delete(answers);
        answers = cJSON_CreateNull();
    }
    cJSON_AddItemToObject(data, "objects", answers);
    cJSON_AddArrayToObject(data, "reused-objects");
    ms_ok(req, data);
}

static uint64_t size_of(const struct th_req *req)
{
    return strtoull(th_req_arg(req, "size"), NULL, 10);
}

/* N16. The cookie counts; NULL when it has been answered. */
static const struct th_token *put_token(struct th_req *req)
{
    const struct th_token *by_cookie = th_token_find(req->site, th_req_cookie(req, "m_session_id"));
    const struct th_token *by_bearer = th_token_find(req->site, th_req_bearer(req));

    if (!by_cookie || (!by_bearer && th_knob_bool(req, "strict_put", false))) {
        th_count_event(req, "put_not_logged_in");
        ms_error(req, 400, MS_REFUSED, "user not logged in");
        return NULL;
    }
    if (!th_may_write(th_req_arg(req, "owner"), by_cookie) || !ms_repo(req)) {
        ms_error(req, 403, 403, "no write permission to repository");
        return NULL;
    }
    return by_cookie;
}

void ms_blob_begin(struct th_req *req)
{
    if (th_is_hex(th_req_arg(req, "sha256"), 64))
        req->assembly =
            th_assembly_new(th_req_arg(req, "sha256"), size_of(req), th_seed_discards());
}

void ms_blob_abandoned(struct th_req *req)
{
    th_count_event(req, "put_broken_off");
    th_assembly_free(req->assembly);
    req->assembly = NULL;
}

static void store_blob(struct th_req *req)
{
    struct th_blob *blob = req->assembly ? th_assembly_finish(req->assembly) : NULL;

    th_count_put(req, th_req_arg(req, "sha256"), req->received);
    if (!blob) {
        th_count_event(req, "put_wrong_content");
        ms_error(req, 400, MS_BAD_PARAMETER, "content does not match oid and size");
        return;
    }
    if (!th_behave(req, "put_stores_nothing"))
        th_blob_put_on_site(blob, req->site);
    ms_ok_empty(req);
}

void ms_blob_put(struct th_req *req)
{
    if (th_req_header(req, "Expect"))
        th_count_event(req, "expect_100");
    if (req->is_chunked) {
        th_count_event(req, "put_chunked");
        ms_error(req, 411, MS_BAD_PARAMETER, "Content-Length is needed");
    } else if (put_token(req)) {
        store_blob(req);
    }
    th_assembly_free(req->assembly);
    req->assembly = NULL;
}
