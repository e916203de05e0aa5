/* The inside of a loop. */
#ifndef HS_NET_LOOP_H
#define HS_NET_LOOP_H
#include <curl/curl.h>
#include <stdatomic.h>
#include "net/net.h"

enum { HS_SPARE_HANDLES_MAX = 16 };

struct hs_loop {
    struct hs_net *net;
    CURLM *multi;
    struct hs_stream *first, *last;       /* all of them, in order of their start */
    CURL *spare[HS_SPARE_HANDLES_MAX];    /* keep their TLS sessions */
    size_t n_spare;
    int64_t now_ms; /* of the current turn */
    atomic_bool is_canceled;
    bool is_in_curl, is_in_done;
    bool is_busy; /* something changed: do not wait */
};
CURL *hs_loop_take_handle(struct hs_loop *loop); /* NULL when out of memory */
void hs_loop_give_handle(struct hs_loop *loop, CURL *easy);
void hs_loop_add(struct hs_loop *loop, struct hs_stream *stream);
void hs_loop_remove(struct hs_loop *loop, struct hs_stream *stream);
#endif
