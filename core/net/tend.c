#include "net/tend.h"
#include "net/hop.h"
#include "net/loop.h"
#include "net/move.h"
#include "net/process.h"
#include "net/site.h"
#include "net/stream_end.h"
#include "base/banned.h"

enum {
    SLOT_NAP_MS = 5, /* how soon a slot that another loop gave back is seen */
    QUIET_MS = 100   /* so long without a callback: ask libcurl what went over the wire */
};

static enum hs_cost cost_of(const struct hs_stream *s)
{
    if (s->redirects > 0 && !s->is_at_endpoint)
        return HS_COST_STORAGE;
    return s->conf.cost;
}

static bool end_if_closed(struct hs_stream *s)
{
    int status = hs_site_closed(s->conf.site);

    if (!status)
        return false;
    s->is_closed = true;
    (void)hs_fail(&s->err, status, "%s: nothing is asked there for now: %s",
                  hs_site_name(s->conf.site),
                  status == HUB_EFIREWALL ? "its firewall turned us away" : "too many requests");
    hs_stream_end(s, status);
    return true;
}

/* Streams take no slot: one that its owner has paused would keep the owner's own calls out. */
static bool has_slot(struct hs_stream *s)
{
    if (s->conf.ops || cost_of(s) != HS_COST_API || s->has_slot)
        return true;
    s->has_slot = hs_site_slot_take(s->conf.site);
    return s->has_slot;
}

static void begin_if_due(struct hs_stream *s)
{
    int64_t now_ms = s->loop->now_ms;

    if (end_if_closed(s))
        return;
    if (s->stage == HS_STAGE_WAITING) {
        if (!has_slot(s))
            return;
        s->start_ms = hs_site_start(s->conf.site, cost_of(s), now_ms);
        s->stage = HS_STAGE_DELAYED;
    }
    if (now_ms >= s->start_ms && hs_site_is_held(s->conf.site, cost_of(s), now_ms))
        s->start_ms = hs_site_start(s->conf.site, cost_of(s), now_ms);
    if (now_ms >= s->start_ms)
        hs_hop_begin(s);
}

static bool is_waiting(const struct hs_stream *s)
{
    return s->is_paused || s->flow_ms != 0;
}

/* Callbacks see what libcurl takes and hands over; the wire may move between them. */
static void look_at_wire(struct hs_stream *s)
{
    curl_off_t up = 0, down = 0;
    long head = 0;

    (void)curl_easy_getinfo(s->easy, CURLINFO_SIZE_UPLOAD_T, &up);
    (void)curl_easy_getinfo(s->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
    (void)curl_easy_getinfo(s->easy, CURLINFO_HEADER_SIZE, &head);
    if (up + down + head != s->wire_bytes) {
        s->wire_bytes = up + down + head;
        s->last_byte_ms = s->loop->now_ms;
    }
}

static void check_time(struct hs_stream *s)
{
    int64_t now_ms = s->loop->now_ms, stall_ms = hs_net_stall_ms(s->loop->net);

    if (s->deadline_ms && now_ms >= s->deadline_ms) {
        hs_stream_give_up(s, "no complete answer within", s->timeout_ms);
        return;
    }
    if (!s->conf.ops)
        return;
    if (is_waiting(s))
        s->last_byte_ms = now_ms;
    else if (now_ms - s->last_byte_ms >= QUIET_MS || now_ms - s->last_byte_ms >= stall_ms)
        look_at_wire(s);
    if (now_ms - s->last_byte_ms >= stall_ms)
        hs_stream_give_up(s, "no byte for", stall_ms);
}

static void tend_moving(struct hs_stream *s)
{
    bool is_flow_due = s->flow_ms != 0 && s->loop->now_ms >= s->flow_ms;

    if (is_flow_due || (s->wants_resume && is_waiting(s)))
        hs_move_resume(s);
    if (s->stage == HS_STAGE_MOVING)
        check_time(s);
}

void hs_tend(struct hs_stream *s)
{
    if (s->stage == HS_STAGE_WAITING || s->stage == HS_STAGE_DELAYED)
        begin_if_due(s);
    if (s->stage == HS_STAGE_MOVING)
        tend_moving(s);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t hs_tend_nap(const struct hs_stream *s)
{
    int64_t nap_ms = HS_NAP_MAX_MS, now_ms = s->loop->now_ms;

    switch (s->stage) {
    case HS_STAGE_WAITING:
        return SLOT_NAP_MS;
    case HS_STAGE_DELAYED:
        return s->start_ms - now_ms;
    case HS_STAGE_MOVING:
        if (s->flow_ms)
            nap_ms = sooner(nap_ms, s->flow_ms - now_ms);
        if (s->deadline_ms)
            nap_ms = sooner(nap_ms, s->deadline_ms - now_ms);
        if (s->conf.ops)
            nap_ms = sooner(nap_ms, s->last_byte_ms + hs_net_stall_ms(s->loop->net) - now_ms);
        return nap_ms;
    case HS_STAGE_ENDED:
        break;
    }
    return s->conf.ops && !s->loop->is_in_done ? 0 : HS_NAP_MAX_MS;
}
