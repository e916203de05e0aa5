#include "conf/conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define N(rows) (sizeof rows / sizeof *rows)

static void sizes_have_a_unit_or_are_zero(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {
        {"0", 0},
        {"0GiB", 0},
        {"1B", 1},
        {"3KiB", 3072},
        {"2MiB", 2097152},
        {"500GiB", 536870912000},
        {"1TiB", 1099511627776},
        {"5kB", 5000},
        {"5MB", 5000000},
        {"5GB", 5000000000},
        {"5TB", 5000000000000},
    };
    static const char *const bad[] = {
        "",
        "5",
        "B",
        "5 GiB",
        " 5GiB",
        "5GiB ",
        "5gib",
        "5KB",
        "5Gib",
        "5G",
        "-1B",
        "+1B",
        "1.5GiB",
        "05B",
        "0x5B",
        "18446744073709551616B",
        "9000000000TiB",
        "5GiB/s",
        "1_000B",
    };
    uint64_t bytes = 7;

    (void)state;
    for (size_t i = 0; i < N(rows); i++) {
        assert_int_equal(hs_parse_bytes(rows[i].text, &bytes), 0);
        assert_int_equal(bytes, rows[i].bytes);
    }
    bytes = 7;
    for (size_t i = 0; i < N(bad); i++)
        if (hs_parse_bytes(bad[i], &bytes) == 0)
            fail_msg("\"%s\" was taken", bad[i]);
    assert_int_equal(bytes, 7);
}

static void times_have_a_unit_or_are_zero(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {{"0", 0},        {"0s", 0},         {"250ms", 250},   {"60s", 60000},
                {"10m", 600000}, {"12h", 43200000}, {"7d", 604800000}};
    static const char *const bad[] = {"",      "5",   "5 s",  "5S", "5min", "5sec",
                                      "1h30m", "-5s", "5.5h", "5D", "5mss", "999999999999999999d"};
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < N(rows); i++) {
        assert_int_equal(hs_parse_ms(rows[i].text, &ms), 0);
        assert_int_equal(ms, rows[i].ms);
    }
    for (size_t i = 0; i < N(bad); i++)
        if (hs_parse_ms(bad[i], &ms) == 0)
            fail_msg("\"%s\" was taken", bad[i]);
}

static void rates_are_a_number_in_a_window(void **state)
{
    static const struct {
        const char *text;
        uint32_t requests, window_ms;
    } rows[] = {{"6/s", 6, 1000},
                {"45/min", 45, 60000},
                {"1000/h", 1000, 3600000},
                {"0", 0, 0},
                {"0/s", 0, 0}};
    static const char *const bad[] = {"",   "6",   "6/m",   "6/sec",       "6 /s",
                                      "/s", "6/S", "0.5/s", "4294967296/s"};
    struct hs_rate rate;

    (void)state;
    for (size_t i = 0; i < N(rows); i++) {
        assert_int_equal(hs_parse_rate(rows[i].text, &rate), 0);
        assert_true(rate.is_set);
        assert_int_equal(rate.requests, rows[i].requests);
        assert_int_equal(rate.window_ms, rows[i].window_ms);
    }
    for (size_t i = 0; i < N(bad); i++)
        if (hs_parse_rate(bad[i], &rate) == 0)
            fail_msg("\"%s\" was taken", bad[i]);
}

static void speeds_are_sizes_a_second(void **state)
{
    static const char *const bad[] = {"50MiB", "50", "50/s", "50MiB/min", "50mib/s", "50MiB/s/s"};
    uint64_t bps;

    (void)state;
    assert_int_equal(hs_parse_bps("50MiB/s", &bps), 0);
    assert_int_equal(bps, 52428800);
    assert_int_equal(hs_parse_bps("0", &bps), 0);
    assert_int_equal(bps, 0);
    for (size_t i = 0; i < N(bad); i++)
        if (hs_parse_bps(bad[i], &bps) == 0)
            fail_msg("\"%s\" was taken", bad[i]);
}

static void truths_and_plain_numbers(void **state)
{
    bool value = true;
    uint64_t number;

    (void)state;
    assert_int_equal(hs_parse_bool("false", &value), 0);
    assert_false(value);
    assert_int_equal(hs_parse_bool("true", &value), 0);
    assert_true(value);
    assert_int_equal(hs_parse_bool("True", &value), -1);
    assert_int_equal(hs_parse_bool("yes", &value), -1);
    assert_int_equal(hs_parse_uint("18446744073709551615", &number), 0);
    assert_true(number == UINT64_MAX);
    assert_int_equal(hs_parse_uint("18446744073709551616", &number), -1);
    assert_int_equal(hs_parse_uint("007", &number), -1);
    assert_int_equal(hs_parse_uint("-1", &number), -1);
}

static void the_nearest_word_is_near(void **state)
{
    static const char *const words[] = {"plugin", "owner", "token", "tokens", "endpoint", "access"};
    static const struct {
        const char *word, *nearest;
    } rows[] = {{"onwer", "owner"},
                {"plugn", "plugin"},
                {"Token", "token"},
                {"tokens", "tokens"},
                {"end_point", "endpoint"},
                {"acess", "access"},
                {"completely", NULL},
                {"x", NULL},
                {"", NULL}};
    char huge[200];

    (void)state;
    for (size_t i = 0; i < N(rows); i++) {
        const char *near = hs_nearest(rows[i].word, words, N(words));

        if (rows[i].nearest)
            assert_string_equal(near, rows[i].nearest);
        else
            assert_null(near);
    }
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    assert_null(hs_nearest(huge, words, N(words)));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_have_a_unit_or_are_zero),
        cmocka_unit_test(times_have_a_unit_or_are_zero),
        cmocka_unit_test(rates_are_a_number_in_a_window),
        cmocka_unit_test(speeds_are_sizes_a_second),
        cmocka_unit_test(truths_and_plain_numbers),
        cmocka_unit_test(the_nearest_word_is_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
