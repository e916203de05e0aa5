#include "support/store_test.h"

#include "base/clock.h"
#include "job/scheduler.h"

#include <pthread.h>

enum { JOBS_MAX = 64 };
struct bench { /* what a fake worker saw */
    struct fixture *fix;
    struct hs_scheduler *scheduler;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    char order[JOBS_MAX][32]; /* source repos, as they began */
    size_t n_begun, n_ended;
    unsigned n_now, n_max, n_long_now, n_long_max;
    uint64_t bytes[JOBS_MAX]; /* by the number in the source's name */
    enum hs_outcome outcome;
    int64_t refuses; /* this job is not to be claimed */
    size_t long_waits; /* a long job goes on only after so many others have ended */
};

static struct hs_job_row named(const char *rule, const char *from, const char *to)
{
    return (struct hs_job_row){.rule = rule,
                               .from_hub = "a",
                               .from_repo = from,
                               .to_hub = "b",
                               .to_repo = to,
                               .due_ms = 1,
                               .reason = "scan",
                               .mark = "m"};
}

static int64_t offer(struct fixture *fix, const struct hs_job_row *job, bool is_now)
{
    int64_t id = -1;

    ok(fix, hs_store_job_offer(fix->store, job, is_now, &id, &fix->err));
    return id;
}

static void offer_many(struct fixture *fix, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char name[32];
        struct hs_job_row job;
        (void)snprintf(name, sizeof name, "o/%u", i);
        job = named("r", name, name);
        (void)offer(fix, &job, false);
    }
}

static struct hs_job_row job_of(struct fixture *fix, const char *from)
{
    struct hs_job_row *rows;
    size_t n;

    ok(fix, hs_store_jobs(fix->store, &fix->pool, &rows, &n, &fix->err));
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].from_repo, from) == 0)
            return rows[i];
    return (struct hs_job_row){.state = "gone"};
}

static bool claim(void *ctx, const struct hs_job_row *job, unsigned worker)
{
    struct bench *b = ctx;

    (void)worker;
    return job->id != b->refuses;
}

static enum hs_outcome work(void *ctx, const struct hs_job_row *job, unsigned worker, const char **error)
{
    struct bench *b = ctx;
    size_t number = (size_t)strtoul(job->from_repo + 2, NULL, 10);
    bool is_long = b->bytes[number] > 0;

    if (is_long && !hs_scheduler_may_go_on(b->scheduler, worker, b->bytes[number]))
        return HS_OUT_PUT_OFF;
    pthread_mutex_lock(&b->lock);
    (void)snprintf(b->order[b->n_begun++], 32, "%s", job->from_repo);
    b->n_now++;
    b->n_long_now += is_long;
    b->n_max = b->n_now > b->n_max ? b->n_now : b->n_max;
    b->n_long_max = b->n_long_now > b->n_long_max ? b->n_long_now : b->n_long_max;
    pthread_cond_broadcast(&b->moved);
    while (is_long && b->n_ended < b->long_waits)
        pthread_cond_wait(&b->moved, &b->lock);
    b->n_now--;
    b->n_long_now -= is_long;
    b->n_ended++;
    pthread_cond_broadcast(&b->moved);
    pthread_mutex_unlock(&b->lock);
    *error = b->outcome == HS_OUT_FAILED ? "it broke" : NULL;
    return b->outcome;
}

static const struct hs_job_ops ops = {.claim = claim, .work = work};

static void run(struct bench *b, struct fixture *fix, unsigned workers)
{
    struct hs_scheduler_conf conf = {.store = fix->store,
                                     .workers = workers,
                                     .long_bytes = 1000,
                                     .ops = &ops,
                                     .ctx = b};

    b->fix = fix;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->moved, NULL);
    ok(fix, hs_scheduler_new(&conf, &b->scheduler, &fix->err));
    ok(fix, hs_scheduler_run(b->scheduler, &fix->err));
    hs_scheduler_free(b->scheduler);
    pthread_mutex_destroy(&b->lock);
    pthread_cond_destroy(&b->moved);
}

/* ---- order ---- */
static void one_worker_takes_them_in_order(void **state)
{
    struct fixture *fix = *state;
    struct bench b = {.refuses = 0};
    struct hs_job_row job;

    offer_many(fix, 5);
    job = named("r", "o/9", "o/9");
    job.due_ms = 0; /* due before all others */
    (void)offer(fix, &job, false);
    run(&b, fix, 1);
    assert_int_equal(b.n_begun, 6);
    assert_string_equal(b.order[0], "o/9");
    for (int i = 0; i < 5; i++)
        assert_int_equal(b.order[i + 1][2], '0' + i);
    assert_string_equal(job_of(fix, "o/3").state, "gone");
}

static void what_is_not_due_is_left(void **state)
{
    struct fixture *fix = *state;
    struct bench b = {.refuses = 0};
    struct hs_job_row job = named("r", "o/1", "o/1");

    job.due_ms = hs_now_ms() + 3600 * 1000;
    (void)offer(fix, &job, false);
    offer_many(fix, 1);
    run(&b, fix, 2);
    assert_int_equal(b.n_begun, 1);
    assert_string_equal(job_of(fix, "o/1").state, "queued");
}

static void a_long_job_comes_after_the_short_ones(void **state)
{
    struct fixture *fix = *state;
    struct bench b = {.bytes = {5000}};

    offer_many(fix, 4);
    run(&b, fix, 1);
    assert_int_equal(b.n_begun, 4);
    assert_string_equal(b.order[3], "o/0");
}

static void short_jobs_do_not_wait_behind_long_ones(void **state)
{
    struct fixture *fix = *state;
    struct bench b = {.bytes = {5000, 6000, 7000}, .long_waits = 8};

    offer_many(fix, 11); /* three long, which end only after the eight short ones */
    run(&b, fix, 2);
    assert_int_equal(b.n_begun, 11);
    assert_true(b.n_long_max <= 2);
}

static void workers_run_side_by_side_with_one_writer_for_a_target(void **state)
{
    struct fixture *fix = *state;
    struct bench b = {.bytes = {5000, 5000}, .long_waits = 0};
    struct hs_job_row job;

    job = named("r", "o/0", "o/t");
    (void)offer(fix, &job, false);
    job = named("s", "o/1", "O/T"); /* another rule, the same repo */
    (void)offer(fix, &job, false);
    run(&b, fix, 4);
    assert_int_equal(b.n_begun, 2);
    assert_int_equal(b.n_max, 1);
}

static void a_job_that_may_not_be_claimed_stays(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row job = named("r", "o/0", "o/0");
    struct bench b = {.refuses = offer(fix, &job, false)};

    run(&b, fix, 2);
    assert_int_equal(b.n_begun, 0);
    assert_string_equal(job_of(fix, "o/0").state, "queued");
}

static void a_failed_job_stays_failed_after_a_run(void **state)
{
    struct fixture *fix = *state;
    struct bench b = {.outcome = HS_OUT_FAILED};

    offer_many(fix, 1);
    run(&b, fix, 2);
    assert_int_equal(b.n_begun, 1);
    assert_string_equal(job_of(fix, "o/0").state, "failed");
    assert_string_equal(job_of(fix, "o/0").error, "it broke");
    assert_int_equal(job_of(fix, "o/0").attempts, 1);
}

/* ---- offers ---- */
static int64_t fail_once(struct fixture *fix, int64_t id, int64_t due_ms)
{
    ok(fix, hs_store_job_start(fix->store, id, 1, &fix->err));
    ok(fix, hs_store_job_end(fix->store, id, "failed", "no", 2, &fix->err));
    ok(fix, hs_store_job_retry(fix->store, id, due_ms, &fix->err));
    return id;
}

static void a_retry_waits_through_scans_but_not_through_a_change(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row job = named("r", "o/0", "o/0");

    (void)fail_once(fix, offer(fix, &job, false), 9000);
    job.due_ms = 5000;
    (void)offer(fix, &job, false);
    assert_int_equal(job_of(fix, "o/0").due_ms, 9000);
    assert_int_equal(job_of(fix, "o/0").attempts, 1);
    (void)offer(fix, &job, true); /* by hand, or by run */
    assert_int_equal(job_of(fix, "o/0").due_ms, 5000);
    assert_int_equal(job_of(fix, "o/0").attempts, 1);
    job.mark = "n";
    (void)offer(fix, &job, false);
    assert_int_equal(job_of(fix, "o/0").attempts, 0);
}

static void a_change_while_it_runs_makes_it_due_again(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row job = named("r", "o/0", "o/0");
    int64_t id = offer(fix, &job, false);

    ok(fix, hs_store_job_start(fix->store, id, 1, &fix->err));
    (void)offer(fix, &job, false); /* nothing new */
    job.mark = "n";
    job.due_ms = 77;
    (void)offer(fix, &job, false);
    ok(fix, hs_store_job_end(fix->store, id, "done", "", 2, &fix->err));
    assert_string_equal(job_of(fix, "o/0").state, "queued");
    assert_int_equal(job_of(fix, "o/0").due_ms, 77);
}

/* ---- crashes ---- */
static void crash(struct fixture *fix, int64_t id)
{
    ok(fix, hs_store_job_start(fix->store, id, 1, &fix->err));
    ok(fix, hs_store_jobs_recover(fix->store, &fix->err));
}

static void three_deaths_set_a_job_aside_with_an_alert(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row job = named("r", "o/0", "o/0");
    struct hs_alert_row *alerts;
    int64_t id = offer(fix, &job, false);
    size_t n;

    ok(fix, hs_store_lock_jobs(fix->store, &fix->err));
    crash(fix, id);
    crash(fix, id);
    assert_string_equal(job_of(fix, "o/0").state, "queued");
    assert_int_equal(job_of(fix, "o/0").attempts, 0);
    crash(fix, id);
    assert_string_equal(job_of(fix, "o/0").state, "blocked");
    ok(fix, hs_store_alerts(fix->store, &fix->pool, &alerts, &n, &fix->err));
    assert_int_equal(n, 1);
    assert_string_equal(alerts[0].kind, "job_crashed");
    assert_int_equal(offer(fix, &job, true), 0); /* no scan brings it back */
    assert_string_equal(job_of(fix, "o/0").state, "blocked");
    ok(fix, hs_store_job_hurry(fix->store, id, &fix->err)); /* a person does */
    assert_string_equal(job_of(fix, "o/0").state, "queued");
    assert_int_equal(job_of(fix, "o/0").crashes, 0);
}

static void what_survives_is_not_blamed(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row job = named("r", "o/0", "o/0");
    int64_t id = offer(fix, &job, false);

    ok(fix, hs_store_lock_jobs(fix->store, &fix->err));
    for (int i = 0; i < 5; i++) {
        crash(fix, id);
        ok(fix, hs_store_job_survived(fix->store, id, &fix->err));
    }
    assert_string_equal(job_of(fix, "o/0").state, "queued");
}

/* ---- clocks and rules ---- */
static void a_clock_that_jumps_leaves_the_waits_alone(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row job = named("r", "o/0", "o/0");

    job.due_ms = 10000;
    (void)offer(fix, &job, false);
    ok(fix, hs_store_jobs_shift(fix->store, 4000 + 3600, 3600, &fix->err));
    assert_int_equal(job_of(fix, "o/0").due_ms, 13600);
    ok(fix, hs_store_jobs_shift(fix->store, 7600 - 7200, -7200, &fix->err));
    assert_int_equal(job_of(fix, "o/0").due_ms, 6400);
}

static void jobs_of_rules_that_went_are_dropped(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row a = named("r", "o/0", "o/0"), b = named("s", "o/1", "o/1");
    struct hs_round_row round = {.rule = "s", .n = 3, .next_ms = 5}, *rows;
    const char *kept[] = {"r"};
    size_t n;

    (void)offer(fix, &a, false);
    (void)offer(fix, &b, false);
    ok(fix, hs_store_round_put(fix->store, &round, &fix->err));
    ok(fix, hs_store_rounds_keep(fix->store, kept, 1, &fix->err));
    assert_string_equal(job_of(fix, "o/0").state, "queued");
    assert_string_equal(job_of(fix, "o/1").state, "gone");
    ok(fix, hs_store_rounds(fix->store, &fix->pool, &rows, &n, &fix->err));
    assert_int_equal(n, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up_store, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_worker_takes_them_in_order),
        TEST(what_is_not_due_is_left),
        TEST(a_long_job_comes_after_the_short_ones),
        TEST(short_jobs_do_not_wait_behind_long_ones),
        TEST(workers_run_side_by_side_with_one_writer_for_a_target),
        TEST(a_job_that_may_not_be_claimed_stays),
        TEST(a_failed_job_stays_failed_after_a_run),
        TEST(a_retry_waits_through_scans_but_not_through_a_change),
        TEST(a_change_while_it_runs_makes_it_due_again),
        TEST(three_deaths_set_a_job_aside_with_an_alert),
        TEST(what_survives_is_not_blamed),
        TEST(a_clock_that_jumps_leaves_the_waits_alone),
        TEST(jobs_of_rules_that_went_are_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
