/* One line of the log, built in one of its formats. */
#ifndef HS_BASE_LOG_LINE_H
#define HS_BASE_LOG_LINE_H
#include "log.h"
#include <hubsync/kit.h>

struct hs_log_line {
    enum hs_log_format format;
    int color;
    struct hub_text *text; /* no newline at its end */
};
void hs_log_line_begin(struct hs_log_line *line, enum hs_log_level level, const char *event,
                       int64_t now_ms);
void hs_log_line_field(struct hs_log_line *line, const char *key, const char *value);
/* Words for people; control characters are escaped. */
void hs_log_line_words(struct hs_log_line *line, const char *words);
void hs_log_line_end(struct hs_log_line *line);
const char *hs_log_level_name(enum hs_log_level level);
#endif
