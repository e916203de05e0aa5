#include "site_modelers_signature.h"
#include "site_modelers.h"

#include <stdlib.h>
#include <string.h>

static void sign_object(const char *key, const char *size, const char *expires, char out[33])
{
    char *text = th_format("modelers GET %s %s %s", key, size, expires);

    th_sign(text, out);
    free(text);
}

static void sign_part(const char *key, const char *upload_id, const char *index,
                      const char *expires, char out[33])
{
    char *text = th_format("modelers PUT %s %s %s %s", key, upload_id, index, expires);

    th_sign(text, out);
    free(text);
}

char *mo_object_url(const struct th_req *req, const char *plane, const struct th_blob *blob,
                    const char *name, int64_t expires)
{
    char *size = th_format("%llu", (unsigned long long)blob->size);
    char *until = th_format("%lld", (long long)expires);
    char *encoded = th_percent_encode(name, "");
    char signature[33], *url;

    sign_object(blob->sha256, size, until, signature);
    url = th_format("%s/" MO_BUCKET "/%s?size=%s&expires=%s&sig=%s&filename=%s",
                    th_base(req, plane), blob->sha256, size, until, signature, encoded);
    free(size);
    free(until);
    free(encoded);
    return url;
}

char *mo_part_url(const struct th_req *req, const char *oid, const char *upload_id, size_t index,
                  int64_t expires)
{
    char *number = th_format("%zu", index);
    char *until = th_format("%lld", (long long)expires);
    char signature[33], *url;

    sign_part(oid, upload_id, number, until, signature);
    url = th_format("%s/" MO_BUCKET "/%s?partNumber=%s&uploadId=%s&expires=%s&sig=%s",
                    th_base(req, "storage"), oid, number, upload_id, until, signature);
    free(number);
    free(until);
    return url;
}

int64_t mo_expiry(const struct th_req *req, const char *expired_behaviour)
{
    if (th_behave(req, expired_behaviour))
        return th_now() - 1;
    return th_now() + th_knob_int(req, "url_ttl_s", 900);
}

static const char *query_text(const struct th_req *req, const char *name)
{
    const char *text = th_req_query(req, name);

    return text ? text : "";
}

static const char *judge(const struct th_req *req, const char *expected)
{
    if (strcmp(query_text(req, "sig"), expected))
        return "SignatureDoesNotMatch";
    if (strtoll(query_text(req, "expires"), NULL, 10) < th_now())
        return "AccessDenied";
    return NULL;
}

const char *mo_object_problem(const struct th_req *req)
{
    char expected[33];

    sign_object(th_req_arg(req, "key"), query_text(req, "size"), query_text(req, "expires"),
                expected);
    return judge(req, expected);
}

const char *mo_part_problem(const struct th_req *req)
{
    char expected[33];

    sign_part(th_req_arg(req, "key"), query_text(req, "uploadId"), query_text(req, "partNumber"),
              query_text(req, "expires"), expected);
    return judge(req, expected);
}
