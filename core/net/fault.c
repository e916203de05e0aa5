#include "net/fault.h"
#include <string.h>
#include "net/stream_end.h"
#include "base/banned.h"

static const char *curl_words(const struct hs_stream *s, CURLcode code)
{
    return s->curl_words[0] ? s->curl_words : curl_easy_strerror(code);
}

static const char *origin_of(struct hs_stream *s)
{
    const char *origin = hs_url_origin(&s->pool, &s->at);

    return origin ? origin : "the site";
}

/* fmt's words stand alone: there is no request yet that could be named. */
static int fail_plain(struct hs_stream *s, int status, const char *why, const char *thing,
                      const char *words)
{
    return hs_fail(&s->err, status, "%s%s: %s", why, thing, words);
}

static int fail_connect(struct hs_stream *s, CURLcode code)
{
    long system_errno = 0;

    if (s->is_place_refused)
        return fail_plain(s, HUB_ECORRUPT, "", origin_of(s),
                          "not allowed: it leads to an address on this machine or a private "
                          "network, where the hub is not");
    (void)curl_easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &system_errno);
    return fail_plain(s, HUB_EAGAIN, "cannot connect to ", origin_of(s),
                      system_errno ? strerror((int)system_errno) : curl_words(s, code));
}

static int fail_certificate(struct hs_stream *s, CURLcode code)
{
    (void)fail_plain(
        s, HUB_EREFUSED, "", origin_of(s),
        hub_pool_printf(&s->pool, "its certificate is not valid: %s", curl_words(s, code)));
    return hs_hint(&s->err, "check ca_file and the clock");
}

static int fail_ca_file(struct hs_stream *s)
{
    const char *file = s->conf.gate->ca_file;

    return fail_plain(s, HS_ECONFIG, "ca_file ", file && *file ? file : "of the system",
                      "cannot be read, or holds no certificate");
}

static int lost_status(const struct hs_stream *s)
{
    return (s->request.flags & HUB_ONCE) && hs_stream_has_left(s) ? HUB_EUNSURE : HUB_EAGAIN;
}

static int fail_timeout(struct hs_stream *s, CURLcode code)
{
    if (hs_stream_has_left(s))
        return hs_stream_fail(s, lost_status(s), "%s", curl_words(s, code));
    return fail_plain(s, HUB_EAGAIN, "cannot connect to ", origin_of(s), "no answer within 15 s");
}

int hs_fault(struct hs_stream *s, CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_ABORTED_BY_CALLBACK:
        return fail_connect(s, code);
    case CURLE_COULDNT_RESOLVE_HOST:
        return fail_plain(s, HUB_EAGAIN, "cannot connect to ", origin_of(s),
                          "its name cannot be resolved");
    case CURLE_COULDNT_RESOLVE_PROXY:
        return fail_plain(s, HUB_EAGAIN, "cannot connect to ", origin_of(s),
                          "the proxy's name cannot be resolved");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return fail_certificate(s, code);
    case CURLE_SSL_CACERT_BADFILE:
        return fail_ca_file(s);
    case CURLE_OPERATION_TIMEDOUT:
        return fail_timeout(s, code);
    case CURLE_GOT_NOTHING:
        return hs_stream_fail(s, lost_status(s),
                              "the site closed the connection without an answer");
    case CURLE_PARTIAL_FILE:
        return hs_stream_fail(s, lost_status(s), "the answer is incomplete (%s)",
                              curl_words(s, code));
    case CURLE_URL_MALFORMAT:
        return hs_stream_fail(s, HUB_ECORRUPT, "an address that libcurl does not take");
    case CURLE_OUT_OF_MEMORY:
        return hs_stream_fail(s, HUB_ENOMEM, "out of memory");
    default:
        return hs_stream_fail(s, lost_status(s), "%s", curl_words(s, code));
    }
}
