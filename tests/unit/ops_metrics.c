/* Metrics in Prometheus' text form, and what the status server answers. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "ops/ops.h"

static void a_counter_adds_and_a_gauge_is_set(void **state)
{
    struct hs_metrics *m = hs_metrics_new();
    HUB_TEXT(text);

    (void)state;
    assert_int_equal(hs_metrics_add(m, 1, "hubsync_commits_total", "hub", "ms", NULL), 0);
    assert_int_equal(hs_metrics_add(m, 2, "hubsync_commits_total", "hub", "ms", NULL), 0);
    assert_int_equal(hs_metrics_add(m, 1, "hubsync_commits_total", "hub", "a\"b\\c\nd", NULL), 0);
    assert_int_equal(hs_metrics_set(m, 0.25, "hubsync_job_oldest_seconds", NULL), 0);
    assert_int_equal(hs_metrics_set(m, 1.5, "hubsync_job_oldest_seconds", NULL), 0);
    hs_metrics_print(m, &text);
    assert_string_equal(text.data, "# HELP hubsync_commits_total Commits made, of all runs that the state knows.\n"
                                   "# TYPE hubsync_commits_total counter\n"
                                   "hubsync_commits_total{hub=\"ms\"} 3\n"
                                   "hubsync_commits_total{hub=\"a\\\"b\\\\c\\nd\"} 1\n"
                                   "# HELP hubsync_job_oldest_seconds How long the oldest job that is due has waited.\n"
                                   "# TYPE hubsync_job_oldest_seconds gauge\n"
                                   "hubsync_job_oldest_seconds 1.5\n");
    hs_metrics_free(m);
}

static void a_gauge_that_is_forgotten_is_not_printed(void **state)
{
    struct hs_metrics *m = hs_metrics_new();
    HUB_TEXT(text);

    (void)state;
    assert_int_equal(hs_metrics_set(m, 4, "hubsync_queue_jobs", "state", "queued", NULL), 0);
    hs_metrics_forget(m, "hubsync_queue_jobs");
    hs_metrics_print(m, &text);
    assert_int_equal(text.n_bytes, 0);
    hs_metrics_free(m);
}

static void only_what_the_table_has_is_counted(void **state)
{
    struct hs_metrics *m = hs_metrics_new();
    HUB_TEXT(text);

    (void)state;
    assert_int_equal(hs_metrics_add(m, 1, "hubsync_unknown", NULL), HUB_EBUG);
    assert_int_equal(hs_metrics_add(m, 1, "hubsync_commits_total", NULL), HUB_EBUG);
    assert_int_equal(hs_metrics_add(m, 1, "hubsync_commits_total", "repo", "a/b", NULL), HUB_EBUG);
    assert_int_equal(hs_metrics_add(m, 1, "hubsync_commits_total", "hub", "a", "rule", "b", NULL), HUB_EBUG);
    hs_metrics_print(m, &text);
    assert_int_equal(text.n_bytes, 0);
    hs_metrics_free(m);
}

/* ---- the server ---- */
static int is_ready;
static int ready(void *ctx, struct hub_text *why)
{
    (void)ctx;
    if (!is_ready)
        hub_text_puts(why, "no state");
    return is_ready ? 0 : -1;
}
static void metrics(void *ctx, struct hub_text *out)
{
    (void)ctx;
    hub_text_puts(out, "m 1\n");
}

static const char *ask(unsigned port, const char *request)
{
    static char text[4096];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    size_t n = 0;
    ssize_t got;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    while ((got = recv(fd, text + n, sizeof text - 1 - n, 0)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    (void)close(fd);
    return text;
}
#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

static void health_and_metrics_are_answered(void **state)
{
    struct hs_status_pages pages = {ready, metrics, NULL};
    struct hs_status_server *server;
    unsigned port;
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_status_server_start(":0", &pages, &server, &err), 0);
    port = hs_status_server_port(server);
    assert_non_null(strstr(ask(port, GET("/livez")), " 200 "));
    is_ready = 0;
    assert_non_null(strstr(ask(port, GET("/readyz")), " 503 "));
    assert_non_null(strstr(ask(port, GET("/readyz")), "no state"));
    is_ready = 1;
    assert_non_null(strstr(ask(port, GET("/readyz")), " 200 "));
    assert_non_null(strstr(ask(port, GET("/metrics")), "text/plain; version=0.0.4"));
    assert_non_null(strstr(ask(port, GET("/metrics")), "m 1\n"));
    assert_non_null(strstr(ask(port, GET("/")), " 404 "));
    assert_non_null(strstr(ask(port, "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"), " 405 "));
    assert_null(strstr(ask(port, "HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "m 1\n"));
    hs_status_server_stop(server);
}

static void an_address_that_is_none_is_refused_in_words(void **state)
{
    static const char *const bad[] = {"9090", "1.2.3.4", "1.2.3:80", "host:80", "127.0.0.1:", "127.0.0.1:70000", "::1:80", ""};
    struct hs_status_pages pages = {ready, metrics, NULL};
    struct hs_status_server *server;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        HS_ERR(err);
        assert_int_equal(hs_status_server_start(bad[i], &pages, &server, &err), HS_ECONFIG);
        assert_non_null(strstr(hs_err_text(&err), "daemon.listen"));
    }
}

static void a_port_that_is_taken_is_said(void **state)
{
    struct hs_status_pages pages = {ready, metrics, NULL};
    struct hs_status_server *first, *second;
    char listen[32];
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_status_server_start("127.0.0.1:0", &pages, &first, &err), 0);
    (void)snprintf(listen, sizeof listen, "127.0.0.1:%u", hs_status_server_port(first));
    assert_int_equal(hs_status_server_start(listen, &pages, &second, &err), HS_EFAILED);
    assert_non_null(strstr(hs_err_text(&err), listen));
    hs_status_server_stop(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_adds_and_a_gauge_is_set),
        cmocka_unit_test(a_gauge_that_is_forgotten_is_not_printed),
        cmocka_unit_test(only_what_the_table_has_is_counted),
        cmocka_unit_test(health_and_metrics_are_answered),
        cmocka_unit_test(an_address_that_is_none_is_refused_in_words),
        cmocka_unit_test(a_port_that_is_taken_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
