#include "base/clock.h"
#include "net/loop.h"
#include "net/net.h"
#include "net/redact.h"
#include "net/stream.h"
#include "net/words.h"
#include "base/banned.h"

enum { CALL_MS = 60 * 1000, BODY_BYTES_MAX = 10 * 1024 * 1024 };

/* Owns what one call knows from try to try. */
struct tries {
    const struct hs_call *call;
    uint32_t tried, pushed_back; /* of them, how many the site turned away */
    int64_t retry_after_ms;
    bool is_closed; /* the site: nothing was sent */
};

static bool is_push_back(int status)
{
    return status == HUB_ETHROTTLED || status == HUB_EFIREWALL;
}

static struct hs_stream *begin_try(struct hs_loop *loop, const struct tries *tries)
{
    const struct hs_call *call = tries->call;
    struct hs_stream_conf conf = {
        .gate = call->gate, .site = call->site, .cost = call->cost, .request = call->request};
    struct hs_stream *s = hs_stream_new(loop, &conf);

    if (!s)
        return NULL;
    s->limit_bytes = call->limit_bytes ? call->limit_bytes : BODY_BYTES_MAX;
    s->timeout_ms = call->request->timeout_ms ? call->request->timeout_ms : CALL_MS;
    s->attempt = tries->tried;
    s->is_download = call->is_download;
    hs_stream_aim(s, s->request.url);
    return s;
}

/* The site's words, if the judge had none. */
static void describe(const struct hs_stream *s, int status, struct hs_err *err)
{
    HUB_POOL(pool);
    const char *words = hs_words_of(&pool, &s->answer.reply);

    (void)hs_fail(err, status, "%s: HTTP %u%s%s", s->where, (unsigned)s->answer.reply.http_status,
                  *words ? ": " : "", words);
}

static int judge_answer(struct tries *tries, struct hs_stream *s, struct hs_err *err)
{
    const struct hs_call *call = tries->call;
    struct hs_answer *answer = &s->answer;
    int64_t asked_ms = answer->retry_after_ms;
    uint32_t wait_ms = asked_ms < 0 ? 0 : asked_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)asked_ms;
    int status = answer->guess;

    hs_err_clear(err);
    if (call->judge)
        status = call->judge(call->ctx, &answer->reply, answer->guess, &wait_ms, err);
    tries->retry_after_ms = wait_ms ? (int64_t)wait_ms : -1;
    if (status >= 0) {
        hs_err_clear(err);
        return status;
    }
    if (!err || !err->message)
        describe(s, status, err);
    if (err)
        err->status = status;
    hs_redact_err(err);
    return status;
}

static int try_once(struct hs_loop *loop, struct tries *tries, struct hs_answer *answer,
                    struct hs_err *err)
{
    struct hs_stream *s = begin_try(loop, tries);
    int status;

    if (!s)
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    while (s->stage != HS_STAGE_ENDED)
        (void)hs_loop_turn(loop, 1000); /* a loop that fails ends all streams */
    tries->retry_after_ms = -1;
    tries->is_closed = s->is_closed;
    status = s->status;
    if (status == 0) {
        status = judge_answer(tries, s, err);
        hs_answer_clear(answer);
        *answer = s->answer;
        s->answer = (struct hs_answer){.retry_after_ms = -1};
    } else {
        hs_err_move(err, &s->err);
    }
    hs_stream_free(s);
    return status;
}

static bool is_repeated(const struct tries *tries, int status)
{
    return !tries->is_closed && (status == HUB_EAGAIN || is_push_back(status));
}

static int give_up(const struct tries *tries, int status, struct hs_err *err)
{
    uint32_t attempts = hs_retry_attempts(&tries->call->retry);

    if (tries->pushed_back == tries->tried && tries->tried >= attempts)
        hs_site_close(tries->call->site, status);
    if (tries->retry_after_ms > 0 && tries->tried < attempts)
        (void)hs_hint(err, "the site asks to come back in %lld s",
                      (long long)(tries->retry_after_ms / 1000));
    else if (tries->tried > 1)
        (void)hs_hint(err, "tried %u times", (unsigned)tries->tried);
    return status;
}

int hs_loop_call(struct hs_loop *loop, const struct hs_call *call, struct hs_answer *answer,
                 struct hs_err *err)
{
    struct tries tries = {.call = call, .retry_after_ms = -1};

    for (;;) {
        int64_t wait_ms;
        int status;

        hs_answer_clear(answer);
        tries.tried++;
        status = try_once(loop, &tries, answer, err);
        if (!is_repeated(&tries, status))
            return status;
        tries.pushed_back += is_push_back(status);
        wait_ms =
            hs_retry_wait(&call->retry, status, tries.tried, tries.retry_after_ms, hs_random());
        if (is_push_back(status))
            hs_site_slow(call->site, tries.retry_after_ms > 0 && wait_ms > 0 ? wait_ms : 0);
        if (wait_ms < 0)
            return give_up(&tries, status, err);
        status = hs_loop_wait(loop, wait_ms, err);
        if (status < 0)
            return status;
    }
}
