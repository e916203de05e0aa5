#include "site_modelers.h"
#include "site_modelers_record.h"
#include "site_modelers_reply.h"
#include "site_modelers_revision.h"
#include "site_modelers_signature.h"

#include <stdlib.h>
#include <string.h>

enum { HOPS_MAX = 20 };

static bool is_redirected(const struct th_req *req, const struct th_file *file)
{
    const char *which = th_knob_text(req, "redirect", "lfs");

    return !strcmp(which, "all") || (!strcmp(which, "lfs") && file->is_lfs);
}

/* More than one hop: the first addresses lead through /hop/N/ on the storage host. */
static char *location_of(const struct th_req *req, const struct th_file *file)
{
    const cJSON *chain = th_behave(req, "redirect_chain");
    int64_t hops = chain ? th_json_int(chain, "hops", 2) : th_knob_int(req, "redirect_hops", 1);
    const char *plane = th_behave(req, "redirect_elsewhere") ? "elsewhere" : "storage";
    const char *base = th_base(req, plane);
    char *last =
        mo_object_url(req, plane, file->blob, file->path, mo_expiry(req, "signature_expired"));
    char *first;

    if (hops <= 1)
        return last;
    first = th_format("%s/hop/%lld%s", base, (long long)(hops < HOPS_MAX ? hops - 1 : HOPS_MAX),
                      last + strlen(base));
    free(last);
    return first;
}

static void serve_file(struct th_req *req, struct th_repo *repo)
{
    struct mo_revision at;
    const struct th_file *file;
    char *location;

    if (!mo_revision_of(req, repo, th_req_arg(req, "ref"), &at))
        return;
    file = mo_file_or_reply(req, at.commit, th_req_arg(req, "path"));
    if (!file)
        return;
    if (!is_redirected(req, file)) {
        th_header(req, "Content-Type", "application/octet-stream");
        th_reply_blob(req, file->blob, TH_RANGE_206);
        return;
    }
    location = location_of(req, file);
    th_reply_redirect(req, (unsigned)th_knob_int(req, "redirect_status", 302), location);
    free(location);
}

void mo_media(struct th_req *req)
{
    const struct th_token *token;
    struct th_repo *repo;

    if (!mo_authenticate(req, MO_OPTIONAL, &token))
        return;
    repo = mo_repo(req, token, "repo_not_found");
    if (repo)
        serve_file(req, repo);
}

/* The browser's link looks at no token: what is not public is not there. */
void mo_browser_media(struct th_req *req)
{
    struct th_repo *repo = mo_repo(req, NULL, "repo_not_found");

    if (repo)
        serve_file(req, repo);
}

void mo_object_get(struct th_req *req)
{
    const char *problem = mo_object_problem(req);
    const struct th_blob *blob;
    char etag[33];

    if (problem) {
        mo_reply_storage_error(req, 403, problem);
        return;
    }
    blob = th_blob_find(th_req_arg(req, "key"), (uint64_t)th_req_query_int(req, "size", -1));
    if (!blob || !th_blob_on_site(blob, req->site)) {
        mo_reply_storage_error(req, 404, "NoSuchKey");
        return;
    }
    th_sign(blob->sha256, etag);
    th_header(req, "ETag", "\"%s\"", etag);
    th_header(req, "Content-Type", "application/octet-stream");
    th_reply_blob(req, blob, TH_RANGE_206);
}

void mo_object_hop(struct th_req *req)
{
    long left = strtol(th_req_arg(req, "left"), NULL, 10);
    const char *base = th_base(req, req->plane->name);
    char *hop = left > 1 ? th_format("/hop/%ld", left - 1) : th_copy("");
    char *location =
        th_format("%s%s/" MO_BUCKET "/%s?%s", base, hop, th_req_arg(req, "key"), req->query);

    th_reply_redirect(req, 307, location);
    free(hop);
    free(location);
}
