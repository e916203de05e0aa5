#include "provider/host.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

enum { TOKEN_MAX = 16 * 1024, COMMAND_MS = 30000 };

extern char **environ;

static const char *first_line(struct hub_pool *pool, const char *text)
{
    size_t n = text ? strcspn(text, "\r\n") : 0;

    while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    return n ? hub_pool_strndup(pool, text, n) : "";
}

static int read_all(int fd, struct hub_text *out)
{
    char bytes[1024];

    while (true) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        ssize_t n;
        if (poll(&wait, 1, COMMAND_MS) <= 0)
            return -1;
        n = read(fd, bytes, sizeof bytes);
        if (n == 0)
            return 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || out->n_bytes > TOKEN_MAX)
            return -1;
        hub_text_add(out, bytes, (size_t)n);
    }
}

static int run_command(struct hub_pool *pool, const struct hs_strings *command, const char **out,
                       struct hs_err *err)
{
    HUB_TEXT(text);
    posix_spawn_file_actions_t actions;
    int ends[2], status = 0, r;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return hs_fail_errno(err, "run", command->items[0]);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    r = posix_spawnp(&pid, command->items[0], &actions, NULL, (char **)command->items, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (r != 0) {
        close(ends[0]);
        errno = r;
        return hs_fail_errno(err, "run", command->items[0]);
    }
    r = read_all(ends[0], &text);
    close(ends[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (r < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return hs_fail(err, HS_ECONFIG, "the token command '%s' failed", command->items[0]);
    *out = first_line(pool, text.data);
    return 0;
}

int hs_token_value(struct hub_pool *pool, const struct hs_token *token, const char **out,
                  struct hs_err *err)
{
    HUB_TEXT(text);
    int r = 0;

    *out = "";
    switch (token->kind) {
    case HS_TOKEN_NONE:
        return 0;
    case HS_TOKEN_TEXT:
        *out = token->text.hidden ? token->text.hidden : "";
        return 0;
    case HS_TOKEN_FILE:
        r = hs_file_read(token->file, TOKEN_MAX, &text, err);
        *out = first_line(pool, text.data);
        break;
    case HS_TOKEN_COMMAND:
        r = run_command(pool, &token->command, out, err);
        break;
    }
    if (r < 0 && err)
        err->status = HS_ECONFIG;
    if (r < 0)
        return HS_ECONFIG;
    return **out ? 0 : hs_fail(err, HS_ECONFIG, "the token file or command gave an empty token");
}
