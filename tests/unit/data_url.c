#include "data/url.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void a_url_is_taken_apart_as_it_will_be_connected_to(void **state)
{
    static const struct {
        const char *text;
        enum hs_scheme scheme;
        const char *host;
        unsigned port;
        const char *path;
        bool has_userinfo;
    } rows[] = {
        {"https://Example.ORG", HS_HTTPS, "example.org", 443, "/", false},
        {"HTTP://a.b:8080/x?y=1#z", HS_HTTP, "a.b", 8080, "/x?y=1", false},
        {"https://a?q", HS_HTTPS, "a", 443, "/?q", false},
        {"https://u:p@host/x", HS_HTTPS, "host", 443, "/x", true},
        {"https://good.org@evil.org/", HS_HTTPS, "evil.org", 443, "/", true},
        {"http://[::1]:99/", HS_HTTP, "::1", 99, "/", false},
        {"file:///a/b%20c", HS_FILE, "", 0, "/a/b c", false},
        {"file://localhost/a", HS_FILE, "", 0, "/a", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_url url;

        if (hs_url_parse(&pool, rows[i].text, &url, &err) < 0)
            fail_msg("%s: %s", rows[i].text, hs_err_text(&err));
        assert_int_equal(url.scheme, rows[i].scheme);
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_string_equal(url.path, rows[i].path);
        assert_int_equal(url.has_userinfo, rows[i].has_userinfo);
    }
}

static void what_could_be_read_two_ways_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "example.org",
        "ftp://a/",
        "javascript:x",
        "https:/a",
        "https://",
        "https:///x",
        "https://a b/",
        "https://a\\@b/",
        "https://a\n/",
        "https://a\x7f/",
        "https://a:0/",
        "https://a:65536/",
        "https://a:/",
        "https://a:80x/",
        "https://a:1:2/",
        "https://[::1/",
        "https://::1/",
        "https://[::g]/",
        "https://[::1]x:80/",
        "https://a%2eb/",
        "https://a..b/",
        "https://.a/",
        "https://u@v@w/",
        "https://\xC3\xA9.org/",
        "file://host/a",
        "file:///a%00b",
        "file:///a%zz",
        "file:///a%2",
        "file:///a?b",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_url url;

        if (hs_url_parse(&pool, rows[i], &url, &err) == 0)
            fail_msg("%s was taken", rows[i]);
        assert_int_equal(err.status, HUB_ECORRUPT);
    }
}

static void places_of_literal_hosts(void **state)
{
    static const struct {
        const char *host;
        enum hs_place place;
    } rows[] = {
        {"example.org", HS_PUBLIC_PLACE},
        {"8.8.8.8", HS_PUBLIC_PLACE},
        {"localhost", HS_LOOPBACK_PLACE},
        {"LOCALHOST.", HS_LOOPBACK_PLACE},
        {"a.localhost", HS_LOOPBACK_PLACE},
        {"notlocalhost", HS_PUBLIC_PLACE},
        {"127.0.0.1", HS_LOOPBACK_PLACE},
        {"127.9.9.9", HS_LOOPBACK_PLACE},
        {"2130706433", HS_LOOPBACK_PLACE},
        {"0x7f.1", HS_LOOPBACK_PLACE},
        {"0177.0.0.1", HS_LOOPBACK_PLACE},
        {"127.1", HS_LOOPBACK_PLACE},
        {"::1", HS_LOOPBACK_PLACE},
        {"[::1]", HS_LOOPBACK_PLACE},
        {"::ffff:127.0.0.1", HS_LOOPBACK_PLACE},
        {"::ffff:10.0.0.1", HS_PRIVATE_PLACE},
        {"::ffff:8.8.8.8", HS_PUBLIC_PLACE},
        {"64:ff9b::7f00:1", HS_LOOPBACK_PLACE},
        {"2002:a00:1::", HS_PRIVATE_PLACE},
        {"::", HS_PRIVATE_PLACE},
        {"10.1.2.3", HS_PRIVATE_PLACE},
        {"172.16.0.1", HS_PRIVATE_PLACE},
        {"172.32.0.1", HS_PUBLIC_PLACE},
        {"192.168.1.1", HS_PRIVATE_PLACE},
        {"169.254.169.254", HS_PRIVATE_PLACE},
        {"100.64.0.1", HS_PRIVATE_PLACE},
        {"100.128.0.1", HS_PUBLIC_PLACE},
        {"0.0.0.0", HS_PRIVATE_PLACE},
        {"0", HS_PRIVATE_PLACE},
        {"fc00::1", HS_PRIVATE_PLACE},
        {"fd12::1", HS_PRIVATE_PLACE},
        {"fe80::1%eth0", HS_PRIVATE_PLACE},
        {"2606:4700::1", HS_PUBLIC_PLACE},
        {"224.0.0.1", HS_PRIVATE_PLACE},
        {"cafe", HS_PUBLIC_PLACE},
        {"", HS_PUBLIC_PLACE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (hs_host_place(rows[i].host) != rows[i].place)
            fail_msg("%s: not %d", rows[i].host, rows[i].place);
}

static void places_of_resolved_addresses(void **state)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr local = {.sa_family = AF_UNIX};

    (void)state;
    assert_int_equal(inet_pton(AF_INET, "192.168.0.9", &v4.sin_addr), 1);
    assert_int_equal(hs_sockaddr_place((struct sockaddr *)&v4), HS_PRIVATE_PLACE);
    assert_int_equal(inet_pton(AF_INET6, "::ffff:127.0.0.1", &v6.sin6_addr), 1);
    assert_int_equal(hs_sockaddr_place((struct sockaddr *)&v6), HS_LOOPBACK_PLACE);
    assert_int_equal(hs_sockaddr_place(&local), HS_PRIVATE_PLACE);
}

static void a_location_is_resolved_against_its_url(void **state)
{
    static const char base[] = "http://a/b/c/d?q";
    static const struct {
        const char *base, *location, *expected;
    } rows[] = {
        {base, "https://x/y", "https://x/y"},
        {base, "//g/h", "http://g/h"},
        {base, "/g", "http://a/g"},
        {base, "g", "http://a/b/c/g"},
        {base, "./g", "http://a/b/c/g"},
        {base, "g/", "http://a/b/c/g/"},
        {base, "?y", "http://a/b/c/d?y"},
        {base, "g?y/../x", "http://a/b/c/g?y/../x"},
        {base, "..", "http://a/b/"},
        {base, "../g", "http://a/b/g"},
        {base, "../../../g", "http://a/g"},
        {base, ".", "http://a/b/c/"},
        {base, "/a/./b/../c", "http://a/a/c"},
        {"http://a", "g", "http://a/g"},
        {"http://a?x", "?y", "http://a/?y"},
        {"http://a:80?x", "g", "http://a:80/g"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);

        assert_string_equal(hs_url_join(&pool, rows[i].base, rows[i].location), rows[i].expected);
    }
}

static void an_origin_holds_no_path_query_or_user(void **state)
{
    HUB_POOL(pool);
    struct hs_url url;

    (void)state;
    assert_int_equal(hs_url_parse(&pool, "https://u:secret@[::1]:9/p?token=x", &url, NULL), 0);
    assert_string_equal(hs_url_origin(&pool, &url), "https://[::1]:9");
    assert_int_equal(hs_url_parse(&pool, "http://h/x", &url, NULL), 0);
    assert_string_equal(hs_url_origin(&pool, &url), "http://h:80");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_url_is_taken_apart_as_it_will_be_connected_to),
        cmocka_unit_test(what_could_be_read_two_ways_is_refused),
        cmocka_unit_test(places_of_literal_hosts),
        cmocka_unit_test(places_of_resolved_addresses),
        cmocka_unit_test(a_location_is_resolved_against_its_url),
        cmocka_unit_test(an_origin_holds_no_path_query_or_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
