/* A site's pace: never above its limit, slower after a push-back, never asleep. */
#include "net/flow.h"
#include "net/pacer.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

static const int64_t T = 1000000;

static void a_burst_goes_at_once_and_then_one_a_gap(void **state)
{
    struct hs_pacer pacer = {0};
    static const int64_t want[] = {0, 0, 0, 0, 0, 1333, 2666, 4000};

    (void)state;
    hs_pacer_set(&pacer, 45, 60000, 5);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        int64_t start = hs_pacer_take(&pacer, T, 0) - T;

        assert_in_range(start, want[i], want[i] + 2);
    }
    assert_int_equal(hs_pacer_take(&pacer, T + 600000, 0), T + 600000); /* full again */
}

static void the_pace_is_never_above_the_limit(void **state)
{
    struct hs_pacer pacer = {0};

    (void)state;
    hs_pacer_set(&pacer, 6, 1000, 0);
    for (int i = 0; i < 6; i++)
        (void)hs_pacer_take(&pacer, T, i % 2 ? 1.0 : 0.0);
    assert_true(hs_pacer_take(&pacer, T, 0) >= T + 1000);
}

static void unlimited_means_now(void **state)
{
    struct hs_pacer pacer = {0};

    (void)state;
    hs_pacer_set(&pacer, 0, 0, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(hs_pacer_take(&pacer, T, 1), T);
}

static void a_push_back_halves_the_pace_and_it_recovers(void **state)
{
    struct hs_pacer pacer = {0};
    int64_t start;

    (void)state;
    hs_pacer_set(&pacer, 10, 1000, 1); /* a gap of 100 ms */
    hs_pacer_slow(&pacer, T);
    hs_pacer_slow(&pacer, T + 10); /* of the same moment: counts once */
    start = hs_pacer_take(&pacer, T + 10, 0);
    assert_int_equal(hs_pacer_take(&pacer, T + 10, 0) - start, 200);
    hs_pacer_slow(&pacer, T + 5000);
    start = hs_pacer_take(&pacer, T + 5000, 0);
    assert_int_equal(hs_pacer_take(&pacer, T + 5000, 0) - start, 400);
    start = hs_pacer_take(&pacer, T + 36000, 0);
    assert_int_equal(hs_pacer_take(&pacer, T + 36000, 0) - start, 200);
    start = hs_pacer_take(&pacer, T + 70000, 0);
    assert_int_equal(hs_pacer_take(&pacer, T + 70000, 0) - start, 100);
}

static void an_unlimited_site_that_pushes_back_gets_a_pace(void **state)
{
    struct hs_pacer pacer = {0};
    int64_t start;

    (void)state;
    hs_pacer_set(&pacer, 0, 0, 0);
    hs_pacer_slow(&pacer, T);
    start = hs_pacer_take(&pacer, T, 0);
    assert_int_equal(hs_pacer_take(&pacer, T, 0) - start, 200);
    assert_int_equal(hs_pacer_take(&pacer, T + 40000, 0), T + 40000);
    assert_int_equal(hs_pacer_take(&pacer, T + 40000, 0), T + 40000);
}

static void a_hold_stops_every_start_and_starts_one_by_one(void **state)
{
    struct hs_pacer pacer = {0};

    (void)state;
    hs_pacer_set(&pacer, 10, 1000, 5);
    hs_pacer_hold(&pacer, T + 3000);
    hs_pacer_hold(&pacer, T + 1000); /* a shorter one takes nothing back */
    assert_true(hs_pacer_is_held(&pacer, T));
    assert_int_equal(hs_pacer_take(&pacer, T, 0), T + 3000);
    assert_int_equal(hs_pacer_take(&pacer, T, 0), T + 3100);
    assert_false(hs_pacer_is_held(&pacer, T + 3000));
}

static void bytes_keep_to_their_rate(void **state)
{
    struct hs_flow flow = {0};
    uint64_t moved = 0;

    (void)state;
    hs_flow_set(&flow, 1000 * 1000);
    for (int64_t ms = T; ms < T + 10000;) {
        int64_t wait_ms = hs_flow_take(&flow, 16384, ms);

        if (wait_ms > 0)
            ms += wait_ms;
        else
            moved += 16384;
    }
    assert_in_range(moved, 9500000, 10300000);
}

static void bytes_given_back_do_not_count(void **state)
{
    struct hs_flow flow = {0};

    (void)state;
    hs_flow_set(&flow, 1000);
    assert_int_equal(hs_flow_take(&flow, 50000, T), 0);
    hs_flow_give_back(&flow, 50000);
    assert_int_equal(hs_flow_take(&flow, 50000, T), 0);
    assert_true(hs_flow_take(&flow, 1, T) > 40000);
    hs_flow_set(&flow, 0);
    assert_int_equal(hs_flow_take(&flow, 1, T), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_goes_at_once_and_then_one_a_gap),
        cmocka_unit_test(the_pace_is_never_above_the_limit),
        cmocka_unit_test(unlimited_means_now),
        cmocka_unit_test(a_push_back_halves_the_pace_and_it_recovers),
        cmocka_unit_test(an_unlimited_site_that_pushes_back_gets_a_pace),
        cmocka_unit_test(a_hold_stops_every_start_and_starts_one_by_one),
        cmocka_unit_test(bytes_keep_to_their_rate),
        cmocka_unit_test(bytes_given_back_do_not_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
