/* System calls that do not leave the folder they start in. */
#include "dir.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPEN_TRIES = 16 };

void di_close(int *fd)
{
    int kept = errno;

    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = kept;
}

int di_open(int at, const char *path, int flags, mode_t mode, int *fd)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };

    /* EAGAIN: something was renamed meanwhile, and the kernel could not tell whether it left. */
    for (int i = 0; i < OPEN_TRIES; i++) {
        long r = syscall(SYS_openat2, at, *path ? path : ".", &how, sizeof how);
        if (r >= 0) {
            *fd = (int)r;
            return 0;
        }
        if (errno != EAGAIN && errno != EINTR)
            break;
    }
    return -errno;
}

int di_open_parent(int at, const char *path, int *fd, const char **last)
{
    char folder[DI_PATH_BYTES + 1];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;

    if (n > DI_PATH_BYTES)
        return -ENAMETOOLONG;
    memcpy(folder, path, n);
    folder[n] = '\0';
    *last = slash ? slash + 1 : path;
    return di_open(at, folder, O_PATH | O_DIRECTORY, 0, fd);
}

int di_stat(int at, const char *path, struct stat *out)
{
    DI_FD(parent);
    const char *last;
    int r = di_open_parent(at, path, &parent, &last);

    if (r < 0)
        return r;
    return fstatat(parent, last, out, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno;
}

int di_unlink(int at, const char *path, int flags)
{
    DI_FD(parent);
    const char *last;
    int r = di_open_parent(at, path, &parent, &last);

    if (r < 0)
        return r;
    return unlinkat(parent, last, flags) == 0 ? 0 : -errno;
}

int di_rename(int at, const char *from, const char *to)
{
    DI_FD(from_parent);
    DI_FD(to_parent);
    const char *from_last, *to_last;
    int r = di_open_parent(at, from, &from_parent, &from_last);

    if (r == 0)
        r = di_open_parent(at, to, &to_parent, &to_last);
    if (r < 0)
        return r;
    return renameat(from_parent, from_last, to_parent, to_last) == 0 ? 0 : -errno;
}

static int make_folder(int at, const char *path)
{
    DI_FD(parent);
    const char *last;
    int r = di_open_parent(at, path, &parent, &last);

    if (r < 0)
        return r;
    return mkdirat(parent, last, 0777) == 0 || errno == EEXIST ? 0 : -errno;
}

int di_make_folders(struct hub_pool *pool, int at, const char *path)
{
    DI_FD(found);
    char *each = hub_pool_strdup(pool, path);
    int r;

    if (!each)
        return -ENOMEM;
    r = di_open(at, path, O_PATH | O_DIRECTORY, 0, &found);
    if (r != -ENOENT)
        return r;
    r = 0;
    for (char *slash = strchr(each, '/'); r == 0 && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        r = make_folder(at, each);
        *slash = '/';
    }
    return r == 0 ? make_folder(at, each) : r;
}

int di_sync_folder(int at, const char *path)
{
    DI_FD(folder);
    int r = di_open(at, path, O_RDONLY | O_DIRECTORY, 0, &folder);

    if (r < 0)
        return r;
    /* EINVAL: a file system that has nothing to sync in a folder. */
    return fsync(folder) == 0 || errno == EINVAL ? 0 : -errno;
}
