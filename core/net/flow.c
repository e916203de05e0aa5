#include "net/flow.h"
#include "base/banned.h"

enum { HELD_MS = 100, WAIT_MIN_MS = 5 }; /* what an idle flow saves up; the shortest pause */

void hs_flow_set(struct hs_flow *flow, uint64_t bytes_per_second)
{
    flow->bytes_per_ms = (double)bytes_per_second / 1000;
    if (flow->balance > flow->bytes_per_ms * HELD_MS)
        flow->balance = flow->bytes_per_ms * HELD_MS;
}

int64_t hs_flow_take(struct hs_flow *flow, size_t n_bytes, int64_t now_ms)
{
    double held = flow->bytes_per_ms * HELD_MS;
    int64_t wait_ms;

    if (flow->bytes_per_ms <= 0)
        return 0;
    if (now_ms > flow->at_ms) {
        flow->balance += (double)(now_ms - flow->at_ms) * flow->bytes_per_ms;
        flow->at_ms = now_ms;
    }
    if (flow->balance > held)
        flow->balance = held;
    if (flow->balance >= 0) {
        flow->balance -= (double)n_bytes;
        return 0;
    }
    wait_ms = (int64_t)(-flow->balance / flow->bytes_per_ms) + 1;
    return wait_ms < WAIT_MIN_MS ? WAIT_MIN_MS : wait_ms;
}

void hs_flow_give_back(struct hs_flow *flow, size_t n_bytes)
{
    if (flow->bytes_per_ms > 0)
        flow->balance += (double)n_bytes;
}
