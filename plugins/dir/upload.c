/* How a file gets into the repo's .hubsync/: parts by the engine into <sha256>.part, whose name
 * without .part says that the object is whole. */
#include "dir.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { SHA256_DIGITS = 64 };

const char *di_object_path(struct hub_pool *pool, const char *sha256, const char *suffix)
{
    const char *hex = hub_hex_lower(pool, sha256, SHA256_DIGITS);

    return hex ? hub_pool_printf(pool, DI_KEEP "/%s%s", hex, suffix) : NULL;
}

/* The bytes of a regular file, 0 if there is none. */
static int ask_size(int repo, const char *path, bool *is_there, uint64_t *file_bytes)
{
    struct stat st;
    int r = di_stat(repo, path, &st);

    *is_there = false;
    *file_bytes = 0;
    if (r == -ENOENT)
        return 0;
    if (r < 0)
        return r;
    if (S_ISLNK(st.st_mode))
        return -ELOOP;
    if (!S_ISREG(st.st_mode))
        return -EISDIR;
    *is_there = true;
    *file_bytes = (uint64_t)st.st_size;
    return 0;
}

/* ---- planning ---- */
static int say_plan(struct hub_op *op, size_t item, uint32_t mode)
{
    struct hub_plan plan = {.size = sizeof plan, .mode = mode, .ticket = "", .resume = ""};

    return hub_say(op, plan, item, &plan);
}

/* Parts that end within what is there are said to be held; whether they were synced the engine
 * knows from its own rows, and it believes nothing else: the address stays for those it sends. */
static int say_parts(struct hub_op *op, size_t item, const char *url, uint64_t file_bytes,
                     uint64_t there_bytes)
{
    struct hub_request put = {.size = sizeof put, .method = "PUT", .url = url};
    int r = put.url ? say_plan(op, item, HUB_PARTS) : di_no_memory(op);

    for (uint64_t at = 0; r == 0 && at < file_bytes; at += DI_PART_BYTES) {
        uint64_t left = file_bytes - at;
        struct hub_part part = {
            .size = sizeof part,
            .offset = at,
            .part_bytes = left < DI_PART_BYTES ? left : DI_PART_BYTES,
            .etag = "",
        };
        part.request = &put;
        if (at + part.part_bytes <= there_bytes)
            part.flags = HUB_HELD;
        r = hub_say(op, part, item, &part);
    }
    return r;
}

static int plan_object(const struct di_repo *repo, size_t item, const struct hub_file *file)
{
    struct hub_op *op = repo->op;
    const char *object = di_object_path(repo->pool, file->sha256, "");
    const char *part = di_object_path(repo->pool, file->sha256, ".part");
    uint64_t there_bytes;
    bool is_there;
    int r;

    if (!object || !part)
        return di_no_memory(op);
    r = ask_size(repo->fd, object, &is_there, &there_bytes);
    if (r == 0 && is_there && there_bytes == file->file_bytes)
        return say_plan(op, item, HUB_STORED);
    if (r == 0)
        r = di_make_keep(repo->pool, repo->fd);
    if (r == 0)
        r = ask_size(repo->fd, part, &is_there, &there_bytes);
    if (r == 0 && there_bytes > file->file_bytes) { /* not of this object: begun anew */
        r = di_unlink(repo->fd, part, 0);
        there_bytes = 0;
    }
    if (r < 0)
        return di_fail(op, -r, "upload to", repo->fd, repo->folder, part);
    return say_parts(op, item, di_url(repo, part), file->file_bytes, there_bytes);
}

static int plan_put(const struct di_repo *repo, size_t item, const struct hub_file *file)
{
    int r = di_check_path(repo->op, file->path);

    if (r < 0)
        return r;
    if (file->file_bytes == HUB_UNKNOWN || !hub_is_hex(file->sha256, SHA256_DIGITS))
        return hub_fail(repo->op, HUB_EBUG, "'%s': size or sha256 is not known", file->path);
    if (file->file_bytes <= DI_INLINE_BYTES)
        return say_plan(repo->op, item, HUB_INLINE);
    return plan_object(repo, item, file);
}

int di_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *const *puts,
              size_t n)
{
    HUB_POOL(pool);
    DI_FD(fd);
    struct di_repo at = {.op = op, .pool = &pool};
    int r = di_open_repo(op, &pool, repo->id, &fd, &at.folder);

    at.fd = fd;
    for (size_t i = 0; r == 0 && i < n; i++)
        r = plan_put(&at, i, puts[i]->file);
    return r;
}

/* ---- finishing ---- */
static int sync_file(int repo, const char *path)
{
    DI_FD(fd);
    int r = di_open(repo, path, O_RDONLY | O_NONBLOCK, 0, &fd);

    if (r < 0)
        return r;
    return fsync(fd) == 0 ? 0 : -errno;
}

/* The part is whole; its new name says so. */
static int name_object(int repo, const char *part, const char *object)
{
    int r = sync_file(repo, part);

    if (r == 0)
        r = di_rename(repo, part, object);
    return r == 0 ? di_sync_folder(repo, DI_KEEP) : r;
}

int di_finish_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *put)
{
    HUB_POOL(pool);
    DI_FD(fd);
    const char *object = di_object_path(&pool, put->file->sha256, "");
    const char *part = di_object_path(&pool, put->file->sha256, ".part"), *folder;
    uint64_t there_bytes;
    bool is_there;
    int r = di_open_repo(op, &pool, repo->id, &fd, &folder);

    if (r < 0)
        return r;
    if (!object || !part)
        return hub_fail(op, HUB_EBUG, "'%s': its sha256 is not known", put->file->path);
    r = ask_size(fd, object, &is_there, &there_bytes);
    if (r == 0 && is_there && there_bytes == put->file->file_bytes)
        return 0;
    if (r == 0)
        r = ask_size(fd, part, &is_there, &there_bytes);
    if (r == 0 && !is_there)
        return hub_fail(op, HUB_EEXPIRED, "'%s/%s': the unfinished upload is gone", folder, part);
    if (r == 0 && there_bytes != put->file->file_bytes)
        return hub_fail(op, HUB_ECORRUPT, "'%s/%s' has %ju bytes, not %ju", folder, part,
                        (uintmax_t)there_bytes, (uintmax_t)put->file->file_bytes);
    if (r == 0)
        r = name_object(fd, part, object);
    return r < 0 ? di_fail(op, -r, "finish", fd, folder, part) : 0;
}
