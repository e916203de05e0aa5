#include "job/control.h"

#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/banned.h"

enum { RECORD_MAX = 8192, PATIENCE_S = 60 };
static const char result_at[] = "{\"ok\":true,\"result\":";

/* ---- the record ---- */
static struct flock whole_file(short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}

static void read_record(struct hub_pool *pool, int fd, struct hs_daemon_record *record)
{
    char text[RECORD_MAX];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    char *rest;

    if (n <= 0)
        return;
    text[n] = '\0';
    record->pid = strtol(text, &rest, 10);
    if (*rest != '\n')
        return;
    rest[1 + strcspn(rest + 1, "\n")] = '\0';
    record->socket = hub_pool_strdup(pool, rest + 1);
    record->is_running = true;
}

void hs_daemon_find(struct hub_pool *pool, const char *state_dir, struct hs_daemon_record *record)
{
    HS_FREE char *path = hs_xprintf("%s/daemon", state_dir);
    struct flock lock = whole_file(F_WRLCK);
    int fd = open(path, O_RDWR | O_CLOEXEC);

    *record = (struct hs_daemon_record){.socket = ""};
    if (fd < 0)
        return;
    if (fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        read_record(pool, fd, record);
    (void)close(fd);
}

int hs_daemon_announce(const char *state_dir, const char *socket, int *fd, struct hs_err *err)
{
    HS_FREE char *path = hs_xprintf("%s/daemon", state_dir);
    HS_FREE char *text = hs_xprintf("%ld\n%s\n", (long)getpid(), socket);
    struct flock lock = whole_file(F_WRLCK);
    size_t n = strlen(text);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (file < 0)
        return hs_fail_errno(err, "open", path);
    if (fcntl(file, F_OFD_SETLK, &lock) < 0) {
        (void)close(file);
        return hs_fail(err, HS_EBUSY, "%s: another daemon runs on this state", path);
    }
    if (ftruncate(file, 0) < 0 || pwrite(file, text, n, 0) != (ssize_t)n) {
        int r = hs_fail_errno(err, "write", path);
        (void)close(file);
        return r;
    }
    *fd = file;
    return 0;
}

/* ---- asking ---- */
int hs_control_address(const char *path, struct sockaddr_un *address, struct hs_err *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address->sun_path) {
        (void)hs_fail(err, HS_ECONFIG, "%s: longer than the %zu bytes of a socket's path", path,
                      sizeof address->sun_path - 1);
        return hs_hint(err, "set daemon.socket to a shorter one");
    }
    memcpy(address->sun_path, path, strlen(path) + 1);
    return 0;
}

static int connect_to(const char *path, int *out, struct hs_err *err)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};
    struct sockaddr_un address;
    int fd, r = hs_control_address(path, &address, err);

    if (r < 0)
        return r;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return hs_fail_errno(err, "open a socket for", path);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        r = hs_fail_errno(err, "reach the daemon at", path);
        (void)close(fd);
        return r;
    }
    *out = fd;
    return 0;
}

static int send_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return -1;
        text += sent;
        n -= (size_t)sent;
    }
    return 0;
}

static int receive_line(int fd, struct hub_text *out)
{
    char block[65536];

    while (out->n_bytes < HS_ANSWER_MAX) {
        ssize_t n = recv(fd, block, sizeof block, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        hub_text_add(out, block, (size_t)n);
        if (out->failed)
            return -1;
        if (block[n - 1] == '\n')
            return 0;
    }
    return -1;
}

static int read_refusal(struct hub_pool *pool, const struct hub_text *answer, struct hs_err *err)
{
    struct hub_read read = {.pool = pool};
    const char *why = "", *hint;
    const struct hub_json *doc = hub_json_parse(pool, answer->data, answer->n_bytes, HS_ANSWER_MAX, &why);
    long long status;

    if (!doc)
        return hs_fail(err, HS_EFAILED, "the daemon's answer cannot be read: %s", why);
    status = strtoll(hub_json_string(&read, doc, "status", HUB_MAY), NULL, 10);
    (void)hs_fail(err, status < 0 ? (int)status : HS_EFAILED, "%s", hub_json_string(&read, doc, "message", HUB_MAY));
    hint = hub_json_string(&read, doc, "hint", HUB_MAY);
    return hint && *hint ? hs_hint(err, "%s", hint) : err->status;
}

static int read_answer(struct hub_pool *pool, struct hub_text *answer, const char **result,
                       struct hs_err *err)
{
    size_t n = sizeof result_at - 1;

    if (answer->n_bytes > n + 2 && strncmp(answer->data, result_at, n) == 0) {
        *result = hub_pool_strndup(pool, answer->data + n, answer->n_bytes - n - 2); /* "}\n" */
        return *result ? 0 : hs_fail(err, HUB_ENOMEM, "out of memory");
    }
    return read_refusal(pool, answer, err);
}

int hs_control_ask(struct hub_pool *pool, const char *socket_path, const char *line,
                   const char **result, struct hs_err *err)
{
    HUB_TEXT(answer);
    int fd = -1, r = connect_to(socket_path, &fd, err);

    if (r < 0)
        return r;
    if (send_all(fd, line, strlen(line)) < 0 || send_all(fd, "\n", 1) < 0 || receive_line(fd, &answer) < 0)
        r = hs_fail(err, HS_EFAILED, "the daemon at %s does not answer", socket_path);
    (void)close(fd);
    return r < 0 ? r : read_answer(pool, &answer, result, err);
}
