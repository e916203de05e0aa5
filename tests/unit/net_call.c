/* Calls: retried as promised, through the gate, with the credential where it belongs. */
#include "net_fixture.h"
#include "base/clock.h"
#include "net/redact.h"
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OK_BODY(body) "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " body
#define OK            OK_BODY("2\r\n\r\n{}")
#define ERROR(status)                                                                              \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n"          \
    "{\"message\":\"why\"}"
#define REDIRECT(to)    "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " to "\r\n\r\n"
#define START(f, steps) fixture_start(&(f), steps, sizeof(steps) / sizeof *(steps), 0)

static const char *const SECRETS[] = {"Authorization: Bearer canary-token-1", NULL};

static bool has_secret(const struct mini_request *request)
{
    return strstr(request->head, "canary-token-1") != NULL;
}

static void a_complete_answer_is_handed_over(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = "HTTP/1.1 200 OK\r\nX-Total:  7 \r\nContent-Length: 5\r\n\r\nhello"}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/a?b=c");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_int_equal(f.answer.reply.http_status, 200);
    assert_string_equal(f.answer.reply.body, "hello");
    assert_int_equal(f.answer.reply.body_bytes, 5);
    assert_string_equal(hub_header(&f.answer.reply, "x-total"), "7");
    assert_string_equal(f.answer.reply.url, request.url);
    assert_non_null(strstr(mini_request(f.mini, 0)->head, "GET /a?b=c HTTP/1.1\r\n"));
    assert_non_null(strstr(mini_request(f.mini, 0)->head, "User-Agent: hubsync/test\r\n"));
    assert_int_equal(hs_net_requests(f.net), 1);
    fixture_stop(&f);
}

static void bodies_go_out_whole_and_plain(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH"};
    struct fixture f;
    char *body = calloc(1, 2000001);

    (void)state;
    assert_non_null(body);
    memset(body, 'x', 2000000);
    START(f, steps);
    for (size_t i = 0; i < 4; i++) {
        struct hub_request request = fixture_get(&f, "/");
        struct hs_call call = fixture_call(&f, &request);
        const struct mini_request *seen;

        request.method = methods[i];
        request.body = body;
        request.body_bytes = i == 0 ? 2000000 : i;
        assert_int_equal(fixture_run(&f, &call), 0);
        seen = mini_request(f.mini, i);
        assert_int_equal(strncmp(seen->head, methods[i], strlen(methods[i])), 0);
        assert_int_equal(seen->body_bytes, request.body_bytes);
        assert_memory_equal(seen->body, body, seen->body_bytes);
        assert_null(strcasestr(seen->head, "expect:"));
        assert_null(strcasestr(seen->head, "chunked"));
        assert_null(strcasestr(seen->head, "content-type:"));
    }
    assert_int_equal(mini_connections(f.mini), 1);
    fixture_stop(&f);
    free(body);
}

static void empty_bodies_tell_their_length(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    request.method = "POST";
    assert_int_equal(fixture_run(&f, &call), 0);
    request.method = "DELETE";
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_non_null(strcasestr(mini_request(f.mini, 0)->head, "content-length: 0\r\n"));
    assert_int_equal(strncmp(mini_request(f.mini, 1)->head, "DELETE ", 7), 0);
    fixture_stop(&f);
}

static void head_waits_for_no_body(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.method = "HEAD";
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_string_equal(hub_header(&f.answer.reply, "content-length"), "99999999");
    fixture_stop(&f);
}

static void an_empty_header_is_sent_and_ours_are_ours(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    static const char *const headers[] = {"X-Empty:",          "Host: evil.example",
                                          "Content-Length: 9", "Transfer-Encoding: chunked",
                                          "User-Agent: own",   NULL};
    static const char *const broken[] = {"X: a\r\nY: b", NULL};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;
    const char *head;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.headers = headers;
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), 0);
    head = mini_request(f.mini, 0)->head;
    assert_non_null(strstr(head, "X-Empty:\r\n"));
    assert_non_null(strstr(head, "User-Agent: own\r\n"));
    assert_non_null(strstr(head, "Host: 127.0.0.1:"));
    assert_null(strstr(head, "evil"));
    assert_null(strcasestr(head, "chunked"));
    request.headers = broken;
    assert_int_equal(fixture_run(&f, &call), HUB_ECORRUPT);
    assert_int_equal(mini_requests(f.mini), 1);
    fixture_stop(&f);
}

static void connections_are_kept(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    for (int i = 0; i < 20; i++)
        assert_int_equal(fixture_run(&f, &call), 0);
    assert_int_equal(mini_connections(f.mini), 1);
    fixture_stop(&f);
}

static void the_credential_stays_on_its_host(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = REDIRECT("/same-host")},
        {.answer = REDIRECT("http://storage.localhost:%p/elsewhere")},
        {.answer = REDIRECT("http://127.0.0.1:%p/back-again")},
        {.answer = OK},
    };
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.secrets = SECRETS;
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_int_equal(mini_requests(f.mini), 4);
    assert_true(has_secret(mini_request(f.mini, 0)));
    assert_true(has_secret(mini_request(f.mini, 1)));
    assert_false(has_secret(mini_request(f.mini, 2)));
    assert_false(has_secret(mini_request(f.mini, 3))); /* who sent us here is not to be trusted */
    assert_false(f.answer.had_secret);
    assert_non_null(strstr(f.answer.reply.url, "127.0.0.1"));
    fixture_stop(&f);
}

static void a_secret_for_an_undeclared_host_sends_nothing(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.url = fixture_url(&f, "other.localhost", "/");
    request.secrets = SECRETS;
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_ECORRUPT);
    assert_int_equal(mini_connections(f.mini), 0);
    assert_int_equal(hs_net_requests(f.net), 0);
    fixture_stop(&f);
}

static void redirects_pass_the_gate_and_end(void **state)
{
    static const struct {
        const char *answer;
        int want;
        size_t requests;
    } rows[] = {
        {REDIRECT("http://10.0.0.1/"), HUB_ECORRUPT, 1},
        {REDIRECT("http://127.0.0.1.example:%p/"), HUB_ECORRUPT, 1},
        {REDIRECT("file:///etc/passwd"), HUB_ECORRUPT, 1},
        {REDIRECT("ftp://127.0.0.1/"), HUB_ECORRUPT, 1},
        {REDIRECT("http://u@127.0.0.1:%p/"), HUB_ECORRUPT, 1},
        {REDIRECT("/again"), HUB_ECORRUPT, 6}, /* the first and five redirects */
        {"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", HUB_EREFUSED, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mini_step steps[] = {{.answer = rows[i].answer}};
        struct fixture f;
        struct hub_request request;
        struct hs_call call;

        START(f, steps);
        request = fixture_get(&f, "/");
        call = fixture_call(&f, &request);
        assert_int_equal(fixture_run(&f, &call), rows[i].want);
        assert_int_equal(mini_requests(f.mini), rows[i].requests);
        fixture_stop(&f);
    }
}

static void a_post_is_not_redirected(void **state)
{
    static const struct mini_step steps[] = {{.answer = REDIRECT("/other")}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.method = "POST";
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_EREFUSED);
    assert_int_equal(f.answer.reply.http_status, 302);
    assert_int_equal(mini_requests(f.mini), 1);
    fixture_stop(&f);
}

static void loopback_names_are_refused_to_a_public_hub(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    static const char *const hosts[] = {"localhost", "sub.localhost", "localhost.", "2130706433"};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    assert_int_equal(hs_url_parse(&f.pool, "http://hub.example", &f.gate.endpoint, &f.err), 0);
    f.gate.place = HS_PUBLIC_PLACE;
    f.gate.allow_http = true;
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        request.url = fixture_url(&f, hosts[i], "/");
        assert_int_equal(fixture_run(&f, &call), HUB_ECORRUPT);
    }
    assert_int_equal(mini_connections(f.mini), 0);
    fixture_stop(&f);
}

/* This machine's own name, if it resolves to an address that is not public: no other name does so
 * everywhere. */
static const char *private_name(char *name, size_t room)
{
    struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
    bool is_private = true;

    if (gethostname(name, room) != 0 || hs_host_place(name) != HS_PUBLIC_PLACE ||
        getaddrinfo(name, "80", &hints, &found) != 0)
        return NULL;
    for (struct addrinfo *at = found; at; at = at->ai_next)
        is_private &= hs_sockaddr_place(at->ai_addr) != HS_PUBLIC_PLACE;
    freeaddrinfo(found);
    return is_private ? name : NULL;
}

static void a_name_that_leads_to_a_private_place_is_not_connected(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    char name[256];
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    if (!private_name(name, sizeof name))
        skip();
    START(f, steps);
    assert_int_equal(hs_url_parse(&f.pool, "http://hub.example", &f.gate.endpoint, &f.err), 0);
    f.gate.place = HS_PUBLIC_PLACE;
    f.gate.allow_http = true;
    request = fixture_get(&f, "/");
    request.url = fixture_url(&f, name, "/");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_ECORRUPT);
    assert_non_null(strstr(f.err.message, "it leads to an address"));
    /* The user's own endpoint may be called so. */
    assert_int_equal(hs_url_parse(&f.pool, request.url, &f.gate.endpoint, &f.err), 0);
    assert_int_not_equal(fixture_run(&f, &call), HUB_ECORRUPT);
    fixture_stop(&f);
}

static void a_reset_is_tried_again(void **state)
{
    static const struct mini_step steps[] = {{.how = MINI_RESET, .answer = ""}, {.answer = OK}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_int_equal(mini_requests(f.mini), 2);
    fixture_stop(&f);
}

static void a_short_body_is_no_answer(void **state)
{
    static const struct mini_step steps[] = {
        {.how = MINI_CLOSE, .answer = OK_BODY("100\r\n\r\n{}")}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/x?signature");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_EAGAIN);
    assert_int_equal(mini_requests(f.mini), 2);
    assert_int_equal(f.answer.reply.http_status, 0);
    assert_non_null(strstr(f.err.message, "GET http://127.0.0.1:"));
    assert_null(strstr(f.err.message, "signature"));
    fixture_stop(&f);
}

static void once_is_not_repeated(void **state)
{
    static const struct {
        struct mini_step step;
        int want;
    } rows[] = {
        {{.how = MINI_RESET, .answer = ""}, HUB_EUNSURE},
        {{.how = MINI_CLOSE, .answer = ""}, HUB_EUNSURE},
        {{.how = MINI_CLOSE, .answer = OK_BODY("100\r\n\r\n{}")}, HUB_EUNSURE},
        {{.answer = ERROR("502 Bad")}, HUB_EUNSURE},
        {{.answer = ERROR("409 No")}, HUB_ECONFLICT},
        {{.answer = OK}, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct mini_step steps[] = {{.answer = OK}, rows[i].step, {.answer = OK}};
        struct fixture f;
        struct hub_request request;
        struct hs_call call;

        START(f, steps);
        request = fixture_get(&f, "/");
        call = fixture_call(&f, &request);
        assert_int_equal(fixture_run(&f, &call), 0); /* leaves a kept connection */
        request.method = "POST";
        request.flags = HUB_ONCE;
        assert_int_equal(fixture_run(&f, &call), rows[i].want);
        assert_int_equal(mini_requests(f.mini), 2);
        assert_int_equal(mini_connections(f.mini), 2); /* not over the kept one */
        fixture_stop(&f);
    }
}

static void once_that_was_not_sent_is_temporary(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.method = "POST";
    request.flags = HUB_ONCE;
    request.url = "http://127.0.0.1:1/path?query";
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_EAGAIN);
    assert_string_equal(f.err.message, "cannot connect to http://127.0.0.1:1: Connection refused");
    assert_int_equal(hs_net_requests(f.net), 2);
    fixture_stop(&f);
}

static void once_that_was_turned_away_is_tried_again(void **state)
{
    static const struct mini_step steps[] = {{.answer = ERROR("429 Slow")}, {.answer = OK}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.method = "POST";
    request.flags = HUB_ONCE;
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_int_equal(mini_requests(f.mini), 2);
    fixture_stop(&f);
}

static int judge_says(void *ctx, const struct hub_reply *reply, int guess, uint32_t *wait_ms,
                      struct hs_err *err)
{
    (void)guess;
    (void)wait_ms;
    (void)reply;
    return hs_fail(err, *(int *)ctx, "said canary-token-1");
}

static void the_judge_has_the_last_word(void **state)
{
    static const struct mini_step steps[] = {{.answer = ERROR("502 Bad")}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;
    int says = HUB_EQUOTA;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.secrets = SECRETS;
    call = fixture_call(&f, &request);
    call.judge = judge_says;
    call.ctx = &says;
    assert_int_equal(fixture_run(&f, &call), HUB_EQUOTA);
    assert_string_equal(f.err.message, "said ***");
    assert_int_equal(f.err.status, HUB_EQUOTA);
    assert_int_equal(mini_requests(f.mini), 1);
    fixture_stop(&f);
}

static void errors_name_the_request_and_the_sites_words(void **state)
{
    static const struct mini_step steps[] = {{.answer = ERROR("404 Not Found")}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;
    const char *want;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/repo/x?signature=1");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_ENOTFOUND);
    want = hub_pool_printf(&f.pool, "GET http://127.0.0.1:%d/repo/x: HTTP 404: why",
                           mini_port(f.mini));
    assert_string_equal(f.err.message, want);
    fixture_stop(&f);
}

static void a_body_over_the_limit_is_too_big(void **state)
{
    static const struct mini_step steps[] = {
        {.answer = OK_BODY("11\r\n\r\n"), .body_bytes = 11},
        {.how = MINI_CLOSE, .answer = "HTTP/1.1 200 OK\r\n\r\n", .body_bytes = 100000},
        {.answer = OK_BODY("10\r\n\r\n"), .body_bytes = 10},
    };
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    call.limit_bytes = 10;
    assert_int_equal(fixture_run(&f, &call), HUB_ETOOBIG);
    assert_int_equal(fixture_run(&f, &call), HUB_ETOOBIG);
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_int_equal(f.answer.reply.body_bytes, 10);
    fixture_stop(&f);
}

static void an_answer_that_does_not_come_ends_the_try(void **state)
{
    static const struct mini_step steps[] = {{.how = MINI_STALL, .answer = "HTTP/1.1 200 OK\r\n"}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    request.timeout_ms = 50;
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_EAGAIN);
    assert_non_null(strstr(f.err.message, "no complete answer within 50 ms"));
    request.flags = HUB_ONCE;
    assert_int_equal(fixture_run(&f, &call), HUB_EUNSURE);
    fixture_stop(&f);
}

/* A clock of its own: each look at it takes a tenth of a second. */
static atomic_llong clock_ms;

static int64_t moved_clock(void)
{
    return (int64_t)atomic_fetch_add(&clock_ms, 100);
}

static void retry_after_is_obeyed(void **state)
{
    static const struct hs_clock moved = {moved_clock, moved_clock};
    static const struct mini_step steps[] = {
        {.answer = "HTTP/1.1 429 Slow\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n"},
        {.answer = OK},
        {.answer = "HTTP/1.1 429 Slow\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"},
    };
    struct fixture f;
    struct hub_request request;
    struct hs_call call;
    int64_t began_ms;

    (void)state;
    hs_clock_set(&moved);
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    call.retry.max_wait_ms = 5000;
    began_ms = hs_mono_ms();
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_true(hs_mono_ms() - began_ms >= 2000);
    assert_int_equal(mini_requests(f.mini), 2);
    assert_int_equal(fixture_run(&f, &call), HUB_ETHROTTLED); /* longer than max_wait: at once */
    assert_int_equal(mini_requests(f.mini), 3);
    assert_int_equal(hs_site_closed(f.site), 0);
    fixture_stop(&f);
    hs_clock_set(NULL);
}

static void a_site_that_always_pushes_back_is_closed(void **state)
{
    static const struct mini_step steps[] = {{.answer = ERROR("429 Slow")}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_ETHROTTLED);
    assert_int_equal(mini_requests(f.mini), 2);
    assert_int_equal(hs_site_closed(f.site), HUB_ETHROTTLED);
    assert_int_equal(fixture_run(&f, &call), HUB_ETHROTTLED);
    call.cost = HS_COST_STORAGE;
    assert_int_equal(fixture_run(&f, &call), HUB_ETHROTTLED);
    assert_int_equal(mini_requests(f.mini), 2);
    assert_int_equal(hs_net_requests(f.net), 2);
    fixture_stop(&f);
}

static void a_site_with_one_fault_among_its_push_backs_stays_open(void **state)
{
    static const struct mini_step steps[] = {{.answer = ERROR("503 Busy")},
                                             {.answer = ERROR("429 Slow")}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_ETHROTTLED);
    assert_int_equal(hs_site_closed(f.site), 0);
    fixture_stop(&f);
}

static void the_sites_pace_is_kept(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct hs_site_limits limits = {.requests = 10, .window_ms = 500};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;
    int64_t began_ms;

    (void)state;
    START(f, steps);
    hs_site_set_limits(f.site, &limits);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    began_ms = hs_mono_ms();
    for (int i = 0; i < 5; i++)
        assert_int_equal(fixture_run(&f, &call), 0);
    assert_true(hs_mono_ms() - began_ms >= 200);
    fixture_stop(&f);
}

enum { THREADS = 4, CALLS = 20 };

static void *call_often(void *ctx)
{
    const struct fixture *shared = ctx;
    struct fixture f = *shared;
    struct hub_request request;
    struct hs_call call;
    size_t n_good = 0;

    f.answer = (struct hs_answer){0};
    f.err = (struct hs_err){0};
    f.pool = (struct hub_pool){0};
    if (hs_loop_new(f.net, &f.loop, &f.err) < 0)
        return NULL;
    request = fixture_get(&f, "/");
    request.secrets = SECRETS;
    call = fixture_call(&f, &request);
    for (int i = 0; i < CALLS; i++)
        n_good += hs_loop_call(f.loop, &call, &f.answer, &f.err) == 0;
    hs_answer_clear(&f.answer);
    hs_err_clear(&f.err);
    hub_pool_clear(&f.pool);
    hs_loop_free(f.loop);
    return n_good == CALLS ? ctx : NULL;
}

static void loops_of_many_threads_share_a_site(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct hs_site_limits limits = {.requests = 1000, .window_ms = 1000, .burst = 5, .parallel = 2};
    struct fixture f;
    pthread_t threads[THREADS];

    (void)state;
    START(f, steps);
    hs_site_set_limits(f.site, &limits);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, &f), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *result;

        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
    }
    assert_int_equal(mini_requests(f.mini), THREADS * CALLS);
    assert_int_equal(hs_net_requests(f.net), THREADS * CALLS);
    fixture_stop(&f);
}

static void expired_addresses_are_told_from_refused_credentials(void **state)
{
    static const struct mini_step steps[] = {{.answer = ERROR("403 No")}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_EEXPIRED);
    request.secrets = SECRETS;
    assert_int_equal(fixture_run(&f, &call), HUB_EDENIED);
    request.secrets = NULL;
    f.gate.has_secret = false;
    assert_int_equal(fixture_run(&f, &call), HUB_EDENIED);
    fixture_stop(&f);
}

static void a_proxy_of_the_environment_is_used(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    f.gate.allow_http = true;
    assert_int_equal(hs_url_parse(&f.pool, "http://hub.example", &f.gate.endpoint, &f.err), 0);
    f.gate.place = HS_PUBLIC_PLACE;
    setenv("http_proxy", fixture_url(&f, "127.0.0.1", ""), 1);
    request = fixture_get(&f, "/");
    request.url = "http://hub.example/x";
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), 0);
    assert_non_null(strstr(mini_request(f.mini, 0)->head, "GET http://hub.example/x HTTP/1.1"));
    unsetenv("http_proxy");
    fixture_stop(&f);
}

static void a_canceled_process_sends_nothing(void **state)
{
    static const struct mini_step steps[] = {{.answer = OK}};
    struct fixture f;
    struct hub_request request;
    struct hs_call call;

    (void)state;
    START(f, steps);
    hs_net_cancel(f.net);
    request = fixture_get(&f, "/");
    call = fixture_call(&f, &request);
    assert_int_equal(fixture_run(&f, &call), HUB_ECANCELED);
    assert_int_equal(hs_loop_wait(f.loop, 1000000, &f.err), HUB_ECANCELED);
    assert_int_equal(mini_connections(f.mini), 0);
    fixture_stop(&f);
}

static int forget(void **state)
{
    (void)state;
    hs_redact_forget();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complete_answer_is_handed_over),
        cmocka_unit_test(bodies_go_out_whole_and_plain),
        cmocka_unit_test(empty_bodies_tell_their_length),
        cmocka_unit_test(head_waits_for_no_body),
        cmocka_unit_test(an_empty_header_is_sent_and_ours_are_ours),
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(the_credential_stays_on_its_host),
        cmocka_unit_test(a_secret_for_an_undeclared_host_sends_nothing),
        cmocka_unit_test(redirects_pass_the_gate_and_end),
        cmocka_unit_test(a_post_is_not_redirected),
        cmocka_unit_test(loopback_names_are_refused_to_a_public_hub),
        cmocka_unit_test(a_name_that_leads_to_a_private_place_is_not_connected),
        cmocka_unit_test(a_reset_is_tried_again),
        cmocka_unit_test(a_short_body_is_no_answer),
        cmocka_unit_test(once_is_not_repeated),
        cmocka_unit_test(once_that_was_not_sent_is_temporary),
        cmocka_unit_test(once_that_was_turned_away_is_tried_again),
        cmocka_unit_test(the_judge_has_the_last_word),
        cmocka_unit_test(errors_name_the_request_and_the_sites_words),
        cmocka_unit_test(a_body_over_the_limit_is_too_big),
        cmocka_unit_test(an_answer_that_does_not_come_ends_the_try),
        cmocka_unit_test(retry_after_is_obeyed),
        cmocka_unit_test(a_site_that_always_pushes_back_is_closed),
        cmocka_unit_test(a_site_with_one_fault_among_its_push_backs_stays_open),
        cmocka_unit_test(the_sites_pace_is_kept),
        cmocka_unit_test(loops_of_many_threads_share_a_site),
        cmocka_unit_test(expired_addresses_are_told_from_refused_credentials),
        cmocka_unit_test(a_proxy_of_the_environment_is_used),
        cmocka_unit_test(a_canceled_process_sends_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, forget);
}
