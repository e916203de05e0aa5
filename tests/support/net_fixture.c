#include "net_fixture.h"
#include "base/clock.h"
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 10000, WAIT_MS = 20, ATTEMPTS = 2 };

void fixture_start(struct fixture *f, const struct mini_step *steps, size_t n_steps,
                   int64_t stall_ms)
{
    struct hs_net_conf conf = {
        .stall_ms = stall_ms, .user_agent = "hubsync/test", .is_batch = true};
    static const char *const hosts[] = {"127.0.0.1", NULL};

    *f = (struct fixture){.answer = {.retry_after_ms = -1}};
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    f->mini = mini_start(steps, n_steps);
    assert_int_equal(hs_net_new(&conf, &f->net, &f->err), 0);
    assert_int_equal(hs_loop_new(f->net, &f->loop, &f->err), 0);
    f->gate = (struct hs_gate){
        .place = HS_LOOPBACK_PLACE, .has_secret = true, .ca_file = "", .credential_hosts = hosts};
    assert_int_equal(
        hs_url_parse(&f->pool, fixture_url(f, "127.0.0.1", ""), &f->gate.endpoint, &f->err), 0);
    f->site = hs_net_site(f->net, &f->gate.endpoint);
}

void fixture_stop(struct fixture *f)
{
    hs_loop_free(f->loop);
    hs_net_free(f->net);
    mini_stop(f->mini);
    hs_answer_clear(&f->answer);
    hs_err_clear(&f->err);
    hub_pool_clear(&f->pool);
}

const char *fixture_url(struct fixture *f, const char *host, const char *path)
{
    return hub_pool_printf(&f->pool, "http://%s:%d%s", host, mini_port(f->mini), path);
}

struct hub_request fixture_get(struct fixture *f, const char *path)
{
    return (struct hub_request){.size = sizeof(struct hub_request),
                                .method = "GET",
                                .url = fixture_url(f, "127.0.0.1", path)};
}

struct hs_call fixture_call(struct fixture *f, const struct hub_request *request)
{
    return (struct hs_call){.gate = &f->gate,
                            .site = f->site,
                            .cost = HS_COST_API,
                            .request = request,
                            .retry = {ATTEMPTS, WAIT_MS}};
}

int fixture_run(struct fixture *f, const struct hs_call *call)
{
    hs_err_clear(&f->err);
    return hs_loop_call(f->loop, call, &f->answer, &f->err);
}

/* ---- streams ---- */
void heard_init(struct heard *heard, size_t room_bytes)
{
    *heard = (struct heard){.room_bytes = room_bytes, .pause_at = SIZE_MAX};
    heard->bytes = calloc(1, room_bytes + 1);
    assert_non_null(heard->bytes);
    for (size_t i = 0; i < room_bytes; i++)
        heard->bytes[i] = (char)(i % 251);
}

void heard_clear(struct heard *heard)
{
    free(heard->bytes);
    free(heard->body);
    free(heard->words);
}

static int on_head(void *ctx, const struct hub_reply *reply)
{
    struct heard *heard = ctx;

    heard->head_status = reply->http_status;
    return heard->head_result;
}

static bool is_pausing(struct heard *heard, size_t moved)
{
    if (moved < heard->pause_at)
        return false;
    heard->n_pauses++;
    return true;
}

static long on_write(void *ctx, const void *bytes, size_t n)
{
    struct heard *heard = ctx;

    if (is_pausing(heard, heard->n_bytes))
        return HS_PAUSE;
    if (heard->n_bytes + n > heard->room_bytes)
        return 0;
    memcpy(heard->bytes + heard->n_bytes, bytes, n);
    heard->n_bytes += n;
    return (long)n;
}

static long on_read(void *ctx, void *bytes, size_t n)
{
    struct heard *heard = ctx;

    if (is_pausing(heard, heard->n_bytes))
        return HS_PAUSE;
    if (heard->n_bytes + n > heard->room_bytes)
        return 0;
    memcpy(bytes, heard->bytes + heard->n_bytes, n);
    heard->n_bytes += n;
    return (long)n;
}

static void on_done(void *ctx, int status, struct hs_answer *answer, const struct hs_err *err)
{
    struct heard *heard = ctx;

    heard->is_done = true;
    heard->stream = NULL;
    heard->status = status;
    heard->http_status = answer->reply.http_status;
    heard->guess = answer->guess;
    heard->body = strdup(answer->reply.body ? answer->reply.body : "");
    heard->words = strdup(status < 0 ? hs_err_text(err) : "");
    if (heard->on_done)
        heard->on_done(heard);
}

void heard_start_conf(struct fixture *f, struct heard *heard, struct hs_stream_conf conf)
{
    static const struct hs_stream_ops ops = {on_head, on_write, on_read, on_done};

    conf.ops = &ops;
    conf.ctx = heard;
    heard->stream = hs_stream_start(f->loop, &conf);
    assert_non_null(heard->stream);
}

void heard_start(struct fixture *f, struct heard *heard, const struct hub_request *request,
                 size_t put_bytes)
{
    struct hs_stream_conf conf = {.gate = &f->gate,
                                  .site = f->site,
                                  .cost = HS_COST_STORAGE,
                                  .request = request,
                                  .body_bytes = put_bytes == SIZE_MAX ? 0 : put_bytes};

    heard_start_conf(f, heard, conf);
}

void heard_wait(struct fixture *f, struct heard *heard)
{
    int64_t until_ms = hs_mono_ms() + PATIENCE_MS;

    while (!heard->is_done && hs_mono_ms() < until_ms)
        (void)hs_loop_turn(f->loop, 100);
    assert_true(heard->is_done);
}
