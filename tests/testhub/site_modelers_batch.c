#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_signature.h"
#include "site_modelers_uploads.h"
#include "site_modelers_verify.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECTS_MAX = 100 };

#define LFS_BYTES_MAX INT64_C(128849018880) /* §6.6: 120 GiB */

/* The part of an answer's spelling that is the same for all its objects. */
struct wording {
    const char *shape, *present_shape;
    uint64_t part_bytes;
    int64_t expires;
    bool has_part_size, has_verify;
};

static struct wording read_wording(const struct th_req *req)
{
    bool has_part_size = !th_knob_bool(req, "no_part_size", false);
    int64_t part_bytes = th_knob_int(req, "part_size", MO_PART_BYTES);

    return (struct wording){
        .shape = th_knob_text(req, "batch_shape", "parts"),
        .present_shape = th_knob_text(req, "present_shape", "parts"),
        .part_bytes = has_part_size && part_bytes > 0 ? (uint64_t)part_bytes : MO_PART_BYTES,
        .expires = mo_expiry(req, "part_url_expired"),
        .has_part_size = has_part_size,
        .has_verify = !th_knob_bool(req, "no_verify", false),
    };
}

static cJSON *part_of(const struct th_req *req, const struct wording *wording,
                      const struct mo_upload *upload, size_t index)
{
    const struct mo_part *part = &upload->parts[index - 1];
    cJSON *answer = cJSON_CreateObject(), *headers;
    char *href;

    cJSON_AddNumberToObject(answer, "index", (double)index);
    if (wording->has_part_size)
        cJSON_AddNumberToObject(answer, "size", (double)mo_part_length(upload, index));
    cJSON_AddStringToObject(answer, "etag", part->etag);
    if (part->puts) {
        if (th_knob_bool(req, "stored_href_empty", false))
            cJSON_AddStringToObject(answer, "href", "");
        return answer;
    }
    href = mo_part_url(req, upload->oid, upload->id, index, wording->expires);
    cJSON_AddStringToObject(answer, "href", href);
    free(href);
    headers = cJSON_AddObjectToObject(answer, "headers");
    if (th_knob_bool(req, "part_header", false)) {
        char *number = th_format("%zu", index);

        cJSON_AddStringToObject(headers, "x-obs-part", number);
        free(number);
    }
    return answer;
}

static void add_parts(const struct th_req *req, const struct wording *wording,
                      const struct mo_upload *upload, cJSON *actions)
{
    cJSON *parts = cJSON_AddArrayToObject(actions, "parts");

    for (size_t i = 1; i <= upload->part_count; i++)
        cJSON_AddItemToArray(parts, part_of(req, wording, upload, i));
}

/* The older form: one address for the whole, no verify. */
static void add_basic(const struct th_req *req, const struct wording *wording,
                      const struct mo_upload *upload, cJSON *actions)
{
    cJSON *action = cJSON_AddObjectToObject(actions, "upload");
    char *href = mo_part_url(req, upload->oid, upload->id, 1, wording->expires);

    cJSON_AddStringToObject(action, "href", href);
    cJSON_AddObjectToObject(action, "headers");
    free(href);
}

static void add_wanted(const struct th_req *req, const struct wording *wording, cJSON *answer,
                       const char *oid, uint64_t size)
{
    bool is_basic = !strcmp(wording->shape, "basic");
    struct mo_upload *upload = mo_upload_of(req->site, oid, size);
    cJSON *actions = cJSON_AddObjectToObject(answer, "actions");

    if (upload && th_behave(req, "upload_lost")) {
        mo_upload_drop(upload);
        upload = NULL;
    }
    if (!upload)
        upload =
            mo_upload_start(req->site, oid, size, is_basic && size ? size : wording->part_bytes);
    if (is_basic) {
        add_basic(req, wording, upload, actions);
        return;
    }
    add_parts(req, wording, upload, actions);
    if (wording->has_verify)
        mo_add_verify(req, upload, actions);
}

/* §6.2: parts with an etag and no href; the other shapes are what clients' code speaks of. */
static void add_present(const struct th_req *req, const struct wording *wording, cJSON *answer,
                        const char *oid, uint64_t size)
{
    const char *shape = wording->present_shape;
    const struct mo_upload *upload;
    cJSON *actions;

    if (!strcmp(shape, "no_actions"))
        return;
    if (!strcmp(shape, "null_actions")) {
        cJSON_AddNullToObject(answer, "actions");
        return;
    }
    actions = cJSON_AddObjectToObject(answer, "actions");
    if (!strcmp(shape, "empty_actions"))
        return;
    upload = mo_upload_of_stored(req->site, oid, size, wording->part_bytes);
    if (strcmp(shape, "no_parts") != 0)
        add_parts(req, wording, upload, actions);
    if (!strcmp(shape, "no_parts") || !strcmp(shape, "parts_verify"))
        mo_add_verify(req, upload, actions);
}

static void add_error(cJSON *answer, int code, const char *message)
{
    cJSON *error = cJSON_AddObjectToObject(answer, "error");

    cJSON_AddNumberToObject(error, "code", code);
    cJSON_AddStringToObject(error, "message", message);
}

/* The truth, unless a rule lies about this object. */
static bool is_said_to_be_there(const struct th_req *req, const char *oid, uint64_t size)
{
    bool is_there = th_blob_on_site(th_blob_find(oid, size), req->site);

    if (is_there)
        return !th_behave(req, "claims_absent");
    return th_behave(req, "claims_present") != NULL;
}

static cJSON *answer_of(const struct th_req *req, const struct wording *wording,
                        const cJSON *object)
{
    const char *oid = th_json_text(object, "oid", "");
    int64_t size = th_json_int(object, "size", -1);
    const cJSON *rule;
    cJSON *answer = cJSON_CreateObject();

    cJSON_AddStringToObject(answer, "oid", oid);
    cJSON_AddNumberToObject(answer, "size", (double)size);
    if (!th_is_hex(oid, 64) || size < 0)
        add_error(answer, 422, "invalid oid or size");
    else if (size > th_knob_int(req, "lfs_max", LFS_BYTES_MAX))
        add_error(answer, 422, "larger than the allowed maximum");
    else if (th_glob(th_knob_text(req, "refused_oid", ""), oid))
        add_error(answer, (int)th_knob_int(req, "refused_code", 422), "refused");
    else if ((rule = th_behave(req, "object_error")))
        add_error(answer, (int)th_json_int(rule, "code", 422), "refused");
    else if (is_said_to_be_there(req, oid, (uint64_t)size))
        add_present(req, wording, answer, oid, (uint64_t)size);
    else
        add_wanted(req, wording, answer, oid, (uint64_t)size);
    return answer;
}

void mo_batch(struct th_req *req)
{
    const struct th_token *token;
    const cJSON *body = mo_repo_to_write(req, "repo_not_found", &token) ? mo_body(req) : NULL;
    const cJSON *objects = cJSON_GetObjectItemCaseSensitive(body, "objects"), *object;
    int count = cJSON_GetArraySize(objects);
    struct wording wording;
    cJSON *data, *answers;

    if (!body)
        return;
    if (strcmp(th_json_text(body, "operation", ""), "upload") != 0 || !cJSON_IsArray(objects) ||
        count == 0 || count > OBJECTS_MAX) {
        mo_reply_error(req, 400, "bad_request_param", "operation, or no or too many objects");
        return;
    }
    wording = read_wording(req);
    data = cJSON_CreateObject();
    answers = cJSON_AddArrayToObject(data, "objects");
    cJSON_ArrayForEach(object, objects)
    {
        cJSON_AddItemToArray(answers, answer_of(req, &wording, object));
    }
    mo_reply_data(req, 200, data);
}
