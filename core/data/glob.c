#include "data/glob.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/banned.h"

/* One character, its bytes skipped; a byte that is no UTF-8 counts as itself. */
static uint32_t next_char(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    unsigned more = p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : p[0] >= 0xC2 ? 1 : 0;
    uint32_t c = more ? p[0] & (0x3Fu >> more) : p[0];

    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            *at += 1;
            return p[0];
        }
        c = c << 6 | (p[i] & 0x3F);
    }
    *at += 1 + more;
    return c;
}

/* The ']' of the set that starts at '['; NULL: it is not closed and so is plain text. */
static const char *set_end(const char *pattern)
{
    const char *p = pattern + 1;

    if (*p == '!' || *p == '^')
        p++;
    if (*p == ']')
        p++;
    while (*p && *p != ']')
        p += *p == '\\' && p[1] ? 2 : 1;
    return *p ? p : NULL;
}

static bool set_has(const char *p, const char *end, uint32_t c)
{
    bool is_negated = *++p == '!' || *p == '^';
    bool is_in = false;

    if (is_negated)
        p++;
    while (p < end) {
        uint32_t low, high;

        if (*p == '\\' && p + 1 < end)
            p++;
        low = high = next_char(&p);
        if (*p == '-' && p + 1 < end) {
            p++;
            if (*p == '\\' && p + 1 < end)
                p++;
            high = next_char(&p);
        }
        is_in = is_in || (low <= c && c <= high);
    }
    return is_in != is_negated;
}

/* A text between two bounds: a path, or one segment of it. */
struct span {
    const char *at, *end;
};

/* One element of the pattern that is no star against one character of the text. */
static bool match_one(const char **pattern, struct span *text)
{
    const char *p = *pattern, *t = text->at;
    const char *close = *p == '[' ? set_end(p) : NULL;
    uint32_t c;

    if (!*p || t == text->end)
        return false;
    c = next_char(&t);
    if (*p == '?' || close) {
        if (c == '/' || (close && !set_has(p, close, c)))
            return false;
        p = close ? close + 1 : p + 1;
    } else {
        if (*p == '\\' && p[1])
            p++;
        if (next_char(&p) != c)
            return false;
    }
    *pattern = p;
    text->at = t;
    return true;
}

/* Where matching goes on when it has failed: behind a star that takes more of the text. */
struct retry {
    const char *pattern, *text; /* pattern NULL: no such star, or it can take no more */
    bool is_by_segment;         /* a double star with its slash takes whole segments */
};

static bool retry_star(struct retry *star, const char *end)
{
    if (!star->pattern || star->text == end || *star->text == '/')
        return false;
    (void)next_char(&star->text);
    return true;
}

static bool retry_deep(struct retry *deep, const char *end)
{
    if (!deep->pattern || deep->text == end)
        return false;
    if (!deep->is_by_segment) {
        (void)next_char(&deep->text);
        return true;
    }
    deep->text = memchr(deep->text, '/', (size_t)(end - deep->text));
    if (!deep->text) {
        deep->pattern = NULL;
        return false;
    }
    deep->text++;
    return true;
}

/* Skips the stars at *p and remembers how to go on behind them. */
static void take_stars(const char *start, const char **p, const char *text, struct retry *star,
                       struct retry *deep)
{
    const char *first = *p;
    size_t n = strspn(first, "*");

    *p += n;
    if (n == 1) {
        *star = (struct retry){*p, text, false};
        return;
    }
    *deep = (struct retry){*p, text, **p == '/' && (first == start || first[-1] == '/')};
    if (deep->is_by_segment)
        deep->pattern = ++*p;
    star->pattern = NULL;
}

/* Only the newest star of each kind can still help: an earlier one that took more would leave less
 * for the rest. So two places to go back to are enough. */
static bool match(const char *pattern, struct span text)
{
    struct retry star = {NULL, NULL, false}, deep = {NULL, NULL, false};
    const char *p = pattern;

    for (;;) {
        if (*p == '*') {
            take_stars(pattern, &p, text.at, &star, &deep);
            continue;
        }
        if (!*p && text.at == text.end)
            return true;
        if (match_one(&p, &text))
            continue;
        if (retry_star(&star, text.end)) {
            p = star.pattern;
            text.at = star.text;
        } else if (retry_deep(&deep, text.end)) {
            star.pattern = NULL;
            p = deep.pattern;
            text.at = deep.text;
        } else {
            return false;
        }
    }
}

bool hs_glob(const char *pattern, const char *text)
{
    return match(pattern, (struct span){text, text + strlen(text)});
}

/* "/README.md" is a whole path too. */
static bool match_path(const char *pattern, const char *path)
{
    return hs_glob(*pattern == '/' ? pattern + 1 : pattern, path);
}

bool hs_glob_excludes(const char *pattern, const char *path)
{
    if (strchr(pattern, '/'))
        return match_path(pattern, path);
    for (;;) {
        const char *end = path + strcspn(path, "/");

        if (match(pattern, (struct span){path, end}))
            return true;
        if (!*end)
            return false;
        path = end + 1;
    }
}

bool hs_glob_includes(const char *pattern, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (strchr(pattern, '/'))
        return match_path(pattern, path);
    return hs_glob(pattern, slash ? slash + 1 : path);
}

bool hs_glob_repo(const char *pattern, const char *id)
{
    return hs_glob_includes(pattern, id);
}
