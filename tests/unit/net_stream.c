/* Streams: bytes move whole or not at all, pauses hold, cuts and faults end what they must. */
#include "net_fixture.h"
#include "base/clock.h"
#include <stdlib.h>
#include <string.h>

#define LENGTH(n)       "HTTP/1.1 200 OK\r\nContent-Length: " n "\r\n\r\n"
#define OK              LENGTH("2") "{}"
#define START(f, steps) fixture_start(&(f), steps, sizeof(steps) / sizeof *(steps), 0)

enum { MIB = 1024 * 1024 };

static struct hub_request put_to(struct fixture *f, const char *path)
{
    struct hub_request request = fixture_get(f, path);

    request.method = "PUT";
    return request;
}

static void turn_for(struct fixture *f, int64_t ms)
{
    int64_t until_ms = hs_mono_ms() + ms;

    while (hs_mono_ms() < until_ms)
        (void)hs_loop_turn(f->loop, 10);
}

static void a_download_arrives_whole(void **state)
{
    static const struct mini_step steps[] = {{.answer = LENGTH("3000000"), .body_bytes = 3000000}};
    struct fixture f;
    struct heard get;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&get, 3000000);
    memset(get.bytes, 0, 3000000);
    request = fixture_get(&f, "/file");
    heard_start(&f, &get, &request, SIZE_MAX);
    heard_wait(&f, &get);
    assert_int_equal(get.status, 0);
    assert_int_equal(get.http_status, 200);
    assert_int_equal(get.head_status, 200);
    assert_int_equal(get.n_bytes, 3000000);
    for (size_t i = 0; i < get.n_bytes; i++)
        if (get.bytes[i] != (char)(i % 251))
            fail_msg("byte %zu", i);
    assert_string_equal(get.body, "");
    assert_null(strcasestr(mini_request(f.mini, 0)->head, "accept-encoding"));
    assert_null(strcasestr(mini_request(f.mini, 0)->head, "range:"));
    heard_clear(&get);
    fixture_stop(&f);
}

static void a_put_sends_exactly_its_bytes(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = "HTTP/1.1 200 OK\r\nETag: \"abc\"\r\nContent-Length: 2\r\n\r\n{}"}};
    struct fixture f;
    struct heard put;
    struct hub_request request;
    const struct mini_request *seen;

    (void)state;
    START(f, steps);
    heard_init(&put, 3 * MIB);
    request = put_to(&f, "/part?signature=x");
    heard_start(&f, &put, &request, 3 * MIB);
    heard_wait(&f, &put);
    assert_int_equal(put.status, 0);
    assert_string_equal(put.body, "{}");
    seen = mini_request(f.mini, 0);
    assert_int_equal(seen->body_bytes, 3 * MIB);
    assert_memory_equal(seen->body, put.bytes, 3 * MIB);
    assert_non_null(strstr(seen->head, "PUT /part?signature=x HTTP/1.1\r\n"));
    assert_non_null(strstr(seen->head, "\r\nContent-Length: 3145728\r\n"));
    assert_null(strcasestr(seen->head, "expect:"));
    assert_null(strcasestr(seen->head, "transfer-encoding"));
    assert_null(strcasestr(seen->head, "content-type"));
    heard_clear(&put);
    fixture_stop(&f);
}

static void a_put_of_nothing_tells_its_length(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct heard put;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&put, 0);
    request = put_to(&f, "/");
    heard_start(&f, &put, &request, 0);
    heard_wait(&f, &put);
    assert_int_equal(put.status, 0);
    assert_non_null(strcasestr(mini_request(f.mini, 0)->head, "content-length: 0\r\n"));
    heard_clear(&put);
    fixture_stop(&f);
}

static void a_slice_asks_for_its_range(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct heard get;
    struct hub_request request;
    struct hs_stream_conf conf;

    (void)state;
    START(f, steps);
    heard_init(&get, 10);
    request = fixture_get(&f, "/");
    conf = (struct hs_stream_conf){.gate = &f.gate,
                                   .site = f.site,
                                   .cost = HS_COST_STORAGE,
                                   .request = &request,
                                   .has_range = true,
                                   .offset = 100,
                                   .range_bytes = 50};
    heard_start_conf(&f, &get, conf);
    heard_wait(&f, &get);
    assert_int_equal(mini_requests(f.mini), 1);
    assert_non_null(strstr(mini_request(f.mini, 0)->head, "\r\nRange: bytes=100-149\r\n"));
    heard_clear(&get);
    fixture_stop(&f);
}

static void a_paused_download_goes_on_when_resumed(void **state)
{
    static const struct mini_step steps[] = {{.answer = LENGTH("1000000"), .body_bytes = 1000000}};
    struct fixture f;
    struct heard get;
    struct hub_request request;

    (void)state;
    fixture_start(&f, steps, 1, 50); /* its stall is over before the pause is */
    heard_init(&get, 1000000);
    get.pause_at = 100000;
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    turn_for(&f, 120);
    assert_false(get.is_done);
    assert_in_range(get.n_bytes, 100000, 120000);
    assert_int_equal(get.n_pauses, 1); /* it does not ask again by itself */
    get.pause_at = SIZE_MAX;
    hs_stream_resume(get.stream);
    heard_wait(&f, &get);
    assert_int_equal(get.status, 0);
    assert_int_equal(get.n_bytes, 1000000);
    heard_clear(&get);
    fixture_stop(&f);
}

static void a_paused_put_goes_on_when_resumed(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct heard put;
    struct hub_request request;

    (void)state;
    fixture_start(&f, steps, 1, 50);
    heard_init(&put, 2 * MIB);
    put.pause_at = MIB;
    request = put_to(&f, "/");
    heard_start(&f, &put, &request, 2 * MIB);
    turn_for(&f, 120);
    assert_false(put.is_done);
    assert_int_equal(put.n_pauses, 1);
    put.pause_at = SIZE_MAX;
    hs_stream_resume(put.stream);
    heard_wait(&f, &put);
    assert_int_equal(put.status, 0);
    assert_memory_equal(mini_request(f.mini, 0)->body, put.bytes, 2 * MIB);
    heard_clear(&put);
    fixture_stop(&f);
}

static void pausing_at_every_piece_loses_nothing(void **state)
{
    static const struct mini_step steps[] = {{.answer = LENGTH("500000"), .body_bytes = 500000},
                                             {.how = MINI_TAKE_SLOWLY, .answer = OK}};
    struct fixture f;
    struct heard get, put;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&get, 500000);
    memset(get.bytes, 0, 500000);
    get.pause_at = 0;
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    while (!get.is_done) {
        get.pause_at = get.n_bytes + 1; /* one more piece */
        hs_stream_resume(get.stream);
        (void)hs_loop_turn(f.loop, 5);
    }
    assert_int_equal(get.n_bytes, 500000);
    heard_init(&put, 500000);
    put.pause_at = 0;
    request = put_to(&f, "/");
    heard_start(&f, &put, &request, 500000);
    while (!put.is_done) {
        put.pause_at = put.n_bytes + 1;
        hs_stream_resume(put.stream);
        (void)hs_loop_turn(f.loop, 5);
    }
    assert_int_equal(put.status, 0);
    assert_memory_equal(get.bytes, put.bytes, 500000);
    assert_memory_equal(mini_request(f.mini, 1)->body, put.bytes, 500000);
    heard_clear(&get);
    heard_clear(&put);
    fixture_stop(&f);
}

static void a_cut_frees_the_connection_and_says_nothing(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = LENGTH("100000000"), .body_bytes = 100000000}};
    struct fixture f;
    struct heard get;
    struct hub_request request;
    int64_t until_ms = hs_mono_ms() + 5000;

    (void)state;
    START(f, steps);
    heard_init(&get, 100000);
    get.pause_at = 10000;
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    while (get.n_pauses == 0)
        (void)hs_loop_turn(f.loop, 100);
    hs_stream_cut(get.stream);
    assert_false(get.is_done);
    while (mini_open(f.mini) > 0 && hs_mono_ms() < until_ms)
        (void)hs_loop_turn(f.loop, 5);
    assert_int_equal(mini_open(f.mini), 0);
    heard_clear(&get);
    fixture_stop(&f);
}

static void a_head_that_is_not_wanted_cuts_the_body(void **state)
{
    static const struct mini_step steps[] = {{.answer = LENGTH("100000"), .body_bytes = 100000}};
    struct fixture f;
    struct heard get;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&get, 100000);
    get.head_result = HUB_ECORRUPT;
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    heard_wait(&f, &get);
    assert_int_equal(get.status, HUB_ECORRUPT);
    assert_int_equal(get.n_bytes, 0);
    heard_clear(&get);
    fixture_stop(&f);
}

static void bytes_that_are_not_taken_cut_the_connection(void **state)
{
    static const struct mini_step steps[] = {{.answer = LENGTH("100000"), .body_bytes = 100000}};
    struct fixture f;
    struct heard get;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&get, 10); /* no room */
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    heard_wait(&f, &get);
    assert_int_equal(get.status, HUB_ECORRUPT);
    heard_clear(&get);
    fixture_stop(&f);
}

static void an_error_is_an_answer_and_its_body_no_content(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone"},
        {.answer = "HTTP/1.1 404 No\r\nContent-Length: 1000000\r\n\r\n", .body_bytes = 1000000}};
    struct fixture f;
    struct heard get, large;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&get, 100);
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    heard_wait(&f, &get);
    assert_int_equal(get.status, 0);
    assert_int_equal(get.guess, HUB_ENOTFOUND);
    assert_string_equal(get.body, "gone");
    assert_int_equal(get.n_bytes, 0);
    assert_int_equal(get.head_status, 0);
    heard_init(&large, 100);
    heard_start(&f, &large, &request, SIZE_MAX);
    heard_wait(&f, &large);
    assert_int_equal(large.status, 0);
    assert_int_equal(large.http_status, 404);
    heard_clear(&get);
    heard_clear(&large);
    fixture_stop(&f);
}

static void a_redirect_leads_to_the_bytes(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = "HTTP/1.1 302 Found\r\nContent-Length: 5\r\n"
                   "Location: http://cdn.localhost:%p/x?s=1\r\n\r\nmoved"},
        {.answer = LENGTH("1000"), .body_bytes = 1000}};
    struct fixture f;
    struct heard get;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&get, 1000);
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    heard_wait(&f, &get);
    assert_int_equal(get.status, 0);
    assert_int_equal(get.n_bytes, 1000);
    assert_non_null(strstr(mini_request(f.mini, 1)->head, "Host: cdn.localhost:"));
    assert_int_equal(hs_net_requests(f.net), 2);
    heard_clear(&get);
    fixture_stop(&f);
}

static void a_broken_body_is_temporary(void **state)
{
    static const struct mini_step steps[] = {
        {.how = MINI_CLOSE, .answer = LENGTH("2000"), .body_bytes = 1000},
        {.how = MINI_RESET, .answer = LENGTH("2000"), .body_bytes = 1000}};
    struct fixture f;
    struct hub_request request;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    for (int i = 0; i < 2; i++) {
        struct heard get;

        heard_init(&get, 2000);
        heard_start(&f, &get, &request, SIZE_MAX);
        heard_wait(&f, &get);
        assert_int_equal(get.status, HUB_EAGAIN);
        assert_non_null(strstr(get.words, "GET http://127.0.0.1:"));
        heard_clear(&get);
    }
    fixture_stop(&f);
}

static void a_stall_ends_the_attempt(void **state)
{
    static const struct mini_step steps[] = {
        {.how = MINI_STALL, .answer = LENGTH("2000"), .body_bytes = 1000}};
    struct fixture f;
    struct heard get;
    struct hub_request request;

    (void)state;
    fixture_start(&f, steps, 1, 100);
    heard_init(&get, 2000);
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    heard_wait(&f, &get);
    assert_int_equal(get.status, HUB_EAGAIN);
    assert_int_equal(get.n_bytes, 1000);
    assert_non_null(strstr(get.words, "no byte for 100 ms"));
    heard_clear(&get);
    fixture_stop(&f);
}

static void a_put_that_nobody_reads_stalls(void **state)
{
    static const struct mini_step steps[] = {{.how = MINI_EARLY, .answer = ""}};
    struct fixture f;
    struct heard put;
    struct hub_request request;

    (void)state;
    fixture_start(&f, steps, 1, 100);
    heard_init(&put, 32 * MIB);
    request = put_to(&f, "/");
    heard_start(&f, &put, &request, 32 * MIB);
    heard_wait(&f, &put);
    assert_int_equal(put.status, HUB_EAGAIN);
    assert_non_null(strstr(put.words, "no byte for 100 ms"));
    heard_clear(&put);
    fixture_stop(&f);
}

static void an_early_error_ends_a_put(void **state)
{
    static const struct mini_step steps[] = {
        {.how = MINI_EARLY, .answer = "HTTP/1.1 403 No\r\nContent-Length: 7\r\n\r\nexpired"}};
    struct fixture f;
    struct hub_request request;

    (void)state;
    START(f, steps);
    request = put_to(&f, "/");
    for (int is_paused = 0; is_paused < 2; is_paused++) {
        struct heard put;

        heard_init(&put, 64 * MIB);
        put.pause_at = is_paused ? 100000 : SIZE_MAX;
        heard_start(&f, &put, &request, 64 * MIB);
        heard_wait(&f, &put);
        assert_int_equal(put.status, 0);
        assert_int_equal(put.http_status, 403);
        assert_string_equal(put.body, "expired");
        assert_true(put.n_bytes < 64 * MIB);
        heard_clear(&put);
    }
    fixture_stop(&f);
}

/* An error without a length lasts until the connection ends, which nobody here does. */
static void an_early_error_without_an_end_ends_a_put(void **state)
{
    static const struct mini_step steps[] = {
        {.how = MINI_EARLY, .answer = "HTTP/1.1 400 Bad\r\nConnection: close\r\n\r\nbad"}};
    struct fixture f;
    struct heard put;
    struct hub_request request;

    (void)state;
    fixture_start(&f, steps, 1, 100);
    heard_init(&put, 64 * MIB);
    request = put_to(&f, "/");
    heard_start(&f, &put, &request, 64 * MIB);
    heard_wait(&f, &put);
    assert_int_equal(put.status, 0);
    assert_int_equal(put.http_status, 400);
    assert_string_equal(put.body, "bad");
    heard_clear(&put);
    fixture_stop(&f);
}

static void an_early_error_that_breaks_off_is_an_answer(void **state)
{
    static const struct mini_step steps[] = {
        {.how = MINI_EARLY_END, .answer = "HTTP/1.1 403 No\r\nContent-Length: 70\r\n\r\nexpired"}};
    struct fixture f;
    struct heard put;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&put, 64 * MIB);
    request = put_to(&f, "/");
    heard_start(&f, &put, &request, 64 * MIB);
    heard_wait(&f, &put);
    assert_int_equal(put.status, 0);
    assert_int_equal(put.http_status, 403);
    assert_string_equal(put.body, "expired");
    heard_clear(&put);
    fixture_stop(&f);
}

static void a_lost_answer_to_a_put_of_once_is_unsure(void **state)
{
    static const struct mini_step steps[] = {{.how = MINI_RESET, .answer = ""}};
    struct fixture f;
    struct heard put;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&put, 1000);
    request = put_to(&f, "/");
    request.flags = HUB_ONCE;
    heard_start(&f, &put, &request, 1000);
    heard_wait(&f, &put);
    assert_int_equal(put.status, HUB_EUNSURE);
    heard_clear(&put);
    fixture_stop(&f);
}

static void canceling_ends_every_stream_soon(void **state)
{
    static const struct mini_step steps[] = {
        {.how = MINI_STALL, .answer = LENGTH("2000"), .body_bytes = 1000}};
    struct hs_site_limits slow = {.requests = 1, .window_ms = 1000000};
    struct fixture f;
    struct heard moving, delayed;
    struct hub_request request;
    int64_t began_ms;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    heard_init(&moving, 2000);
    heard_init(&delayed, 2000);
    heard_start(&f, &moving, &request, SIZE_MAX);
    while (moving.n_bytes < 1000)
        (void)hs_loop_turn(f.loop, 100);
    hs_site_set_limits(f.site, &slow);
    heard_start(&f, &delayed, &request, SIZE_MAX);
    (void)hs_loop_turn(f.loop, 1);
    hs_net_cancel(f.net);
    began_ms = hs_mono_ms();
    heard_wait(&f, &moving);
    heard_wait(&f, &delayed);
    assert_true(hs_mono_ms() - began_ms < 200);
    assert_int_equal(moving.status, HUB_ECANCELED);
    assert_int_equal(delayed.status, HUB_ECANCELED);
    heard_clear(&moving);
    heard_clear(&delayed);
    fixture_stop(&f);
}

static void a_closed_site_sends_nothing(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct heard get;
    struct hub_request request;

    (void)state;
    START(f, steps);
    hs_site_close(f.site, HUB_EFIREWALL);
    heard_init(&get, 10);
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    heard_wait(&f, &get);
    assert_int_equal(get.status, HUB_EFIREWALL);
    assert_int_equal(mini_connections(f.mini), 0);
    heard_clear(&get);
    fixture_stop(&f);
}

static void a_refused_address_ends_in_done_too(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct heard get;
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&get, 10);
    request = fixture_get(&f, "/");
    request.url = "https://10.0.0.1/x?q";
    heard_start(&f, &get, &request, SIZE_MAX);
    assert_false(get.is_done); /* never from within the start */
    heard_wait(&f, &get);
    assert_int_equal(get.status, HUB_ECORRUPT);
    heard_clear(&get);
    fixture_stop(&f);
}

static void byte_limits_hold_both_ways(void **state)
{
    static const struct mini_step steps[] = {{.answer = LENGTH("200000"), .body_bytes = 200000},
                                             {.answer = OK}};
    struct hs_site_limits limits = {.download_bps = 1000000, .upload_bps = 1000000};
    struct fixture f;
    struct heard get, put;
    struct hub_request request;
    int64_t began_ms;

    (void)state;
    START(f, steps);
    hs_site_set_limits(f.site, &limits);
    heard_init(&get, 200000);
    request = fixture_get(&f, "/");
    began_ms = hs_mono_ms();
    heard_start(&f, &get, &request, SIZE_MAX);
    heard_wait(&f, &get);
    assert_int_equal(get.n_bytes, 200000);
    assert_true(hs_mono_ms() - began_ms >= 60); /* 200 ms, less what was saved up */
    heard_init(&put, 400000);
    request = put_to(&f, "/");
    began_ms = hs_mono_ms();
    heard_start(&f, &put, &request, 400000);
    heard_wait(&f, &put);
    assert_int_equal(put.status, 0);
    assert_memory_equal(mini_request(f.mini, 1)->body, put.bytes, 400000);
    assert_true(hs_mono_ms() - began_ms >= 150);
    heard_clear(&get);
    heard_clear(&put);
    fixture_stop(&f);
}

/* ---- callbacks that call back ---- */
struct nest {
    struct fixture *f;
    struct heard *other;
    int n_calls, depth, deepest;
};

static void call_from_done(struct heard *heard)
{
    struct nest *nest = heard->ctx;
    struct hub_request request = fixture_get(nest->f, "/call");
    struct hs_call call = fixture_call(nest->f, &request);
    struct hs_answer answer = {0};
    HS_ERR(err);

    if (++nest->depth > nest->deepest)
        nest->deepest = nest->depth;
    assert_int_equal(hs_loop_call(nest->f->loop, &call, &answer, &err), 0);
    hs_answer_clear(&answer);
    nest->n_calls++;
    nest->depth--;
}

static void calls_from_done_do_not_nest(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct heard gets[8];
    struct nest nest = {.f = &f};
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    for (size_t i = 0; i < 8; i++) {
        heard_init(&gets[i], 10);
        gets[i].on_done = call_from_done;
        gets[i].ctx = &nest;
        heard_start(&f, &gets[i], &request, SIZE_MAX);
    }
    assert_int_equal(hs_loop_call(f.loop, &call, &f.answer, &f.err), 0); /* turns them, too */
    for (size_t i = 0; i < 8; i++) {
        heard_wait(&f, &gets[i]);
        assert_int_equal(gets[i].status, 0);
        heard_clear(&gets[i]);
    }
    assert_int_equal(nest.n_calls, 8);
    assert_int_equal(nest.deepest, 1);
    fixture_stop(&f);
}

static void cut_other(struct heard *heard)
{
    struct nest *nest = heard->ctx;

    if (nest->other->stream)
        hs_stream_cut(nest->other->stream);
    nest->other->stream = NULL;
}

static void done_may_cut_another_that_has_ended(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct heard a, b;
    struct nest from_a = {.other = &b}, from_b = {.other = &a};
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&a, 10);
    heard_init(&b, 10);
    a.on_done = b.on_done = cut_other;
    a.ctx = &from_a;
    b.ctx = &from_b;
    hs_site_close(f.site, HUB_ETHROTTLED); /* both end at the same turn */
    request = fixture_get(&f, "/");
    heard_start(&f, &a, &request, SIZE_MAX);
    heard_start(&f, &b, &request, SIZE_MAX);
    turn_for(&f, 20);
    assert_int_equal(a.is_done + b.is_done, 1);
    heard_clear(&a);
    heard_clear(&b);
    fixture_stop(&f);
}

static void restart_same(struct heard *heard)
{
    struct nest *nest = heard->ctx;
    struct hub_request request = fixture_get(nest->f, "/again");

    heard->is_done = false;
    free(heard->body);
    free(heard->words);
    heard->on_done = NULL;
    heard->n_bytes = 0;
    heard_start(nest->f, heard, &request, SIZE_MAX);
}

static void done_may_start_another(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct heard get;
    struct nest nest = {.f = &f};
    struct hub_request request;

    (void)state;
    START(f, steps);
    heard_init(&get, 10);
    get.on_done = restart_same;
    get.ctx = &nest;
    request = fixture_get(&f, "/");
    heard_start(&f, &get, &request, SIZE_MAX);
    (void)hs_loop_turn(f.loop, 0);
    heard_wait(&f, &get);
    assert_int_equal(mini_requests(f.mini), 2);
    assert_int_equal(mini_connections(f.mini), 1);
    heard_clear(&get);
    fixture_stop(&f);
}

/* ---- a relay in small: a download that feeds an upload ---- */
struct pipe {
    struct hs_stream *get, *put;
    char bytes[64 * 1024];
    size_t n_bytes;
    int n_done;
};

static long pipe_write(void *ctx, const void *bytes, size_t n)
{
    struct pipe *pipe = ctx;

    if (n > sizeof pipe->bytes - pipe->n_bytes)
        return HS_PAUSE;
    memcpy(pipe->bytes + pipe->n_bytes, bytes, n);
    pipe->n_bytes += n;
    hs_stream_resume(pipe->put);
    return (long)n;
}

static long pipe_read(void *ctx, void *bytes, size_t n)
{
    struct pipe *pipe = ctx;

    if (pipe->n_bytes == 0)
        return HS_PAUSE;
    n = n < pipe->n_bytes ? n : pipe->n_bytes;
    memcpy(bytes, pipe->bytes, n);
    memmove(pipe->bytes, pipe->bytes + n, pipe->n_bytes - n);
    pipe->n_bytes -= n;
    if (pipe->get)
        hs_stream_resume(pipe->get);
    return (long)n;
}

static void pipe_get_done(void *ctx, int status, struct hs_answer *answer, const struct hs_err *err)
{
    struct pipe *pipe = ctx;

    (void)answer;
    (void)err;
    assert_int_equal(status, 0);
    pipe->get = NULL;
    pipe->n_done++;
}

static void pipe_put_done(void *ctx, int status, struct hs_answer *answer, const struct hs_err *err)
{
    struct pipe *pipe = ctx;

    (void)err;
    assert_int_equal(status, 0);
    assert_int_equal(answer->reply.http_status, 200);
    pipe->n_done++;
}

static void streams_may_resume_each_other(void **state)
{
    static const struct mini_step from[] = {{.answer = LENGTH("5000000"), .body_bytes = 5000000}};
    static const struct mini_step to[] = {{.answer = OK}};
    static const struct hs_stream_ops gets = {NULL, pipe_write, NULL, pipe_get_done};
    static const struct hs_stream_ops puts = {NULL, NULL, pipe_read, pipe_put_done};
    struct fixture f;
    struct mini_http *target = mini_start(to, 1);
    struct pipe pipe = {0};
    struct hub_request get, put;
    struct hs_stream_conf conf;

    (void)state;
    START(f, from);
    get = fixture_get(&f, "/");
    put = put_to(&f, "/");
    put.url = hub_pool_printf(&f.pool, "http://127.0.0.1:%d/", mini_port(target));
    conf = (struct hs_stream_conf){.gate = &f.gate,
                                   .site = f.site,
                                   .cost = HS_COST_STORAGE,
                                   .request = &get,
                                   .ops = &gets,
                                   .ctx = &pipe};
    pipe.get = hs_stream_start(f.loop, &conf);
    conf.request = &put;
    conf.ops = &puts;
    conf.body_bytes = 5000000;
    pipe.put = hs_stream_start(f.loop, &conf);
    while (pipe.n_done < 2)
        assert_int_equal(hs_loop_turn(f.loop, 1000), 0);
    assert_int_equal(mini_request(target, 0)->body_bytes, 5000000);
    for (size_t i = 0; i < 5000000; i++)
        if (mini_request(target, 0)->body[i] != (char)(i % 251))
            fail_msg("byte %zu", i);
    fixture_stop(&f);
    mini_stop(target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_download_arrives_whole),
        cmocka_unit_test(a_put_sends_exactly_its_bytes),
        cmocka_unit_test(a_put_of_nothing_tells_its_length),
        cmocka_unit_test(a_slice_asks_for_its_range),
        cmocka_unit_test(a_paused_download_goes_on_when_resumed),
        cmocka_unit_test(a_paused_put_goes_on_when_resumed),
        cmocka_unit_test(pausing_at_every_piece_loses_nothing),
        cmocka_unit_test(a_cut_frees_the_connection_and_says_nothing),
        cmocka_unit_test(a_head_that_is_not_wanted_cuts_the_body),
        cmocka_unit_test(bytes_that_are_not_taken_cut_the_connection),
        cmocka_unit_test(an_error_is_an_answer_and_its_body_no_content),
        cmocka_unit_test(a_redirect_leads_to_the_bytes),
        cmocka_unit_test(a_broken_body_is_temporary),
        cmocka_unit_test(a_stall_ends_the_attempt),
        cmocka_unit_test(a_put_that_nobody_reads_stalls),
        cmocka_unit_test(an_early_error_ends_a_put),
        cmocka_unit_test(an_early_error_without_an_end_ends_a_put),
        cmocka_unit_test(an_early_error_that_breaks_off_is_an_answer),
        cmocka_unit_test(a_lost_answer_to_a_put_of_once_is_unsure),
        cmocka_unit_test(canceling_ends_every_stream_soon),
        cmocka_unit_test(a_closed_site_sends_nothing),
        cmocka_unit_test(a_refused_address_ends_in_done_too),
        cmocka_unit_test(byte_limits_hold_both_ways),
        cmocka_unit_test(calls_from_done_do_not_nest),
        cmocka_unit_test(done_may_cut_another_that_has_ended),
        cmocka_unit_test(done_may_start_another),
        cmocka_unit_test(streams_may_resume_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
