#include "log.h"
#include "clock.h"
#include <errno.h>
#include <hubsync/kit.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "log_file.h"
#include "log_line.h"
#include "banned.h"

static atomic_int threshold = HS_LOG_WARN;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static struct {
    enum hs_log_format format;
    int color;
    FILE *file; /* NULL: stderr */
    struct hs_log_file *daily; /* instead of file */
    hs_log_filter_fn *filter;
    void (*before)(void);
    void (*after)(void);
} state;

void hs_log_setup(enum hs_log_level level, enum hs_log_format format, FILE *file, int color)
{
    (void)pthread_mutex_lock(&lock);
    state.format = format;
    state.color = color;
    state.file = file;
    (void)pthread_mutex_unlock(&lock);
    atomic_store(&threshold, (int)level);
}

void hs_log_set_file(struct hs_log_file *file)
{
    (void)pthread_mutex_lock(&lock);
    state.daily = file;
    (void)pthread_mutex_unlock(&lock);
}

void hs_log_set_filter(hs_log_filter_fn *filter)
{
    (void)pthread_mutex_lock(&lock);
    state.filter = filter;
    (void)pthread_mutex_unlock(&lock);
}

void hs_log_set_around(void (*before)(void), void (*after)(void))
{
    (void)pthread_mutex_lock(&lock);
    state.before = before;
    state.after = after;
    (void)pthread_mutex_unlock(&lock);
}

int hs_log_on(enum hs_log_level level)
{
    return (int)level <= atomic_load(&threshold);
}

/* One write, past stdio's buffer where there is a descriptor: lines of processes that share a file
 * do not mix. A log that cannot be written is no reason to fail. */
static void write_line(FILE *file, const char *line, size_t n_bytes)
{
    int fd = fileno(file);

    (void)fflush(file);
    if (fd < 0) {
        (void)fwrite(line, 1, n_bytes, file);
        (void)fflush(file);
        return;
    }
    while (n_bytes > 0) {
        ssize_t n = write(fd, line, n_bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        line += n;
        n_bytes -= (size_t)n;
    }
}

static FILE *stream_of_line(void)
{
    if (state.daily)
        return hs_log_file_at(state.daily, hs_now_ms());
    return state.file ? state.file : stderr;
}

/* With the lock held. The newline comes after the filter, which sees one line without it. */
static void put(struct hub_text *line)
{
    char *instead = state.filter && !line->failed ? state.filter(line->data) : NULL;
    static const char LOST[] = "hubsync: no memory for a line of the log\n";

    if (instead) {
        hub_text_clear(line);
        hub_text_puts(line, instead);
        free(instead);
    }
    hub_text_puts(line, "\n");
    if (state.before)
        state.before();
    write_line(stream_of_line(), line->failed ? LOST : line->data,
               line->failed ? sizeof LOST - 1 : line->n_bytes);
    if (state.after)
        state.after();
}

static struct hs_log_line line_begin(enum hs_log_level level, const char *event,
                                     struct hub_text *text)
{
    struct hs_log_line line = {.format = state.format, .color = state.color, .text = text};

    hs_log_line_begin(&line, level, event, hs_now_ms());
    return line;
}

void hs_log(enum hs_log_level level, const char *event, ...)
{
    int saved = errno;
    struct hs_log_line line;
    const char *key;
    va_list args;
    HUB_TEXT(text);

    if (!hs_log_on(level))
        return;
    (void)pthread_mutex_lock(&lock);
    line = line_begin(level, event, &text);
    va_start(args, event);
    while ((key = va_arg(args, const char *))) {
        const char *value = va_arg(args, const char *);

        hs_log_line_field(&line, key, value ? value : "");
        if (!value)
            break; /* the end came early: a value was NULL */
    }
    va_end(args);
    hs_log_line_end(&line);
    put(&text);
    (void)pthread_mutex_unlock(&lock);
    errno = saved;
}

void hs_logf(enum hs_log_level level, const char *event, const char *fmt, ...)
{
    int saved = errno;
    struct hs_log_line line;
    va_list args;
    char *words;
    HUB_TEXT(text);

    if (!hs_log_on(level))
        return;
    va_start(args, fmt);
    if (vasprintf(&words, fmt, args) < 0)
        words = NULL;
    va_end(args);
    (void)pthread_mutex_lock(&lock);
    line = line_begin(level, event, &text);
    hs_log_line_words(&line, words ? words : "(no memory for the words)");
    hs_log_line_end(&line);
    put(&text);
    (void)pthread_mutex_unlock(&lock);
    free(words);
    errno = saved;
}

int hs_log_level_of(const char *word)
{
    for (int level = HS_LOG_ERROR; level <= HS_LOG_TRACE; level++)
        if (word && strcmp(word, hs_log_level_name((enum hs_log_level)level)) == 0)
            return level;
    return -1;
}
