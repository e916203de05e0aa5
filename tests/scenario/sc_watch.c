/* What the programs tell by themselves: alerts on a webhook, metrics and health over HTTP. */
#include "scene.h"
#include "mini_http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct mini_step TAKES[] = {{.answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"}};

/* A folder that was emptied: blocked as suspect, an alert. */
static void a_suspect_pair(struct scene *s, const char *top, const char *more)
{
    scene_model(s, "a/demo");
    (void)mkdir(scene_path(s, "b"), 0755);
    scene_config(s, scene_printf(s, "%srules:\n  - {name: r, type: one-way, from: a, to: b%s}\n", top, more));
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_check(s, rename(scene_path(s, "a/demo"), scene_path(s, "away")) == 0);
    (void)mkdir(scene_path(s, "a/demo"), 0755);
}

/* At once: a daemon that looks meanwhile must not find the folder gone. */
static void mend(struct scene *s)
{
    scene_check(s, renameat2(AT_FDCWD, scene_path(s, "away"), AT_FDCWD, scene_path(s, "a/demo"), RENAME_EXCHANGE) == 0);
}

static const char *hook(struct scene *s, struct mini_http *mini)
{
    return scene_printf(s, "alerts: [{webhook: \"http://127.0.0.1:%d/hook/canary-0123456789\"}]\n", mini_port(mini));
}

static void a_run_tells_an_alert_once_and_its_end(void **state)
{
    struct scene *s = *state;
    struct mini_http *mini = mini_start(TAKES, 1);

    a_suspect_pair(s, hook(s, mini), "");
    for (int i = 0; i < 2; i++) {
        scene_run(s, "run");
        scene_expect_exit(s, 6);
        scene_check(s, mini_requests(mini) == 1);
    }
    scene_check(s, strstr(mini_request(mini, 0)->body, "\"kind\":\"listing_suspect\"") != NULL);
    scene_check(s, strstr(mini_request(mini, 0)->body, "\"state\":\"open\"") != NULL);
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].state", "open");
    scene_expect_int(s, "alerts[0].count", 2);
    mend(s);
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_check(s, mini_requests(mini) == 2);
    scene_check(s, strstr(mini_request(mini, 1)->body, "\"state\":\"resolved\"") != NULL);
    mini_stop(mini);
}

static void a_dead_webhook_fails_no_run_and_is_not_named(void **state)
{
    struct scene *s = *state;
    struct mini_http *mini = mini_start(TAKES, 1);
    const char *top = hook(s, mini);

    mini_stop(mini);
    a_suspect_pair(s, top, "");
    scene_run(s, "run");
    scene_expect_exit(s, 6);
    scene_check(s, strstr(s->err, "webhook_failed") != NULL);
    scene_check(s, strstr(s->err, "canary-0123456789") == NULL);
    scene_run(s, "config show");
    scene_check(s, strstr(s->out, "canary-0123456789") == NULL);
}

static void the_daemon_tells_an_alert_and_its_end(void **state)
{
    struct scene *s = *state;
    struct mini_http *mini = mini_start(TAKES, 1);

    a_suspect_pair(s, hook(s, mini), ", schedule: {every: 200ms}");
    scene_daemon(s, NULL);
    scene_await(s, "alerts", "alerts[0].id", 1);
    scene_daemon_logs(s, "started");
    for (int i = 0; i < 200 && mini_requests(mini) < 1; i++)
        scene_run(s, "status");
    scene_check(s, mini_requests(mini) == 1);
    mend(s);
    for (int i = 0; i < 200 && mini_requests(mini) < 2; i++)
        scene_run(s, "status");
    scene_check(s, mini_requests(mini) == 2);
    scene_check(s, strstr(mini_request(mini, 1)->body, "\"state\":\"resolved\"") != NULL);
    scene_daemon_signal(s, SIGTERM);
    (void)scene_daemon_end(s);
    scene_expect_exit(s, 0);
    scene_check(s, mini_requests(mini) == 2);
    mini_stop(mini);
}

/* ---- metrics and health ---- */
static const char *get(struct scene *s, int port, const char *path)
{
    const char *request = scene_printf(s, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    static char text[1 << 16];
    size_t n = 0;
    ssize_t got;

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    scene_check(s, connect(fd, (const struct sockaddr *)&to, sizeof to) == 0);
    scene_check(s, send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request));
    while ((got = recv(fd, text + n, sizeof text - 1 - n, 0)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    (void)close(fd);
    return text;
}

static void expect_line(struct scene *s, const char *text, const char *line)
{
    if (!strstr(text, scene_printf(s, "\n%s\n", line)))
        scene_fail(s, __FILE__, __LINE__, "no line '%s' in:\n%s", line, text);
}

static void metrics_and_health_are_there_when_asked_for(void **state)
{
    struct scene *s = *state;
    const char *log, *port, *text;
    int number;

    scene_model(s, "a/demo");
    (void)mkdir(scene_path(s, "b"), 0755);
    scene_config(s, "daemon: {listen: \"127.0.0.1:0\"}\nrules:\n"
                    "  - {name: r, type: one-way, from: a, to: b, schedule: {every: 1h}}\n");
    scene_daemon(s, NULL);
    scene_daemon_logs(s, "metrics and health on");
    scene_await(s, "status", "rules[0].repos.in_sync", 1);
    log = scene_read(s, s->daemon_err);
    port = strstr(log, ", port ");
    scene_check(s, port != NULL);
    number = port ? atoi(port + strlen(", port ")) : 0;
    scene_check(s, strstr(get(s, number, "/livez"), "200 OK") != NULL);
    scene_check(s, strstr(get(s, number, "/readyz"), "200 OK") != NULL);
    text = get(s, number, "/metrics");
    expect_line(s, text, "hubsync_rule_repos{rule=\"r\",state=\"in_sync\"} 1");
    expect_line(s, text, "hubsync_rule_repos{rule=\"r\",state=\"failed\"} 0");
    expect_line(s, text, scene_printf(s, "hubsync_files_total{rule=\"r\",action=\"put\"} %d", SCENE_MODEL_FILES));
    expect_line(s, text, "hubsync_runs_total{rule=\"r\",result=\"synced\"} 1");
    expect_line(s, text, "hubsync_queue_jobs{state=\"failed\"} 0");
    expect_line(s, text, "hubsync_paused 0");
    scene_check(s, strstr(text, "process_resident_memory_bytes ") != NULL);
    scene_check(s, strstr(text, "demo") == NULL); /* names of repos are no labels */
    scene_run(s, "pause");
    expect_line(s, get(s, number, "/metrics"), "hubsync_paused 1");
    scene_daemon_signal(s, SIGTERM);
    (void)scene_daemon_end(s);
    scene_expect_exit(s, 0);
}

static void an_address_that_is_taken_stops_the_daemon_in_words(void **state)
{
    struct scene *s = *state;
    struct mini_http *mini = mini_start(TAKES, 1);

    (void)mkdir(scene_path(s, "a"), 0755);
    (void)mkdir(scene_path(s, "b"), 0755);
    scene_config(s, scene_printf(s, "daemon: {listen: \"127.0.0.1:%d\"}\nrules: []\n", mini_port(mini)));
    scene_daemon_start(s, NULL);
    (void)scene_daemon_end(s);
    scene_expect_exit(s, 1);
    scene_check(s, strstr(s->err, "daemon.listen") != NULL);
    mini_stop(mini);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(a_run_tells_an_alert_once_and_its_end),
        SCENE_TEST(a_dead_webhook_fails_no_run_and_is_not_named),
        SCENE_TEST(the_daemon_tells_an_alert_and_its_end),
        SCENE_TEST(metrics_and_health_are_there_when_asked_for),
        SCENE_TEST(an_address_that_is_taken_stops_the_daemon_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
