#include "net/redact_url.h"
#include <string.h>
#include <strings.h>
#include "base/banned.h"

static const char HIDDEN[] = "***";

/* "http://" or "https://", also as JSON may write it; 0 if none starts here. */
static size_t scheme_bytes(const char *at)
{
    size_t n = 4;

    if (strncasecmp(at, "http", n) != 0)
        return 0;
    n += at[n] == 's' || at[n] == 'S';
    if (strncmp(at + n, "://", 3) == 0)
        return n + 3;
    return strncmp(at + n, ":\\/\\/", 5) == 0 ? n + 5 : 0;
}

/* JSON's \/ or \u0026 (&) can be part of an address, its other escapes end one. */
static bool is_in_url(const char *at)
{
    if (*at == '\\')
        return at[1] == '/' || at[1] == 'u';
    return (unsigned char)*at > ' ' && *at != 0x7F && !strchr("\"<>`", *at);
}

static size_t url_bytes(const char *at)
{
    size_t n = 0;

    while (is_in_url(at + n))
        n++;
    return n;
}

/* Appends, or hides what is not hidden yet. */
static bool hide(struct hub_text *out, const char *part, size_t n_bytes)
{
    hub_text_puts(out, HIDDEN);
    return n_bytes != strlen(HIDDEN) || memcmp(part, HIDDEN, n_bytes) != 0;
}

static size_t user_bytes(const char *at, size_t n_bytes)
{
    size_t host = strcspn(at, "/?#\\"), user = 0;

    for (size_t i = 0; i < host && i < n_bytes; i++)
        if (at[i] == '@')
            user = i;
    return user;
}

/* The n_bytes of an address behind its scheme. */
static bool put_url(struct hub_text *out, const char *at, size_t n_bytes)
{
    size_t user = user_bytes(at, n_bytes), shown = strcspn(at, "?#");
    bool has_hidden = user > 0 && hide(out, at, user);

    if (shown >= n_bytes) {
        hub_text_add(out, at + user, n_bytes - user);
        return has_hidden;
    }
    hub_text_add(out, at + user, shown + 1 - user);
    return n_bytes == shown + 1 ? has_hidden
                                : hide(out, at + shown + 1, n_bytes - shown - 1) || has_hidden;
}

bool hs_redact_urls(const char *text, struct hub_text *out)
{
    const char *from = text;
    bool has_hidden = false;

    for (const char *p = text; *p;) {
        size_t scheme = *p == 'h' || *p == 'H' ? scheme_bytes(p) : 0, n;

        if (scheme == 0) {
            p++;
            continue;
        }
        hub_text_add(out, from, (size_t)(p + scheme - from));
        p += scheme;
        n = url_bytes(p);
        has_hidden |= put_url(out, p, n);
        p += n;
        from = p;
    }
    hub_text_puts(out, from);
    return has_hidden;
}
