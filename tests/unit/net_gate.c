/* Where a session may go, and who may see its credential. */
#include "net/gate.h"
#include <stdarg.h>
#include <string.h>
#include <setjmp.h>
#include <cmocka.h>

static const char *const CREDENTIAL_HOSTS[] = {"hub.example", "lfs.hub.example:*", "[::1]:*", NULL};

static struct hs_gate gate_of(struct hub_pool *pool, const char *endpoint, bool allow_http)
{
    struct hs_gate gate = {.allow_http = allow_http,
                           .has_secret = true,
                           .ca_file = "",
                           .credential_hosts = CREDENTIAL_HOSTS};

    assert_int_equal(hs_url_parse(pool, endpoint, &gate.endpoint, NULL), 0);
    gate.place = hs_host_place(gate.endpoint.host);
    return gate;
}

static void addresses_pass_or_not(void **state)
{
    static const struct {
        const char *endpoint;
        bool allow_http;
        const char *url;
        bool is_ok;
    } rows[] = {
        {"https://hub.example", false, "https://hub.example/a?b=c", true},
        {"https://hub.example", false, "https://cdn.other.example:8443/x", true},
        {"https://hub.example", false, "http://hub.example/", false},
        {"https://hub.example", true, "http://hub.example/", false}, /* never down from https */
        {"https://hub.example", false, "https://127.0.0.1/", false},
        {"https://hub.example", false, "https://localhost/", false},
        {"https://hub.example", false, "https://a.localhost/", false},
        {"https://hub.example", false, "https://[::1]/", false},
        {"https://hub.example", false, "https://10.1.2.3/", false},
        {"https://hub.example", false, "https://169.254.169.254/latest", false},
        {"https://hub.example", false, "https://[::ffff:10.0.0.1]/", false},
        {"https://hub.example", false, "https://2130706433/", false},
        {"https://hub.example", false, "https://0x7f.1/", false},
        {"https://hub.example", false, "https://user@hub.example/", false},
        {"https://hub.example", false, "https://hub.example@evil.example/", false},
        {"https://hub.example", false, "file:///etc/passwd", false},
        {"https://hub.example", false, "ftp://hub.example/", false},
        {"https://hub.example", false, "https://hub.example/a\r\nX: y", false},
        {"https://hub.example", false, "https://hub.example\\@evil.example/", false},
        {"https://hub.example", false, "", false},
        {"http://hub.example", true, "http://cdn.example/", true},
        {"http://hub.example", false, "http://hub.example/", false},
        {"http://hub.example", true, "https://cdn.example/", true},
        {"http://127.0.0.1:80", false, "http://127.0.0.1:99/", true},
        {"http://127.0.0.1:80", false, "http://lfs.localhost:99/", true},
        {"http://localhost", false, "http://[::1]/", true},
        {"http://127.0.0.1:80", false, "http://10.0.0.1/", false},
        {"http://127.0.0.1:80", true, "http://10.0.0.1/", false},
        {"http://127.0.0.1:80", false, "http://cdn.example/", false},
        {"http://127.0.0.1:80", false, "https://cdn.example/", true},
        {"https://10.0.0.1", false, "https://10.0.0.2/", true},
        {"https://10.0.0.1", false, "https://127.0.0.1/", true},
        {"https://10.0.0.1", false, "https://cdn.example/", true},
        {"http://10.0.0.1", true, "http://192.168.0.1/", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_gate gate = gate_of(&pool, rows[i].endpoint, rows[i].allow_http);
        struct hs_url parsed = {0};
        int r = hs_gate_pass(&gate, rows[i].url, false, &parsed, &pool, &err);

        if ((r == 0) != rows[i].is_ok)
            fail_msg("%s from %s: %s", rows[i].url, rows[i].endpoint, hs_err_text(&err));
        assert_true(r == 0 || r == HUB_ECORRUPT);
        assert_int_equal(r == 0, parsed.host != NULL); /* outputs on success only */
    }
}

static void the_credential_goes_to_declared_hosts_alone(void **state)
{
    static const struct {
        const char *url;
        bool is_ok;
    } rows[] = {
        {"https://hub.example/x", true},       {"https://HUB.example/x", true},
        {"https://hub.example:8443/x", false}, /* "name": the endpoint's port only */
        {"https://lfs.hub.example/x", true},   {"https://lfs.hub.example:8443/x", true},
        {"https://a.hub.example/x", false}, /* never a suffix */
        {"https://xhub.example/x", false},     {"https://hub.example.evil.example/x", false},
        {"https://cdn.example/x", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_gate gate = gate_of(&pool, "https://hub.example", false);
        struct hs_url parsed;
        int r = hs_gate_pass(&gate, rows[i].url, true, &parsed, &pool, &err);

        assert_int_equal(r, rows[i].is_ok ? 0 : HUB_ECORRUPT);
        assert_int_equal(hs_gate_pass(&gate, rows[i].url, false, &parsed, &pool, &err), 0);
        assert_int_equal(hs_gate_is_credential_host(&gate, &parsed), rows[i].is_ok);
    }
}

static void an_ipv6_endpoint_can_be_a_credential_host(void **state)
{
    HUB_POOL(pool);
    struct hs_gate gate = gate_of(&pool, "http://[::1]:8080", false);
    struct hs_url parsed;

    (void)state;
    assert_int_equal(hs_gate_pass(&gate, "http://[::1]:8081/", true, &parsed, &pool, NULL), 0);
}

static void a_local_hub_stays_beneath_its_folder(void **state)
{
    static const struct {
        const char *root, *url;
        bool is_ok;
    } rows[] = {
        {"/srv/hub", "file:///srv/hub/a/b", true},
        {"/srv/hub/", "file:///srv/hub/a", true},
        {"/", "file:///a", true},
        {"/srv/hub", "file:///srv/hub", false},
        {"/srv/hub", "file:///srv/hub/", false},
        {"/srv/hub", "file:///srv/hubs/a", false},
        {"/srv/hub", "file:///srv/hub/../x", false},
        {"/srv/hub", "file:///srv/hub/%2e%2e/x", false},
        {"/srv/hub", "file:///srv/hub/a/./b", false},
        {"/srv/hub", "file:///srv/hub//a", false},
        {"/srv/hub", "file:///etc/passwd", false},
        {"", "file:///etc/passwd", false},
        {"/srv/hub", "https://hub.example/", false},
        {"/srv/hub", "http://127.0.0.1/", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        struct hs_gate gate = {.is_local = true, .root = rows[i].root, .ca_file = ""};
        struct hs_url parsed;

        assert_int_equal(hs_gate_pass(&gate, rows[i].url, false, &parsed, &pool, NULL),
                         rows[i].is_ok ? 0 : HUB_ECORRUPT);
    }
}

static void refusals_name_the_origin_and_nothing_more(void **state)
{
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_gate gate = gate_of(&pool, "https://hub.example", false);
    struct hs_url parsed;

    (void)state;
    assert_int_equal(hs_gate_pass(&gate, "https://cdn.example/path-canary?query-canary", true,
                                  &parsed, &pool, &err),
                     HUB_ECORRUPT);
    assert_non_null(strstr(hs_err_text(&err), "https://cdn.example:443"));
    assert_null(strstr(hs_err_text(&err), "canary"));
    assert_int_equal(hs_gate_pass(&gate, "file:canary", false, &parsed, &pool, &err), HUB_ECORRUPT);
    assert_null(strstr(hs_err_text(&err), "canary"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_pass_or_not),
        cmocka_unit_test(the_credential_goes_to_declared_hosts_alone),
        cmocka_unit_test(an_ipv6_endpoint_can_be_a_credential_host),
        cmocka_unit_test(a_local_hub_stays_beneath_its_folder),
        cmocka_unit_test(refusals_name_the_origin_and_nothing_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
