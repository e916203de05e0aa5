/* Is the repo still as it was listed? Hours lie between a listing and its commit, and a folder is
 * worked in by others: what they changed meanwhile is neither overwritten nor deleted. */
#include "dir.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int fail_changed(const struct di_repo *repo, const char *path)
{
    return hub_fail(repo->op, HUB_ECONFLICT, "'%s/%s': changed since it was listed", repo->folder,
                    path);
}

/* An etag that is not told says nothing, so nothing is held against it. */
static bool is_as_listed(const struct di_repo *repo, const struct hub_file *listed,
                         const struct stat *st)
{
    const char *now;

    if (!listed)
        return false;
    if (!listed->etag || !*listed->etag)
        return true;
    now = di_etag(repo->pool, st);
    return now && strcmp(now, listed->etag) == 0;
}

/* 0 if the bytes of the file are these; 1 if not; -errno. */
static int compare_content(int at, const char *path, const void *content, uint64_t n_bytes)
{
    DI_FD(fd);
    char bytes[4096];
    uint64_t done = 0;
    int r = di_open(at, path, O_RDONLY | O_NONBLOCK, 0, &fd);

    while (r == 0) {
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : done != n_bytes;
        if ((uint64_t)n > n_bytes - done || memcmp(bytes, (const char *)content + done, n) != 0)
            return 1;
        done += (uint64_t)n;
    }
    return r;
}

/* Did an earlier try of this commit put it there? */
static bool is_done(const struct di_repo *repo, const struct hub_put *put, const struct stat *st)
{
    const char *object;
    struct stat kept;

    if (di_is_ours(repo, put->file->path, st))
        return true;
    if ((uint64_t)st->st_size != put->file->file_bytes)
        return false;
    if (put->mode == HUB_INLINE)
        return compare_content(repo->fd, put->file->path, put->content, put->content_bytes) == 0;
    object = di_object_path(repo->pool, put->file->sha256, "");
    return object && di_stat(repo->fd, object, &kept) == -ENOENT; /* nothing is written then */
}

static int check_put(const struct di_repo *repo, const struct hub_put *put)
{
    struct stat st;

    /* What is no file was no part of the listing: the put itself knows what to do with it. */
    if (di_stat(repo->fd, put->file->path, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    if (is_as_listed(repo, put->old, &st) || is_done(repo, put, &st))
        return 0;
    return fail_changed(repo, put->file->path);
}

static int check_delete(const struct di_repo *repo, const struct hub_file *file)
{
    struct stat st;

    /* A folder of that name is an earlier try's, which deleted the file to put others below. */
    if (di_stat(repo->fd, file->path, &st) < 0 || S_ISDIR(st.st_mode))
        return 0;
    return is_as_listed(repo, file, &st) ? 0 : fail_changed(repo, file->path);
}

int di_check_listed(const struct di_repo *repo, const struct hub_change *change)
{
    int r = 0;

    for (uint64_t i = 0; r == 0 && i < change->n_puts; i++)
        r = check_put(repo, change->puts[i]);
    for (uint64_t i = 0; r == 0 && i < change->n_deletes; i++)
        r = check_delete(repo, change->deletes[i]);
    return r;
}
