#include "net/hop.h"
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include "base/log.h"
#include "net/loop.h"
#include "net/move.h"
#include "net/process.h"
#include "net/proxy.h"
#include "base/banned.h"

/* CPU of the loop's thread for a GiB relayed over plain loopback, best of five: 1.46 s with
 * libcurl's own 16 KiB, 1.03 with 64, 0.80 with 256 and 128, 0.53 with 512 KiB both ways. Over TLS
 * a read is one record, and the pages of a larger buffer are never touched. */
enum { CONNECT_MS = 15 * 1000, BUFFER_BYTES = 512 * 1024, UPLOAD_BUFFER_BYTES = 512 * 1024 };

#define SET(option, value) (void)curl_easy_setopt(s->easy, option, value)

/* ---- headers ---- */
static bool is_named(const char *line, const char *name)
{
    size_t n = strlen(name);

    return strncasecmp(line, name, n) == 0 && line[n + strspn(line + n, " \t")] == ':';
}

static bool has_header(const struct hs_stream *s, const char *name)
{
    for (const char *const *line = s->request.headers; *line; line++)
        if (is_named(*line, name))
            return true;
    for (const char *const *line = s->request.secrets; *line; line++)
        if (is_named(*line, name))
            return true;
    return false;
}

/* What the engine alone sets. */
static bool is_ours(const struct hs_stream *s, const char *line)
{
    static const char *const names[] = {"host", "content-length", "transfer-encoding", "expect"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_named(line, names[i]))
            return true;
    return s->conf.has_range && is_named(line, "range");
}

static bool is_sound(const char *line)
{
    const char *colon = strchr(line, ':');

    if (!colon || colon == line)
        return false;
    for (const unsigned char *p = (const unsigned char *)line; *p; p++)
        if ((*p < ' ' && *p != '\t') || *p == 0x7F)
            return false;
    return true;
}

static bool put_line(struct hs_stream *s, const char *line)
{
    struct curl_slist *longer = curl_slist_append(s->lines, line);

    if (!longer)
        return false;
    s->lines = longer;
    return true;
}

static int put_header(struct hs_stream *s, const char *line, bool is_secret)
{
    size_t name = strcspn(line, ":");
    const char *value = line + name + (line[name] == ':');

    if (is_ours(s, line))
        return 0;
    if (!is_sound(line))
        return hs_stream_fail(s, HUB_ECORRUPT, "a header of the request is none");
    if (hs_log_on(HS_LOG_TRACE))
        hs_log(HS_LOG_TRACE, "http_request", "header",
               is_secret ? hub_pool_printf(&s->pool, "%.*s: ***", (int)name, line) : line, NULL);
    if (!value[strspn(value, " \t")]) /* libcurl's way to say: send it empty */
        line = hub_pool_printf(&s->pool, "%.*s;", (int)name, line);
    return line && put_line(s, line) ? 0 : hs_stream_fail(s, HUB_ENOMEM, "out of memory");
}

static int put_headers(struct hs_stream *s)
{
    const struct hs_stream_conf *c = &s->conf;
    const char *range = NULL;
    int r = 0;

    for (const char *const *line = s->request.headers; *line && r == 0; line++)
        r = put_header(s, *line, false);
    for (const char *const *line = s->request.secrets; s->is_shown_secret && *line && r == 0;
         line++)
        r = put_header(s, *line, true);
    if (c->has_range && c->range_bytes > 0)
        range = hub_pool_printf(&s->pool, "Range: bytes=%" PRIu64 "-%" PRIu64, c->offset,
                                c->offset + c->range_bytes - 1);
    else if (c->has_range)
        range = hub_pool_printf(&s->pool, "Range: bytes=%" PRIu64 "-", c->offset);
    if (r == 0 && ((c->has_range && (!range || !put_line(s, range))) || !put_line(s, "Expect:") ||
                   (!has_header(s, "content-type") && !put_line(s, "Content-Type:"))))
        r = hs_stream_fail(s, HUB_ENOMEM, "out of memory");
    if (r == 0)
        SET(CURLOPT_HTTPHEADER, s->lines);
    return r;
}

/* ---- method and body ---- */
static bool has_method(const struct hs_stream *s, const char *method)
{
    return strcmp(s->request.method, method) == 0;
}

static void set_stream_method(struct hs_stream *s)
{
    if (!s->has_upload)
        return;
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)s->conf.body_bytes);
    if (!has_method(s, "PUT"))
        SET(CURLOPT_CUSTOMREQUEST, s->request.method);
}

/* PUT and POST always tell a length, the others only if they have a body. */
static void set_call_method(struct hs_stream *s)
{
    bool has_body = s->request.body_bytes > 0 || has_method(s, "POST") || has_method(s, "PUT");

    if (has_method(s, "GET") && !has_body)
        return;
    if (has_method(s, "HEAD")) {
        SET(CURLOPT_NOBODY, 1L);
        return;
    }
    if (has_body) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)s->request.body_bytes);
        SET(CURLOPT_POSTFIELDS, s->request.body_bytes > 0 ? s->request.body : "");
    }
    if (!has_method(s, "POST"))
        SET(CURLOPT_CUSTOMREQUEST, s->request.method);
}

static void set_method(struct hs_stream *s)
{
    if (s->conf.ops && has_method(s, "HEAD"))
        SET(CURLOPT_NOBODY, 1L);
    else if (s->conf.ops)
        set_stream_method(s);
    else
        set_call_method(s);
}

/* ---- where and how ---- */
static bool set_address(struct hs_stream *s)
{
    const char *origin = hs_url_origin(&s->pool, &s->at);
    const char *proxy = hs_proxy_for(&s->at);
    const char *url = origin ? hub_pool_printf(&s->pool, "%s%s", origin, s->at.path) : NULL;

    if (!url || curl_easy_setopt(s->easy, CURLOPT_URL, url) != CURLE_OK)
        return false;
    s->has_proxy = proxy != NULL;
    SET(CURLOPT_PROXY, proxy ? proxy : "");
    SET(CURLOPT_NOPROXY, ""); /* decided already */
    return true;
}

/* What may go wrong here must not go unseen. */
static bool set_safety(struct hs_stream *s)
{
    const char *ca_file = s->conf.gate->ca_file;
    CURLcode r[8] = {CURLE_OK};

    r[0] = curl_easy_setopt(s->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    r[1] = curl_easy_setopt(s->easy, CURLOPT_FOLLOWLOCATION, 0L);
    r[2] = curl_easy_setopt(s->easy, CURLOPT_SSL_VERIFYPEER, 1L);
    r[3] = curl_easy_setopt(s->easy, CURLOPT_SSL_VERIFYHOST, 2L);
    r[4] = curl_easy_setopt(s->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    r[5] = curl_easy_setopt(s->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (ca_file && *ca_file) {
        r[6] = curl_easy_setopt(s->easy, CURLOPT_CAINFO, ca_file);
        r[7] = curl_easy_setopt(s->easy, CURLOPT_CAPATH, NULL);
    }
    for (size_t i = 0; i < sizeof r / sizeof *r; i++)
        if (r[i] != CURLE_OK)
            return false;
    return true;
}

static void set_ways(struct hs_stream *s)
{
    bool is_http1 = s->conf.ops || (s->request.flags & HUB_HTTP1);
    bool may_pack = !s->conf.ops && !s->is_download && !has_method(s, "HEAD");

    SET(CURLOPT_PRIVATE, s);
    SET(CURLOPT_ERRORBUFFER, s->curl_words);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a cut does not wait for a name that is being resolved */
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    SET(CURLOPT_HTTP_VERSION, (long)(is_http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
    SET(CURLOPT_TCP_NODELAY, 1L);
    SET(CURLOPT_FRESH_CONNECT, s->request.flags & HUB_ONCE ? 1L : 0L);
    if (may_pack && !has_header(s, "accept-encoding"))
        SET(CURLOPT_ACCEPT_ENCODING, "gzip");
    if (!has_header(s, "user-agent"))
        SET(CURLOPT_USERAGENT, hs_net_user_agent(s->loop->net));
    if (s->conf.ops && s->has_upload)
        SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER_BYTES);
    else if (s->conf.ops)
        SET(CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
}

static int set_up(struct hs_stream *s)
{
    int r;

    s->easy = hs_loop_take_handle(s->loop);
    if (!s->easy || !set_address(s))
        return hs_stream_fail(s, HUB_ENOMEM, "out of memory");
    if (!set_safety(s))
        return hs_stream_fail(s, HS_EFAILED, "libcurl refuses a safety setting");
    r = put_headers(s);
    if (r < 0)
        return r;
    set_ways(s);
    set_method(s);
    hs_move_setup(s);
    if (curl_multi_add_handle(s->loop->multi, s->easy) != CURLM_OK)
        return hs_stream_fail(s, HUB_ENOMEM, "out of memory");
    return 0;
}

void hs_hop_begin(struct hs_stream *s)
{
    int64_t now_ms = s->loop->now_ms;
    int r;

    hs_headers_clear(&s->headers);
    s->sent_bytes = s->got_bytes = 0;
    s->wire_bytes = 0;
    s->is_paused = s->wants_resume = s->is_redirect = s->is_clipped = s->is_place_refused = false;
    s->flow_ms = 0;
    s->curl_words[0] = '\0';
    r = set_up(s);
    if (r < 0) {
        hs_stream_end(s, r);
        return;
    }
    s->stage = HS_STAGE_MOVING;
    s->began_ms = s->last_byte_ms = now_ms;
    s->deadline_ms = s->timeout_ms ? now_ms + s->timeout_ms : 0;
    s->loop->is_busy = true;
    hs_net_count_request(s->loop->net);
}

void hs_hop_drop(struct hs_stream *s)
{
    if (!s->easy)
        return;
    (void)curl_multi_remove_handle(s->loop->multi, s->easy);
    hs_loop_give_handle(s->loop, s->easy);
    curl_slist_free_all(s->lines);
    s->easy = NULL;
    s->lines = NULL;
}
