#include "net/move.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "base/log.h"
#include "net/loop.h"
#include "net/site.h"
#include "net/stream_end.h"
#include "base/banned.h"

static bool is_good(const struct hs_stream *s)
{
    return s->headers.http_status >= 200 && s->headers.http_status <= 299;
}

/* Does the body become part of the answer, or is it the file? */
static bool is_kept(const struct hs_stream *s)
{
    return !s->conf.ops || s->has_upload || !is_good(s);
}

static bool is_waiting(const struct hs_stream *s)
{
    return s->is_paused || s->flow_ms != 0;
}

/* ---- the head ---- */
static bool is_redirect(struct hs_stream *s)
{
    bool is_read = strcmp(s->request.method, "GET") == 0 || strcmp(s->request.method, "HEAD") == 0;

    switch (s->headers.http_status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return is_read && *hub_header(&s->answer.reply, "location");
    default:
        return false;
    }
}

static int fail_too_big(struct hs_stream *s)
{
    s->verdict = hs_stream_fail(s, HUB_ETOOBIG, "the answer is over %zu bytes", s->limit_bytes);
    return s->verdict;
}

static bool is_announced_too_big(const struct hs_stream *s)
{
    const char *length = hub_header(&s->answer.reply, "content-length");

    return !s->conf.ops && strcmp(s->request.method, "HEAD") != 0 &&
           strtoull(length, NULL, 10) > s->limit_bytes;
}

static void trace_head(const struct hs_stream *s)
{
    if (!hs_log_on(HS_LOG_TRACE))
        return;
    for (size_t i = 0; i < s->headers.lines.n; i++) {
        const char *line = s->headers.lines.items[i];

        if (line)
            hs_log(HS_LOG_TRACE, "http_answer", "header",
                   strncmp(line, "set-cookie:", 11) == 0 ? "set-cookie: ***" : line, NULL);
    }
}

/* The head of a final answer is there. Negative: cut the connection. */
static int take_head(struct hs_stream *s)
{
    struct hub_reply *reply = &s->answer.reply;
    int r;

    *reply = (struct hub_reply){.size = sizeof *reply,
                                .http_status = s->headers.http_status,
                                .url = s->url,
                                .headers = hs_headers_list(&s->headers, &s->answer.pool),
                                .body = ""};
    trace_head(s);
    if (!reply->headers)
        return s->verdict = hs_stream_fail(s, HUB_ENOMEM, "out of memory");
    s->is_redirect = is_redirect(s);
    if (s->is_redirect)
        return 0;
    if (is_announced_too_big(s))
        return fail_too_big(s);
    if (s->headers.http_status >= 300 && is_waiting(s))
        s->wants_resume = true; /* libcurl stops sending, and must not stay paused for ever */
    r = is_good(s) && s->conf.ops && s->conf.ops->head ? s->conf.ops->head(s->conf.ctx, reply) : 0;
    if (r < 0 && !s->is_cut)
        s->verdict =
            hs_stream_fail(s, r, "HTTP %u: the answer does not fit", (unsigned)reply->http_status);
    return r < 0 ? r : 0;
}

static size_t on_header(char *line, size_t size, size_t n, void *ctx)
{
    struct hs_stream *s = ctx;

    s->last_byte_ms = s->loop->now_ms;
    if (s->is_cut)
        return 0;
    switch (hs_headers_line(&s->headers, &s->answer.pool, line, size * n)) {
    case HS_HEADERS_TOO_MUCH:
        s->verdict = hs_stream_fail(s, HUB_ECORRUPT, "the answer's headers are too long");
        return 0;
    case HS_HEADERS_END:
        return take_head(s) < 0 ? 0 : size * n;
    case HS_HEADERS_MORE:
    case HS_HEADERS_IGNORED:
        break;
    }
    return size * n;
}

/* ---- bytes that come ---- */
static size_t keep_bytes(struct hs_stream *s, const char *bytes, size_t n)
{
    size_t room = s->limit_bytes - s->answer.text.n_bytes;

    if (s->is_redirect) {
        s->got_bytes += n; /* nobody reads it; a short one keeps the connection alive */
        s->is_clipped = s->got_bytes > HS_STREAM_REPLY_MAX;
        return s->is_clipped ? 0 : n;
    }
    if (n > room && !s->conf.ops)
        return fail_too_big(s), 0;
    hub_text_add(&s->answer.text, bytes, n < room ? n : room);
    s->is_clipped = n > room;
    return s->is_clipped || s->answer.text.failed ? 0 : n;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *ctx)
{
    struct hs_stream *s = ctx;
    size_t n = size * count;
    int64_t wait_ms;
    long taken;

    s->last_byte_ms = s->loop->now_ms;
    if (s->is_cut || s->verdict)
        return 0;
    if (is_kept(s))
        return keep_bytes(s, bytes, n);
    wait_ms = hs_site_flow_take(s->conf.site, false, n, s->loop->now_ms);
    if (wait_ms > 0) {
        s->flow_ms = s->loop->now_ms + wait_ms;
        return CURL_WRITEFUNC_PAUSE;
    }
    taken = s->conf.ops->write(s->conf.ctx, bytes, n);
    if (taken == HS_PAUSE) {
        hs_site_flow_give_back(s->conf.site, false, n);
        s->is_paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (taken < 0 || (size_t)taken != n) {
        s->verdict = hs_stream_fail(s, HUB_ECORRUPT, "the bytes do not fit");
        return 0;
    }
    s->got_bytes += n;
    return n;
}

/* ---- bytes that go ---- */
static size_t on_room(char *bytes, size_t size, size_t count, void *ctx)
{
    struct hs_stream *s = ctx;
    uint64_t left = s->conf.body_bytes - s->sent_bytes;
    size_t n = size * count < left ? size * count : (size_t)left;
    int64_t wait_ms;
    long given;

    s->last_byte_ms = s->loop->now_ms;
    if (s->is_cut || s->verdict)
        return CURL_READFUNC_ABORT;
    if (n == 0)
        return 0;
    n = hs_site_flow_piece(s->conf.site, n);
    wait_ms = hs_site_flow_take(s->conf.site, true, n, s->loop->now_ms);
    if (wait_ms > 0) {
        s->flow_ms = s->loop->now_ms + wait_ms;
        return CURL_READFUNC_PAUSE;
    }
    given = s->conf.ops->read(s->conf.ctx, bytes, n);
    if (given > 0 && (size_t)given <= n) {
        hs_site_flow_give_back(s->conf.site, true, n - (size_t)given);
        s->sent_bytes += (uint64_t)given;
        return (size_t)given;
    }
    hs_site_flow_give_back(s->conf.site, true, n);
    if (given == HS_PAUSE) {
        s->is_paused = true;
        return CURL_READFUNC_PAUSE;
    }
    s->verdict = hs_stream_fail(s, HUB_ECORRUPT, "the body ended early");
    return CURL_READFUNC_ABORT;
}

/* A kept connection turned out dead: libcurl may begin again if nobody has given bytes yet. */
static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    const struct hs_stream *s = ctx;

    return offset == 0 && origin == SEEK_SET && s->sent_bytes == 0 ? CURL_SEEKFUNC_OK
                                                                   : CURL_SEEKFUNC_FAIL;
}

void hs_move_resume(struct hs_stream *s)
{
    CURLcode code;

    s->is_paused = s->wants_resume = false;
    s->flow_ms = 0;
    s->last_byte_ms = s->loop->now_ms;
    s->loop->is_busy = true;
    s->loop->is_in_curl = true; /* it hands over what it had kept */
    code = curl_easy_pause(s->easy, CURLPAUSE_CONT);
    s->loop->is_in_curl = false;
    if (code != CURLE_OK || s->verdict)
        hs_stream_hop_end(s, code != CURLE_OK ? code : CURLE_WRITE_ERROR);
}

/* ---- the address ---- */
/* Behind the user's own endpoint may be any place; others must be where the endpoint is, by its
 * literal or by where its name was found to lead. */
static bool is_place_ok(const struct hs_stream *s, enum hs_place place)
{
    struct hs_gate seen = *s->conf.gate;

    if (s->has_proxy || strcmp(s->at.host, seen.endpoint.host) == 0 ||
        hs_gate_place_ok(&seen, place))
        return true;
    seen.place = hs_site_place(s->conf.site);
    return hs_gate_place_ok(&seen, place);
}

static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *addr)
{
    struct hs_stream *s = ctx;

    (void)purpose;
    if (!is_place_ok(s, hs_sockaddr_place(&addr->addr))) {
        s->is_place_refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
}

/* A kept connection may have been opened for a hub that may go there. */
static int on_connected(void *ctx, char *address, char *own_address, int port, int own_port)
{
    struct hs_stream *s = ctx;

    (void)own_address;
    (void)port;
    (void)own_port;
    if (is_place_ok(s, hs_host_place(address)))
        return CURL_PREREQFUNC_OK;
    s->is_place_refused = true;
    return CURL_PREREQFUNC_ABORT;
}

void hs_move_setup(struct hs_stream *s)
{
    (void)curl_easy_setopt(s->easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)curl_easy_setopt(s->easy, CURLOPT_HEADERDATA, s);
    (void)curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, on_bytes);
    (void)curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, s);
    (void)curl_easy_setopt(s->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    (void)curl_easy_setopt(s->easy, CURLOPT_OPENSOCKETDATA, s);
    (void)curl_easy_setopt(s->easy, CURLOPT_PREREQFUNCTION, on_connected);
    (void)curl_easy_setopt(s->easy, CURLOPT_PREREQDATA, s);
    if (s->has_upload && s->conf.ops) {
        (void)curl_easy_setopt(s->easy, CURLOPT_READFUNCTION, on_room);
        (void)curl_easy_setopt(s->easy, CURLOPT_READDATA, s);
        (void)curl_easy_setopt(s->easy, CURLOPT_SEEKFUNCTION, on_seek);
        (void)curl_easy_setopt(s->easy, CURLOPT_SEEKDATA, s);
    }
}
