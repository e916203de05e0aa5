/* URLs and times as sites write them. */
#include <hubsync/kit.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static void segments_and_paths_are_percent_encoded(void **state)
{
    static const struct {
        const char *text, *segment, *path;
    } CASES[] = {
        {"", "", ""},
        {"aZ09-._~", "aZ09-._~", "aZ09-._~"},
        {"a b", "a%20b", "a%20b"},
        {"a/b c/d", "a%2Fb%20c%2Fd", "a/b%20c/d"},
        {"100%", "100%25", "100%25"},
        {"a?b#c&d=e+f", "a%3Fb%23c%26d%3De%2Bf", "a%3Fb%23c%26d%3De%2Bf"},
        {"\xe6\xa8\xa1", "%E6%A8%A1", "%E6%A8%A1"},
        {"\x01\x7f\xff", "%01%7F%FF", "%01%7F%FF"},
        {"[x](y)", "%5Bx%5D%28y%29", "%5Bx%5D%28y%29"},
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_string_equal(hub_url_segment(&pool, CASES[i].text), CASES[i].segment);
        assert_string_equal(hub_url_path(&pool, CASES[i].text), CASES[i].path);
    }
    assert_null(hub_url_segment(&pool, NULL));
    assert_null(hub_url_path(&pool, NULL));
}

static void endpoints_are_cleaned(void **state)
{
    static const struct {
        const char *given, *clean;
    } CASES[] = {
        {"https://hub.example", "https://hub.example"},
        {"https://hub.example/", "https://hub.example"},
        {"https://hub.example///", "https://hub.example"},
        {"HTTPS://Hub.Example/Base/", "https://hub.example/Base"},
        {"http://127.0.0.1:8080/api/v1/", "http://127.0.0.1:8080/api/v1"},
        {"http://[::1]:80", "http://[::1]:80"},
        {"https://a_b-c.example:65535", "https://a_b-c.example:65535"},
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_string_equal(hub_url_endpoint(&pool, CASES[i].given), CASES[i].clean);
}

static void what_is_no_endpoint_is_refused(void **state)
{
    static const char *const WRONG[] = {
        "",
        "hub.example",
        "ftp://hub.example",
        "file:///etc",
        "https:/hub.example",
        "https://",
        "https:///path",
        "https://?x",
        "https://:80",
        "https://hub.example:",
        "https://hub.example:0",
        "https://hub.example:65536",
        "https://hub.example:123456",
        "https://hub.example:8a",
        "https://user@hub.example",
        "https://user:pass@hub.example",
        "https://hub.example?x=1",
        "https://hub.example/#x",
        "https://hub.example/a?b",
        "https://hub.example/a b",
        "https://hub example",
        "https://hub.example\\@evil.example",
        "https://hub.example\n",
        "https://hub.example/\n",
        "https://[::1",
        "https://[]",
        "https://[zz]",
        "https://[::1]x",
        "https://hub.example/\xc3\xa9",
        " https://hub.example",
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (hub_url_endpoint(&pool, WRONG[i]))
            fail_msg("accepted: %s", WRONG[i]);
    assert_null(hub_url_endpoint(&pool, NULL));
}

static void hosts_are_found_and_never_guessed(void **state)
{
    static const struct {
        const char *url, *host; /* NULL: none */
    } CASES[] = {
        {"https://hub.example/a/b?c#d", "hub.example"},
        {"https://HUB.example?c", "hub.example"},
        {"https://hub.example#d", "hub.example"},
        {"https://hub.example:443/a", "hub.example:443"},
        {"http://[2001:DB8::1]:8080/a", "[2001:db8::1]:8080"},
        {"http://[::1]", "[::1]"},
        {"https://hub.example/@evil.example", "hub.example"},
        {"https://hub.example@evil.example/", NULL},
        {"https://hub.example:x@evil.example/", NULL},
        {"https://hub.example\\@evil.example/", NULL},
        {"//hub.example", NULL},
        {"file:///a", NULL},
        {"", NULL},
        {NULL, NULL},
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const char *host = hub_url_host(&pool, CASES[i].url);

        if (CASES[i].host) {
            assert_non_null(host);
            assert_string_equal(host, CASES[i].host);
        } else {
            assert_null(host);
        }
    }
}

static void times_of_rfc_3339_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } CASES[] = {
        {"1970-01-01T00:00:01Z", 1000},
        {"1970-01-01T00:00:00.5Z", 500},
        {"1970-01-01T08:00:01+08:00", 1000},
        {"1969-12-31T23:30:01-00:30", 1000},
        {"2026-11-24T13:25:06Z", INT64_C(1795526706000)},
        {"2026-11-24T21:25:06+08:00", INT64_C(1795526706000)},
        {"2026-11-24T21:25:06.789+08:00", INT64_C(1795526706789)},
        {"2026-11-24T13:25:06.7899999999999999999999999999Z", INT64_C(1795526706789)},
        {"2026-11-24t13:25:06z", INT64_C(1795526706000)},
        {"2026-11-24 13:25:06Z", INT64_C(1795526706000)},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000)},
        {"2024-02-29T23:59:59Z", INT64_C(1709251199000)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (hub_time_rfc3339(CASES[i].text) != CASES[i].ms)
            fail_msg("%s: %lld", CASES[i].text, (long long)hub_time_rfc3339(CASES[i].text));
}

static void what_is_no_time_is_zero(void **state)
{
    static const char *const WRONG[] = {
        "",
        "now",
        "2026-11-24",
        "2026-11-24T13:25:06",
        "2026-11-24T13:25Z",
        "2026-11-24T13:25:06+0800",
        "2026-11-24T13:25:06+08",
        "2026-11-24T13:25:06+24:00",
        "2026-11-24T13:25:06+08:60",
        "2026-11-24T13:25:06Zx",
        "2026-11-24T13:25:06.Z",
        "2026-11-24T13:25:06,5Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T13:60:00Z",
        "2026-11-24T13:25:61Z",
        "2026-00-24T13:25:06Z",
        "2026-13-24T13:25:06Z",
        "2026-11-00T13:25:06Z",
        "2026-11-31T13:25:06Z",
        "2026-02-29T13:25:06Z",
        "2100-02-29T00:00:00Z",
        "2026-1-24T13:25:06Z",
        "+026-11-24T13:25:06Z",
        "2026-11-24X13:25:06Z",
        " 2026-11-24T13:25:06Z",
        "0000-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+08:00",
    };

    (void)state;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        if (hub_time_rfc3339(WRONG[i]) != 0)
            fail_msg("accepted: %s", WRONG[i]);
    assert_int_equal(hub_time_rfc3339(NULL), 0);
}

static void epochs_are_seconds_or_milliseconds(void **state)
{
    (void)state;
    assert_int_equal(hub_time_epoch(0), 0);
    assert_int_equal(hub_time_epoch(1795526706), INT64_C(1795526706000));
    assert_int_equal(hub_time_epoch(UINT64_C(1795526706123)), INT64_C(1795526706123));
    assert_int_equal(hub_time_epoch(UINT64_C(100000000000)), INT64_C(100000000000000));
    assert_int_equal(hub_time_epoch(UINT64_C(100000000001)), INT64_C(100000000001));
    assert_int_equal(hub_time_epoch(UINT64_MAX), 0);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(segments_and_paths_are_percent_encoded),
        cmocka_unit_test(endpoints_are_cleaned),
        cmocka_unit_test(what_is_no_endpoint_is_refused),
        cmocka_unit_test(hosts_are_found_and_never_guessed),
        cmocka_unit_test(times_of_rfc_3339_are_read),
        cmocka_unit_test(what_is_no_time_is_zero),
        cmocka_unit_test(epochs_are_seconds_or_milliseconds),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
