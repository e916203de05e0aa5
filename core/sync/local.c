#include "sync/local.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/banned.h"

/* The path beneath root, without a leading '/'; NULL if the URL is not there. */
static const char *beneath(const struct hs_gate *gate, struct hub_pool *pool, const char *url,
                           struct hs_err *err)
{
    struct hs_url parsed;
    size_t n = strlen(gate->root);

    if (hs_gate_pass(gate, url, false, &parsed, pool, err) < 0)
        return NULL;
    while (n && gate->root[n - 1] == '/')
        n--;
    if (strncmp(parsed.path, gate->root, n) != 0 || parsed.path[n] != '/') {
        (void)hs_fail(err, HUB_EBUG, "a file: URL beside the hub's root");
        return NULL;
    }
    return parsed.path + n + 1;
}

static int open_beneath(const struct hs_gate *gate, const char *url, uint64_t flags, uint64_t mode,
                        int *fd, struct hs_err *err)
{
    HUB_POOL(pool);
    struct open_how how = {.flags = flags | O_CLOEXEC,
                           .mode = mode,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    const char *path = beneath(gate, &pool, url, err);
    int root, kept;

    if (!path)
        return err && err->status ? err->status : HUB_EBUG;
    root = open(gate->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return hs_fail_errno(err, "open", gate->root);
    *fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    kept = errno;
    close(root);
    errno = kept;
    if (*fd >= 0)
        return 0;
    if (errno == ENOSYS)
        return hs_fail(err, HS_EFAILED, "this kernel has no openat2 (Linux 5.6), which dir hubs need");
    return hs_fail_errno(err, "open", path);
}

static int only_regular(int *fd, const char *url, struct hs_err *err)
{
    struct stat st;

    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
        return 0;
    close(*fd);
    *fd = -1;
    return hs_fail(err, HS_EFAILED, "%s is no regular file", url + strlen("file://"));
}

int hs_local_open_read(const struct hs_gate *gate, const char *url, int *fd, struct hs_err *err)
{
    int r = open_beneath(gate, url, O_RDONLY | O_NONBLOCK, 0, fd, err);

    return r < 0 ? r : only_regular(fd, url, err);
}

int hs_local_open_write(const struct hs_gate *gate, const char *url, int *fd, struct hs_err *err)
{
    int r = open_beneath(gate, url, O_RDWR | O_CREAT | O_NONBLOCK, 0666, fd, err);

    return r < 0 ? r : only_regular(fd, url, err);
}
