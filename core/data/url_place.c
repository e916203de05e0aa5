#include "data/url.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include "base/banned.h"

enum { HOST_BYTES_MAX = 255 };

static enum hs_place place_v4(uint32_t address)
{
    static const struct {
        uint32_t net, mask;
        enum hs_place place;
    } known[] = {
        {0x7F000000, 0xFF000000, HS_LOOPBACK_PLACE}, /* 127/8 */
        {0x00000000, 0xFF000000, HS_PRIVATE_PLACE},  /* 0/8 */
        {0x0A000000, 0xFF000000, HS_PRIVATE_PLACE},  /* 10/8 */
        {0x64400000, 0xFFC00000, HS_PRIVATE_PLACE},  /* 100.64/10 */
        {0xA9FE0000, 0xFFFF0000, HS_PRIVATE_PLACE},  /* 169.254/16 */
        {0xAC100000, 0xFFF00000, HS_PRIVATE_PLACE},  /* 172.16/12 */
        {0xC0A80000, 0xFFFF0000, HS_PRIVATE_PLACE},  /* 192.168/16 */
        {0xE0000000, 0xE0000000, HS_PRIVATE_PLACE},  /* 224/4, 240/4: no site answers there */
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if ((address & known[i].mask) == known[i].net)
            return known[i].place;
    return HS_PUBLIC_PLACE;
}

static uint32_t v4_of(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static enum hs_place place_v6(const struct in6_addr *address)
{
    static const unsigned char nat64[12] = {0x00, 0x64, 0xFF, 0x9B};
    static const unsigned char zeros[16] = {0};
    const unsigned char *b = address->s6_addr;

    if (IN6_IS_ADDR_LOOPBACK(address))
        return HS_LOOPBACK_PLACE;
    if (memcmp(b, zeros, 16) == 0)
        return HS_PRIVATE_PLACE;
    if (IN6_IS_ADDR_V4MAPPED(address) || memcmp(b, nat64, 12) == 0 || memcmp(b, zeros, 12) == 0)
        return place_v4(v4_of(b + 12));
    if (b[0] == 0x20 && b[1] == 0x02) /* 6to4 */
        return place_v4(v4_of(b + 2));
    if ((b[0] & 0xFE) == 0xFC || (b[0] == 0xFE && b[1] >= 0x80) || b[0] == 0xFF)
        return HS_PRIVATE_PLACE;
    return HS_PUBLIC_PLACE;
}

enum hs_place hs_sockaddr_place(const struct sockaddr *addr)
{
    if (addr->sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, addr, sizeof v4);
        return place_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (addr->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, addr, sizeof v6);
        return place_v6(&v6.sin6_addr);
    }
    return HS_PRIVATE_PLACE;
}

static bool is_localhost(const char *host, size_t n_bytes)
{
    static const char word[] = "localhost";
    size_t n = sizeof word - 1;

    if (n_bytes < n || strncasecmp(host + n_bytes - n, word, n) != 0)
        return false;
    return n_bytes == n || host[n_bytes - n - 1] == '.';
}

enum hs_place hs_host_place(const char *host)
{
    char text[HOST_BYTES_MAX + 1]; /* no longer name exists: it resolves to nothing */
    size_t n = strlen(host);
    struct in_addr v4;
    struct in6_addr v6;

    if (n > 0 && host[n - 1] == '.')
        n--;
    if (n >= 2 && host[0] == '[' && host[n - 1] == ']') {
        host++;
        n -= 2;
    }
    if (memchr(host, '%', n) && memchr(host, ':', n)) /* fe80::1%eth0 */
        n = strcspn(host, "%");
    if (n >= sizeof text)
        return HS_PUBLIC_PLACE;
    memcpy(text, host, n);
    text[n] = '\0';
    if (is_localhost(text, n))
        return HS_LOOPBACK_PLACE;
    if (inet_pton(AF_INET6, text, &v6) == 1)
        return place_v6(&v6);
    /* The resolver takes 2130706433, 0x7f.1 and 0177.0.0.1 for addresses, so they are. */
    if (text[strspn(text, "0123456789abcdefABCDEFxX.")] == '\0' && inet_aton(text, &v4))
        return place_v4(ntohl(v4.s_addr));
    return HS_PUBLIC_PLACE;
}
