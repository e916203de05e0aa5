#include "net/stream_end.h"
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/log.h"
#include "net/fault.h"
#include "net/guess.h"
#include "net/hop.h"
#include "net/redact.h"
#include "net/site.h"
#include "base/banned.h"

enum { STREAM_HOLD_MAX_MS = 60 * 1000 };

bool hs_stream_has_left(const struct hs_stream *s)
{
    curl_off_t before_request = 0;
    long request_bytes = 0;

    if (!s->easy)
        return false;
    (void)curl_easy_getinfo(s->easy, CURLINFO_PRETRANSFER_TIME_T, &before_request);
    (void)curl_easy_getinfo(s->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    return before_request > 0 || request_bytes > 0;
}

static void log_hop(const struct hs_stream *s)
{
    char status[16], ms[24], attempt[16];

    if (!hs_log_on(HS_LOG_DEBUG))
        return;
    (void)snprintf(status, sizeof status, "%" PRIu32, s->headers.http_status);
    (void)snprintf(ms, sizeof ms, "%" PRId64, hs_mono_ms() - s->began_ms);
    (void)snprintf(attempt, sizeof attempt, "%" PRIu32, s->attempt);
    hs_log(HS_LOG_DEBUG, "http", "request", s->where, "status", status, "ms", ms, "attempt",
           attempt, NULL);
}

/* The endpoint answered: where its name leads is where its hub lives. */
static void note_place(const struct hs_stream *s)
{
    const char *address = NULL;

    if (!s->headers.is_complete || s->has_proxy || !s->is_at_endpoint)
        return;
    (void)curl_easy_getinfo(s->easy, CURLINFO_PRIMARY_IP, &address);
    if (address && *address)
        hs_site_note_place(s->conf.site, hs_host_place(address));
}

/* An error came while the body was still on its way: that is the answer. */
static bool has_early_answer(const struct hs_stream *s)
{
    curl_off_t sent = 0;

    if (!s->has_upload || !s->headers.is_complete || s->headers.http_status < 300)
        return false;
    (void)curl_easy_getinfo(s->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    return (uint64_t)sent < s->conf.body_bytes;
}

static bool fill_answer(struct hs_stream *s)
{
    struct hs_answer *answer = &s->answer;
    unsigned flags = (s->request.flags & HUB_ONCE ? HS_GUESS_ONCE : 0u) |
                     (s->is_download ? HS_GUESS_DOWNLOAD : 0u) |
                     (s->conf.gate->has_secret && !s->is_shown_secret ? HS_GUESS_LAPSES : 0u);

    answer->reply = (struct hub_reply){.size = sizeof answer->reply,
                                       .http_status = s->headers.http_status,
                                       .url = hub_pool_strdup(&answer->pool, s->url),
                                       .headers = hs_headers_list(&s->headers, &answer->pool),
                                       .body = answer->text.data ? answer->text.data : "",
                                       .body_bytes = answer->text.n_bytes};
    if (!answer->reply.url || !answer->reply.headers || answer->text.failed)
        return false;
    answer->had_secret = s->is_shown_secret;
    answer->retry_after_ms = hs_retry_after(hub_header(&answer->reply, "retry-after"), hs_now_ms());
    answer->guess = hs_guess(&answer->reply, flags);
    return true;
}

static void slow_site(const struct hs_stream *s)
{
    int guess = s->answer.guess;
    int64_t hold_ms = s->answer.retry_after_ms;

    if (!s->conf.ops || !s->is_at_endpoint) /* a call's judge has the last word */
        return;
    if (guess == HUB_ETHROTTLED || guess == HUB_EFIREWALL)
        hs_site_slow(s->conf.site, hold_ms > STREAM_HOLD_MAX_MS ? STREAM_HOLD_MAX_MS : hold_ms);
}

static void follow_redirect(struct hs_stream *s)
{
    const char *location = hub_header(&s->answer.reply, "location");
    char *url = hs_url_join(&s->pool, s->url, location);

    if (++s->redirects > HS_STREAM_REDIRECTS_MAX) {
        hs_stream_end(
            s, hs_stream_fail(s, HUB_ECORRUPT, "more than %d redirects", HS_STREAM_REDIRECTS_MAX));
        return;
    }
    if (!url) {
        hs_stream_end(s, hs_stream_fail(s, HUB_ECORRUPT, "a redirect to nowhere"));
        return;
    }
    hs_answer_clear(&s->answer);
    hs_stream_aim(s, url);
}

static void take_answer(struct hs_stream *s)
{
    if (!fill_answer(s)) {
        hs_stream_end(s, hs_stream_fail(s, HUB_ENOMEM, "out of memory"));
        return;
    }
    if (s->is_redirect) {
        hs_hop_drop(s);
        follow_redirect(s);
        return;
    }
    if (s->has_upload && s->headers.http_status < 300 && s->sent_bytes < s->conf.body_bytes) {
        hs_stream_end(s, hs_stream_fail(s, HUB_EAGAIN, "an answer before all bytes were sent"));
        return;
    }
    slow_site(s);
    hs_stream_end(s, 0);
}

void hs_stream_hop_end(struct hs_stream *s, CURLcode code)
{
    if (s->is_cut)
        return;
    log_hop(s);
    note_place(s);
    if (s->verdict)
        hs_stream_end(s, s->verdict);
    else if (s->headers.is_complete && (code == CURLE_OK || s->is_clipped || has_early_answer(s)))
        take_answer(s);
    else
        hs_stream_end(s, hs_fault(s, code == CURLE_OK ? CURLE_GOT_NOTHING : code));
    hs_redact_err(&s->err);
}

void hs_stream_give_up(struct hs_stream *s, const char *words, int64_t ms)
{
    int status = (s->request.flags & HUB_ONCE) && hs_stream_has_left(s) ? HUB_EUNSURE : HUB_EAGAIN;

    log_hop(s);
    if (has_early_answer(s))
        take_answer(s);
    else if (ms % 1000 == 0)
        hs_stream_end(s, hs_stream_fail(s, status, "%s %" PRId64 " s", words, ms / 1000));
    else
        hs_stream_end(s, hs_stream_fail(s, status, "%s %" PRId64 " ms", words, ms));
}
