#include <hubsync/kit.h>
#include <string.h>
#include <strings.h>

enum { PORT_MAX = 65535 };

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_unreserved(char c)
{
    return is_letter_or_digit(c) || (c && strchr("-._~", c));
}

static char *encode(struct hub_pool *pool, const char *text, bool keeps_slash)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    size_t length = text ? strlen(text) : 0;
    char *url = text && length < SIZE_MAX / 3 ? hub_pool_alloc(pool, length * 3 + 1, 1) : NULL;
    char *out = url;

    for (size_t i = 0; url && i < length; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (is_unreserved(text[i]) || (keeps_slash && text[i] == '/')) {
            *out++ = text[i];
            continue;
        }
        *out++ = '%';
        *out++ = DIGITS[byte >> 4];
        *out++ = DIGITS[byte & 15];
    }
    return url;
}

char *hub_url_segment(struct hub_pool *pool, const char *text)
{
    return encode(pool, text, false);
}

char *hub_url_path(struct hub_pool *pool, const char *path)
{
    return encode(pool, path, true);
}

/* Bytes of "http://" or "https://" that url starts with; 0 if with neither. */
static size_t scheme_length(const char *url)
{
    if (strncasecmp(url, "https://", 8) == 0)
        return 8;
    return strncasecmp(url, "http://", 7) == 0 ? 7 : 0;
}

/* Bytes of the host's name at text; 0 if there is none. */
static size_t host_length(const char *text)
{
    size_t length = 0;

    if (text[0] == '[') {
        length = 1 + strspn(text + 1, "0123456789abcdefABCDEF:.");
        return length > 2 && text[length] == ']' ? length + 1 : 0;
    }
    while (is_letter_or_digit(text[length]) || (text[length] && strchr("-._", text[length])))
        length++;
    return length;
}

/* Bytes of ":port" at text; 0 if there is none or it is no port. */
static size_t port_length(const char *text)
{
    size_t length = 1;
    unsigned port = 0;

    if (text[0] != ':')
        return 0;
    for (; length <= 5 && text[length] >= '0' && text[length] <= '9'; length++)
        port = port * 10 + (unsigned)(text[length] - '0');
    return port > 0 && port <= PORT_MAX ? length : 0;
}

/* Bytes of host[:port] at text, which must be all of the authority: no user, no odd character. */
static size_t authority_length(const char *text)
{
    size_t length = host_length(text);

    if (length == 0)
        return 0;
    length += port_length(text + length);
    return text[length] && !strchr("/?#", text[length]) ? 0 : length;
}

static void lower(char *text, size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] - 'A' + 'a');
}

static bool is_plain_path(const char *path)
{
    for (; *path; path++)
        if (!is_unreserved(*path) && !strchr("/%!$&'()*+,;=:@", *path))
            return false;
    return true;
}

char *hub_url_endpoint(struct hub_pool *pool, const char *endpoint)
{
    size_t scheme = endpoint ? scheme_length(endpoint) : 0;
    size_t authority = scheme ? authority_length(endpoint + scheme) : 0;
    size_t length;
    char *url;

    if (!authority || !is_plain_path(endpoint + scheme + authority))
        return NULL;
    length = strlen(endpoint);
    while (endpoint[length - 1] == '/')
        length--;
    url = hub_pool_strndup(pool, endpoint, length);
    if (url)
        lower(url, scheme + authority);
    return url;
}

char *hub_url_host(struct hub_pool *pool, const char *url)
{
    size_t scheme = url ? scheme_length(url) : 0;
    size_t authority = scheme ? authority_length(url + scheme) : 0;
    char *host = authority ? hub_pool_strndup(pool, url + scheme, authority) : NULL;

    if (host)
        lower(host, authority);
    return host;
}
