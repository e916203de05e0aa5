/* What a test of the network layer starts with: a site on loopback, a loop, a gate for it. */
#ifndef TESTS_SUPPORT_NET_FIXTURE_H
#define TESTS_SUPPORT_NET_FIXTURE_H
#include "mini_http.h"
#include "net/net.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

struct fixture {
    struct mini_http *mini;
    struct hs_net *net;
    struct hs_loop *loop;
    struct hs_gate gate; /* endpoint http://127.0.0.1:PORT, which is its credential host too */
    struct hs_site *site;
    struct hub_pool pool;
    struct hs_answer answer;
    struct hs_err err;
};
/* stall_ms 0: the default. */
void fixture_start(struct fixture *f, const struct mini_step *steps, size_t n_steps,
                   int64_t stall_ms);
void fixture_stop(struct fixture *f);
/* "http://HOST:PORT/PATH" of the fixture's server. */
const char *fixture_url(struct fixture *f, const char *host, const char *path);
/* A GET without anything else; attempts 2, waits of at most 20 ms. Change what the test is about. */
struct hs_call fixture_call(struct fixture *f, const struct hub_request *request);
int fixture_run(struct fixture *f, const struct hs_call *call);
struct hub_request fixture_get(struct fixture *f, const char *path);

/* A stream that keeps what happened to it. */
struct heard {
    struct hs_stream *stream;
    char *bytes; /* written, or to read from when it is a PUT */
    size_t n_bytes, room_bytes;
    size_t pause_at;   /* HS_PAUSE once so many bytes moved; SIZE_MAX: never */
    int n_pauses;      /* how often it was asked while it said so */
    uint32_t head_status;
    int head_result;
    bool is_done;
    int status;
    uint32_t http_status;
    int guess;
    char *body, *words;
    void (*on_done)(struct heard *heard);
    void *ctx;
};
void heard_init(struct heard *heard, size_t room_bytes);
void heard_clear(struct heard *heard);
/* Starts a GET (put_bytes SIZE_MAX) or a PUT of the first put_bytes of heard's bytes. */
void heard_start(struct fixture *f, struct heard *heard, const struct hub_request *request,
                 size_t put_bytes);
/* The same with a conf of one's own, but for ops and ctx. */
void heard_start_conf(struct fixture *f, struct heard *heard, struct hs_stream_conf conf);
/* Turns until it is done, 10 s at most. */
void heard_wait(struct fixture *f, struct heard *heard);
#endif
