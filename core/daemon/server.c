#include "daemon/server.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "job/control.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/banned.h"

enum { CLIENTS_MAX = HS_SERVER_FDS - 1, IDLE_MS = 30 * 1000 };

struct client {
    int fd; /* -1: free */
    struct hub_text in, out;
    size_t sent;
    int64_t moved_ms;
};
struct hs_server {
    char *path;
    int fd;
    hs_answer_fn *answer;
    void *ctx;
    struct client clients[CLIENTS_MAX];
};

/* ---- the socket ---- */
static bool is_in_use(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_used = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;

    if (fd >= 0)
        (void)close(fd);
    return is_used;
}

static int clear_way(const char *path, const struct sockaddr_un *address, struct hs_err *err)
{
    struct stat info;

    if (lstat(path, &info) < 0)
        return errno == ENOENT ? 0 : hs_fail_errno(err, "look at", path);
    if (!S_ISSOCK(info.st_mode))
        return hs_fail(err, HS_ECONFIG, "%s: is there and is no socket; it is left alone", path);
    if (is_in_use(address))
        return hs_fail(err, HS_EBUSY, "%s: another process listens there", path);
    return unlink(path) < 0 ? hs_fail_errno(err, "remove the stale socket", path) : 0;
}

static int listen_at(struct hs_server *server, struct hs_err *err)
{
    struct sockaddr_un address;
    mode_t old;
    int r = hs_control_address(server->path, &address, err);

    if (r == 0)
        r = clear_way(server->path, &address, err);
    if (r < 0)
        return r;
    server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->fd < 0)
        return hs_fail_errno(err, "open a socket for", server->path);
    old = umask(0177);
    r = bind(server->fd, (struct sockaddr *)&address, sizeof address);
    (void)umask(old);
    if (r < 0 || listen(server->fd, CLIENTS_MAX) < 0)
        return hs_fail_errno(err, "listen at", server->path);
    return 0;
}

int hs_server_new(const char *path, hs_answer_fn *answer, void *ctx, struct hs_server **out,
                  struct hs_err *err)
{
    struct hs_server *server = hs_xcalloc(1, sizeof *server);
    int r;

    server->path = hs_xstrdup(path);
    server->answer = answer;
    server->ctx = ctx;
    server->fd = -1;
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        server->clients[i].fd = -1;
    r = listen_at(server, err);
    if (r < 0) {
        if (server->fd >= 0)
            (void)close(server->fd);
        free(server->path);
        free(server);
        return r;
    }
    *out = server;
    return 0;
}

static void drop(struct client *client)
{
    if (client->fd >= 0)
        (void)close(client->fd);
    hub_text_clear(&client->in);
    hub_text_clear(&client->out);
    *client = (struct client){.fd = -1};
}

void hs_server_free(struct hs_server *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        drop(&server->clients[i]);
    (void)unlink(server->path);
    (void)close(server->fd);
    free(server->path);
    free(server);
}

/* ---- clients ---- */
static bool is_trusted(int fd)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t n = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) < 0)
        return false;
    return peer.uid == geteuid() || peer.uid == 0;
}

static void welcome(struct hs_server *server)
{
    int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return;
    for (size_t i = 0; i < CLIENTS_MAX && is_trusted(fd); i++)
        if (server->clients[i].fd < 0) {
            server->clients[i] = (struct client){.fd = fd, .moved_ms = hs_mono_ms()};
            return;
        }
    (void)close(fd);
}

static void refuse(struct hub_text *out, const struct hs_err *err)
{
    hub_text_printf(out, "{\"ok\":false,\"status\":\"%d\",\"error\":", err->status);
    hub_text_json(out, hs_class_name(hs_class_of(err->status)));
    hub_text_puts(out, ",\"message\":");
    hub_text_json(out, hs_err_text(err));
    if (err->hint) {
        hub_text_puts(out, ",\"hint\":");
        hub_text_json(out, err->hint);
    }
    hub_text_puts(out, "}\n");
}

static void answer(struct hs_server *server, struct client *client, size_t n_bytes)
{
    HUB_POOL(pool);
    HUB_TEXT(result);
    HS_ERR(err);
    const char *why = "";
    const struct hub_json *request = hub_json_parse(&pool, client->in.data, n_bytes, HS_ASK_MAX, &why);
    int r = request ? server->answer(server->ctx, request, &pool, &result, &err)
                    : hs_fail(&err, HS_ECONFIG, "that is no line of JSON: %s", why);

    if (r < 0)
        refuse(&client->out, &err);
    else
        hub_text_printf(&client->out, "{\"ok\":true,\"result\":%s}\n", result.data);
}

static void receive(struct hs_server *server, struct client *client)
{
    char block[4096];
    ssize_t n = recv(client->fd, block, sizeof block, 0);
    const char *end;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 || client->in.n_bytes + (size_t)n > HS_ASK_MAX) {
        drop(client);
        return;
    }
    client->moved_ms = hs_mono_ms();
    hub_text_add(&client->in, block, (size_t)n);
    end = client->in.failed ? NULL : memchr(client->in.data, '\n', client->in.n_bytes);
    if (end)
        answer(server, client, (size_t)(end - client->in.data));
}

static void reply(struct client *client)
{
    ssize_t n = send(client->fd, client->out.data + client->sent, client->out.n_bytes - client->sent, MSG_NOSIGNAL);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    client->moved_ms = hs_mono_ms();
    if (n > 0)
        client->sent += (size_t)n;
    if (n <= 0 || client->sent == client->out.n_bytes)
        drop(client);
}

size_t hs_server_fds(const struct hs_server *server, struct pollfd *fds)
{
    size_t n = 0;

    fds[n++] = (struct pollfd){.fd = server->fd, .events = POLLIN};
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        const struct client *client = &server->clients[i];
        if (client->fd >= 0)
            fds[n++] = (struct pollfd){.fd = client->fd,
                                       .events = client->out.n_bytes ? POLLOUT : POLLIN};
    }
    return n;
}

void hs_server_serve(struct hs_server *server, const struct pollfd *fds, size_t n)
{
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        struct client *client = &server->clients[i];
        for (size_t k = 1; k < n && client->fd >= 0; k++) {
            if (fds[k].fd != client->fd || !fds[k].revents)
                continue;
            if (client->out.n_bytes)
                reply(client);
            else
                receive(server, client);
            break;
        }
        if (client->fd >= 0 && hs_mono_ms() - client->moved_ms > IDLE_MS)
            drop(client);
    }
    if (n && fds[0].revents)
        welcome(server);
}
