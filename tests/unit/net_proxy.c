/* The environment's proxies, by libcurl's rules. */
#include "net/proxy.h"
#include <stdarg.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>

static void no_proxy_lists_hosts_domains_and_networks(void **state)
{
    static const struct {
        const char *list, *host;
        bool want;
    } rows[] = {
        {"*", "a.example", true},
        {"", "a.example", false},
        {"example", "a.example", true},
        {".a.example", "a.example", true},
        {"a.example", "x.a.example", true},
        {"a.example", "xa.example", false},
        {"b.example, a.example", "A.Example", true},
        {"b.example a.example.", "a.example", true},
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.0/8", "127.9.9.9", true},
        {"10.0.0.0/9", "10.200.0.1", false},
        {"10.0.0.0/33", "10.0.0.0", false},
        {"0.0.1", "127.0.0.1", false},
        {"::1", "::1", true},
        {"[::1]", "::1", true},
        {"fd00::/8", "fd12::1", true},
        {"fd00::/8", "fe80::1", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(hs_proxy_is_excepted(rows[i].list, rows[i].host), rows[i].want);
}

static void clear_environment(void)
{
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

static void names_count_as_libcurl_counts_them(void **state)
{
    const struct hs_url http = {.scheme = HS_HTTP, .host = "a.example", .port = 80, .path = "/"};
    const struct hs_url https = {.scheme = HS_HTTPS, .host = "a.example", .port = 443, .path = "/"};

    (void)state;
    clear_environment();
    assert_null(hs_proxy_for(&http));
    setenv("HTTP_PROXY", "http://upper", 1);
    assert_null(hs_proxy_for(&http));
    setenv("ALL_PROXY", "http://all", 1);
    assert_string_equal(hs_proxy_for(&http), "http://all");
    setenv("http_proxy", "http://lower", 1);
    assert_string_equal(hs_proxy_for(&http), "http://lower");
    assert_string_equal(hs_proxy_for(&https), "http://all");
    setenv("HTTPS_PROXY", "http://secure", 1);
    assert_string_equal(hs_proxy_for(&https), "http://secure");
    setenv("https_proxy", "", 1); /* said: none */
    assert_null(hs_proxy_for(&https));
    setenv("no_proxy", "example", 1);
    assert_null(hs_proxy_for(&http));
    clear_environment();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_proxy_lists_hosts_domains_and_networks),
        cmocka_unit_test(names_count_as_libcurl_counts_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
