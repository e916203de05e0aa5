#include "mini_http.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_MAX = 64 * 1024, REQUESTS_MAX = 256, CONNECTIONS_MAX = 64, PATTERN = 251 };

struct connection {
    struct mini_http *mini;
    pthread_t thread;
    int fd, index;
    char bytes[HEAD_MAX]; /* read and not yet used */
    size_t n_bytes;
};

struct mini_http {
    const struct mini_step *steps;
    size_t n_steps;
    int fd, port, stop[2];
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    struct mini_request requests[REQUESTS_MAX];
    size_t n_requests;
    struct connection *connections[CONNECTIONS_MAX];
    int n_connections, n_open;
};

static void *allocate(size_t n)
{
    void *out = calloc(1, n);

    if (!out)
        abort();
    return out;
}

/* ---- one connection ---- */
/* Waits for bytes or the end of the test. */
static bool wait_for(const struct connection *c, short events)
{
    struct pollfd fds[2] = {{c->fd, events, 0}, {c->mini->stop[0], POLLIN, 0}};

    while (poll(fds, 2, -1) < 0 && errno == EINTR)
        ;
    return fds[1].revents == 0;
}

static bool read_more(struct connection *c)
{
    ssize_t n;

    if (!wait_for(c, POLLIN) || c->n_bytes == sizeof c->bytes)
        return false;
    n = recv(c->fd, c->bytes + c->n_bytes, sizeof c->bytes - c->n_bytes, 0);
    if (n <= 0)
        return false;
    c->n_bytes += (size_t)n;
    return true;
}

static bool say(struct connection *c, const char *bytes, size_t n_bytes)
{
    while (n_bytes > 0) {
        ssize_t n;

        if (!wait_for(c, POLLOUT))
            return false;
        n = send(c->fd, bytes, n_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        n_bytes -= (size_t)n;
    }
    return true;
}

static void use(struct connection *c, size_t n)
{
    memmove(c->bytes, c->bytes + n, c->n_bytes - n);
    c->n_bytes -= n;
}

static bool read_head(struct connection *c, struct mini_request *request)
{
    char *end;

    while ((end = memmem(c->bytes, c->n_bytes, "\r\n\r\n", 4)) == NULL)
        if (!read_more(c))
            return false;
    request->head = allocate((size_t)(end - c->bytes) + 3);
    memcpy(request->head, c->bytes, (size_t)(end - c->bytes) + 2);
    use(c, (size_t)(end - c->bytes) + 4);
    return true;
}

static size_t length_of(const char *head)
{
    const char *line = strcasestr(head, "\r\ncontent-length:");

    return line ? (size_t)strtoull(line + 17, NULL, 10) : 0;
}

static bool read_body(struct connection *c, struct mini_request *request, size_t bite)
{
    size_t n = length_of(request->head);

    request->body = allocate(n + 1);
    while (request->body_bytes < n) {
        size_t take = n - request->body_bytes < c->n_bytes ? n - request->body_bytes : c->n_bytes;

        if (take > bite)
            take = bite;
        memcpy(request->body + request->body_bytes, c->bytes, take);
        request->body_bytes += take;
        use(c, take);
        if (request->body_bytes < n && c->n_bytes == 0 && !read_more(c))
            return false;
    }
    return true;
}

static bool say_answer(struct connection *c, const struct mini_step *step)
{
    char port[16];
    const char *mark = strstr(step->answer, "%p");
    bool is_said;

    (void)snprintf(port, sizeof port, "%d", c->mini->port);
    if (!mark)
        is_said = say(c, step->answer, strlen(step->answer));
    else
        is_said = say(c, step->answer, (size_t)(mark - step->answer)) &&
                  say(c, port, strlen(port)) && say(c, mark + 2, strlen(mark + 2));
    for (uint64_t at = 0; is_said && at < step->body_bytes;) {
        char piece[16 * 1024];
        size_t n =
            step->body_bytes - at < sizeof piece ? (size_t)(step->body_bytes - at) : sizeof piece;

        for (size_t i = 0; i < n; i++)
            piece[i] = (char)((at + i) % PATTERN);
        is_said = say(c, piece, n);
        at += n;
    }
    return is_said;
}

static void reset(const struct connection *c)
{
    struct linger now = {1, 0};

    (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static const struct mini_step *next_step(struct connection *c, const struct mini_request *request)
{
    struct mini_http *mini = c->mini;
    size_t i;

    (void)pthread_mutex_lock(&mini->lock);
    i = mini->n_requests < REQUESTS_MAX - 1 ? mini->n_requests++ : REQUESTS_MAX - 1;
    mini->requests[i] = *request;
    (void)pthread_mutex_unlock(&mini->lock);
    return &mini->steps[i < mini->n_steps ? i : mini->n_steps - 1];
}

/* The step is known once the head is there: a body may never come. */
static const struct mini_step *peek_step(struct connection *c)
{
    struct mini_http *mini = c->mini;
    size_t i;

    (void)pthread_mutex_lock(&mini->lock);
    i = mini->n_requests;
    (void)pthread_mutex_unlock(&mini->lock);
    return &mini->steps[i < mini->n_steps ? i : mini->n_steps - 1];
}

/* Returns whether the connection goes on. */
static bool serve_one(struct connection *c)
{
    struct mini_request request = {.connection = c->index};
    const struct mini_step *step;

    if (!read_head(c, &request))
        return false;
    step = peek_step(c);
    if (step->how == MINI_EARLY || step->how == MINI_EARLY_END) {
        step = next_step(c, &request);
        (void)say_answer(c, step);
        if (step->how == MINI_EARLY_END)
            (void)shutdown(c->fd, SHUT_WR);
        (void)wait_for(c, POLLRDHUP); /* until the other side goes or the test ends */
        reset(c);
        return false;
    }
    if (!read_body(c, &request, step->how == MINI_TAKE_SLOWLY ? 1024 : HEAD_MAX)) {
        free(request.head);
        free(request.body);
        return false;
    }
    step = next_step(c, &request);
    if (!say_answer(c, step))
        return false;
    if (step->how == MINI_STALL)
        (void)wait_for(c, POLLRDHUP);
    if (step->how == MINI_RESET)
        reset(c);
    return step->how == MINI_ANSWER || step->how == MINI_TAKE_SLOWLY;
}

static void *serve_connection(void *ctx)
{
    struct connection *c = ctx;
    int fd;

    while (serve_one(c))
        ;
    (void)pthread_mutex_lock(&c->mini->lock);
    c->mini->n_open--;
    fd = c->fd;
    c->fd = -1;
    (void)pthread_mutex_unlock(&c->mini->lock);
    (void)close(fd);
    return NULL;
}

/* ---- the server ---- */
static void accept_one(struct mini_http *mini, int fd)
{
    struct connection *c = allocate(sizeof *c);
    int on = 1;

    c->mini = mini;
    c->fd = fd;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)pthread_mutex_lock(&mini->lock);
    if (mini->n_connections == CONNECTIONS_MAX)
        abort();
    c->index = mini->n_connections;
    mini->connections[mini->n_connections++] = c;
    mini->n_open++;
    (void)pthread_mutex_unlock(&mini->lock);
    if (pthread_create(&c->thread, NULL, serve_connection, c) != 0)
        abort();
}

static void *serve(void *ctx)
{
    struct mini_http *mini = ctx;
    struct pollfd fds[2] = {{mini->fd, POLLIN, 0}, {mini->stop[0], POLLIN, 0}};

    for (;;) {
        int fd;

        if (poll(fds, 2, -1) < 0 && errno == EINTR)
            continue;
        if (fds[1].revents)
            return NULL;
        fd = accept(mini->fd, NULL, NULL);
        if (fd >= 0)
            accept_one(mini, fd);
    }
}

struct mini_http *mini_start(const struct mini_step *steps, size_t n_steps)
{
    struct mini_http *mini = allocate(sizeof *mini);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;

    mini->steps = steps;
    mini->n_steps = n_steps;
    (void)pthread_mutex_init(&mini->lock, NULL);
    mini->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (mini->fd < 0 || pipe(mini->stop) != 0 ||
        bind(mini->fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(mini->fd, 64) != 0 ||
        getsockname(mini->fd, (struct sockaddr *)&at, &n) != 0)
        abort();
    mini->port = ntohs(at.sin_port);
    if (pthread_create(&mini->thread, NULL, serve, mini) != 0)
        abort();
    return mini;
}

void mini_stop(struct mini_http *mini)
{
    (void)close(mini->stop[1]); /* readable for all, for ever */
    (void)pthread_join(mini->thread, NULL);
    for (int i = 0; i < mini->n_connections; i++) {
        (void)pthread_join(mini->connections[i]->thread, NULL);
        free(mini->connections[i]);
    }
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        free(mini->requests[i].head);
        free(mini->requests[i].body);
    }
    (void)close(mini->stop[0]);
    (void)close(mini->fd);
    (void)pthread_mutex_destroy(&mini->lock);
    free(mini);
}

int mini_port(const struct mini_http *mini)
{
    return mini->port;
}

size_t mini_requests(struct mini_http *mini)
{
    size_t n;

    (void)pthread_mutex_lock(&mini->lock);
    n = mini->n_requests;
    (void)pthread_mutex_unlock(&mini->lock);
    return n;
}

const struct mini_request *mini_request(struct mini_http *mini, size_t i)
{
    return i < mini_requests(mini) ? &mini->requests[i] : NULL;
}

int mini_connections(struct mini_http *mini)
{
    int n;

    (void)pthread_mutex_lock(&mini->lock);
    n = mini->n_connections;
    (void)pthread_mutex_unlock(&mini->lock);
    return n;
}

int mini_open(struct mini_http *mini)
{
    int n;

    (void)pthread_mutex_lock(&mini->lock);
    n = mini->n_open;
    (void)pthread_mutex_unlock(&mini->lock);
    return n;
}
