#include "net/loop.h"
#include <stdlib.h>
#include "base/clock.h"
#include "base/mem.h"
#include "net/tend.h"
#include "net/stream_end.h"
#include "base/banned.h"

enum { CONNECTIONS_KEPT = 64 };

/* ---- its life ---- */
int hs_loop_new(struct hs_net *net, struct hs_loop **out, struct hs_err *err)
{
    struct hs_loop *loop = calloc(1, sizeof *loop);

    if (loop)
        loop->multi = curl_multi_init();
    if (!loop || !loop->multi) {
        free(loop);
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    }
    (void)curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    loop->net = net;
    loop->now_ms = hs_mono_ms();
    *out = loop;
    return 0;
}

void hs_loop_free(struct hs_loop *loop)
{
    if (!loop)
        return;
    while (loop->first)
        hs_stream_free(loop->first);
    while (loop->n_spare > 0)
        curl_easy_cleanup(loop->spare[--loop->n_spare]);
    (void)curl_multi_cleanup(loop->multi);
    free(loop);
}

CURL *hs_loop_take_handle(struct hs_loop *loop)
{
    return loop->n_spare > 0 ? loop->spare[--loop->n_spare] : curl_easy_init();
}

void hs_loop_give_handle(struct hs_loop *loop, CURL *easy)
{
    if (loop->n_spare == HS_SPARE_HANDLES_MAX) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_reset(easy);
    loop->spare[loop->n_spare++] = easy;
}

void hs_loop_add(struct hs_loop *loop, struct hs_stream *s)
{
    s->before = loop->last;
    if (loop->last)
        loop->last->next = s;
    else
        loop->first = s;
    loop->last = s;
    loop->is_busy = true;
}

void hs_loop_remove(struct hs_loop *loop, struct hs_stream *s)
{
    if (s->before)
        s->before->next = s->next;
    else if (loop->first == s)
        loop->first = s->next;
    if (s->next)
        s->next->before = s->before;
    else if (loop->last == s)
        loop->last = s->before;
    s->next = s->before = NULL;
}

/* ---- a turn ---- */
static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Returns the ms until one of them wants to be looked at again. */
static int64_t tend_all(struct hs_loop *loop)
{
    int64_t nap_ms = HS_NAP_MAX_MS;

    loop->is_busy = false;
    for (struct hs_stream *s = loop->first; s; s = s->next) {
        hs_tend(s);
        nap_ms = sooner(nap_ms, hs_tend_nap(s));
    }
    return nap_ms;
}

static void end_all(struct hs_loop *loop, int status, const char *words)
{
    for (struct hs_stream *s = loop->first; s; s = s->next) {
        if (s->stage == HS_STAGE_ENDED)
            continue;
        (void)hs_fail(&s->err, status, "%s", words);
        hs_stream_end(s, status);
    }
}

static int perform(struct hs_loop *loop)
{
    int n_running;
    CURLMcode code;

    loop->is_in_curl = true;
    code = curl_multi_perform(loop->multi, &n_running);
    loop->is_in_curl = false;
    if (code == CURLM_OK)
        return 0;
    end_all(loop, HS_EFAILED, curl_multi_strerror(code));
    return HS_EFAILED;
}

static void collect_ended(struct hs_loop *loop)
{
    CURLMsg *message;
    int n_left;

    while ((message = curl_multi_info_read(loop->multi, &n_left)) != NULL) {
        void *stream = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &stream);
        hs_stream_hop_end(stream, message->data.result);
    }
}

static void reap_cut(struct hs_loop *loop)
{
    for (struct hs_stream *s = loop->first, *next; s; s = next) {
        next = s->next;
        if (s->is_cut)
            hs_stream_free(s);
    }
}

static bool is_done_due(const struct hs_stream *s)
{
    return s->stage == HS_STAGE_ENDED && s->conf.ops;
}

/* Only those that have ended by now: what their callbacks start and fail waits for the next turn.
 */
static void tell_ended(struct hs_loop *loop)
{
    size_t n = 0;

    if (loop->is_in_done)
        return;
    for (struct hs_stream *s = loop->first; s; s = s->next)
        n += is_done_due(s);
    loop->is_in_done = true;
    for (struct hs_stream *s = loop->first; n > 0 && s; s = loop->first, n--) {
        while (s && !is_done_due(s))
            s = s->next;
        if (!s)
            break;
        hs_loop_remove(loop, s); /* its owner must not cut it, and cannot any more */
        s->conf.ops->done(s->conf.ctx, s->status, &s->answer, &s->err);
        hs_stream_free(s);
    }
    loop->is_in_done = false;
}

void hs_loop_cancel(struct hs_loop *loop, bool is_canceled)
{
    atomic_store(&loop->is_canceled, is_canceled);
}

int hs_loop_turn(struct hs_loop *loop, int timeout_ms)
{
    int64_t nap_ms;
    int r;

    loop->now_ms = hs_mono_ms();
    if (hs_net_is_canceled(loop->net) || atomic_load(&loop->is_canceled)) {
        end_all(loop, HUB_ECANCELED, "canceled");
        tell_ended(loop);
        return HUB_ECANCELED;
    }
    nap_ms = sooner(tend_all(loop), timeout_ms);
    if (!loop->is_busy && nap_ms > 0) {
        (void)curl_multi_poll(loop->multi, NULL, 0, (int)nap_ms, NULL);
        loop->now_ms = hs_mono_ms();
    }
    r = perform(loop);
    collect_ended(loop);
    reap_cut(loop);
    tell_ended(loop);
    return r;
}

int hs_loop_wait(struct hs_loop *loop, int64_t ms, struct hs_err *err)
{
    int64_t until_ms = hs_mono_ms() + ms;

    for (int64_t left_ms = ms; left_ms > 0; left_ms = until_ms - hs_mono_ms()) {
        int r = hs_loop_turn(loop, (int)sooner(left_ms, HS_NAP_MAX_MS));

        if (r < 0)
            return hs_fail(err, r, r == HUB_ECANCELED ? "canceled" : "libcurl stopped");
    }
    return 0;
}
