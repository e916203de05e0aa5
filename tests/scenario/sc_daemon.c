/* hubsyncd: what it does by itself, what it is told, and how it ends. */
#include "scene.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SHARD = 3 * 1024 * 1024 };

/* ---- stages ---- */
static void config(struct scene *s, const char *daemon, const char *rules)
{
    scene_config(s, scene_printf(s, "daemon: { %s }\nrules:\n%s", daemon, rules));
}

static const char *rule(struct scene *s, const char *name, const char *from, const char *to, const char *more)
{
    return scene_printf(s, "  - { name: %s, type: one-way, from: %s, to: %s%s }\n", name, from, to, more);
}

/* Two folders, a model in one. */
static void folders(struct scene *s, const char *schedule)
{
    scene_model(s, "a/demo");
    (void)mkdir(scene_path(s, "b"), 0755);
    config(s, "idle: 1s", rule(s, "r", "a", "b", schedule));
}

/* A site whose large file stops in the middle, to a folder: a transfer that lasts. */
static void a_transfer_that_hangs(struct scene *s, const char *drain)
{
    scene_model(s, "c/demo");
    scene_fill(s, "c/demo/large.safetensors", 77, SHARD);
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, "modelscope", "alice/demo", "c/demo")));
    scene_faults(s, "[{\"site\":\"modelscope\",\"plane\":\"cdn\",\"path\":\"*\",\"query\":\"large\","
                    "\"action\":\"stall\",\"bytes\":65536}]");
    (void)mkdir(scene_path(s, "b"), 0755);
    config(s, drain, rule(s, "r", "ms", "b", ", schedule: {every: 1h}"));
}

static void no_jobs(struct scene *s)
{
    scene_check(s, cJSON_GetArraySize(scene_at(s->doc, "jobs")) == 0);
}

static void ends_with(struct scene *s, int signal, int code)
{
    scene_daemon_signal(s, signal);
    (void)scene_daemon_end(s);
    scene_expect_exit(s, code);
}

/* ---- by itself ---- */
static void an_edit_travels_by_itself(void **state)
{
    struct scene *s = *state;

    folders(s, ", schedule: {every: 300ms}");
    scene_daemon(s, NULL);
    scene_await_equal(s, "a:demo", "b:demo");
    scene_write(s, "a/demo/new.txt", "an edit");
    scene_await_equal(s, "a:demo", "b:demo");
    scene_await(s, "status", "rules[0].repos.in_sync", 1);
    scene_check(s, scene_int(s, "daemon.pid") == s->daemon);
    ends_with(s, SIGTERM, 0);
    scene_run(s, "status");
    scene_expect_text(s, "rules[0].name", "r"); /* the next round may have begun before it ended */
    scene_expect_int(s, "queue.failed", 0);
}

static void what_is_in_step_costs_lists_alone(void **state)
{
    struct scene *s = *state;

    scene_model(s, "c/demo");
    scene_hub(s, NULL);
    (void)scene_admin(s, "POST", "/clock", "{\"offset_s\":-3600}");
    scene_seed(s, scene_seed_text(s, scene_model_seed(s, "modelscope", "alice/demo", "c/demo")));
    config(s, "idle: 1s", rule(s, "r", "ms", "ml", ""));
    scene_run(s, "run");
    scene_expect_exit(s, 0);
    scene_reset(s);
    scene_daemon(s, NULL);
    scene_await(s, "status", "rules[0].repos.in_sync", 1);
    ends_with(s, SIGTERM, 0);
    scene_check(s, scene_writes(s) == 0);
    scene_check(s, scene_requests(s, "modelscope", "api", "") <= 3);
    scene_check(s, scene_requests(s, "modelers", "api", "") <= 3);
}

/* ---- signals and the service manager ---- */
static void sigterm_ends_a_hanging_transfer_after_drain(void **state)
{
    struct scene *s = *state;

    a_transfer_that_hangs(s, "drain: 100ms");
    scene_daemon(s, NULL);
    scene_await(s, "status", "queue.running", 1);
    scene_daemon_signal(s, SIGTERM);
    scene_daemon_hears(s, "STOPPING=1");
    (void)scene_daemon_end(s);
    scene_expect_exit(s, 0);
    scene_run(s, "status");
    scene_expect_int(s, "queue.queued", 1); /* no attempt was used */
    scene_expect_int(s, "rules[0].repos.failed", 0);
    scene_faults(s, "[]");
    scene_daemon(s, NULL);
    scene_await_equal(s, "modelscope:alice/demo", "b:demo");
    ends_with(s, SIGTERM, 0);
}

static void a_second_sigterm_stops_now(void **state)
{
    struct scene *s = *state;

    a_transfer_that_hangs(s, "drain: 10m");
    scene_daemon(s, NULL);
    scene_await(s, "status", "queue.running", 1);
    scene_daemon_signal(s, SIGTERM);
    scene_daemon_hears(s, "STOPPING=1");
    ends_with(s, SIGTERM, 128 + SIGTERM);
    scene_run(s, "status");
    scene_expect_int(s, "queue.queued", 1);
}

static void the_service_manager_is_told_of_life(void **state)
{
    struct scene *s = *state;

    folders(s, "");
    scene_daemon(s, "WATCHDOG_USEC=200000");
    scene_daemon_hears(s, "WATCHDOG=1");
    scene_daemon_hears(s, "WATCHDOG=1");
    ends_with(s, SIGINT, 0);
}

static void sigusr1_logs_a_snapshot(void **state)
{
    struct scene *s = *state;

    folders(s, "");
    scene_daemon(s, NULL);
    scene_await(s, "status", "rules[0].repos.in_sync", 1);
    scene_daemon_signal(s, SIGUSR1);
    scene_daemon_logs(s, "snapshot rule=r");
    ends_with(s, SIGTERM, 0);
}

static void sighup_takes_a_good_configuration(void **state)
{
    struct scene *s = *state;

    folders(s, "");
    scene_model(s, "d/other");
    s->extra_hubs = scene_printf(s, "  d: { plugin: dir, root: \"%s/d\", owner: alice }\n", s->folder);
    config(s, "idle: 1s", rule(s, "r", "a", "b", ""));
    scene_daemon(s, NULL);
    scene_await_equal(s, "a:demo", "b:demo");
    config(s, "idle: 1s", rule(s, "other", "d", "b", ""));
    scene_daemon_signal(s, SIGHUP);
    scene_daemon_hears(s, "RELOADING=1");
    scene_daemon_hears(s, "READY=1");
    scene_await_equal(s, "d:other", "b:other");
    scene_run(s, "trigger r");
    scene_expect_exit(s, 2); /* not a rule any more */
    ends_with(s, SIGTERM, 0);
}

static void sighup_refuses_a_bad_configuration_and_keeps_the_old(void **state)
{
    struct scene *s = *state;

    folders(s, ", schedule: {every: 300ms}");
    scene_daemon(s, NULL);
    scene_await_equal(s, "a:demo", "b:demo");
    scene_write(s, "hubsync.yaml", "version: 1\nnonsense: true\n");
    scene_daemon_signal(s, SIGHUP);
    scene_daemon_logs(s, "reload_refused");
    scene_daemon_logs(s, "nonsense");
    scene_write(s, "a/demo/new.txt", "an edit");
    scene_await_equal(s, "a:demo", "b:demo");
    ends_with(s, SIGTERM, 0);
}

static void a_bad_configuration_at_the_start_is_2(void **state)
{
    struct scene *s = *state;

    folders(s, "");
    scene_write(s, "hubsync.yaml", "version: 1\nnonsense: true\n");
    scene_daemon_start(s, NULL);
    (void)scene_daemon_end(s);
    scene_expect_exit(s, 2);
}

/* ---- one of a kind ---- */
static void a_second_one_exits_11_and_so_does_run(void **state)
{
    struct scene *s = *state;
    pid_t first;

    folders(s, "");
    scene_daemon(s, NULL);
    first = s->daemon;
    scene_run(s, "run");
    scene_expect_exit(s, 11);
    scene_expect_word(s, "trigger");
    scene_daemon_start(s, NULL);
    (void)scene_daemon_end(s);
    scene_expect_exit(s, 11);
    s->daemon = first;
    scene_run(s, "queue ls"); /* the first one's socket is still there */
    scene_expect_exit(s, 0);
}

static void a_stale_socket_is_replaced(void **state)
{
    struct scene *s = *state;
    struct stat info;

    folders(s, "");
    scene_daemon(s, NULL);
    scene_check(s, stat(scene_path(s, "state/control.sock"), &info) == 0);
    scene_check(s, S_ISSOCK(info.st_mode) && (info.st_mode & 0777) == 0600);
    ends_with(s, SIGKILL, 128 + SIGKILL);
    scene_run(s, "queue ls");
    scene_expect_exit(s, 1);
    scene_expect_word(s, "no daemon runs");
    scene_run(s, "status");
    scene_check(s, cJSON_IsFalse(scene_at(s->doc, "daemon.running")));
    scene_daemon(s, NULL);
    scene_run(s, "queue ls");
    scene_expect_exit(s, 0);
    ends_with(s, SIGTERM, 0);
    scene_check(s, stat(scene_path(s, "state/control.sock"), &info) != 0);
}

static void a_file_in_the_sockets_place_is_left_alone(void **state)
{
    struct scene *s = *state;

    folders(s, "");
    scene_write(s, "mine", "not a socket");
    config(s, scene_printf(s, "socket: \"%s/mine\"", s->folder), rule(s, "r", "a", "b", ""));
    scene_daemon_start(s, NULL);
    (void)scene_daemon_end(s);
    scene_expect_exit(s, 2);
    assert_string_equal(scene_read(s, scene_path(s, "mine")), "not a socket");
}

static void without_a_daemon_its_verbs_are_1(void **state)
{
    static const char *const verbs[] = {"queue ls", "pause", "resume", "trigger r", "cancel 1"};
    struct scene *s = *state;

    folders(s, "");
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        scene_run(s, verbs[i]);
        scene_expect_exit(s, 1);
        scene_expect_word(s, "no daemon runs");
    }
}

/* ---- by hand ---- */
static void pause_holds_and_resume_goes_on_also_over_a_restart(void **state)
{
    struct scene *s = *state;

    folders(s, "");
    scene_daemon(s, NULL);
    scene_await_equal(s, "a:demo", "b:demo");
    scene_run(s, "pause");
    scene_expect_exit(s, 0);
    ends_with(s, SIGTERM, 0);
    scene_write(s, "a/demo/new.txt", "an edit");
    scene_daemon(s, NULL);
    scene_run(s, "trigger r");
    scene_expect_exit(s, 0);
    scene_run(s, "status");
    scene_check(s, !scene_same(scene_files(s, "a:demo"), scene_files(s, "b:demo")));
    scene_run(s, "resume");
    scene_await_equal(s, "a:demo", "b:demo");
    ends_with(s, SIGTERM, 0);
}

static void trigger_makes_a_round(void **state)
{
    struct scene *s = *state;

    folders(s, "");
    scene_daemon(s, NULL);
    scene_await_equal(s, "a:demo", "b:demo");
    scene_await(s, "status", "queue.running", 0);
    scene_write(s, "a/demo/new.txt", "an edit");
    scene_run(s, "trigger r");
    scene_expect_exit(s, 0);
    scene_await_equal(s, "a:demo", "b:demo");
    scene_run(s, "trigger nobody");
    scene_expect_exit(s, 2);
    ends_with(s, SIGTERM, 0);
}

static void cancel_stops_a_job_until_the_next_round(void **state)
{
    struct scene *s = *state;
    long long id;

    a_transfer_that_hangs(s, "drain: 100ms");
    scene_daemon(s, NULL);
    scene_await(s, "status", "queue.running", 1);
    scene_run(s, "queue ls");
    scene_expect_text(s, "jobs[0].state", "running");
    scene_expect_text(s, "jobs[0].repo", "alice/demo");
    id = scene_int(s, "jobs[0].id");
    scene_run(s, scene_printf(s, "queue drop %lld", id));
    scene_expect_exit(s, 1); /* it runs */
    scene_run(s, scene_printf(s, "cancel %lld", id));
    scene_expect_exit(s, 0);
    scene_await(s, "status", "queue.running", 0);
    scene_run(s, "queue ls");
    no_jobs(s);
    scene_faults(s, "[]");
    scene_run(s, "trigger r");
    scene_await_equal(s, "modelscope:alice/demo", "b:demo");
    scene_run(s, "cancel 4711");
    scene_expect_exit(s, 1);
    ends_with(s, SIGTERM, 0);
}

/* ---- failures ---- */
static void a_failed_job_waits_over_a_restart_and_a_change_wakes_it(void **state)
{
    struct scene *s = *state;

    s->attempts = 1;
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, "modelscope", "alice/demo", "c/demo")));
    scene_faults(s, "[{\"site\":\"modelscope\",\"plane\":\"cdn\",\"path\":\"*\",\"action\":\"status\",\"status\":500}]");
    (void)mkdir(scene_path(s, "b"), 0755);
    config(s, "idle: 1s", rule(s, "r", "ms", "b", ", schedule: {every: 300ms}"));
    scene_daemon(s, NULL);
    scene_await(s, "status", "queue.waiting", 1);
    ends_with(s, SIGTERM, 0);
    scene_faults(s, "[]");
    scene_daemon(s, NULL);
    scene_await(s, "status", "rules[0].repos.failed", 1);
    scene_run(s, "queue ls");
    scene_expect_int(s, "jobs[0].attempts", 1);
    scene_expect_text(s, "jobs[0].state", "queued");
    scene_push(s, "modelscope", "alice/demo", "{\"note.txt\":{\"text\":\"an edit\"}}");
    scene_await_equal(s, "modelscope:alice/demo", "b:demo");
    ends_with(s, SIGTERM, 0);
}

static void queue_retry_does_not_wait(void **state)
{
    struct scene *s = *state;

    s->attempts = 1;
    scene_model(s, "c/demo");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, "modelscope", "alice/demo", "c/demo")));
    scene_faults(s, "[{\"site\":\"modelscope\",\"plane\":\"cdn\",\"path\":\"*\",\"action\":\"status\",\"status\":500}]");
    (void)mkdir(scene_path(s, "b"), 0755);
    config(s, "idle: 1s", rule(s, "r", "ms", "b", ""));
    scene_daemon(s, NULL);
    scene_await(s, "status", "queue.waiting", 1);
    scene_faults(s, "[]");
    scene_run(s, "queue ls");
    scene_run(s, scene_printf(s, "queue retry %lld", scene_int(s, "jobs[0].id")));
    scene_expect_exit(s, 0);
    scene_await_equal(s, "modelscope:alice/demo", "b:demo");
    ends_with(s, SIGTERM, 0);
}

static void two_repos_move_side_by_side(void **state)
{
    struct scene *s = *state;

    scene_model(s, "c/one");
    scene_hub(s, scene_seed_text(s, scene_model_seed(s, "modelscope", "alice/one", "c/one")));
    (void)mkdir(scene_path(s, "b"), 0755);
    scene_model(s, "a/three");
    scene_faults(s, "[{\"site\":\"modelscope\",\"plane\":\"cdn\",\"path\":\"*\",\"action\":\"stall\",\"bytes\":10}]");
    config(s, "drain: 100ms",
           scene_printf(s, "%s%s", rule(s, "r", "ms", "b", ""), rule(s, "q", "a", "b", "")));
    scene_daemon(s, NULL);
    scene_await_equal(s, "a:three", "b:three"); /* although the other one hangs */
    scene_await(s, "status", "queue.running", 1);
    ends_with(s, SIGTERM, 0);
}

#ifdef HS_FAILPOINTS
static void a_job_that_crashes_three_times_is_set_aside(void **state)
{
    struct scene *s = *state;

    scene_model(s, "a/demo");
    scene_model(s, "a/good");
    (void)mkdir(scene_path(s, "b"), 0755);
    config(s, "workers: 1", rule(s, "r", "a", "b", ""));
    for (int i = 0; i < 3; i++) {
        scene_daemon_start(s, "HUBSYNC_FAILPOINT=job.begun");
        (void)scene_daemon_end(s);
        scene_expect_exit(s, 128 + SIGKILL);
    }
    scene_daemon(s, NULL);
    scene_await(s, "status", "rules[0].repos.blocked", 1);
    scene_await(s, "status", "rules[0].repos.in_sync", 1);
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].kind", "job_crashed");
    scene_run(s, "queue ls");
    scene_expect_text(s, "jobs[0].state", "blocked");
    scene_run(s, scene_printf(s, "queue retry %lld", scene_int(s, "jobs[0].id")));
    scene_await_equal(s, "a:demo", "b:demo");
    scene_await_equal(s, "a:good", "b:good");
    scene_await(s, "status", "rules[0].repos.in_sync", 2);
    scene_run(s, "alerts");
    scene_expect_text(s, "alerts[0].state", "resolved");
    ends_with(s, SIGTERM, 0);
}

static void killed_at_any_step_it_converges(void **state)
{
    static const char *const points[] = {"daemon.listening", "round.begun", "round.queueing", "round.queued",
                                         "round.noted",      "job.claimed", "job.begun",      "job.planned",
                                         "job.ending",       "job.ended"};
    struct scene *s = *state;

    folders(s, "");
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        s->label = points[i];
        scene_write(s, "a/demo/edit.txt", scene_printf(s, "edit %zu", i));
        scene_daemon_start(s, scene_printf(s, "HUBSYNC_FAILPOINT=%s", points[i]));
        (void)scene_daemon_end(s);
        scene_expect_exit(s, 128 + SIGKILL);
        scene_daemon(s, NULL);
        scene_await_equal(s, "a:demo", "b:demo");
        scene_await(s, "status", "rules[0].repos.in_sync", 1);
        scene_run(s, "queue ls");
        no_jobs(s);
        ends_with(s, SIGTERM, 0);
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(an_edit_travels_by_itself),
        SCENE_TEST(what_is_in_step_costs_lists_alone),
        SCENE_TEST(sigterm_ends_a_hanging_transfer_after_drain),
        SCENE_TEST(a_second_sigterm_stops_now),
        SCENE_TEST(the_service_manager_is_told_of_life),
        SCENE_TEST(sigusr1_logs_a_snapshot),
        SCENE_TEST(sighup_takes_a_good_configuration),
        SCENE_TEST(sighup_refuses_a_bad_configuration_and_keeps_the_old),
        SCENE_TEST(a_bad_configuration_at_the_start_is_2),
        SCENE_TEST(a_second_one_exits_11_and_so_does_run),
        SCENE_TEST(a_stale_socket_is_replaced),
        SCENE_TEST(a_file_in_the_sockets_place_is_left_alone),
        SCENE_TEST(without_a_daemon_its_verbs_are_1),
        SCENE_TEST(pause_holds_and_resume_goes_on_also_over_a_restart),
        SCENE_TEST(trigger_makes_a_round),
        SCENE_TEST(cancel_stops_a_job_until_the_next_round),
        SCENE_TEST(a_failed_job_waits_over_a_restart_and_a_change_wakes_it),
        SCENE_TEST(queue_retry_does_not_wait),
        SCENE_TEST(two_repos_move_side_by_side),
#ifdef HS_FAILPOINTS
        SCENE_TEST(a_job_that_crashes_three_times_is_set_aside),
        SCENE_TEST(killed_at_any_step_it_converges),
#endif
    };

    if (getenv("SCENE_FILTER"))
        cmocka_set_test_filter(getenv("SCENE_FILTER"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
