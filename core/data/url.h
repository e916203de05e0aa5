/* A URL taken apart, strictly: scheme, host and port as they will be connected to. */
#ifndef HS_DATA_URL_H
#define HS_DATA_URL_H
#include "base/err.h"
#include <hubsync/kit.h>

enum hs_scheme { HS_HTTP = 1, HS_HTTPS, HS_FILE };
enum hs_place { HS_PUBLIC_PLACE = 0, HS_PRIVATE_PLACE, HS_LOOPBACK_PLACE }; /* of a literal host */
struct hs_url {
    enum hs_scheme scheme;
    const char *host; /* lowercase, IPv6 without brackets; "" for file: */
    uint16_t port;    /* the scheme's own if none was written */
    const char *path; /* with the query, from '/' on; for file: percent-decoded */
    bool has_userinfo;
};
/* Refuses control characters, blanks, backslashes, an empty host, a bad port. */
int hs_url_parse(struct hub_pool *pool, const char *text, struct hs_url *out, struct hs_err *err);
/* What kind of place a host name or address literal is by itself (127.0.0.0/8, ::1, localhost,
 * *.localhost; 10/8, 172.16/12, 192.168/16, 169.254/16, fc00::/7, fe80::/10, 100.64/10, 0/8,
 * ::ffff: forms). Numbers such as 2130706433 or 0x7f.1 count as the address they are. */
enum hs_place hs_host_place(const char *host);
/* The same for a resolved address. */
struct sockaddr;
enum hs_place hs_sockaddr_place(const struct sockaddr *addr);
/* Resolves a Location against the URL it came with. */
char *hs_url_join(struct hub_pool *pool, const char *base, const char *location);
/* "https://host:port" without path or query: what may be shown of an address. */
char *hs_url_origin(struct hub_pool *pool, const struct hs_url *url);
#endif
