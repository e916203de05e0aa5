/* How many bytes may move now: a site's download or upload limit. Its owner locks it. */
#ifndef HS_NET_FLOW_H
#define HS_NET_FLOW_H
#include <stddef.h>
#include <stdint.h>
struct hs_flow {
    double bytes_per_ms; /* 0: unlimited */
    double balance;      /* bytes that may move; below 0 after a piece larger than it */
    int64_t at_ms;       /* when balance was true */
};
void hs_flow_set(struct hs_flow *flow, uint64_t bytes_per_second);
/* Books n_bytes and returns 0, or books nothing and returns the ms until it is worth asking. */
int64_t hs_flow_take(struct hs_flow *flow, size_t n_bytes, int64_t now_ms);
/* Bytes that were booked and did not move. */
void hs_flow_give_back(struct hs_flow *flow, size_t n_bytes);
#endif
