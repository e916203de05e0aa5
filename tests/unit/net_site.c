/* A site's shared state: slots, closing, and what an answer's head and words become. */
#include "base/clock.h"
#include "net/headers.h"
#include "net/site.h"
#include "net/words.h"
#include <stdarg.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

static int64_t clock_ms;

static int64_t stopped_clock(void)
{
    return clock_ms;
}

static void slots_are_as_many_as_the_limit(void **state)
{
    struct hs_site *site = hs_site_new("http://a:1", 0);
    struct hs_site_limits limits = {.parallel = 2};

    (void)state;
    hs_site_set_limits(site, &limits);
    assert_true(hs_site_slot_take(site));
    assert_true(hs_site_slot_take(site));
    assert_false(hs_site_slot_take(site));
    hs_site_slot_give(site);
    assert_true(hs_site_slot_take(site));
    limits.parallel = 0;
    hs_site_set_limits(site, &limits);
    assert_true(hs_site_slot_take(site));
    hs_site_free(site);
}

static void a_daemons_site_opens_again(void **state)
{
    static const struct hs_clock stopped = {stopped_clock, stopped_clock};
    struct hs_site *daemon = hs_site_new("http://a:1", 600000);
    struct hs_site *batch = hs_site_new("http://a:1", 0);

    (void)state;
    hs_clock_set(&stopped);
    clock_ms = 1000;
    hs_site_close(daemon, HUB_EFIREWALL);
    hs_site_close(batch, HUB_ETHROTTLED);
    clock_ms += 599999;
    assert_int_equal(hs_site_closed(daemon), HUB_EFIREWALL);
    clock_ms += 1;
    assert_int_equal(hs_site_closed(daemon), 0);
    assert_int_equal(hs_site_closed(batch), HUB_ETHROTTLED);
    hs_clock_set(NULL);
    hs_site_free(daemon);
    hs_site_free(batch);
}

static void address_requests_have_a_bucket_of_four_times_the_rate(void **state)
{
    struct hs_site *site = hs_site_new("http://a:1", 0);
    struct hs_site_limits limits = {.requests = 1, .window_ms = 1000};

    (void)state;
    hs_site_set_limits(site, &limits);
    assert_int_equal(hs_site_start(site, HS_COST_API, 5000), 5000);
    assert_in_range(hs_site_start(site, HS_COST_API, 5000), 6000, 6060);
    assert_int_equal(hs_site_start(site, HS_COST_ADDRESS, 5000), 5000);
    assert_in_range(hs_site_start(site, HS_COST_ADDRESS, 5000), 5250, 5270);
    assert_int_equal(hs_site_start(site, HS_COST_STORAGE, 5000), 5000);
    hs_site_free(site);
}

static enum hs_headers_state feed(struct hs_headers *headers, struct hub_pool *pool,
                                  const char *line)
{
    return hs_headers_line(headers, pool, line, strlen(line));
}

static void the_head_that_counts_is_the_final_one(void **state)
{
    HUB_POOL(pool);
    struct hs_headers headers = {0};
    const char *const *list;

    (void)state;
    assert_int_equal(feed(&headers, &pool, "HTTP/1.1 100 Continue\r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, "X-Old: 1\r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, "\r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, "HTTP/2 206 \r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, "ETag:\"Ab\"\r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, " folded\r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, " \r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, "no colon\r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, "X-B:   b\x01 \r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, "X-C:\r\n"), HS_HEADERS_MORE);
    assert_int_equal(feed(&headers, &pool, "\r\n"), HS_HEADERS_END);
    assert_int_equal(feed(&headers, &pool, "X-Trailer: 1\r\n"), HS_HEADERS_IGNORED);
    list = hs_headers_list(&headers, &pool);
    assert_int_equal(headers.http_status, 206);
    assert_string_equal(list[0], "etag: \"Ab\"");
    assert_string_equal(list[1], "x-b: b");
    assert_string_equal(list[2], "x-c: ");
    assert_null(list[3]);
    hs_headers_clear(&headers);
}

static void a_head_without_end_is_cut(void **state)
{
    HUB_POOL(pool);
    struct hs_headers headers = {0};
    int n = 0;

    (void)state;
    (void)feed(&headers, &pool, "HTTP/1.1 200 OK\r\n");
    while (feed(&headers, &pool, "X: y\r\n") == HS_HEADERS_MORE)
        n++;
    assert_int_equal(n, HS_HEADER_LINES_MAX);
    hs_headers_clear(&headers);
}

static void a_sites_words_are_one_short_line(void **state)
{
    static const struct {
        const char *body, *want;
    } rows[] = {
        {"", ""},
        {"{\"message\":\"no such\\nrepo\"}", "no such repo"},
        {"{\"Code\":1,\"Message\":\"bad\",\"error\":\"x\"}", "bad"},
        {"{\"error\":{\"message\":\"deep\"}}", "deep"},
        {"{\"code\":7}", "{\"code\":7}"},
        {"{broken", "{broken"},
        {"  plain\r\n\ttext ", "plain text"},
        {"<html><title>x</title>", ""},
        {"bad \xFF byte", "bad ? byte"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        static const char *const none[] = {NULL};
        struct hub_reply reply = {.size = sizeof reply,
                                  .http_status = 400,
                                  .headers = none,
                                  .body = rows[i].body,
                                  .body_bytes = strlen(rows[i].body)};

        assert_string_equal(hs_words_of(&pool, &reply), rows[i].want);
    }
}

static void long_words_are_cut_between_characters(void **state)
{
    HUB_POOL(pool);
    static const char *const none[] = {NULL};
    char body[1024];
    struct hub_reply reply = {.size = sizeof reply, .headers = none, .body = body};
    const char *words;

    (void)state;
    body[0] = 'a';
    for (size_t i = 1; i + 3 < sizeof body; i += 3)
        memcpy(body + i, "\xE6\xBC\x94", 3);
    body[sizeof body - 1] = '\0';
    body[1 + (sizeof body - 2) / 3 * 3] = '\0';
    reply.body_bytes = strlen(body);
    words = hs_words_of(&pool, &reply);
    assert_in_range(strlen(words), 198, 200);
    assert_true(hub_utf8_ok(words, strlen(words)));
    assert_null(strchr(words, '?'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_as_many_as_the_limit),
        cmocka_unit_test(a_daemons_site_opens_again),
        cmocka_unit_test(address_requests_have_a_bucket_of_four_times_the_rate),
        cmocka_unit_test(the_head_that_counts_is_the_final_one),
        cmocka_unit_test(a_head_without_end_is_cut),
        cmocka_unit_test(a_sites_words_are_one_short_line),
        cmocka_unit_test(long_words_are_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
