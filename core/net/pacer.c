#include "net/pacer.h"
#include "base/banned.h"

enum { SLOW_MAX = 16, SLOW_STEP_MS = 2000, RECOVER_MS = 30000, UNLIMITED_GAP_MS = 100 };
static const double JITTER = 0.05; /* of a gap */

void hs_pacer_set(struct hs_pacer *pacer, uint32_t requests, uint32_t window_ms, uint32_t burst)
{
    pacer->gap_ms = requests ? (double)window_ms / requests : 0;
    pacer->burst = burst ? burst : 1;
}

/* What is left of the push-back: halves every RECOVER_MS. */
static double slow_now(const struct hs_pacer *pacer, int64_t now_ms)
{
    double slow = pacer->slow;
    int64_t at_ms = pacer->slowed_ms;

    for (; slow > 1 && now_ms - at_ms >= RECOVER_MS; at_ms += RECOVER_MS)
        slow /= 2;
    return slow;
}

static double gap_now(const struct hs_pacer *pacer, int64_t now_ms)
{
    double slow = slow_now(pacer, now_ms);

    if (slow <= 1)
        return pacer->gap_ms;
    return slow * (pacer->gap_ms > 0 ? pacer->gap_ms : UNLIMITED_GAP_MS);
}

int64_t hs_pacer_take(struct hs_pacer *pacer, int64_t now_ms, double random)
{
    double gap_ms = gap_now(pacer, now_ms), now = (double)now_ms, start;

    if (now_ms < pacer->hold_ms) {
        now = (double)pacer->hold_ms;
        pacer->due_ms = pacer->due_ms > now ? pacer->due_ms : now + (pacer->burst - 1) * gap_ms;
    }
    if (gap_ms <= 0)
        return (int64_t)now;
    if (pacer->due_ms < now)
        pacer->due_ms = now;
    start = pacer->due_ms - (pacer->burst - 1) * gap_ms;
    if (start > now) {
        pacer->due_ms += random * JITTER * gap_ms;
        start += random * JITTER * gap_ms;
    } else {
        start = now;
    }
    pacer->due_ms += gap_ms;
    return (int64_t)start + (start > (double)(int64_t)start); /* never early */
}

void hs_pacer_slow(struct hs_pacer *pacer, int64_t now_ms)
{
    double slow = slow_now(pacer, now_ms);

    if (pacer->slow > 1 && now_ms - pacer->slowed_ms < SLOW_STEP_MS)
        return; /* answers to requests that were on their way already */
    slow = slow > 1 ? slow * 2 : 2;
    pacer->slow = slow > SLOW_MAX ? SLOW_MAX : slow;
    pacer->slowed_ms = now_ms;
}

void hs_pacer_hold(struct hs_pacer *pacer, int64_t until_ms)
{
    if (until_ms > pacer->hold_ms)
        pacer->hold_ms = until_ms;
}

bool hs_pacer_is_held(const struct hs_pacer *pacer, int64_t now_ms)
{
    return now_ms < pacer->hold_ms;
}
