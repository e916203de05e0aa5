#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "data/cron.h"

static void use_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static struct hs_cron parsed(const char *text)
{
    struct hs_cron cron;
    const char *why = "";

    if (hs_cron_parse(text, &cron, &why) < 0)
        fail_msg("%s: %s", text, why);
    return cron;
}

static int64_t utc(const char *text)
{
    struct tm tm = {0};

    assert_non_null(strptime(text, "%Y-%m-%d %H:%M", &tm));
    return (int64_t)timegm(&tm) * 1000;
}

/* In UTC. */
static const char *next(const char *cron_text, const char *after)
{
    static char out[32];
    struct hs_cron cron = parsed(cron_text);
    time_t at = (time_t)(hs_cron_next(&cron, utc(after)) / 1000);
    struct tm tm;

    (void)gmtime_r(&at, &tm);
    (void)strftime(out, sizeof out, "%Y-%m-%d %H:%M", &tm);
    return out;
}

static void ranges_steps_lists_and_names_are_read(void **state)
{
    (void)state;
    use_zone("UTC0");
    assert_string_equal(next("30 2 * * *", "2026-01-01 02:29"), "2026-01-01 02:30");
    assert_string_equal(next("30 2 * * *", "2026-01-01 02:30"), "2026-01-02 02:30");
    assert_string_equal(next("*/15 * * * *", "2026-01-01 02:31"), "2026-01-01 02:45");
    assert_string_equal(next("10-40/10,55 6 * * *", "2026-01-01 06:40"), "2026-01-01 06:55");
    assert_string_equal(next("5/20 * * * *", "2026-01-01 06:26"), "2026-01-01 06:45");
    assert_string_equal(next("0 0 1 JAN,jul *", "2026-01-01 00:00"), "2026-07-01 00:00");
    assert_string_equal(next("0 9 * * MON-FRI", "2026-11-20 09:00"), "2026-11-23 09:00");
    assert_string_equal(next("0 9 * * 7", "2026-11-20 09:00"), "2026-11-22 09:00");
    assert_string_equal(next("0 0 29 2 *", "2026-03-01 00:00"), "2028-02-29 00:00");
}

static void day_or_weekday_where_both_are_said(void **state)
{
    (void)state;
    use_zone("UTC0");
    assert_string_equal(next("0 0 13 * FRI", "2026-11-13 00:00"), "2026-11-20 00:00");
    assert_string_equal(next("0 0 */2 * FRI", "2026-11-13 00:00"), "2026-11-27 00:00");
}

static void what_is_no_cron_is_refused_with_its_field(void **state)
{
    static const char *const bad[][2] = {
        {"60 * * * *", "minute"},  {"* 24 * * *", "hour"},     {"* * 0 * *", "day"},
        {"* * * 13 *", "month"},   {"* * * * 8", "weekday"},   {"* * * *", "fewer"},
        {"* * * * * *", "more"},   {"5-1 * * * *", "minute"},  {"*/0 * * * *", "minute"},
        {"1,,2 * * * *", "minute"}, {"* * * * MONDAY", "weekday"}, {"", "fewer"},
    };
    struct hs_cron cron;
    const char *why;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(hs_cron_parse(bad[i][0], &cron, &why), -1);
        assert_non_null(strstr(why, bad[i][1]));
    }
}

static void a_day_that_never_comes_has_no_next(void **state)
{
    struct hs_cron cron = parsed("0 0 31 2 *");

    (void)state;
    use_zone("UTC0");
    assert_int_equal(hs_cron_next(&cron, 0), -1);
}

/* Central Europe 2026: forward on 29 March at 01:00 UTC (02:00 → 03:00), back on 25 October at
 * 01:00 UTC (03:00 → 02:00). */
#define EUROPE "CET-1CEST,M3.5.0,M10.5.0/3"

static void a_skipped_time_is_due_once_right_after(void **state)
{
    (void)state;
    use_zone(EUROPE);
    assert_string_equal(next("30 2 * * *", "2026-03-28 12:00"), "2026-03-29 01:00");
    assert_string_equal(next("30 2 * * *", "2026-03-29 01:00"), "2026-03-30 00:30");
    assert_string_equal(next("*/10 2 * * *", "2026-03-28 12:00"), "2026-03-29 01:00");
    assert_string_equal(next("*/10 2 * * *", "2026-03-29 01:00"), "2026-03-30 00:00");
    assert_string_equal(next("30 3 * * *", "2026-03-28 12:00"), "2026-03-29 01:30");
}

static void a_repeated_time_is_due_in_its_first_pass(void **state)
{
    (void)state;
    use_zone(EUROPE);
    assert_string_equal(next("30 2 * * *", "2026-10-24 12:00"), "2026-10-25 00:30");
    assert_string_equal(next("30 2 * * *", "2026-10-25 00:30"), "2026-10-26 01:30");
    assert_string_equal(next("30 * * * *", "2026-10-25 00:30"), "2026-10-25 01:30");
    assert_string_equal(next("0 3 * * *", "2026-10-24 12:00"), "2026-10-25 02:00");
}

static void halves_of_an_hour_are_no_trouble(void **state)
{
    (void)state;
    use_zone("LHST-10:30LHDT-11,M10.1.0,M4.1.0"); /* half an hour forward at 02:00 in October */
    assert_string_equal(next("15 2 * * *", "2026-10-03 00:00"), "2026-10-03 15:30");
    use_zone("CST-8");
    assert_string_equal(next("0 3 * * *", "2026-11-24 00:00"), "2026-11-24 19:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_steps_lists_and_names_are_read),
        cmocka_unit_test(day_or_weekday_where_both_are_said),
        cmocka_unit_test(what_is_no_cron_is_refused_with_its_field),
        cmocka_unit_test(a_day_that_never_comes_has_no_next),
        cmocka_unit_test(a_skipped_time_is_due_once_right_after),
        cmocka_unit_test(a_repeated_time_is_due_in_its_first_pass),
        cmocka_unit_test(halves_of_an_hour_are_no_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
