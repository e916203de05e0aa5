/* One log for the process: an event name, then key=value. Thread-safe. What reaches it has passed
 * the filter (the redactor), whatever wrote it. */
#ifndef HS_BASE_LOG_H
#define HS_BASE_LOG_H
#include <hubsync/provider.h>
#include <stdio.h>

enum hs_log_level { HS_LOG_ERROR = 0, HS_LOG_WARN, HS_LOG_INFO, HS_LOG_DEBUG, HS_LOG_TRACE };
enum hs_log_format { HS_LOG_TEXT = 0, HS_LOG_LOGFMT, HS_LOG_JSON };

/* Default: warn, text, stderr. file is borrowed until the next call; color: levels in colour. */
void hs_log_setup(enum hs_log_level level, enum hs_log_format format, FILE *file, int color);
/* Lines go to this file instead, as long as it is set; borrowed. NULL: to the stream again. */
struct hs_log_file;
void hs_log_set_file(struct hs_log_file *file);
/* Called with each finished line, without its newline, before it is written; returns a malloc'd
 * replacement or NULL to leave the line as it is. Called with the log's lock held, like before and
 * after below: none of them may log. */
typedef char *hs_log_filter_fn(const char *line);
void hs_log_set_filter(hs_log_filter_fn *filter);
/* Called around each write, so that a progress display can clear and redraw its line. */
void hs_log_set_around(void (*before)(void), void (*after)(void));
int hs_log_on(enum hs_log_level level);
/* hs_log(HS_LOG_INFO, "commit", "repo", id, "files", "12", NULL): values are texts; NULL ends. */
void hs_log(enum hs_log_level level, const char *event, ...) __attribute__((sentinel));
/* A line of words for people, below "msg=" in the other formats. */
void hs_logf(enum hs_log_level level, const char *event, const char *fmt, ...) HUB_PRINTF(3, 4);
int hs_log_level_of(const char *word); /* -1 if it is none */
#endif
