/* The log's lines in each format, and what stands around them. */
#include "base/log.h"
#include "base/clock.h"
#include "base/mem.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <unistd.h>
#include <cmocka.h>

static int64_t noon(void)
{
    return INT64_C(1795526706789);
}
static const struct hs_clock CLOCK = {noon, noon};

static FILE *file; /* with a descriptor, so that lines go the way of a real log */
static char written[1 << 16];

static int set_up(void **state)
{
    (void)state;
    file = tmpfile();
    hs_clock_set(&CLOCK);
    return file ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    hs_log_setup(HS_LOG_WARN, HS_LOG_TEXT, NULL, 0);
    hs_log_set_filter(NULL);
    hs_log_set_around(NULL, NULL);
    hs_clock_set(NULL);
    return fclose(file);
}

/* What the log wrote since the last look. */
static const char *lines(void)
{
    ssize_t n = pread(fileno(file), written, sizeof written - 1, 0);

    assert_true(n >= 0);
    written[n] = '\0';
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
    return written;
}

static void a_line_is_written_in_the_format_asked_for(void **state)
{
    static const struct {
        enum hs_log_format format;
        int color;
        const char *line;
    } CASES[] = {
        {HS_LOG_TEXT, 0,
         "2026-11-24T13:25:06Z warn commit repo=a/b why=\"no room\\n\" empty=\"\" eq=\"a=b\"\n"},
        {HS_LOG_TEXT, 1,
         "2026-11-24T13:25:06Z \x1b[33mwarn\x1b[0m commit repo=a/b why=\"no room\\n\" empty=\"\" "
         "eq=\"a=b\"\n"},
        {HS_LOG_LOGFMT, 1,
         "ts=2026-11-24T13:25:06Z level=warn event=commit repo=a/b why=\"no room\\n\" empty=\"\" "
         "eq=\"a=b\"\n"},
        {HS_LOG_JSON, 1,
         "{\"ts\":\"2026-11-24T13:25:06Z\",\"level\":\"warn\",\"event\":\"commit\",\"repo\":\"a/"
         "b\",\"why\":\"no room\\n\",\"empty\":\"\",\"eq\":\"a=b\"}\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        hs_log_setup(HS_LOG_INFO, CASES[i].format, file, CASES[i].color);
        hs_log(HS_LOG_WARN, "commit", "repo", "a/b", "why", "no room\n", "empty", "", "eq", "a=b",
               NULL);
        assert_string_equal(lines(), CASES[i].line);
    }
}

static void words_for_people_stand_below_msg(void **state)
{
    (void)state;
    hs_log_setup(HS_LOG_INFO, HS_LOG_TEXT, file, 0);
    hs_logf(HS_LOG_INFO, "start", "%d jobs \"now\"\nforged line", 3);
    assert_string_equal(lines(),
                        "2026-11-24T13:25:06Z info start 3 jobs \\\"now\\\"\\nforged line\n");
    hs_log_setup(HS_LOG_INFO, HS_LOG_LOGFMT, file, 0);
    hs_logf(HS_LOG_INFO, "start", "%d jobs", 3);
    assert_string_equal(lines(), "ts=2026-11-24T13:25:06Z level=info event=start msg=\"3 jobs\"\n");
    hs_log_setup(HS_LOG_INFO, HS_LOG_JSON, file, 0);
    hs_logf(HS_LOG_INFO, "start", "%d jobs", 3);
    assert_string_equal(lines(), "{\"ts\":\"2026-11-24T13:25:06Z\",\"level\":\"info\",\"event\":"
                                 "\"start\",\"msg\":\"3 jobs\"}\n");
}

static void a_value_cannot_forge_a_line_or_a_field(void **state)
{
    static const char *const EVIL[] = {"a\nb", "a b=c", "\x1b[2J", "\"", "\\", "\xff", "a\x7f"};
    enum hs_log_format formats[] = {HS_LOG_TEXT, HS_LOG_LOGFMT, HS_LOG_JSON};

    (void)state;
    for (size_t f = 0; f < 3; f++)
        for (size_t i = 0; i < sizeof EVIL / sizeof *EVIL; i++) {
            const char *line;

            hs_log_setup(HS_LOG_INFO, formats[f], file, 0);
            hs_log(HS_LOG_INFO, "e", "k", EVIL[i], NULL);
            line = lines();
            assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
            assert_null(strchr(line, '\x1b'));
            assert_true(hub_utf8_ok(line, strlen(line)));
            if (formats[f] != HS_LOG_JSON)
                assert_non_null(strstr(line, " k=\""));
        }
}

static void what_is_below_the_level_is_not_written(void **state)
{
    (void)state;
    hs_log_setup(HS_LOG_WARN, HS_LOG_TEXT, file, 0);
    hs_log(HS_LOG_INFO, "quiet", NULL);
    hs_logf(HS_LOG_DEBUG, "quiet", "x");
    assert_string_equal(lines(), "");
    assert_true(hs_log_on(HS_LOG_ERROR) && hs_log_on(HS_LOG_WARN) && !hs_log_on(HS_LOG_INFO));
    hs_log(HS_LOG_ERROR, "loud", NULL);
    assert_string_equal(lines(), "2026-11-24T13:25:06Z error loud\n");
}

static char *hide_tokens(const char *line)
{
    return strstr(line, "s3cret") ? hs_xstrdup("(hidden)") : NULL;
}

static void the_filter_sees_every_line_before_it_is_written(void **state)
{
    (void)state;
    hs_log_setup(HS_LOG_INFO, HS_LOG_TEXT, file, 0);
    hs_log_set_filter(hide_tokens);
    hs_log(HS_LOG_INFO, "a", "token", "s3cret", NULL);
    hs_logf(HS_LOG_INFO, "a", "with %s", "s3cret");
    hs_log(HS_LOG_INFO, "b", NULL);
    assert_string_equal(lines(), "(hidden)\n(hidden)\n2026-11-24T13:25:06Z info b\n");
}

static int n_before, n_after;

static void before(void)
{
    assert_int_equal(n_before, n_after);
    n_before++;
}

static void after(void)
{
    n_after++;
    assert_int_equal(n_before, n_after);
}

static void each_write_stands_between_before_and_after(void **state)
{
    (void)state;
    n_before = n_after = 0;
    hs_log_setup(HS_LOG_INFO, HS_LOG_TEXT, file, 0);
    hs_log_set_around(before, after);
    hs_log(HS_LOG_INFO, "a", NULL);
    hs_logf(HS_LOG_INFO, "b", "x");
    hs_log(HS_LOG_DEBUG, "c", NULL);
    assert_int_equal(n_before, 2);
    assert_int_equal(n_after, 2);
}

static void a_null_value_ends_the_line(void **state)
{
    (void)state;
    hs_log_setup(HS_LOG_INFO, HS_LOG_JSON, file, 0);
    hs_log(HS_LOG_INFO, "a", "k", NULL);
    assert_string_equal(
        lines(),
        "{\"ts\":\"2026-11-24T13:25:06Z\",\"level\":\"info\",\"event\":\"a\",\"k\":\"\"}\n");
}

static char *spoil_errno(const char *line)
{
    (void)line;
    errno = EINVAL;
    return NULL;
}

static void logging_leaves_errno_alone(void **state)
{
    (void)state;
    hs_log_setup(HS_LOG_INFO, HS_LOG_TEXT, file, 0);
    hs_log_set_filter(spoil_errno);
    errno = ENOSPC;
    hs_log(HS_LOG_INFO, "a", NULL);
    assert_int_equal(errno, ENOSPC);
    hs_logf(HS_LOG_INFO, "a", "x");
    assert_int_equal(errno, ENOSPC);
}

enum { THREADS = 4, LINES = 100 };

static void *write_lines(void *unused)
{
    (void)unused;
    for (int i = 0; i < LINES; i++)
        hs_log(HS_LOG_INFO, "many", "value", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL);
    return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
    static const char LINE[] =
        "2026-11-24T13:25:06Z info many value=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";
    pthread_t threads[THREADS];
    const char *at;
    int n = 0;

    (void)state;
    hs_log_setup(HS_LOG_INFO, HS_LOG_TEXT, file, 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (at = lines(); strncmp(at, LINE, strlen(LINE)) == 0; at += strlen(LINE))
        n++;
    assert_string_equal(at, "");
    assert_int_equal(n, THREADS * LINES);
}

static void a_stream_without_a_descriptor_is_written_too(void **state)
{
    char *text = NULL;
    size_t n_bytes;
    FILE *memory = open_memstream(&text, &n_bytes);

    (void)state;
    assert_non_null(memory);
    hs_log_setup(HS_LOG_INFO, HS_LOG_TEXT, memory, 0);
    hs_log(HS_LOG_INFO, "a", NULL);
    assert_string_equal(text, "2026-11-24T13:25:06Z info a\n");
    hs_log_setup(HS_LOG_INFO, HS_LOG_TEXT, NULL, 0);
    (void)fclose(memory);
    free(text);
}

static void levels_are_known_by_their_words(void **state)
{
    (void)state;
    assert_int_equal(hs_log_level_of("error"), HS_LOG_ERROR);
    assert_int_equal(hs_log_level_of("warn"), HS_LOG_WARN);
    assert_int_equal(hs_log_level_of("trace"), HS_LOG_TRACE);
    assert_int_equal(hs_log_level_of("Warn"), -1);
    assert_int_equal(hs_log_level_of(""), -1);
    assert_int_equal(hs_log_level_of(NULL), -1);
}

#define LOGGING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        LOGGING(a_line_is_written_in_the_format_asked_for),
        LOGGING(words_for_people_stand_below_msg),
        LOGGING(a_value_cannot_forge_a_line_or_a_field),
        LOGGING(what_is_below_the_level_is_not_written),
        LOGGING(the_filter_sees_every_line_before_it_is_written),
        LOGGING(each_write_stands_between_before_and_after),
        LOGGING(a_null_value_ends_the_line),
        LOGGING(logging_leaves_errno_alone),
        LOGGING(lines_of_threads_do_not_mix),
        LOGGING(a_stream_without_a_descriptor_is_written_too),
        cmocka_unit_test(levels_are_known_by_their_words),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
