#include "conf/conf_dotenv.h"
#include "base/banned.h"

struct line {
    const char *file;
    unsigned number;
    const char *at, *end;
    struct hs_err *err;
};

void hs_dotenv_clear(struct hs_dotenv *env)
{
    if (!env)
        return;
    hs_map_clear(&env->values);
    hub_pool_clear(&env->pool);
}

const char *hs_dotenv_get(const struct hs_dotenv *env, const char *name)
{
    return hs_map_get(&env->values, name);
}

static int fail_line(const struct line *line, const char *what)
{
    return hs_fail(line->err, HS_ECONFIG, "%s:%u: %s", line->file, line->number, what);
}

static void skip_blanks(struct line *line)
{
    while (line->at < line->end && (*line->at == ' ' || *line->at == '\t'))
        line->at++;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static char *take_name(struct line *line, struct hub_pool *pool)
{
    const char *start = line->at;

    if (line->end - start > 7 && strncmp(start, "export", 6) == 0 &&
        (start[6] == ' ' || start[6] == '\t')) {
        line->at += 6;
        skip_blanks(line);
        start = line->at;
    }
    while (line->at < line->end && is_name_char(*line->at))
        line->at++;
    if (line->at == start || (*start >= '0' && *start <= '9'))
        return NULL;
    return hub_pool_strndup(pool, start, (size_t)(line->at - start));
}

/* Nothing but a comment may follow a value in quotes. */
static int check_rest(struct line *line)
{
    skip_blanks(line);
    if (line->at < line->end && *line->at != '#')
        return fail_line(line, "text behind a value in quotes");
    return 0;
}

static int take_quoted(struct line *line, struct hub_text *value)
{
    char quote = *line->at++;

    for (; line->at < line->end && *line->at != quote; line->at++) {
        char c = *line->at;

        if (c == '\\' && quote == '"' && line->at + 1 < line->end) {
            c = *++line->at;
            if (c != '"' && c != '\\' && c != '$' && c != 'n' && c != 't')
                hub_text_puts(value, "\\");
            c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
        }
        hub_text_add(value, &c, 1);
    }
    if (line->at == line->end)
        return fail_line(line, "a quote that is not closed");
    line->at++;
    return check_rest(line);
}

static void take_plain(struct line *line, struct hub_text *value)
{
    const char *end = line->at;

    while (end < line->end &&
           !(*end == '#' && (end == line->at || end[-1] == ' ' || end[-1] == '\t')))
        end++;
    while (end > line->at && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    hub_text_add(value, line->at, (size_t)(end - line->at));
}

static int take_line(struct hs_dotenv *env, struct line *line)
{
    HUB_TEXT(value);
    char *name, *copy;
    int r = 0;

    skip_blanks(line);
    if (line->at == line->end || *line->at == '#')
        return 0;
    name = take_name(line, &env->pool);
    skip_blanks(line);
    if (!name || line->at == line->end || *line->at != '=')
        return fail_line(line, "not a line of the form NAME=VALUE");
    line->at++;
    skip_blanks(line);
    if (line->at < line->end && (*line->at == '"' || *line->at == '\''))
        r = take_quoted(line, &value);
    else
        take_plain(line, &value);
    if (r < 0)
        return r;
    copy = value.failed ? NULL : hub_pool_strdup(&env->pool, value.data ? value.data : "");
    if (!copy)
        return hs_fail(line->err, HUB_ENOMEM, "out of memory");
    (void)hs_map_put(&env->values, name, copy);
    return 0;
}

int hs_dotenv_parse(struct hs_dotenv *env, const char *file, const char *text, struct hs_err *err)
{
    unsigned number = 0;

    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    while (*text) {
        size_t n = strcspn(text, "\n");
        size_t n_bytes = n > 0 && text[n - 1] == '\r' ? n - 1 : n;
        struct line line = {file, ++number, text, text + n_bytes, err};
        int r = take_line(env, &line);

        if (r < 0)
            return r;
        text += text[n] ? n + 1 : n;
    }
    return 0;
}
