/* HTTP for all hubs, on libcurl: one process-wide struct hs_net (sites, pacers, counters; locked),
 * and one struct hs_loop for each thread that moves bytes (its curl_multi and connections; used by
 * that thread alone). No CURLSH, no pause from another thread.
 *
 * A *call* is control traffic: hs_loop_call turns the loop (so the thread's streams go on) until a
 * complete answer is there, repeats it as the policy and classify say, and returns its class.
 * A *stream* moves file bytes: one attempt, driven by callbacks and hs_loop_turn; what comes after
 * a failure is the caller's business.
 * Redirects are followed by hand through the gate, at most 5, GET and HEAD only; secrets go to
 * credential hosts alone and, once a redirect led elsewhere, to nobody any more.
 * HTTP/2 over TLS for calls (unless HUB_HTTP1), HTTP/1.1 for streams (less CPU per byte).
 * Time-outs: connect 15 s, a call 60 s unless it says so, a stream none but `stall` by our clock. */
#ifndef HS_NET_NET_H
#define HS_NET_NET_H
#include "base/err.h"
#include "net/gate.h"
#include "net/retry.h"
#include <hubsync/kit.h>

struct hs_net;
struct hs_site;
struct hs_loop;
struct hs_stream;

struct hs_net_conf {
    int64_t stall_ms;       /* 0: 60 s */
    const char *user_agent; /* "hubsync/0.1.0" */
    bool is_batch;          /* a closed site stays closed (run); else for 10 min (daemon) */
};
int hs_net_new(const struct hs_net_conf *conf, struct hs_net **out, struct hs_err *err);
void hs_net_free(struct hs_net *net);
/* From a signal handler or another thread: everything ends with HUB_ECANCELED soon (< 200 ms). */
void hs_net_cancel(struct hs_net *net);
bool hs_net_is_canceled(const struct hs_net *net);
/* Process totals. */
uint64_t hs_net_requests(const struct hs_net *net);

/* ---- sites: request budgets by scheme, host and port of the endpoint ---- */
struct hs_site_limits {
    uint32_t requests, window_ms, burst; /* requests 0: unlimited */
    uint32_t parallel;                   /* API requests at once; 0: unlimited */
    uint64_t download_bps, upload_bps;   /* 0: unlimited */
};
/* The site of that endpoint, made at the first call; lives as long as net. */
struct hs_site *hs_net_site(struct hs_net *net, const struct hs_url *endpoint);
void hs_site_set_limits(struct hs_site *site, const struct hs_site_limits *limits);
/* Why nothing is sent there any more, HUB_ETHROTTLED or HUB_EFIREWALL; 0 if it is open. */
int hs_site_closed(const struct hs_site *site);
void hs_site_close(struct hs_site *site, int status);
/* The site pushed back: half the pace (it recovers by itself), and no start for hold_ms. Calls, and
 * streams that ended with such a guess, do this themselves. */
void hs_site_slow(struct hs_site *site, int64_t hold_ms);

enum hs_cost {
    HS_COST_API = 0, /* the site's bucket; a call also takes one of its `parallel` */
    HS_COST_ADDRESS, /* first hops of downloads on the API host: a bucket of its own, 4x the rate */
    HS_COST_STORAGE  /* none */
};

/* ---- one thread's loop ---- */
int hs_loop_new(struct hs_net *net, struct hs_loop **out, struct hs_err *err);
void hs_loop_free(struct hs_loop *loop); /* cuts what is under way */
/* From any thread: what this loop does ends with HUB_ECANCELED soon, as after hs_net_cancel, until
 * it is taken back. */
void hs_loop_cancel(struct hs_loop *loop, bool is_canceled);
/* Moves what can move, waits up to timeout_ms (and at most 100 ms) if nothing can; runs the streams'
 * callbacks. 0, HUB_ECANCELED (every stream has ended with it) or HS_EFAILED. Turning the loop from
 * within `done` (hs_loop_call does) is allowed: everything moves on, but no other `done` is called
 * until the first has returned, so never wait there for another stream's end. */
int hs_loop_turn(struct hs_loop *loop, int timeout_ms);

/* ---- what an answer looks like ---- */
struct hs_answer { /* owned by whoever declared it; hs_answer_clear */
    struct hub_reply reply; /* url, headers, body point into pool and text; never NULL then */
    struct hub_pool pool;
    struct hub_text text;
    int guess;            /* the engine's reading, see hub_classify_fn */
    int64_t retry_after_ms; /* -1: not asked */
    bool had_secret;      /* the last host was shown the secrets */
};
void hs_answer_clear(struct hs_answer *answer);

/* The class of a complete answer; may put words into err, may change *wait_ms (Retry-After). */
typedef int hs_judge_fn(void *ctx, const struct hub_reply *reply, int guess, uint32_t *wait_ms,
                        struct hs_err *err);
struct hs_call {
    const struct hs_gate *gate;
    struct hs_site *site;
    enum hs_cost cost;
    const struct hub_request *request; /* HUB_ONCE: on a fresh connection; repeated only if nothing
                                          was sent or a complete answer is judged EAGAIN, ETHROTTLED
                                          or EFIREWALL; a lost answer or 5xx is HUB_EUNSURE */
    struct hs_retry retry;
    size_t limit_bytes; /* of the body: more is HUB_ETOOBIG; 0: 10 MiB */
    hs_judge_fn *judge; /* NULL: the guess stands */
    void *ctx;
    bool is_download; /* HTML under 2xx is content */
};
/* Returns the class (0 or negative); answer holds the last try's complete answer (http_status 0:
 * none); whatever it held before is cleared. err names method, origin and path, status, and the
 * site's words if judge gave none. HUB_EAGAIN, HUB_ETHROTTLED and HUB_EFIREWALL were tried as often
 * as retry allows; all tries pushed back close the site. A bad certificate is HUB_EREFUSED. Not from
 * read, write or head. */
int hs_loop_call(struct hs_loop *loop, const struct hs_call *call, struct hs_answer *answer,
                 struct hs_err *err);
/* Waits ms of our clock while the loop turns; HUB_ECANCELED if canceled. */
int hs_loop_wait(struct hs_loop *loop, int64_t ms, struct hs_err *err);

/* ---- streams ---- */
enum { HS_PAUSE = -1 }; /* read and write: later; hs_stream_resume when it can go on */
struct hs_stream_ops {
    /* Status and headers of a 2xx, after redirects, before its first body byte. The body follows
     * through write only if 0 is returned; else the connection is cut and done gets that status.
     * Headers: hub_header(reply, "content-range"). May be NULL. */
    int (*head)(void *ctx, const struct hub_reply *reply);
    /* Takes n bytes of a 2xx body (GET): n, or HS_PAUSE (nothing was taken), or 0: cut the
     * connection, done gets HUB_ECORRUPT. */
    long (*write)(void *ctx, const void *bytes, size_t n);
    /* Fills up to n bytes of the PUT's body: how many (1 or more; n is never beyond body_bytes), or
     * HS_PAUSE. Not called any more once the site has answered with an error. */
    long (*read)(void *ctx, void *bytes, size_t n);
    /* The end, once, from a turn of the loop and never from inside a libcurl callback. status: 0 a
     * complete answer of any HTTP status (see answer->guess; also one that came before a PUT's body
     * was all sent), HUB_EAGAIN transport trouble or stall (HUB_ONCE: HUB_EUNSURE if bytes left),
     * HUB_ETHROTTLED or HUB_EFIREWALL the site is closed, HUB_EREFUSED its certificate, HUB_ECORRUPT
     * the gate or write said so, HUB_ECANCELED. answer: body of the reply for a PUT or a non-2xx (up
     * to 64 KiB, more is left out), "" for a good download. Valid during the call. */
    void (*done)(void *ctx, int status, struct hs_answer *answer, const struct hs_err *err);
};
struct hs_stream_conf {
    const struct hs_gate *gate;
    struct hs_site *site;
    enum hs_cost cost;
    const struct hub_request *request;  /* GET or PUT; copied */
    bool has_range;
    uint64_t offset, range_bytes;       /* GET: Range: bytes=offset-… when has_range */
    uint64_t body_bytes;                /* PUT: exact Content-Length */
    const struct hs_stream_ops *ops;    /* static */
    void *ctx;
};
/* Starts when the pacer lets it. NULL only when out of memory. The stream is freed after done. conf
 * and request are copied; gate and site must live until then. May be called from any callback. */
struct hs_stream *hs_stream_start(struct hs_loop *loop, const struct hs_stream_conf *conf);
/* From anywhere on the loop's thread, also from another stream's read or write; it asks again at the
 * next turn. Nothing happens if the stream is not paused. */
void hs_stream_resume(struct hs_stream *stream);
/* Cuts the connection now; done is NOT called. The stream is gone. Not from its own callbacks. */
void hs_stream_cut(struct hs_stream *stream);
#endif
