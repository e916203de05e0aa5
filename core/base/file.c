#include "file.h"
#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "banned.h"

enum { READ_BYTES = 64 * 1024, PARENT_MODE = 0755, LOCK_MODE = 0600 };

static void close_cleanup(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}
#define AUTO_CLOSE __attribute__((cleanup(close_cleanup)))

static ssize_t read_some(int fd, void *bytes, size_t n_bytes)
{
    ssize_t n;

    do
        n = read(fd, bytes, n_bytes);
    while (n < 0 && errno == EINTR);
    return n;
}

static int read_all(int fd, const char *path, size_t limit_bytes, struct hub_text *text,
                    struct hs_err *err)
{
    char *piece HS_FREE = hs_xcalloc(1, READ_BYTES);
    size_t n_bytes = 0;
    ssize_t n;

    hub_text_add(text, "", 0);
    while ((n = read_some(fd, piece, READ_BYTES)) > 0) {
        if ((size_t)n > limit_bytes - n_bytes)
            return hs_fail(err, HUB_ETOOBIG, "%s: larger than %zu bytes", path, limit_bytes);
        n_bytes += (size_t)n;
        hub_text_add(text, piece, (size_t)n);
    }
    if (n < 0)
        return hs_fail_errno(err, "read", path);
    return text->failed ? hs_fail(err, HUB_ENOMEM, "%s: no memory to read it", path) : 0;
}

/* Back to what the text held before. */
static void cut(struct hub_text *text, size_t n_bytes)
{
    if (!text->data)
        return;
    text->n_bytes = n_bytes;
    text->data[n_bytes] = '\0';
}

int hs_file_read(const char *path, size_t limit_bytes, struct hub_text *text, struct hs_err *err)
{
    int fd AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC);
    size_t before = text->n_bytes;
    int r;

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return hs_fail(err, HUB_ENOTFOUND, "%s: no such file", path);
    if (fd < 0)
        return hs_fail_errno(err, "open", path);
    r = read_all(fd, path, limit_bytes, text, err);
    if (r < 0)
        cut(text, before);
    return r;
}

static int write_all(int fd, const char *bytes, size_t n_bytes)
{
    while (n_bytes > 0) {
        ssize_t n = write(fd, bytes, n_bytes);

        if (n < 0 && errno != EINTR)
            return -1;
        if (n < 0)
            continue;
        bytes += n;
        n_bytes -= (size_t)n;
    }
    return 0;
}

static int sync_folder(const char *path, struct hs_err *err)
{
    const char *slash = strrchr(path, '/');
    char *folder HS_FREE =
        slash ? hs_xprintf("%.*s", (int)(slash - path) + 1, path) : hs_xstrdup(".");
    int fd AUTO_CLOSE = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return hs_fail_errno(err, "sync", folder);
    return 0;
}

static int fill(int fd, const char *path, const void *bytes, size_t n_bytes, mode_t mode,
                struct hs_err *err)
{
    if (fchmod(fd, mode) < 0)
        return hs_fail_errno(err, "set the mode of", path);
    if (write_all(fd, bytes, n_bytes) < 0 || fsync(fd) < 0)
        return hs_fail_errno(err, "write", path);
    return 0;
}

int hs_file_write(const char *path, const void *bytes, size_t n_bytes, mode_t mode,
                  struct hs_err *err)
{
    char *beside HS_FREE = hs_xprintf("%s.XXXXXX", path);
    int fd AUTO_CLOSE = mkostemp(beside, O_CLOEXEC);
    int r;

    if (fd < 0)
        return hs_fail_errno(err, "make a file beside", path);
    r = fill(fd, beside, bytes, n_bytes, mode, err);
    if (r == 0 && rename(beside, path) < 0)
        r = hs_fail_errno(err, "replace", path);
    if (r < 0) {
        (void)unlink(beside);
        return r;
    }
    return sync_folder(path, err);
}

/* 1 if it was made, 0 if it was there. */
static int make_one(const char *path, mode_t mode, struct hs_err *err)
{
    struct stat st;

    if (mkdir(path, mode) == 0)
        return 1;
    if (errno != EEXIST)
        return hs_fail_errno(err, "make the folder", path);
    if (stat(path, &st) < 0)
        return hs_fail_errno(err, "look at", path);
    return S_ISDIR(st.st_mode) ? 0 : hs_fail(err, HS_EFAILED, "%s: not a folder", path);
}

static int make_parents(char *path, struct hs_err *err)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        int r;

        *slash = '\0';
        r = make_one(path, PARENT_MODE, err);
        *slash = '/';
        if (r < 0)
            return r;
    }
    return 0;
}

int hs_folder_make(const char *path, mode_t mode, struct hs_err *err)
{
    char *whole HS_FREE = hs_xstrdup(path);
    size_t length = strlen(whole);
    int r;

    if (length == 0)
        return hs_fail(err, HS_EFAILED, "cannot make a folder without a name");
    while (length > 1 && whole[length - 1] == '/')
        whole[--length] = '\0';
    r = make_parents(whole, err);
    if (r == 0)
        r = make_one(whole, mode, err);
    if (r == 1 && chmod(whole, mode) < 0) /* whatever the umask took away */
        return hs_fail_errno(err, "set the mode of", whole);
    return r < 0 ? r : 0;
}

int hs_lock_take(const char *path, int *fd, struct hs_err *err)
{
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, LOCK_MODE);
    int r;

    if (lock < 0)
        return hs_fail_errno(err, "open", path);
    if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
        *fd = lock;
        return 0;
    }
    r = errno == EWOULDBLOCK ? hs_fail(err, HS_EBUSY, "%s: another process holds it", path)
                             : hs_fail_errno(err, "lock", path);
    (void)close(lock);
    return r;
}

char *hs_path_join(struct hub_pool *pool, const char *folder, const char *name)
{
    size_t length = folder ? strlen(folder) : 0;

    if (!folder || !name)
        return NULL;
    return hub_pool_printf(pool, "%s%s%s", folder,
                           length > 0 && folder[length - 1] != '/' ? "/" : "", name);
}
