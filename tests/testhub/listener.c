#include "listener.h"
#include "counters.h"
#include "exchange.h"
#include "server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 256, POOL_BYTES = 768 << 10, POOL_STEP = 256 << 10, OPEN_MAX_PER_DAEMON = 2000 };

static struct th_listener listeners[TH_LISTENERS_MAX];
static size_t listener_count;

static int open_socket(int family, uint16_t *port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(*port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(*port)};
    struct sockaddr *address = family == AF_INET ? (void *)&v4 : (void *)&v6;
    socklen_t length = family == AF_INET ? sizeof(v4) : sizeof(v6);
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, address, length) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, address, &length) != 0) {
        (void)close(fd);
        return -1;
    }
    *port = ntohs(family == AF_INET ? v4.sin_port : v6.sin6_port);
    return fd;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    static atomic_uintptr_t last_number;
    struct th_listener *listener = cls;

    (void)connection;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        *socket_context = (void *)(atomic_fetch_add(&last_number, 1) + 1);
    if (listener->site)
        th_counters_connection(listener->site, listener->plane,
                               code == MHD_CONNECTION_NOTIFY_STARTED ? 1 : -1);
}

static struct MHD_Daemon *serve(struct th_listener *listener, int fd, const struct th_pem *pem)
{
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_ITC;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, pem ? (void *)(uintptr_t)pem->key : NULL},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, pem ? (void *)(uintptr_t)pem->certificate : NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    if (!pem)
        tls[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        flags | (pem ? MHD_USE_TLS : 0), 0, NULL, NULL, th_server_answer, listener,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, th_server_uri, listener,
        MHD_OPTION_NOTIFY_COMPLETED, th_server_completed, listener, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, listener, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
        MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)POOL_STEP, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)OPEN_MAX_PER_DAEMON, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static bool open_both(struct th_listener *listener, bool wants_v6, const struct th_pem *pem)
{
    enum { TRIES = 20 };

    for (int i = 0; i < TRIES; i++) {
        uint16_t port = 0;
        int v4 = open_socket(AF_INET, &port), v6 = -1;

        if (v4 < 0)
            return false;
        if (wants_v6) {
            v6 = open_socket(AF_INET6, &port);
            if (v6 < 0 && i < TRIES - 1 && access("/proc/net/if_inet6", R_OK) == 0) {
                (void)close(v4);
                continue;
            }
        }
        listener->port = port;
        listener->daemons[0] = serve(listener, v4, pem);
        listener->daemons[1] = v6 >= 0 ? serve(listener, v6, pem) : NULL;
        return listener->daemons[0] && (v6 < 0 || listener->daemons[1]);
    }
    return false;
}

struct th_listener *th_listener_open(const struct th_site *site, const struct th_plane *plane,
                                     const char *host, const struct th_pem *pem)
{
    struct th_listener *listener = &listeners[listener_count];
    bool is_number = strspn(host, "0123456789.") == strlen(host);

    if (listener_count == TH_LISTENERS_MAX) {
        fprintf(stderr, "hubsync-testhub: more than %d listeners\n", TH_LISTENERS_MAX);
        return NULL;
    }
    listener_count++;
    listener->site = site;
    listener->plane = plane;
    listener->is_bad_tls = pem && pem->is_bad;
    if (!open_both(listener, !is_number, pem)) {
        fprintf(stderr, "hubsync-testhub: cannot serve on loopback for %s\n", host);
        return NULL;
    }
    listener->base = th_format("%s://%s:%u", pem ? "https" : "http", host, listener->port);
    return listener;
}

const struct th_listener *th_listener_at(uint16_t port)
{
    for (size_t i = 0; i < listener_count; i++)
        if (listeners[i].port == port && !listeners[i].is_bad_tls)
            return &listeners[i];
    return NULL;
}

const char *th_listener_base(const struct th_site *site, const char *plane)
{
    for (size_t i = 0; i < listener_count; i++)
        if (listeners[i].site == site && listeners[i].plane && !listeners[i].is_bad_tls &&
            !strcmp(listeners[i].plane->name, plane))
            return listeners[i].base;
    return "";
}

const char *th_base(const struct th_req *req, const char *plane)
{
    return th_listener_base(req->site, plane);
}

void th_listeners_close(void)
{
    for (size_t i = 0; i < listener_count; i++) {
        for (int k = 0; k < 2; k++)
            if (listeners[i].daemons[k])
                MHD_stop_daemon(listeners[i].daemons[k]);
        free(listeners[i].base);
    }
    listener_count = 0;
}
