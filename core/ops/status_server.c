/* /metrics, /livez and /readyz on libmicrohttpd, on a thread of its own. */
#include "ops/ops.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include "base/banned.h"

enum { IDLE_S = 10, MAX_CONNECTIONS = 32 };

struct hs_status_server {
    struct MHD_Daemon *daemon;
    struct hs_status_pages pages;
};

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status, const char *type,
                                   const struct hub_text *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        text->data ? text->n_bytes : 0, text->data ? text->data : (void *)"", MHD_RESPMEM_MUST_COPY);
    enum MHD_Result r;

    if (!response)
        return MHD_NO;
    (void)MHD_add_response_header(response, "Content-Type", type);
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    r = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return r;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *body,
                                  size_t *n_bytes, void **own)
{
    const struct hs_status_server *server = ctx;
    HUB_TEXT(text);

    (void)version;
    (void)body;
    (void)own;
    *n_bytes = 0;
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        hub_text_puts(&text, "only GET and HEAD\n");
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", &text);
    }
    if (strcmp(url, "/livez") == 0) {
        hub_text_puts(&text, "ok\n");
        return answer_text(connection, MHD_HTTP_OK, "text/plain; charset=utf-8", &text);
    }
    if (strcmp(url, "/readyz") == 0) {
        bool is_ready = server->pages.ready(server->pages.ctx, &text) == 0;
        hub_text_puts(&text, is_ready ? "ok\n" : "\n");
        return answer_text(connection, is_ready ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
                           "text/plain; charset=utf-8", &text);
    }
    if (strcmp(url, "/metrics") == 0) {
        server->pages.metrics(server->pages.ctx, &text);
        return answer_text(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", &text);
    }
    hub_text_puts(&text, "/metrics, /livez or /readyz\n");
    return answer_text(connection, MHD_HTTP_NOT_FOUND, "text/plain; charset=utf-8", &text);
}

/* ---- where to listen ---- */
struct place {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;
    socklen_t n_bytes;
    bool is_v6;
};

static int parse_place(const char *listen, struct place *place, struct hs_err *err)
{
    HUB_POOL(pool);
    const char *colon = strrchr(listen, ':');
    char *host = colon ? hub_pool_strndup(&pool, listen, (size_t)(colon - listen)) : NULL, *end = NULL;
    unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;

    memset(place, 0, sizeof *place);
    if (host && *host == '[' && host[strlen(host) - 1] == ']') {
        host[strlen(host) - 1] = '\0';
        host++;
        place->is_v6 = true;
    }
    if (host && (!*host || strcmp(host, "localhost") == 0))
        host = hub_pool_strdup(&pool, "127.0.0.1");
    if (host && end && end != colon + 1 && !*end && port <= 65535) {
        if (place->is_v6 && inet_pton(AF_INET6, host, &place->address.v6.sin6_addr) == 1) {
            place->address.v6.sin6_family = AF_INET6;
            place->address.v6.sin6_port = htons((uint16_t)port);
            place->n_bytes = sizeof place->address.v6;
            return 0;
        }
        if (!place->is_v6 && inet_pton(AF_INET, host, &place->address.v4.sin_addr) == 1) {
            place->address.v4.sin_family = AF_INET;
            place->address.v4.sin_port = htons((uint16_t)port);
            place->n_bytes = sizeof place->address.v4;
            return 0;
        }
    }
    (void)hs_fail(err, HS_ECONFIG, "daemon.listen: '%s' is no address to listen on", listen);
    return hs_hint(err, "such as 127.0.0.1:9090, [::1]:9090 or :9090 for loopback");
}

int hs_status_server_start(const char *listen, const struct hs_status_pages *pages,
                           struct hs_status_server **out, struct hs_err *err)
{
    struct hs_status_server *server;
    struct place place;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
    int r = parse_place(listen, &place, err);

    if (r < 0)
        return r;
    server = hs_xcalloc(1, sizeof *server);
    server->pages = *pages;
    if (place.is_v6)
        flags |= MHD_USE_IPv6;
    server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
                                      &place.address.any, MHD_OPTION_CONNECTION_LIMIT,
                                      (unsigned)MAX_CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
                                      (unsigned)IDLE_S, MHD_OPTION_END);
    if (!server->daemon) {
        free(server);
        return hs_fail(err, HS_EFAILED, "daemon.listen: cannot listen on %s: %s", listen, strerror(errno));
    }
    *out = server;
    return 0;
}

unsigned hs_status_server_port(const struct hs_status_server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);

    return info ? info->port : 0;
}

void hs_status_server_stop(struct hs_status_server *server)
{
    if (!server)
        return;
    MHD_stop_daemon(server->daemon);
    free(server);
}
