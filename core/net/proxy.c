#include "net/proxy.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/banned.h"

enum { ENTRY_BYTES_MAX = 255 };

static bool has_equal_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;

    if (memcmp(a, b, whole) != 0)
        return false;
    return rest == 0 || ((a[whole] ^ b[whole]) & (0xFF << (8 - rest) & 0xFF)) == 0;
}

/* entry: an address, or address/bits. */
static bool is_in_network(const char *entry, const unsigned char *address, int family)
{
    unsigned bits = family == AF_INET ? 32 : 128, asked = bits;
    unsigned char net[sizeof(struct in6_addr)];
    char text[ENTRY_BYTES_MAX + 1];
    size_t n = strcspn(entry, "/");

    if (entry[n])
        asked = (unsigned)strtoul(entry + n + 1, NULL, 10);
    if (entry[0] == '[' && n > 2 && entry[n - 1] == ']') {
        entry++;
        n -= 2;
    }
    memcpy(text, entry, n);
    text[n] = '\0';
    return asked <= bits && inet_pton(family, text, net) == 1 &&
           has_equal_bits(net, address, asked);
}

/* "b.c" and ".b.c" both hold "a.b.c" and "b.c". */
static bool is_in_domain(const char *entry, const char *host)
{
    size_t n, n_host = strlen(host);

    if (*entry == '.')
        entry++;
    n = strlen(entry);
    if (n > 0 && entry[n - 1] == '.')
        n--;
    if (n_host > 0 && host[n_host - 1] == '.')
        n_host--;
    if (n == 0 || n > n_host || strncasecmp(host + n_host - n, entry, n) != 0)
        return false;
    return n == n_host || host[n_host - n - 1] == '.';
}

static bool is_match(const char *entry, const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, host, address) == 1)
        return is_in_network(entry, address, AF_INET);
    if (inet_pton(AF_INET6, host, address) == 1)
        return is_in_network(entry, address, AF_INET6);
    return is_in_domain(entry, host);
}

bool hs_proxy_is_excepted(const char *no_proxy, const char *host)
{
    char entry[ENTRY_BYTES_MAX + 1];

    if (strcmp(no_proxy, "*") == 0)
        return true;
    for (no_proxy += strspn(no_proxy, ", \t"); *no_proxy; no_proxy += strspn(no_proxy, ", \t")) {
        size_t n = strcspn(no_proxy, ", \t");

        if (n <= ENTRY_BYTES_MAX) {
            memcpy(entry, no_proxy, n);
            entry[n] = '\0';
            if (is_match(entry, host))
                return true;
        }
        no_proxy += n;
    }
    return false;
}

/* A CGI script's HTTP_PROXY is the client's to choose, so only the lower case name counts there. */
static const char *named_proxy(enum hs_scheme scheme)
{
    const char *proxy = getenv(scheme == HS_HTTP ? "http_proxy" : "https_proxy");

    if (!proxy && scheme == HS_HTTPS)
        proxy = getenv("HTTPS_PROXY");
    if (!proxy)
        proxy = getenv("all_proxy");
    if (!proxy)
        proxy = getenv("ALL_PROXY");
    return proxy && *proxy ? proxy : NULL;
}

const char *hs_proxy_for(const struct hs_url *url)
{
    const char *proxy = named_proxy(url->scheme), *no_proxy;

    if (!proxy)
        return NULL;
    no_proxy = getenv("no_proxy");
    if (!no_proxy)
        no_proxy = getenv("NO_PROXY");
    return no_proxy && hs_proxy_is_excepted(no_proxy, url->host) ? NULL : proxy;
}
