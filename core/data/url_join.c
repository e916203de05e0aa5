#include "data/url.h"
#include <string.h>
#include "base/banned.h"

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Of "https:", 0 if the text is relative. */
static size_t scheme_bytes(const char *text)
{
    size_t n = 0;

    if (!is_alpha(text[0]))
        return 0;
    while (is_alpha(text[n]) || (text[n] && strchr("0123456789+-.", text[n])))
        n++;
    return text[n] == ':' ? n + 1 : 0;
}

/* RFC 3986, 5.2.4, in place; path starts with '/' and holds no query. */
static void drop_dots(char *path)
{
    char *to = path, *from = path;

    while (*from) {
        size_t n = 1 + strcspn(from + 1, "/"); /* "/segment" */
        bool is_dot = n == 2 && from[1] == '.';
        bool is_up = n == 3 && from[1] == '.' && from[2] == '.';

        if (is_up)
            while (to > path && *--to != '/')
                ;
        if (is_dot || is_up) {
            if (!from[n])
                *to++ = '/';
        } else {
            memmove(to, from, n);
            to += n;
        }
        from += n;
    }
    *to = '\0';
}

/* The origin, a path that may hold dots, and the query from its '?' on. */
static char *put_together(struct hub_pool *pool, const char *base, size_t origin_bytes, char *path,
                          const char *query)
{
    if (!path)
        return NULL;
    drop_dots(path);
    return hub_pool_printf(pool, "%.*s%s%s", (int)origin_bytes, base, path, query);
}

char *hs_url_join(struct hub_pool *pool, const char *base, const char *location)
{
    size_t scheme = scheme_bytes(base), origin, folder, n;

    if (scheme_bytes(location))
        return hub_pool_strdup(pool, location);
    if (!scheme || strncmp(base + scheme, "//", 2) != 0)
        return NULL;
    if (strncmp(location, "//", 2) == 0)
        return hub_pool_printf(pool, "%.*s%s", (int)scheme, base, location);
    origin = scheme + 2 + strcspn(base + scheme + 2, "/?#");
    folder = origin + strcspn(base + origin, "?#");
    n = strcspn(location, "?#");
    if (n == 0) /* only a query, or nothing: the same path */
        return put_together(pool, base, origin,
                            folder == origin
                                ? hub_pool_strdup(pool, "/")
                                : hub_pool_strndup(pool, base + origin, folder - origin),
                            location);
    if (*location == '/')
        return put_together(pool, base, origin, hub_pool_strndup(pool, location, n), location + n);
    while (folder > origin && base[folder - 1] != '/')
        folder--;
    return put_together(pool, base, origin,
                        hub_pool_printf(pool, "%.*s%.*s",
                                        folder == origin ? 1 : (int)(folder - origin),
                                        folder == origin ? "/" : base + origin, (int)n, location),
                        location + n);
}
