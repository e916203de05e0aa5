/* How long to wait before a request is tried again. Pure. */
#ifndef HS_NET_RETRY_H
#define HS_NET_RETRY_H
#include "base/err.h"
struct hs_retry { /* of a rule */
    uint32_t attempts; /* the first try counts; 0: 5 */
    int64_t max_wait_ms; /* 0: 10 min */
};
uint32_t hs_retry_attempts(const struct hs_retry *retry); /* never 0 */
/* After try number `tried` (from 1) ended with status (retryable): the wait in ms before the next,
 * or -1 to give up. retry_after_ms: what the site asked for, -1 if nothing. random: 0..1.
 * transient 0.5*2^(n-1) s, throttled 2*2^(n-1) s, firewall 3*2^(n-1) s, each +-20 % and at most
 * min(60 s, max_wait); Retry-After is obeyed up to max_wait, a longer one gives up. */
int64_t hs_retry_wait(const struct hs_retry *retry, int status, uint32_t tried,
                      int64_t retry_after_ms, double random);
/* Retry-After in seconds or as a date, in ms from now; -1 if there is none or it is nonsense. */
int64_t hs_retry_after(const char *value, int64_t now_ms);
#endif
