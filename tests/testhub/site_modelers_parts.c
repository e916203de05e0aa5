#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_signature.h"
#include "site_modelers_uploads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Why the store refuses, or {0}. */
struct refusal {
    unsigned status;
    const char *code;
};

static struct mo_upload *upload_of(const struct th_req *req)
{
    struct mo_upload *upload = mo_upload_named(req->site, th_req_query(req, "uploadId"));

    return upload && !strcmp(upload->oid, th_req_arg(req, "key")) ? upload : NULL;
}

static size_t part_index(const struct th_req *req)
{
    int64_t index = th_req_query_int(req, "partNumber", 0);

    return index > 0 ? (size_t)index : 0;
}

/* A signed address covers neither of these headers, so they break it. */
static struct refusal judge_headers(const struct th_req *req)
{
    if (th_req_header(req, "Authorization") || th_req_header(req, "Content-Type"))
        return (struct refusal){403, "SignatureDoesNotMatch"};
    if (req->is_chunked || !th_req_header(req, "Content-Length"))
        return (struct refusal){403, "MissingContentLength"};
    if (th_knob_bool(req, "part_header", false)) {
        const char *asked = th_req_header(req, "x-obs-part");

        if (!asked || strcmp(asked, th_req_query(req, "partNumber")))
            return (struct refusal){403, "SignatureDoesNotMatch"};
    }
    return (struct refusal){0};
}

static struct refusal judge_upload(const struct th_req *req, const struct mo_upload *upload)
{
    size_t index = part_index(req);
    const char *length = th_req_header(req, "Content-Length");

    if (!upload || upload->state != MO_OPEN)
        return (struct refusal){404, "NoSuchUpload"};
    if (index < 1 || index > upload->part_count)
        return (struct refusal){400, "InvalidPart"};
    if (strtoull(length ? length : "", NULL, 10) != mo_part_length(upload, index))
        return (struct refusal){400, "EntityTooSmall"};
    return (struct refusal){0};
}

static struct refusal judge(const struct th_req *req)
{
    const char *problem = mo_part_problem(req);
    struct refusal refusal;

    if (problem)
        return (struct refusal){403, problem};
    refusal = judge_headers(req);
    return refusal.status ? refusal : judge_upload(req, upload_of(req));
}

void mo_part_begin(struct th_req *req)
{
    struct mo_upload *upload;

    if (judge(req).status)
        return;
    upload = upload_of(req);
    upload->writers++;
    req->own = upload;
    req->assembly = upload->assembly;
    req->assembly_offset = mo_part_offset(upload, part_index(req));
}

/* Without a verify action the last part makes the object. */
static bool complete_early(struct th_req *req, struct mo_upload *upload)
{
    bool is_basic = !strcmp(th_knob_text(req, "batch_shape", "parts"), "basic");

    if (!is_basic && !th_knob_bool(req, "no_verify", false))
        return true;
    return !mo_upload_has_all(upload) || mo_upload_finish(upload);
}

static void store_part(struct th_req *req, struct mo_upload *upload)
{
    size_t index = part_index(req);
    char etag[MO_PART_ETAG_BYTES], name[96];

    if (upload->state != MO_OPEN) {
        mo_reply_storage_error(req, 404, "NoSuchUpload");
        return;
    }
    if (req->received != mo_part_length(upload, index)) {
        mo_reply_storage_error(req, 400, "IncompleteBody");
        return;
    }
    if (th_behave(req, "put_stores_nothing")) {
        th_header(req, "ETag", "\"p%zu-nothing\"", index);
        th_reply_empty(req, 200);
        return;
    }
    mo_part_store(upload, index);
    memcpy(etag, upload->parts[index - 1].etag, sizeof etag);
    snprintf(name, sizeof name, "%s#%zu", upload->oid, index);
    th_count_put(req, name, req->received);
    th_count_event(req, "part_stored");
    if (!complete_early(req, upload)) {
        mo_reply_storage_error(req, 400, "BadDigest");
        return;
    }
    if (!th_behave(req, "part_no_etag"))
        th_header(req, "ETag", th_knob_bool(req, "part_etag_bare", false) ? "%s" : "\"%s\"", etag);
    th_reply_empty(req, 200);
}

void mo_part_put(struct th_req *req)
{
    struct mo_upload *upload = req->own;
    struct refusal refusal = upload ? (struct refusal){0} : judge(req);

    if (upload)
        upload->writers--;
    if (upload && th_behave(req, "upload_gone")) {
        mo_upload_drop(upload);
        refusal = (struct refusal){404, "NoSuchUpload"};
    }
    if (refusal.status)
        mo_reply_storage_error(req, refusal.status, refusal.code);
    else if (upload)
        store_part(req, upload);
}
