/* The inside of a stream, which is also what a call makes for each of its tries: one question that
 * may take several hops (redirects), each one request on one libcurl handle.
 *
 *   stage     what it waits for                 left when
 *   WAITING   one of the site's slots           it is there (calls of class API; others at once)
 *   DELAYED   its start, given by the pacer     the time has come: the hop begins
 *   MOVING    libcurl                           the hop ends: a redirect goes back to WAITING
 *   ENDED     its done (a call: its caller)     freed
 */
#ifndef HS_NET_STREAM_H
#define HS_NET_STREAM_H
#include <curl/curl.h>
#include "net/headers.h"
#include "net/net.h"

enum hs_stage { HS_STAGE_WAITING = 0, HS_STAGE_DELAYED, HS_STAGE_MOVING, HS_STAGE_ENDED };
enum { HS_STREAM_REDIRECTS_MAX = 5, HS_STREAM_REPLY_MAX = 64 * 1024 };

struct hs_stream {
    struct hs_stream *next, *before; /* in the loop */
    struct hs_loop *loop;

    /* the question */
    struct hs_stream_conf conf; /* its request: own; ops NULL: a call's try */
    struct hub_request request; /* its texts are in pool; a call's body is borrowed */
    size_t limit_bytes;         /* of an answer that is kept */
    int64_t timeout_ms;         /* 0: none but the stall */
    uint32_t attempt;
    bool is_download, has_upload; /* has_upload: the body comes from read */

    /* where it stands */
    enum hs_stage stage;
    int64_t start_ms, began_ms, deadline_ms, last_byte_ms;
    const char *url, *where; /* where: "GET https://host:1/path", no query */
    struct hs_url at;
    uint32_t redirects;
    bool is_shown_secret; /* this hop carries the secrets */
    bool has_slot, is_at_endpoint, is_place_refused, has_proxy;
    bool is_closed; /* ended because its site is closed: nothing was sent */
    CURL *easy;
    struct curl_slist *lines;
    char curl_words[CURL_ERROR_SIZE];
    struct hs_headers headers;
    uint64_t sent_bytes, got_bytes; /* of the bodies, this hop, as the callbacks saw them */
    curl_off_t wire_bytes;          /* as libcurl counted them, when last looked at */
    bool is_paused, wants_resume, is_cut, is_redirect, is_clipped;
    int64_t flow_ms; /* paused by the site's byte limit until then; 0: not */

    /* the end */
    int verdict; /* why a callback broke the connection off; 0: it did not */
    int status;
    struct hs_answer answer;
    struct hs_err err;
    struct hub_pool pool;
};

/* Makes one; the request's texts are copied, its body is not. Its first hop has not begun. */
struct hs_stream *hs_stream_new(struct hs_loop *loop, const struct hs_stream_conf *conf);
void hs_stream_free(struct hs_stream *stream); /* also one that moves */
/* Passes the gate: url, at and where are set, or the stream ends. */
void hs_stream_aim(struct hs_stream *stream, const char *url);
/* Ends it now. err says why already (status < 0), or the answer is complete (0). */
void hs_stream_end(struct hs_stream *stream, int status);
/* Fails it: where + ": " + the words, redacted. Returns status. */
int hs_stream_fail(struct hs_stream *stream, int status, const char *fmt, ...) HUB_PRINTF(3, 4);
#endif
