/* The clock, failpoints and the loader. */
#include "base/clock.h"
#include "base/dl.h"
#include "base/failpoint.h"
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static int64_t fixed_now(void)
{
    return 42;
}

static int64_t fixed_mono(void)
{
    return 7;
}

static void a_clock_can_be_put_in(void **state)
{
    static const struct hs_clock FIXED = {fixed_now, fixed_mono};
    int64_t before = hs_mono_ms();

    (void)state;
    hs_clock_set(&FIXED);
    assert_int_equal(hs_now_ms(), 42);
    assert_int_equal(hs_mono_ms(), 7);
    hs_clock_set(NULL);
    assert_true(hs_now_ms() > INT64_C(1600000000000));
    assert_true(hs_mono_ms() >= before);
}

static void times_are_printed_in_utc(void **state)
{
    char out[HS_TIME_BYTES];

    (void)state;
    assert_string_equal(hs_time_rfc3339(0, out), "1970-01-01T00:00:00Z");
    assert_string_equal(hs_time_rfc3339(INT64_C(1795526706789), out), "2026-11-24T13:25:06Z");
    assert_string_equal(hs_time_rfc3339_ms(INT64_C(1795526706089), out),
                        "2026-11-24T13:25:06.089Z");
    assert_string_equal(hs_time_rfc3339_ms(INT64_MAX, out), "9999-12-31T23:59:59.999Z");
    assert_string_equal(hs_time_rfc3339_ms(INT64_MIN, out), "1970-01-01T00:00:00.000Z");
}

static void random_stays_within_0_and_1_and_moves(void **state)
{
    double low = 1, high = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        double value = hs_random();

        assert_true(value >= 0 && value < 1);
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    assert_true(low < 0.2 && high > 0.8);
}

#ifdef HS_FAILPOINTS
/* How a child ends that passes the point three times: 0, or the signal it died of. */
static int pass_with(const char *wanted, int *n_passed)
{
    int status, fds[2];
    char passed[4];
    pid_t child;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    if (child == 0) {
        (void)setenv("HUBSYNC_FAILPOINT", wanted, 1);
        for (int i = 0; i < 3; i++) {
            HS_FAILPOINT("test.other");
            HS_FAILPOINT("test.point");
            if (write(fds[1], "x", 1) != 1)
                _exit(2);
        }
        _exit(0);
    }
    (void)close(fds[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    *n_passed = (int)read(fds[0], passed, sizeof passed);
    (void)close(fds[0]);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void a_failpoint_kills_the_time_it_is_told(void **state)
{
    static const struct {
        const char *wanted;
        int end, n_passed;
    } CASES[] = {
        {"test.point", SIGKILL, 0},   {"test.point:1", SIGKILL, 0},
        {"test.point:3", SIGKILL, 2}, {"test.point:4", 0, 3},
        {"test.poin", 0, 3},          {"test.points", 0, 3},
        {"test.point.more", 0, 3},    {"", 0, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int n_passed;

        assert_int_equal(pass_with(CASES[i].wanted, &n_passed), CASES[i].end);
        assert_int_equal(n_passed, CASES[i].n_passed);
    }
}
#endif

static void a_library_that_does_not_load_is_named_with_the_reason(void **state)
{
    void *handle = &handle;
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_dl_open("/no/such/hub-none.so", &handle, &err), HS_EPLUGIN);
    assert_ptr_equal(handle, &handle);
    assert_ptr_equal(strstr(hs_err_text(&err), "/no/such/hub-none.so: "), err.message);
    assert_int_equal(hs_dl_open(__FILE__, &handle, &err), HS_EPLUGIN); /* a text is no library */
}

static void symbols_of_a_library_are_found(void **state)
{
    void *handle = NULL;
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_dl_open("libc.so.6", &handle, &err), 0);
    assert_non_null(hs_dl_symbol(handle, "strlen"));
    assert_null(hs_dl_symbol(handle, "hub_plugin"));
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_clock_can_be_put_in),
        cmocka_unit_test(times_are_printed_in_utc),
        cmocka_unit_test(random_stays_within_0_and_1_and_moves),
#ifdef HS_FAILPOINTS
        cmocka_unit_test(a_failpoint_kills_the_time_it_is_told),
#endif
        cmocka_unit_test(a_library_that_does_not_load_is_named_with_the_reason),
        cmocka_unit_test(symbols_of_a_library_are_found),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
