/* One file gets to its place: whole and synced before the name shows it. */
#include "dir.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { COPY_BYTES = 64 * 1024, COPY_STEP = 64 * 1024 * 1024 };

static int fail_put(const struct di_repo *repo, int error, const char *path)
{
    return di_fail(repo->op, error, "write", repo->fd, repo->folder, path);
}

static int make_parents(const struct di_repo *repo, const char *path)
{
    const char *slash = strrchr(path, '/'), *folder;

    if (!slash)
        return 0;
    folder = hub_pool_strndup(repo->pool, path, (size_t)(slash - path));
    return folder ? di_make_folders(repo->pool, repo->fd, folder) : -ENOMEM;
}

static int open_new(const struct di_repo *repo, int *fd)
{
    int r = di_make_keep(repo->pool, repo->fd);

    if (r == 0)
        r = di_unlink(repo->fd, DI_NEW, 0);
    if (r == 0 || r == -ENOENT)
        r = di_open(repo->fd, DI_NEW, O_WRONLY | O_CREAT | O_EXCL, 0666, fd);
    return r < 0 ? fail_put(repo, -r, DI_NEW) : 0;
}

/* An existing file keeps its mode; not its set-id bits, which were meant for other bytes. */
static int keep_mode(const struct di_repo *repo, int fd, const char *path)
{
    struct stat old, now;

    if (di_stat(repo->fd, path, &old) < 0 || !S_ISREG(old.st_mode))
        return 0;
    if (fstat(fd, &now) != 0)
        return -errno;
    if ((now.st_mode & 07777) == (old.st_mode & 0777))
        return 0;
    return fchmod(fd, old.st_mode & 0777) == 0 ? 0 : -errno;
}

static int move_over(const struct di_repo *repo, const char *from, const char *path)
{
    int r = di_rename(repo->fd, from, path);

    if (r != -EISDIR && r != -ENOTEMPTY && r != -EEXIST)
        return r;
    r = di_unlink(repo->fd, path, AT_REMOVEDIR); /* a folder without a file: no listing shows it */
    return r == 0 ? di_rename(repo->fd, from, path) : r;
}

/* Synced with its mode, then renamed: a new name never shows half a file. */
static int finish(const struct di_repo *repo, int fd, const char *from, const struct hub_file *file)
{
    const char *path = file->path;
    struct stat st;
    int r = make_parents(repo, path);

    if (r == 0)
        r = keep_mode(repo, fd, path);
    if (r == 0 && fsync(fd) != 0)
        r = -errno;
    if (r == 0)
        r = move_over(repo, from, path);
    if (r == 0 && fstat(fd, &st) == 0)
        di_remember(repo, file, &st);
    return r;
}

static int write_all(int fd, const char *bytes, uint64_t n)
{
    while (n) {
        ssize_t written = write(fd, bytes, n < COPY_STEP ? n : COPY_STEP);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        bytes += written;
        n -= (uint64_t)written;
    }
    return 0;
}

int di_place_content(const struct di_repo *repo, const struct hub_put *put)
{
    DI_FD(fd);
    int r;

    if (put->content_bytes != put->file->file_bytes)
        return hub_fail(repo->op, HUB_EBUG, "'%s': its content is not all here", put->file->path);
    r = open_new(repo, &fd);
    if (r < 0)
        return r;
    r = write_all(fd, put->content, put->content_bytes);
    if (r == 0)
        r = finish(repo, fd, DI_NEW, put->file);
    return r < 0 ? fail_put(repo, -r, put->file->path) : 0;
}

/* ---- objects ---- */
static bool is_in_place(const struct di_repo *repo, const struct hub_put *put)
{
    const char *old = put->old && put->old->etag ? put->old->etag : "", *now;
    struct stat st;

    if (di_stat(repo->fd, put->file->path, &st) < 0 || !S_ISREG(st.st_mode) ||
        (uint64_t)st.st_size != put->file->file_bytes)
        return false;
    now = di_etag(repo->pool, &st);
    return now && strcmp(now, old) != 0; /* else it is what should have been replaced */
}

struct source {            /* of a file's bytes */
    const char *path;      /* in the repo */
    struct di_identity id; /* when it was opened */
    int fd;                /* -1: the file is where it belongs already */
    bool is_twin;
};

/* The twin that took the object along, if nobody has written to it since. */
static int open_twin(const struct di_repo *repo, const struct hub_put *put, struct source *source)
{
    struct di_identity was;
    struct stat st;
    int r;

    source->path = di_find_twin(repo, put->file, &was);
    if (!source->path)
        return -ENOENT;
    r = di_open(repo->fd, source->path, O_RDONLY | O_NONBLOCK, 0, &source->fd);
    if (r < 0)
        return r;
    source->is_twin = true;
    source->id = was;
    if (fstat(source->fd, &st) != 0)
        return -errno;
    was = di_identity(&st);
    return S_ISREG(st.st_mode) && di_is_same(&was, &source->id) ? 0 : -ENOENT;
}

static int open_object(const struct di_repo *repo, const struct hub_put *put, struct source *source)
{
    struct stat st;
    int r;

    source->path = di_object_path(repo->pool, put->file->sha256, "");
    if (!source->path)
        return hub_fail(repo->op, HUB_EBUG, "'%s': its sha256 is not known", put->file->path);
    r = di_open(repo->fd, source->path, O_RDONLY | O_NONBLOCK, 0, &source->fd);
    if (r == -ENOENT && (is_in_place(repo, put) || open_twin(repo, put, source) == 0))
        return 0;
    if (r == -ENOENT)
        return hub_fail(repo->op, HUB_ECONFLICT, "'%s/" DI_KEEP "/%s': the upload for '%s' is gone",
                        repo->folder, put->file->sha256, put->file->path);
    if (r < 0)
        return fail_put(repo, -r, source->path);
    if (fstat(source->fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        (uint64_t)st.st_size != put->file->file_bytes)
        return hub_fail(repo->op, HUB_ECORRUPT, "'%s/%s' is not the %ju bytes of '%s'",
                        repo->folder, source->path, (uintmax_t)put->file->file_bytes,
                        put->file->path);
    source->id = di_identity(&st);
    return 0;
}

static bool is_no_copier(int error)
{
    return error == EXDEV || error == EINVAL || error == ENOSYS || error == EOPNOTSUPP;
}

static int copy_by_hand(int from, int to)
{
    char bytes[COPY_BYTES];
    int r = 0;

    while (r == 0) {
        ssize_t n = read(from, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        r = write_all(to, bytes, (uint64_t)n);
    }
    return r;
}

/* Both from where they stand to the end. Some file systems answer 0 without being at the end, so
 * the hand goes on from there. */
static int copy(int from, int to)
{
    for (;;) {
        ssize_t n = copy_file_range(from, NULL, to, NULL, COPY_STEP, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && !is_no_copier(errno))
            return -errno;
        if (n <= 0)
            return copy_by_hand(from, to);
    }
}

static int place_copy(const struct di_repo *repo, const struct hub_put *put,
                      const struct source *source)
{
    DI_FD(fd);
    struct di_identity now;
    struct stat st;
    int r = open_new(repo, &fd);

    if (r < 0)
        return r;
    r = copy(source->fd, fd);
    if (r == 0 && fstat(source->fd, &st) != 0)
        r = -errno;
    if (r < 0)
        return fail_put(repo, -r, put->file->path);
    now = di_identity(&st);
    if (!di_is_same(&now, &source->id))
        return hub_fail(repo->op, HUB_ECONFLICT, "'%s/%s': changed while it was copied",
                        repo->folder, source->path);
    r = finish(repo, fd, DI_NEW, put->file);
    return r < 0 ? fail_put(repo, -r, put->file->path) : 0;
}

int di_place_object(const struct di_repo *repo, const struct hub_put *put, enum di_how how)
{
    struct source source = {.fd = -1};
    int r = open_object(repo, put, &source);

    if (r == 0 && source.fd >= 0 && (how == DI_COPIED || source.is_twin)) {
        r = place_copy(repo, put, &source);
    } else if (r == 0 && source.fd >= 0) {
        r = finish(repo, source.fd, source.path, put->file);
        r = r < 0 ? fail_put(repo, -r, put->file->path) : 0;
    }
    di_close(&source.fd);
    return r;
}
