#include "support/store_test.h"

static struct hs_job_row job(int64_t due_ms, const char *reason, uint32_t attempts)
{
    return (struct hs_job_row){.rule = "r",
                               .from_hub = "a",
                               .from_repo = "o/n",
                               .to_hub = "b",
                               .to_repo = "o/n",
                               .due_ms = due_ms,
                               .reason = reason,
                               .attempts = attempts};
}

static int64_t put(struct fixture *fix, int64_t due_ms, const char *reason, uint32_t attempts)
{
    struct hs_job_row row = job(due_ms, reason, attempts);
    int64_t id = 0;

    ok(fix, hs_store_job_put(fix->store, &row, &id, &fix->err));
    return id;
}

static struct hs_job_row only_job(struct fixture *fix)
{
    struct hs_job_row *rows;
    size_t n;

    ok(fix, hs_store_jobs(fix->store, &fix->pool, &rows, &n, &fix->err));
    assert_int_equal(n, 1);
    return rows[0];
}

static size_t n_jobs(struct fixture *fix)
{
    struct hs_job_row *rows;
    size_t n;

    ok(fix, hs_store_jobs(fix->store, &fix->pool, &rows, &n, &fix->err));
    return n;
}

static void end(struct fixture *fix, int64_t id, const char *state, const char *error)
{
    ok(fix, hs_store_job_start(fix->store, id, 1000, &fix->err));
    ok(fix, hs_store_job_end(fix->store, id, state, error, 2000, &fix->err));
}

static void no_second_job_for_one_link(void **state)
{
    struct fixture *fix = *state;
    int64_t id = put(fix, 500, "scan", 0);

    assert_int_equal(put(fix, 900, "later", 3), id);
    assert_string_equal(only_job(fix).reason, "scan");
    assert_int_equal(only_job(fix).due_ms, 500);
    assert_int_equal(put(fix, 100, "trigger", 2), id);
    assert_string_equal(only_job(fix).reason, "trigger");
    assert_int_equal(only_job(fix).due_ms, 100);
    assert_int_equal(only_job(fix).attempts, 2);
    assert_string_equal(only_job(fix).state, "queued");
}

static void jobs_come_in_order_of_due_time(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row *rows, row = job(50, "x", 0);
    int64_t id;
    size_t n;

    (void)put(fix, 500, "scan", 0);
    row.to_hub = "c";
    ok(fix, hs_store_job_put(fix->store, &row, &id, &fix->err));
    ok(fix, hs_store_jobs(fix->store, &fix->pool, &rows, &n, &fix->err));
    assert_int_equal(n, 2);
    assert_string_equal(rows[0].to_hub, "c");
    assert_string_equal(rows[1].to_hub, "b");
}

static void a_done_job_is_gone(void **state)
{
    struct fixture *fix = *state;
    int64_t id = put(fix, 500, "scan", 0);

    end(fix, id, "done", "");
    assert_int_equal(n_jobs(fix), 0);
    assert_true(put(fix, 500, "scan", 0) > id); /* ids are not used again */
}

static void a_failed_job_waits_to_be_put_again(void **state)
{
    struct fixture *fix = *state;
    int64_t id = put(fix, 500, "scan", 0);
    struct hs_job_row failed;

    end(fix, id, "failed", "temporary");
    failed = only_job(fix);
    assert_string_equal(failed.state, "failed");
    assert_string_equal(failed.error, "temporary");
    assert_int_equal(failed.attempts, 1);
    assert_int_equal(failed.started_ms, 0);
    assert_int_equal(hs_store_job_start(fix->store, id, 1, &fix->err), HUB_ENOTFOUND);
    assert_int_equal(put(fix, 60000, "retry", failed.attempts), id);
    assert_int_equal(only_job(fix).due_ms, 60000);
    assert_int_equal(only_job(fix).attempts, 1);
    assert_string_equal(only_job(fix).state, "queued");
}

static void a_job_asked_for_while_it_runs_is_due_again(void **state)
{
    struct fixture *fix = *state;
    int64_t id = put(fix, 500, "scan", 4);

    ok(fix, hs_store_job_start(fix->store, id, 1000, &fix->err));
    assert_int_equal(only_job(fix).started_ms, 1000);
    assert_int_equal(put(fix, 3000, "changed", 0), id);
    assert_int_equal(put(fix, 1500, "trigger", 0), id);
    assert_int_equal(put(fix, 9000, "later", 0), id);
    assert_string_equal(only_job(fix).state, "running");
    ok(fix, hs_store_job_end(fix->store, id, "done", "", 2000, &fix->err));
    assert_string_equal(only_job(fix).state, "queued");
    assert_string_equal(only_job(fix).reason, "trigger");
    assert_int_equal(only_job(fix).due_ms, 1500);
    assert_int_equal(only_job(fix).attempts, 0);
    end(fix, id, "done", "");
    assert_int_equal(n_jobs(fix), 0);
}

static void interruption_uses_no_attempt(void **state)
{
    struct fixture *fix = *state;
    int64_t id = put(fix, 500, "scan", 2);

    end(fix, id, "interrupted", "");
    assert_string_equal(only_job(fix).state, "queued");
    assert_int_equal(only_job(fix).attempts, 2);
    assert_int_equal(only_job(fix).due_ms, 500);
    assert_int_equal(only_job(fix).started_ms, 0);
}

static void a_job_starts_and_ends_once(void **state)
{
    struct fixture *fix = *state;
    int64_t id = put(fix, 500, "scan", 0);

    assert_int_equal(hs_store_job_end(fix->store, id, "done", "", 1, &fix->err), HUB_ENOTFOUND);
    ok(fix, hs_store_job_start(fix->store, id, 1, &fix->err));
    assert_int_equal(hs_store_job_start(fix->store, id, 1, &fix->err), HUB_ENOTFOUND);
    assert_int_equal(hs_store_job_drop(fix->store, id, &fix->err), HUB_ENOTFOUND);
    ok(fix, hs_store_job_end(fix->store, id, "blocked", "safety", 1, &fix->err));
    assert_int_equal(hs_store_job_end(fix->store, id, "done", "", 1, &fix->err), HUB_ENOTFOUND);
    ok(fix, hs_store_job_drop(fix->store, id, &fix->err));
    assert_int_equal(n_jobs(fix), 0);
}

static int64_t left_running;

static void run_and_die(struct fixture *fix)
{
    const struct hs_run_row run = {
        .rule = "r", .repo = "o/n", .hub = "b", .status = "running", .started_ms = 1000};
    int64_t run_id;

    if (hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err) < 0 ||
        hs_store_lock_jobs(fix->store, &fix->err) < 0)
        _exit(1);
    left_running = put(fix, 500, "scan", 3);
    ok(fix, hs_store_job_start(fix->store, left_running, 1000, &fix->err));
    ok(fix, hs_store_run_start(fix->store, &run, &run_id, &fix->err));
    (void)put(fix, 1200, "changed", 0);
    (void)kill(getpid(), SIGKILL);
}

static void recover_uses_no_attempt(void **state)
{
    struct fixture *fix = *state;
    struct hs_run_row *runs;
    struct hs_job_row found;
    size_t n;

    assert_killed(in_child(fix, run_and_die));
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    assert_int_equal(hs_store_jobs_recover(fix->store, &fix->err), HUB_EBUG); /* no lock yet */
    ok(fix, hs_store_lock_jobs(fix->store, &fix->err));
    ok(fix, hs_store_jobs_recover(fix->store, &fix->err));
    found = only_job(fix);
    assert_string_equal(found.state, "queued");
    assert_int_equal(found.attempts, 3);
    assert_int_equal(found.due_ms, 500);
    ok(fix, hs_store_runs(fix->store, &fix->pool, 0, &runs, &n, &fix->err));
    assert_int_equal(n, 1);
    assert_string_equal(runs[0].status, "interrupted");
    assert_int_equal(runs[0].ended_ms, 0);
}

#define with_store(test)  cmocka_unit_test_setup_teardown(test, set_up_store, tear_down)
#define with_folder(test) cmocka_unit_test_setup_teardown(test, set_up_folder, tear_down)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        with_store(no_second_job_for_one_link),
        with_store(jobs_come_in_order_of_due_time),
        with_store(a_done_job_is_gone),
        with_store(a_failed_job_waits_to_be_put_again),
        with_store(a_job_asked_for_while_it_runs_is_due_again),
        with_store(interruption_uses_no_attempt),
        with_store(a_job_starts_and_ends_once),
        with_folder(recover_uses_no_attempt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
