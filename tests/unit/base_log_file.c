/* A log that turns at local midnight: nothing is lost, old days have their own files. */
#include "base/clock.h"
#include "base/log.h"
#include "base/log_file.h"
#include "base/mem.h"
#include <fcntl.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static int64_t now;
static int64_t clock_now(void)
{
    return now;
}
static const struct hs_clock CLOCK = {clock_now, clock_now};

static char folder[64], path[128];
static char text[4096];

/* 2026-11-24 23:30 in Shanghai, which is UTC+8 all year. */
static const int64_t EVENING = INT64_C(1795534200000);
enum { HOUR = 3600 * 1000, DAY = 24 * HOUR };

static int set_up(void **state)
{
    (void)state;
    (void)strcpy(folder, "/tmp/hubsync-log-XXXXXX");
    if (!mkdtemp(folder) || hs_zone_set("Asia/Shanghai") < 0)
        return -1;
    (void)snprintf(path, sizeof path, "%s/info.log", folder);
    hs_clock_set(&CLOCK);
    now = EVENING;
    return 0;
}

static int tear_down(void **state)
{
    char command[128];

    (void)state;
    hs_log_set_file(NULL);
    hs_log_setup(HS_LOG_WARN, HS_LOG_TEXT, NULL, 0);
    hs_clock_set(NULL);
    (void)snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static struct hs_log_file *open_log(uint64_t keep)
{
    struct hs_log_file *file;
    HS_ERR(err);

    assert_int_equal(hs_log_file_open(path, true, keep, &file, &err), 0);
    return file;
}

static void line(struct hs_log_file *file, const char *words)
{
    FILE *stream = hs_log_file_at(file, now);

    assert_true(fprintf(stream, "%s\n", words) > 0);
    assert_int_equal(fflush(stream), 0);
}

/* What a file beside the log holds; NULL if there is none. */
static const char *content(const char *name)
{
    char at[160];
    FILE *file;
    size_t n;

    (void)snprintf(at, sizeof at, "%s/%s", folder, name);
    file = fopen(at, "r");
    if (!file)
        return NULL;
    n = fread(text, 1, sizeof text - 1, file);
    text[n] = '\0';
    (void)fclose(file);
    return text;
}

static void the_file_turns_at_local_midnight(void **state)
{
    struct hs_log_file *file = open_log(90);

    (void)state;
    line(file, "evening");
    now += HOUR;
    line(file, "next day");
    assert_string_equal(content("info.log.2026-11-24"), "evening\n");
    assert_string_equal(content("info.log"), "next day\n");
    hs_log_file_close(file);
}

static void lines_of_yesterday_are_set_aside_at_start(void **state)
{
    struct hs_log_file *file = open_log(90);
    struct timespec times[2] = {{EVENING / 1000, 0}, {EVENING / 1000, 0}};

    (void)state;
    line(file, "before the restart");
    hs_log_file_close(file);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    now += HOUR;
    file = open_log(90);
    line(file, "after");
    assert_string_equal(content("info.log.2026-11-24"), "before the restart\n");
    assert_string_equal(content("info.log"), "after\n");
    hs_log_file_close(file);
}

static void only_the_newest_old_files_are_kept(void **state)
{
    struct hs_log_file *file = open_log(2);
    char other[160];

    (void)state;
    (void)snprintf(other, sizeof other, "%s/info.log.note", folder);
    assert_true(close(open(other, O_CREAT | O_WRONLY, 0600)) == 0);
    for (int i = 0; i < 5; i++, now += DAY)
        line(file, "x");
    assert_null(content("info.log.2026-11-25"));
    assert_non_null(content("info.log.2026-11-26"));
    assert_non_null(content("info.log.2026-11-27"));
    assert_non_null(content("info.log.note"));
    hs_log_file_close(file);
}

static void processes_that_share_it_turn_it_once(void **state)
{
    struct hs_log_file *a = open_log(90), *b = open_log(90);

    (void)state;
    line(a, "a");
    line(b, "b");
    now += HOUR;
    line(a, "a2");
    line(b, "b2");
    assert_string_equal(content("info.log.2026-11-24"), "a\nb\n");
    assert_string_equal(content("info.log"), "a2\nb2\n");
    hs_log_file_close(a);
    hs_log_file_close(b);
}

static void an_old_file_of_the_same_day_is_not_overwritten(void **state)
{
    struct hs_log_file *file = open_log(90);

    (void)state;
    line(file, "first");
    now += HOUR;
    line(file, "next day");
    now -= HOUR; /* the clock was set back, and comes again to midnight */
    hs_log_file_close(file);
    {
        struct timespec times[2] = {{EVENING / 1000, 0}, {EVENING / 1000, 0}};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    }
    file = open_log(90);
    now += HOUR;
    line(file, "again");
    assert_string_equal(content("info.log.2026-11-24"), "first\n");
    assert_string_equal(content("info.log.2026-11-24.2"), "next day\n");
    assert_string_equal(content("info.log"), "again\n");
    hs_log_file_close(file);
}

static void what_cannot_be_turned_goes_on(void **state)
{
    struct hs_log_file *file = open_log(90);
    char away[80];

    (void)state;
    (void)snprintf(away, sizeof away, "%s-away", folder);
    line(file, "one");
    now += HOUR;
    assert_int_equal(rename(folder, away), 0); /* no folder to make a file in */
    line(file, "two");
    assert_int_equal(rename(away, folder), 0);
    assert_string_equal(content("info.log"), "one\ntwo\n");
    hs_log_file_close(file);
}

static void the_log_writes_there(void **state)
{
    struct hs_log_file *file = open_log(90);

    (void)state;
    hs_log_setup(HS_LOG_INFO, HS_LOG_LOGFMT, NULL, 0);
    hs_log_set_file(file);
    hs_log(HS_LOG_INFO, "commit", "repo", "a/b", NULL);
    now += HOUR;
    hs_log(HS_LOG_INFO, "commit", "repo", "a/c", NULL);
    hs_log_set_file(NULL);
    assert_string_equal(content("info.log.2026-11-24"),
                        "ts=2026-11-24T15:30:00Z level=info event=commit repo=a/b\n");
    assert_string_equal(content("info.log"), "ts=2026-11-24T16:30:00Z level=info event=commit repo=a/c\n");
    hs_log_file_close(file);
}

static void a_zone_must_be_known(void **state)
{
    (void)state;
    assert_int_equal(hs_zone_set(""), 0);
    assert_int_equal(hs_zone_set("Europe/Berlin"), 0);
    assert_int_equal(hs_zone_set("Europe/Nowhere"), -1);
    assert_int_equal(hs_zone_set("../etc/passwd"), -1);
    assert_int_equal(hs_zone_set("/etc/localtime"), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_turns_at_local_midnight),
        TEST(lines_of_yesterday_are_set_aside_at_start),
        TEST(only_the_newest_old_files_are_kept),
        TEST(processes_that_share_it_turn_it_once),
        TEST(an_old_file_of_the_same_day_is_not_overwritten),
        TEST(what_cannot_be_turned_goes_on),
        TEST(the_log_writes_there),
        cmocka_unit_test(a_zone_must_be_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
