#include "log_line.h"
#include "clock.h"
#include <string.h>
#include "banned.h"

static const struct {
    const char *name, *color;
} LEVELS[] = {
    [HS_LOG_ERROR] = {"error", "\x1b[31m"}, [HS_LOG_WARN] = {"warn", "\x1b[33m"},
    [HS_LOG_INFO] = {"info", "\x1b[32m"},   [HS_LOG_DEBUG] = {"debug", "\x1b[36m"},
    [HS_LOG_TRACE] = {"trace", "\x1b[2m"},
};
static const char COLOR_END[] = "\x1b[0m";

const char *hs_log_level_name(enum hs_log_level level)
{
    return LEVELS[level].name;
}

void hs_log_line_begin(struct hs_log_line *line, enum hs_log_level level, const char *event,
                       int64_t now_ms)
{
    char time[HS_TIME_BYTES];
    const char *name = hs_log_level_name(level);

    (void)hs_time_rfc3339(now_ms, time);
    if (line->format == HS_LOG_JSON) {
        hub_text_printf(line->text, "{\"ts\":\"%s\",\"level\":\"%s\",\"event\":", time, name);
        hub_text_json(line->text, event);
    } else if (line->format == HS_LOG_LOGFMT) {
        hub_text_printf(line->text, "ts=%s level=%s event=%s", time, name, event);
    } else {
        hub_text_printf(line->text, "%s %s%s%s %s", time, line->color ? LEVELS[level].color : "",
                        name, line->color ? COLOR_END : "", event);
    }
}

/* Does the value need no quotes to be read back as one? */
static bool is_bare(const char *value)
{
    if (!*value || !hub_utf8_ok(value, strlen(value)))
        return false;
    for (; *value; value++)
        if ((unsigned char)*value <= ' ' || strchr("\"\\=\x7f", *value))
            return false;
    return true;
}

void hs_log_line_field(struct hs_log_line *line, const char *key, const char *value)
{
    if (line->format == HS_LOG_JSON) {
        hub_text_puts(line->text, ",");
        hub_text_json(line->text, key);
        hub_text_puts(line->text, ":");
        hub_text_json(line->text, value);
        return;
    }
    hub_text_printf(line->text, " %s=", key);
    if (is_bare(value))
        hub_text_puts(line->text, value);
    else
        hub_text_json(line->text, value);
}

void hs_log_line_words(struct hs_log_line *line, const char *words)
{
    HUB_TEXT(quoted);

    if (line->format != HS_LOG_TEXT) {
        hs_log_line_field(line, "msg", words);
        return;
    }
    hub_text_json(&quoted, words); /* for its escapes; people need no quotes around */
    if (quoted.failed) {
        hub_text_puts(line->text, NULL);
        return;
    }
    hub_text_puts(line->text, " ");
    hub_text_add(line->text, quoted.data + 1, quoted.n_bytes - 2);
}

void hs_log_line_end(struct hs_log_line *line)
{
    if (line->format == HS_LOG_JSON)
        hub_text_puts(line->text, "}");
}
