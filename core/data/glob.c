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

/* One element of the pattern that is no star against one character of the text. */
static bool match_one(const char **pattern, const char **text)
{
    const char *p = *pattern;
    const char *end = *p == '[' ? set_end(p) : NULL;
    const char *t = *text;
    uint32_t c;

    if (!*p || !*t)
        return false;
    c = next_char(&t);
    if (*p == '?' || end) {
        if (c == '/' || (end && !set_has(p, end, c)))
            return false;
        p = end ? end + 1 : p + 1;
    } else {
        if (*p == '\\' && p[1])
            p++;
        if (next_char(&p) != c)
            return false;
    }
    *pattern = p;
    *text = t;
    return true;
}

/* Where matching goes on when it has failed: behind a star, one character further. */
struct retry {
    const char *pattern, *text; /* pattern NULL: no star yet */
    bool is_by_segment;         /* of a leading or inner double star and its '/': whole segments */
};

/* Only the newest star of each kind can still help: an earlier one that took more would leave less
 * for the rest. So this needs no recursion. */
static bool retry_from(struct retry *star, struct retry *deep, const char **p, const char **t)
{
    if (star->pattern && *star->text && *star->text != '/') {
        (void)next_char(&star->text);
        *p = star->pattern;
        *t = star->text;
        return true;
    }
    if (!deep->pattern)
        return false;
    if (deep->is_by_segment) {
        deep->text = strchr(deep->text, '/');
        if (!deep->text) {
            deep->pattern = NULL;
            return false;
        }
        deep->text++;
    } else {
        if (!*deep->text)
            return false;
        (void)next_char(&deep->text);
    }
    star->pattern = NULL;
    *p = deep->pattern;
    *t = deep->text;
    return true;
}

static void take_stars(const char *start, const char **p, const char *t, struct retry *star,
                       struct retry *deep)
{
    const char *first = *p;
    size_t n = strspn(first, "*");

    *p += n;
    if (n == 1) {
        star->pattern = *p;
        star->text = t;
        return;
    }
    deep->is_by_segment = **p == '/' && (first == start || first[-1] == '/');
    if (deep->is_by_segment)
        *p += 1;
    deep->pattern = *p;
    deep->text = t;
    star->pattern = NULL;
}

bool hs_glob(const char *pattern, const char *text)
{
    struct retry star = {NULL, NULL, false}, deep = {NULL, NULL, false};
    const char *p = pattern, *t = text;

    for (;;) {
        if (*p == '*') {
            take_stars(pattern, &p, t, &star, &deep);
            continue;
        }
        if (!*p && !*t)
            return true;
        if (!match_one(&p, &t) && !retry_from(&star, &deep, &p, &t))
            return false;
    }
}

static const char *last_segment(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* "/README.md" is the whole path too. */
static bool match_path(const char *pattern, const char *path)
{
    return hs_glob(*pattern == '/' ? pattern + 1 : pattern, path);
}

static bool match_segment(const char *pattern, const char *segment, size_t n_bytes)
{
    char copy[256]; /* a longer segment is no file name on any system: it is taken as it stands */

    if (n_bytes >= sizeof copy)
        return segment[n_bytes] == '\0' && hs_glob(pattern, segment);
    memcpy(copy, segment, n_bytes);
    copy[n_bytes] = '\0';
    return hs_glob(pattern, copy);
}

bool hs_glob_excludes(const char *pattern, const char *path)
{
    if (strchr(pattern, '/'))
        return match_path(pattern, path);
    for (;;) {
        size_t n = strcspn(path, "/");

        if (match_segment(pattern, path, n))
            return true;
        if (!path[n])
            return false;
        path += n + 1;
    }
}

bool hs_glob_includes(const char *pattern, const char *path)
{
    if (strchr(pattern, '/'))
        return match_path(pattern, path);
    return hs_glob(pattern, last_segment(path));
}

bool hs_glob_repo(const char *pattern, const char *id)
{
    return hs_glob_includes(pattern, id);
}
