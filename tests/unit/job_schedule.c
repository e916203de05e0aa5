#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "job/schedule.h"

#define HOUR INT64_C(3600000)
#define NOW  INT64_C(1790000000000)

static struct hs_rule every(int64_t ms)
{
    struct hs_rule rule = {.name = "r"};

    rule.schedule.every_ms = ms;
    rule.schedule.cron = "";
    return rule;
}

static struct hs_rule cron(const char *text)
{
    struct hs_rule rule = every(0);

    rule.schedule.cron = text;
    return rule;
}

static int64_t next(const struct hs_rule *rule, int64_t last_start_ms, uint64_t n)
{
    struct hs_rounds rounds = {last_start_ms, n};

    return hs_schedule_next(rule, &rounds, NOW);
}

static void the_first_round_is_now(void **state)
{
    struct hs_rule a = every(12 * HOUR), b = cron("0 3 * * *"), c = every(0);

    (void)state;
    a.schedule.jitter_ms = HOUR;
    assert_true(next(&a, 0, 0) == NOW);
    assert_true(next(&b, 0, 0) == NOW);
    assert_true(next(&c, 0, 0) == NOW);
}

static void every_counts_from_the_last_start(void **state)
{
    struct hs_rule rule = every(12 * HOUR);

    (void)state;
    assert_true(next(&rule, NOW - 2 * HOUR, 1) == NOW + 10 * HOUR);
}

static void without_a_schedule_there_is_one_round(void **state)
{
    struct hs_rule rule = every(0);

    (void)state;
    assert_true(next(&rule, NOW - 1000, 1) == -1);
}

static void missed_rounds_are_made_up_once(void **state)
{
    struct hs_rule rule = every(HOUR);
    int64_t due = next(&rule, NOW - 100 * HOUR, 1);

    (void)state;
    assert_true(due <= NOW);
    assert_true(next(&rule, NOW, 2) == NOW + HOUR);
}

static void a_clock_put_back_does_not_stall(void **state)
{
    struct hs_rule a = every(HOUR), b = cron("0 * * * *");

    (void)state;
    assert_true(next(&a, NOW + 48 * HOUR, 3) == NOW + HOUR);
    assert_true(next(&b, NOW + 48 * HOUR, 3) <= NOW + HOUR);
    assert_true(next(&b, NOW + 48 * HOUR, 3) > NOW);
}

static void jitter_is_bounded_and_the_same_for_a_round(void **state)
{
    struct hs_rule rule = every(HOUR);
    int64_t first, seen_other = 0;

    (void)state;
    rule.schedule.jitter_ms = HOUR / 4;
    first = next(&rule, NOW, 1);
    for (uint64_t n = 1; n < 200; n++) {
        int64_t due = next(&rule, NOW, n);
        assert_in_range(due, NOW + HOUR, NOW + HOUR + HOUR / 4);
        assert_true(due == next(&rule, NOW, n));
        seen_other += due != first;
    }
    assert_true(seen_other > 100);
}

static void failures_wait_longer_and_longer(void **state)
{
    static const int64_t minutes[] = {1, 5, 30, 120, 360, 360, 360};

    (void)state;
    for (uint32_t i = 0; i < sizeof minutes / sizeof *minutes; i++)
        assert_true(hs_retry_ladder_ms(i + 1) == minutes[i] * 60000);
    assert_true(hs_retry_ladder_ms(UINT32_MAX) == 6 * HOUR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_round_is_now),
        cmocka_unit_test(every_counts_from_the_last_start),
        cmocka_unit_test(without_a_schedule_there_is_one_round),
        cmocka_unit_test(missed_rounds_are_made_up_once),
        cmocka_unit_test(a_clock_put_back_does_not_stall),
        cmocka_unit_test(jitter_is_bounded_and_the_same_for_a_round),
        cmocka_unit_test(failures_wait_longer_and_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
