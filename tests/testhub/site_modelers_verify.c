#include "site_modelers_verify.h"
#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_uploads.h"

#include <stdlib.h>
#include <string.h>

/* The right to verify one upload; nothing to do with the caller's own token. */
static void ticket_of(const struct mo_upload *upload, char out[33])
{
    char *text = th_format("modelers verify %s", upload->id);

    th_sign(text, out);
    free(text);
}

void mo_add_verify(const struct th_req *req, const struct mo_upload *upload, struct cJSON *actions)
{
    cJSON *verify = cJSON_AddObjectToObject(actions, "verify"), *inner;
    char *href = th_format("%s" MO_VERIFY_PATH, th_base(req, req->plane->name));
    char ticket[33], *header;

    ticket_of(upload, ticket);
    header = th_format("Bearer %s", ticket);
    cJSON_AddStringToObject(verify, "href", href);
    inner = cJSON_AddObjectToObject(verify, "params");
    cJSON_AddStringToObject(inner, "upload_id", upload->id);
    inner = cJSON_AddObjectToObject(verify, "headers");
    if (th_knob_bool(req, "verify_headers", true))
        cJSON_AddStringToObject(inner, "Authorization", header);
    free(href);
    free(header);
}

/* The ticket, when the batch gave one; else the caller's own token, as on any write call. */
static bool is_allowed(struct th_req *req, const struct mo_upload *upload)
{
    const struct th_token *token;
    const char *header = th_req_header(req, "Authorization");
    char ticket[33];

    if (!th_knob_bool(req, "verify_headers", true))
        return mo_authenticate(req, MO_WRITE, &token);
    ticket_of(upload, ticket);
    if (header && !strncmp(header, "Bearer ", 7) && !strcmp(header + 7, ticket))
        return true;
    mo_reply_error(req, 401, "access_token_invalid", "not the Authorization of verify.headers");
    return false;
}

/* What is wrong with the list of parts; NULL when each is named with its newest etag. */
static const char *problem_of(const struct mo_upload *upload, const cJSON *body)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(body, "part_ids"), *part;
    int64_t expected = 1;

    if (strcmp(th_json_text(body, "upload_id", ""), upload->id) != 0)
        return "upload_id differs from the query's";
    cJSON_ArrayForEach(part, list)
    {
        int64_t index = th_json_int(part, "index", 0);

        if (index != expected || index > (int64_t)upload->part_count)
            return "part_ids are not 1, 2, … in order";
        if (!upload->parts[index - 1].puts)
            return "a part is not stored";
        if (strcmp(th_json_text(part, "etag", ""), upload->parts[index - 1].etag) != 0)
            return "a part's etag is not the stored one";
        expected++;
    }
    return expected == (int64_t)upload->part_count + 1 ? NULL : "part_ids leave parts out";
}

/* Verifying again what is whole already is fine. */
static void finish(struct th_req *req, struct mo_upload *upload)
{
    if (upload->state == MO_CHECKING) {
        mo_reply_error(req, 400, "concurrent_updating", "the object is being checked");
        return;
    }
    if (upload->state == MO_OPEN && !mo_upload_finish(upload)) {
        th_count_event(req, "verify_refused");
        mo_reply_error(req, 400, "bad_request_param", "the SHA-256 of the whole differs");
        return;
    }
    th_count_event(req, "object_verified");
    mo_reply_done(req, 200);
}

void mo_verify(struct th_req *req)
{
    struct mo_upload *upload = mo_upload_named(req->site, th_req_query(req, "upload_id"));
    const char *problem;
    const cJSON *body;

    if (!upload || upload->state == MO_GONE) {
        mo_reply_error(req, 404, "file_not_found", "no such upload");
        return;
    }
    if (!is_allowed(req, upload))
        return;
    body = mo_body(req);
    if (!body)
        return;
    problem = problem_of(upload, body);
    if (!problem) {
        finish(req, upload);
        return;
    }
    th_count_event(req, "verify_refused");
    mo_reply_error(req, 400, "bad_request_param", problem);
}
