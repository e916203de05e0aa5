/* When the next request of a site may start: a bucket of requests that refills steadily. Pure but
 * for its own state; its owner locks it. A start is handed out once and nobody sleeps in here. */
#ifndef HS_NET_PACER_H
#define HS_NET_PACER_H
#include <stdbool.h>
#include <stdint.h>
struct hs_pacer {
    double gap_ms; /* from one request to the next; 0: unlimited */
    double burst;  /* what the bucket holds */
    double due_ms; /* the start that an unlimited stream of requests would have reached */
    double slow;   /* the gap is this many times longer, as of slowed_ms; below 1: full pace */
    int64_t slowed_ms, hold_ms;
};
/* requests 0: unlimited. May be called again at any time; starts handed out stay. */
void hs_pacer_set(struct hs_pacer *pacer, uint32_t requests, uint32_t window_ms, uint32_t burst);
/* The start of one more request, now_ms or later. random 0..1: a wait is made up to 5 % of a gap
 * longer, the following ones with it, so the pace is never above the limit. */
int64_t hs_pacer_take(struct hs_pacer *pacer, int64_t now_ms, double random);
/* The site pushed back: half the pace (at most once in 2 s, at least 1/16), which doubles again
 * every 30 s. An unlimited pacer falls to 5 a second first. */
void hs_pacer_slow(struct hs_pacer *pacer, int64_t now_ms);
/* No start before until_ms; whoever holds an earlier one takes another (hs_pacer_is_held). */
void hs_pacer_hold(struct hs_pacer *pacer, int64_t until_ms);
bool hs_pacer_is_held(const struct hs_pacer *pacer, int64_t now_ms);
#endif
