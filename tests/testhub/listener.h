/* Listening sockets and the HTTP daemons behind them. */
#ifndef TH_LISTENER_H
#define TH_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

struct MHD_Daemon;
struct th_plane;
struct th_site;

enum { TH_LISTENERS_MAX = 48 };

struct th_listener {
    const struct th_site *site; /* NULL: the admin API */
    const struct th_plane *plane;
    bool is_bad_tls;
    char *base; /* "http://localhost:40001" */
    uint16_t port;
    struct MHD_Daemon *daemons[2]; /* IPv4, IPv6 (or NULL) */
};

/* Key and certificate in PEM; no client may trust a bad one. */
struct th_pem {
    const char *key, *certificate;
    bool is_bad;
};

/* Opens and serves, https with a pem and http without; NULL with a message on stderr when it
 * cannot. Owned by this file. Needs the hub's lock, as th_listener_base does. */
struct th_listener *th_listener_open(const struct th_site *site, const struct th_plane *plane,
                                     const char *host, const struct th_pem *pem);
/* Who serves on the port; NULL when nobody does, or with a bad certificate. */
const struct th_listener *th_listener_at(uint16_t port);
const char *th_listener_base(const struct th_site *site, const char *plane); /* "" if none */
/* Stops serving, ends all connections, frees. */
void th_listeners_close(void);

#endif
