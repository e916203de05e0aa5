/* What people read: sizes, rates, times, a progress line, safe words; and whose code crashed. */
#include "cli/cli.h"
#include "cli/crash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void sizes_are_binary(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_string_equal(hs_bytes_text(&pool, 0), "0 B");
    assert_string_equal(hs_bytes_text(&pool, 1023), "1023 B");
    assert_string_equal(hs_bytes_text(&pool, 1024), "1.00 KiB");
    assert_string_equal(hs_bytes_text(&pool, 30000000), "28.6 MiB");
    assert_string_equal(hs_bytes_text(&pool, HUB_UNKNOWN), "?");
    assert_string_equal(hs_rate_text(&pool, 2048), "2.00 KiB/s");
}

static void times_are_rounded_up(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_string_equal(hs_span_text(&pool, 1), "1 s");
    assert_string_equal(hs_span_text(&pool, 59000), "59 s");
    assert_string_equal(hs_span_text(&pool, 65000), "1 min 05 s");
    assert_string_equal(hs_span_text(&pool, 7500000), "2 h 05 min");
}

static void long_words_lose_their_middle_between_characters(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_string_equal(hs_middle_cut(&pool, "short", 10), "short");
    assert_string_equal(hs_middle_cut(&pool, "weights/model-00001.safetensors", 11),
                        "weigh\xe2\x80\xa6nsors");
    assert_int_equal(hs_columns("\xe5\x90\x8d"
                                "e\xcc\x81\xff"),
                     4); /* 2 + 1 + 0 + 1 */
    assert_string_equal(hs_middle_cut(&pool, "\xe5\x90\x8d\xe5\x90\x8d.bin", 8),
                        "\xe5\x90\x8d\xe5\x90\x8d.bin");
    assert_string_equal(hs_middle_cut(&pool, "\xe5\x90\x8d\xe5\x90\x8d\xe5\x90\x8d", 5),
                        "\xe5\x90\x8d\xe2\x80\xa6\xe5\x90\x8d");
}

static void the_rate_is_that_of_the_last_ten_seconds(void **state)
{
    struct hs_rate_window window = {.n = 0};

    (void)state;
    assert_int_equal(hs_rate_per_s(&window), 0);
    for (int64_t s = 0; s <= 30; s++)
        hs_rate_add(&window, s * 1000, s <= 20 ? (uint64_t)s * 5000 : 100000);
    assert_int_equal(hs_rate_per_s(&window), 0); /* it has stood still for ten */
    for (int64_t s = 31; s <= 40; s++)
        hs_rate_add(&window, s * 1000, 100000 + (uint64_t)(s - 30) * 700);
    assert_int_equal(hs_rate_per_s(&window), 700);
}

static void a_progress_line_tells_phase_place_bar_rate_and_rest(void **state)
{
    struct hs_progress p = {.phase = HS_PHASE_TRANSFER,
                            .rule = "r",
                            .hub = "mo",
                            .repo = "acme/demo",
                            .repos_done = 2,
                            .repos_total = 7,
                            .bytes_done = 1 << 20,
                            .bytes_total = 4 << 20,
                            .resent_bytes = 1024};
    HUB_POOL(pool);

    (void)state;
    assert_string_equal(hs_progress_line(&pool, &p, 1 << 20, 200),
                        "transfer 3/7 mo:acme/demo [=====               ] 1.00 MiB of 4.00 MiB, "
                        "1.00 MiB/s, 3 s left, 1.00 KiB sent again");
}

static void a_progress_line_counts_the_files_on_their_way(void **state)
{
    struct hs_progress p = {.phase = HS_PHASE_TRANSFER,
                            .hub = "mo",
                            .repo = "acme/demo",
                            .repos_total = 1,
                            .files_total = 12};
    HUB_POOL(pool);

    (void)state;
    assert_string_equal(hs_progress_line(&pool, &p, 0, 200), "transfer 1/1 mo:acme/demo, 12 files");
}

static void a_progress_line_fits_the_screen(void **state)
{
    struct hs_progress p = {.rule = "r", .hub = "mo", .repo = "acme/a-very-long-name-indeed"};
    HUB_POOL(pool);

    (void)state;
    assert_int_equal(strlen(hs_progress_line(&pool, &p, 0, 20)), 20 + 2); /* … has three bytes */
}

static void control_characters_do_not_reach_a_terminal(void **state)
{
    HS_FREE char *plain =
        hs_plain_text("\x1b[31mred\x1b[0m\n\ttitle \x1b]0;x\x07 \x1b[2J\r \xc2\x9b"
                      "31m \xe5\x90\x8d");

    (void)state;
    assert_string_equal(plain, "\x1b[31mred\x1b[0m\n\ttitle ?]0;x? ?[2J? ??31m \xe5\x90\x8d");
}

static void an_address_in_a_provider_names_it(void **state)
{
    static const char LINE[] =
        "7f00a000-7f00b000 r-xp 00001000 08:01 123   /usr/lib/hubsync/plugins/hub-model-x.so";
    const char *name;
    int n = 0;

    (void)state;
    name = hs_crash_plugin(LINE, 0x7f00a010, &n);
    assert_non_null(name);
    assert_int_equal(n, 7);
    assert_memory_equal(name, "model-x", 7);
    assert_null(hs_crash_plugin(LINE, 0x7f00b000, &n));
    assert_null(hs_crash_plugin("7f00a000-7f00b000 r-xp 0 08:01 1 /lib/libc.so.6", 0x7f00a010, &n));
    assert_null(hs_crash_plugin("7f00a000-7f00b000 rw-p 0 00:00 0", 0x7f00a010, &n));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_binary),
        cmocka_unit_test(times_are_rounded_up),
        cmocka_unit_test(long_words_lose_their_middle_between_characters),
        cmocka_unit_test(the_rate_is_that_of_the_last_ten_seconds),
        cmocka_unit_test(a_progress_line_tells_phase_place_bar_rate_and_rest),
        cmocka_unit_test(a_progress_line_counts_the_files_on_their_way),
        cmocka_unit_test(a_progress_line_fits_the_screen),
        cmocka_unit_test(control_characters_do_not_reach_a_terminal),
        cmocka_unit_test(an_address_in_a_provider_names_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
