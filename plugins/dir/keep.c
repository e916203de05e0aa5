/* .hubsync/ in a repo's folder: what is on its way there, and what nobody comes for any more. */
#include "dir.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* An upload may rest for long: its process was stopped, or it waits for other files. */
enum { STALE_S = 30 * 24 * 3600 };

int di_make_keep(struct hub_pool *pool, int repo)
{
    struct stat st;
    int r = di_stat(repo, DI_KEEP, &st);

    if (r == 0)
        return S_ISDIR(st.st_mode) ? 0 : S_ISLNK(st.st_mode) ? -ELOOP : -ENOTDIR;
    if (r == -ENOENT)
        r = di_make_folders(pool, repo, DI_KEEP);
    return r == 0 ? di_sync_folder(repo, "") : r;
}

static int drop(const struct di_repo *repo, const char *path)
{
    int r;

    if (!path)
        return di_no_memory(repo->op);
    r = di_unlink(repo->fd, path, 0);
    if (r == 0 || r == -ENOENT)
        return 0;
    return di_fail(repo->op, -r, "remove", repo->fd, repo->folder, path);
}

/* Uploads that were given up: the file changed at its source, or the rule is gone. */
static void drop_stale(const struct di_repo *repo)
{
    time_t before = time(NULL) - STALE_S;
    struct dirent *entry;
    struct stat st;
    DIR *folder;
    int fd;

    if (di_open(repo->fd, DI_KEEP, O_RDONLY | O_DIRECTORY, 0, &fd) < 0)
        return;
    folder = fdopendir(fd);
    if (!folder) {
        close(fd);
        return;
    }
    while ((entry = readdir(folder)) != NULL)
        if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
            st.st_mtime < before)
            (void)unlinkat(fd, entry->d_name, 0);
    closedir(folder);
}

int di_drop_used(const struct di_repo *repo, const struct hub_change *change)
{
    int r = drop(repo, DI_NEW);

    for (uint64_t i = 0; r == 0 && i < change->n_puts; i++) {
        const struct hub_put *put = change->puts[i];
        if (put->mode == HUB_INLINE)
            continue;
        r = drop(repo, di_object_path(repo->pool, put->file->sha256, ""));
        if (r == 0)
            r = drop(repo, di_object_path(repo->pool, put->file->sha256, ".part"));
    }
    if (r < 0)
        return r;
    if (di_unlink(repo->fd, DI_KEEP, AT_REMOVEDIR) == -ENOTEMPTY) {
        drop_stale(repo);
        (void)di_unlink(repo->fd, DI_KEEP, AT_REMOVEDIR);
    }
    return 0;
}
