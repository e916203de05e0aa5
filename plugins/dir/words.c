/* What an errno means to the engine and to the reader of its message. */
#include "dir.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>

static const struct {
    int error, status;
    const char *why; /* NULL: the system's words */
} MEANINGS[] = {
    {ENOENT, HUB_ENOTFOUND, "not there"},
    {ENOTDIR, HUB_ECONFLICT, "a file stands where a folder should be"},
    {EISDIR, HUB_ECONFLICT, "a folder stands in its place"},
    {ENOTEMPTY, HUB_ECONFLICT, "a folder that is not empty stands in its place"},
    {EEXIST, HUB_EEXIST, "it exists already"},
    {EACCES, HUB_EDENIED, NULL},
    {EPERM, HUB_EDENIED, NULL},
    {EROFS, HUB_EDENIED, NULL},
    {ENOSPC, HUB_EQUOTA, "no space left"},
    {EDQUOT, HUB_EQUOTA, "no space left in the quota"},
    {ELOOP, HUB_EREFUSED, "a link is in the way, and no link is followed"},
    {EXDEV, HUB_EREFUSED, "it leaves the folder or its file system"},
    {ENOSYS, HUB_ENOTSUP, "this kernel has no openat2 (Linux 5.6), which dir hubs need"},
    {ENOMEM, HUB_ENOMEM, "out of memory"},
    {EAGAIN, HUB_EAGAIN, NULL},
    {EINTR, HUB_EAGAIN, NULL},
    {EIO, HUB_EAGAIN, NULL},
    {EBUSY, HUB_EAGAIN, NULL},
    {EMFILE, HUB_EAGAIN, NULL},
    {ENFILE, HUB_EAGAIN, NULL},
    {ESTALE, HUB_EAGAIN, NULL},
};

/* How much of path leads to its first link; 0 if nothing does. */
static size_t find_link(int at, const char *path)
{
    char part[DI_PATH_BYTES + 1];
    size_t n = strlen(path), end = 0;
    struct stat st;

    if (n > DI_PATH_BYTES)
        return 0;
    memcpy(part, path, n + 1);
    while (end < n) {
        end += strcspn(part + end, "/");
        part[end] = '\0';
        if (fstatat(at, part, &st, AT_SYMLINK_NOFOLLOW) != 0)
            return 0;
        if (S_ISLNK(st.st_mode))
            return end;
        if (end < n)
            part[end++] = '/';
    }
    return 0;
}

int di_fail(struct hub_op *op, int error, const char *verb, int at, const char *shown,
            const char *path)
{
    const char *slash = *shown && *path ? "/" : "", *why = NULL;
    int status = HUB_EREFUSED;
    size_t n_link = error == ELOOP && at >= 0 ? find_link(at, path) : 0;

    for (size_t i = 0; i < sizeof MEANINGS / sizeof *MEANINGS; i++)
        if (MEANINGS[i].error == error) {
            status = MEANINGS[i].status;
            why = MEANINGS[i].why;
        }
    if (n_link)
        return hub_fail(op, status, "%s '%s%s%s': '%.*s' is a link, and no link is followed", verb,
                        shown, slash, path, (int)n_link, path);
    return hub_fail(op, status, "%s '%s%s%s': %s", verb, shown, slash, path,
                    why ? why : strerror(error));
}

int di_no_memory(struct hub_op *op)
{
    return hub_fail(op, HUB_ENOMEM, "out of memory");
}

int di_check_path(struct hub_op *op, const char *path)
{
    size_t keep = strlen(DI_KEEP);

    if (strlen(path) > DI_PATH_BYTES)
        return hub_fail(op, HUB_EREFUSED, "'%s': longer than %d bytes", path, DI_PATH_BYTES);
    if (strncmp(path, DI_KEEP, keep) == 0 && (path[keep] == '/' || !path[keep]))
        return hub_fail(op, HUB_EREFUSED, "'%s': %s is hubsync's own", path, DI_KEEP);
    for (const char *at = path;; at++) {
        size_t n = strcspn(at, "/");
        if (n == 0 || (n == 1 && at[0] == '.') || (n == 2 && at[0] == '.' && at[1] == '.'))
            return hub_fail(op, HUB_EREFUSED, "'%s': no path beneath the repo", path);
        at += n;
        if (!*at)
            return 0;
    }
}
