#include "data/url.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include "base/banned.h"

enum { URL_BYTES_MAX = 65536, HOST_BYTES_MAX = 255 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Where text stands after "scheme://", NULL if it is none of ours. */
static const char *after_scheme(const char *text, enum hs_scheme *scheme)
{
    static const struct {
        const char *prefix;
        enum hs_scheme scheme;
    } known[] = {{"http://", HS_HTTP}, {"https://", HS_HTTPS}, {"file://", HS_FILE}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t n = strlen(known[i].prefix);

        if (strncasecmp(text, known[i].prefix, n) == 0) {
            *scheme = known[i].scheme;
            return text + n;
        }
    }
    return NULL;
}

static bool has_forbidden(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p <= ' ' || *p == 0x7F || *p == '\\')
            return true;
    return false;
}

static char *percent_decode(struct hub_pool *pool, const char *text, size_t n_bytes)
{
    char *out = hub_pool_alloc(pool, n_bytes + 1, 1), *to = out;

    for (size_t i = 0; out && i < n_bytes; i++) {
        int high, low;

        if (text[i] != '%') {
            *to++ = text[i];
            continue;
        }
        high = n_bytes - i > 2 ? hex_value(text[i + 1]) : -1;
        low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low < 0 || (high == 0 && low == 0))
            return NULL;
        *to++ = (char)(high << 4 | low);
        i += 2;
    }
    return out;
}

static int parse_file(struct hub_pool *pool, const char *rest, struct hs_url *url,
                      struct hs_err *err)
{
    size_t n = strcspn(rest, "?#");

    if (strncasecmp(rest, "localhost/", 10) == 0) {
        rest += 9;
        n -= 9;
    }
    if (*rest != '/' || rest[n])
        return hs_fail(err, HUB_ECORRUPT, "file:%s: not a path on this machine", rest);
    url->host = "";
    url->path = percent_decode(pool, rest, n);
    if (!url->path)
        return hs_fail(err, HUB_ECORRUPT, "file:%s: a broken %%-code", rest);
    return 0;
}

static bool is_host_name(const char *host)
{
    size_t n = strlen(host);

    if (n == 0 || n > HOST_BYTES_MAX || *host == '.' || strstr(host, ".."))
        return false;
    for (const char *p = host; *p; p++)
        if (!is_digit(*p) && !is_alpha(*p) && *p != '-' && *p != '.' && *p != '_')
            return false;
    return true;
}

/* host: n bytes as written; NULL if they are no host. IPv6 loses its brackets. */
static char *take_host(struct hub_pool *pool, const char *text, size_t n_bytes)
{
    bool is_v6 = n_bytes >= 2 && text[0] == '[' && text[n_bytes - 1] == ']';
    char *host = is_v6 ? hub_pool_strndup(pool, text + 1, n_bytes - 2)
                       : hub_pool_strndup(pool, text, n_bytes);
    struct in6_addr v6;

    if (!host || (is_v6 ? inet_pton(AF_INET6, host, &v6) != 1 : !is_host_name(host)))
        return NULL;
    for (char *p = host; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return host;
}

static bool take_port(const char *text, size_t n_bytes, uint16_t *port)
{
    unsigned value = 0;

    if (n_bytes == 0 || n_bytes > 5)
        return false;
    for (size_t i = 0; i < n_bytes; i++) {
        if (!is_digit(text[i]))
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    *port = (uint16_t)value;
    return value > 0 && value <= 65535;
}

static int parse_authority(struct hub_pool *pool, const char *text, size_t n_bytes,
                           struct hs_url *url, struct hs_err *err)
{
    const char *end = text + n_bytes, *at = memchr(text, '@', n_bytes);
    const char *host = at ? at + 1 : text, *host_end = end;
    const char *bracket = memchr(host, ']', (size_t)(end - host));
    const char *colon =
        memchr(bracket ? bracket : host, ':', (size_t)(end - (bracket ? bracket : host)));

    url->has_userinfo = at != NULL;
    url->port = url->scheme == HS_HTTP ? 80 : 443;
    if (colon) {
        host_end = colon;
        if (!take_port(colon + 1, (size_t)(end - colon - 1), &url->port))
            return hs_fail(err, HUB_ECORRUPT, "%.*s: not a port", (int)(end - colon - 1),
                           colon + 1);
    }
    url->host = take_host(pool, host, (size_t)(host_end - host));
    if (!url->host)
        return hs_fail(err, HUB_ECORRUPT, "\"%.*s\": not a host", (int)(host_end - host), host);
    return 0;
}

int hs_url_parse(struct hub_pool *pool, const char *text, struct hs_url *out, struct hs_err *err)
{
    struct hs_url url = {0};
    const char *rest, *path;
    size_t n;
    int r;

    if (!text || strlen(text) > URL_BYTES_MAX)
        return hs_fail(err, HUB_ECORRUPT, "an address of more than %d bytes", URL_BYTES_MAX);
    if (has_forbidden(text))
        return hs_fail(err, HUB_ECORRUPT, "a blank, control character or backslash in an address");
    rest = after_scheme(text, &url.scheme);
    if (!rest)
        return hs_fail(err, HUB_ECORRUPT, "not an http: or https: address");
    if (url.scheme == HS_FILE) {
        r = parse_file(pool, rest, &url, err);
    } else {
        path = rest + strcspn(rest, "/?#");
        n = strcspn(path, "#"); /* a fragment is never sent */
        r = parse_authority(pool, rest, (size_t)(path - rest), &url, err);
        url.path = *path == '/' ? hub_pool_strndup(pool, path, n)
                                : hub_pool_printf(pool, "/%.*s", (int)n, path);
    }
    if (r < 0)
        return r;
    if (!url.path)
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    *out = url;
    return 0;
}

char *hs_url_origin(struct hub_pool *pool, const struct hs_url *url)
{
    const char *scheme = url->scheme == HS_HTTP ? "http" : "https";
    bool is_v6 = strchr(url->host, ':') != NULL;

    if (url->scheme == HS_FILE)
        return hub_pool_strdup(pool, "file:");
    return hub_pool_printf(pool, "%s://%s%s%s:%u", scheme, is_v6 ? "[" : "", url->host,
                           is_v6 ? "]" : "", url->port);
}
