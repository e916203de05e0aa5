/* How long a request waits before it is tried again. */
#include "net/retry.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND };

static void waits_follow_the_table(void **state)
{
    static const struct {
        int status;
        uint32_t attempts, tried;
        int64_t max_wait_ms, retry_after_ms;
        double random;
        int64_t want;
    } rows[] = {
        {HUB_EAGAIN, 5, 1, 0, -1, 0.5, 500},
        {HUB_EAGAIN, 5, 2, 0, -1, 0.5, 1000},
        {HUB_EAGAIN, 5, 4, 0, -1, 0.5, 4000},
        {HUB_EAGAIN, 5, 1, 0, -1, 0.0, 400},
        {HUB_EAGAIN, 5, 1, 0, -1, 1.0, 600},
        {HUB_ETHROTTLED, 5, 1, 0, -1, 0.5, 2000},
        {HUB_ETHROTTLED, 5, 3, 0, -1, 0.5, 8000},
        {HUB_EFIREWALL, 5, 1, 0, -1, 0.5, 3000},
        {HUB_EFIREWALL, 5, 2, 0, -1, 0.5, 6000},
        {HUB_EFIREWALL, 50, 40, 0, -1, 0.5, MINUTE},             /* never above a minute */
        {HUB_ETHROTTLED, 5, 4, 5 * SECOND, -1, 0.5, 5 * SECOND}, /* nor above max_wait */
        {HUB_EAGAIN, 5, 5, 0, -1, 0.5, -1},
        {HUB_EAGAIN, 0, 4, 0, -1, 0.5, 4000}, /* the default is 5 */
        {HUB_EAGAIN, 0, 5, 0, -1, 0.5, -1},
        {HUB_EAGAIN, 1, 1, 0, -1, 0.5, -1},
        {HUB_ETHROTTLED, 5, 1, 0, 90 * SECOND, 0.5, 90 * SECOND},
        {HUB_ETHROTTLED, 5, 1, 0, 10 * MINUTE, 0.5, 10 * MINUTE},
        {HUB_ETHROTTLED, 5, 1, 0, 10 * MINUTE + 1, 0.5, -1}, /* longer than we wait */
        {HUB_ETHROTTLED, 5, 1, SECOND, 2 * SECOND, 0.5, -1},
        {HUB_EAGAIN, 5, 1, 0, 0, 0.5, 0},
        {HUB_ETHROTTLED, 5, 5, 0, SECOND, 0.5, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hs_retry retry = {rows[i].attempts, rows[i].max_wait_ms};

        assert_int_equal(hs_retry_wait(&retry, rows[i].status, rows[i].tried,
                                       rows[i].retry_after_ms, rows[i].random),
                         rows[i].want);
    }
}

static void retry_after_is_read_in_both_forms(void **state)
{
    static const int64_t now_ms = INT64_C(784111777000); /* Sun, 06 Nov 1994 08:49:37 GMT */
    static const struct {
        const char *value;
        int64_t want;
    } rows[] = {
        {NULL, -1},
        {"", -1},
        {"0", 0},
        {"7", 7000},
        {" 120 ", 120000},
        {"-3", -1},
        {"1.5", -1},
        {"3s", -1},
        {"soon", -1},
        {"99999999999999999999", INT64_MAX},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
        {"Sun, 06 Nov 1994 08:50:37 GMT", 60000},
        {"Sun, 06 Nov 1994 08:48:37 GMT", 0}, /* over already */
        {"Mon, 07 Nov 1994 08:49:37 GMT", INT64_C(86400000)},
        {"Sun, 06 Nov 1994 08:50:37", -1},
        {"Sun, 06 Nov 1994 08:50:37 CET", -1},
        {"Sun, 06 Foo 1994 08:50:37 GMT", -1},
        {"Sun, 36 Nov 1994 08:50:37 GMT", -1},
        {"Sun, 06 Nov 1994 28:50:37 GMT", -1},
        {"Sun, 06 Nov 1994 08:50:37 GMT; x", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(hs_retry_after(rows[i].value, now_ms), rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_follow_the_table),
        cmocka_unit_test(retry_after_is_read_in_both_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
