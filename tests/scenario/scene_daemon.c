/* The daemon, and its service manager played by the test. */
#include "scene_private.h"
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MAX = 64, LOOK_MS = 40 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* An abstract name: no file, no limit on the folder's length. */
static const char *open_notify(struct scene *s)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *name = scene_printf(s, "@hubsync-scene-%ld-%zu", (long)getpid(), s->n_runs);
    size_t n = strlen(name);

    if (s->notify)
        (void)close(s->notify);
    s->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(s->notify > 0 && n < sizeof address.sun_path);
    memcpy(address.sun_path + 1, name + 1, n - 1);
    assert_int_equal(bind(s->notify, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
                     0);
    return name;
}

void scene_daemon_start(struct scene *s, const char *env)
{
    char *argv[] = {(char *)HUBSYNCD, (char *)"-c", (char *)scene_path(s, "hubsync.yaml"), (char *)"--state-dir",
                    (char *)scene_path(s, "state"), NULL};
    const char *notify = scene_printf(s, "%s NOTIFY_SOCKET=%s", env ? env : "", open_notify(s));
    char *envp[WORDS_MAX];

    (void)scene_environment(s, notify, envp);
    s->daemon_err = scene_printf(s, "%s/daemon.%zu", s->folder, s->n_runs++);
    s->command = "hubsyncd";
    s->heard = "";
    s->daemon = scene_spawn(argv, envp, scene_path(s, "daemon.out"), s->daemon_err,
                            &(struct scene_limits){0});
}

void scene_daemon_hears(struct scene *s, const char *words)
{
    int64_t until = now_ms() + SCENE_READY_MS;

    for (int64_t left; (left = until - now_ms()) > 0;) {
        struct pollfd wait = {.fd = s->notify, .events = POLLIN};
        char text[2048];
        ssize_t n;
        if (poll(&wait, 1, (int)left) <= 0)
            continue;
        n = recv(s->notify, text, sizeof text - 1, 0);
        assert_true(n >= 0);
        text[n] = '\0';
        s->heard = scene_printf(s, "%s", text);
        if (strstr(text, words))
            return;
    }
    s->err = scene_read(s, s->daemon_err);
    scene_fail(s, __FILE__, __LINE__, "the daemon never says %s; last: %s", words, s->heard);
}

void scene_daemon(struct scene *s, const char *env)
{
    scene_daemon_start(s, env);
    scene_daemon_hears(s, "READY=1");
}

void scene_daemon_signal(struct scene *s, int number)
{
    assert_true(s->daemon > 0);
    assert_int_equal(kill(s->daemon, number), 0);
}

int scene_daemon_end(struct scene *s)
{
    int code = scene_reap(s->daemon, SCENE_WAIT_MS, NULL);

    s->daemon = 0;
    s->exit = code;
    s->out = "";
    s->err = scene_read(s, s->daemon_err);
    if (code < 0)
        scene_fail(s, __FILE__, __LINE__, "hubsyncd does not end");
    if (code == 127 || strstr(s->err, "ERROR: AddressSanitizer") || strstr(s->err, "runtime error:") ||
        strstr(s->err, "ERROR: LeakSanitizer") || strstr(s->err, "WARNING: ThreadSanitizer"))
        scene_fail(s, __FILE__, __LINE__, "hubsyncd is broken");
    if (strstr(s->err, SCENE_MS_TOKEN) || strstr(s->err, SCENE_ML_TOKEN))
        scene_fail(s, __FILE__, __LINE__, "a token is in the log");
    return code;
}

void scene_daemon_kill(struct scene *s)
{
    if (s->daemon) {
        (void)kill(s->daemon, SIGKILL);
        (void)waitpid(s->daemon, NULL, 0);
    }
    s->daemon = 0;
    if (s->notify)
        (void)close(s->notify);
    s->notify = 0;
}

/* ---- waiting for what can only be looked at ---- */
static void look_later(void)
{
    (void)poll(NULL, 0, LOOK_MS);
}

void scene_daemon_logs(struct scene *s, const char *words)
{
    for (int64_t until = now_ms() + SCENE_READY_MS; now_ms() < until; look_later()) {
        size_t n;
        char *text = scene_slurp(s->daemon_err, &n);
        bool has = text && strstr(text, words);
        free(text);
        if (has)
            return;
    }
    s->err = scene_read(s, s->daemon_err);
    scene_fail(s, __FILE__, __LINE__, "the daemon never logs %s", words);
}

void scene_await(struct scene *s, const char *words, const char *place, long long n)
{
    for (int64_t until = now_ms() + SCENE_READY_MS; now_ms() < until; look_later()) {
        scene_run(s, words);
        if (s->doc && scene_int(s, place) == n)
            return;
    }
    scene_fail(s, __FILE__, __LINE__, "%s never becomes %lld", place, n);
}

void scene_await_equal(struct scene *s, const char *left, const char *right)
{
    for (int64_t until = now_ms() + 2 * SCENE_READY_MS; now_ms() < until; look_later()) {
        cJSON *a = scene_files(s, left), *b = scene_files(s, right);
        if (a && b && scene_same(a, b))
            return;
    }
    s->err = s->daemon_err ? scene_read(s, s->daemon_err) : "";
    scene_expect_equal(s, left, right);
}
