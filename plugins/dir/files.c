/* The files of a repo, without following a link, and where their bytes are. */
#include "dir.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct folder { /* still to be read */
    struct folder *next;
    const char *path; /* in the repo; "" is the repo's own */
};

struct walk {
    struct hub_op *op;
    struct hub_pool *pool; /* of the folders; files come and go in one of their own */
    struct folder *todo;
    const char *shown; /* the repo's folder beneath root */
    int repo;
};

const char *di_etag(struct hub_pool *pool, const struct stat *st)
{
    int64_t mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;

    return hub_pool_printf(pool, "%ju:%ju:%ju:%" PRId64, (uintmax_t)st->st_dev,
                           (uintmax_t)st->st_ino, (uintmax_t)st->st_size, mtime_ns);
}

/* What was there a moment ago and is no more, or is something else: the listing is void. */
static int fail_walk(const struct walk *walk, int error, const char *path)
{
    if (error == ENOENT || error == ENOTDIR || error == ELOOP)
        return hub_fail(walk->op, HUB_ECONFLICT, "'%s/%s': changed while it was listed",
                        walk->shown, path);
    return di_fail(walk->op, error, "list", walk->repo, walk->shown, path);
}

static int say_file(const struct walk *walk, struct hub_pool *pool, const char *path,
                    const struct stat *st)
{
    bool is_plain = S_ISREG(st->st_mode);
    struct hub_file file = {
        .size = sizeof file,
        .flags = is_plain ? 0 : HUB_NOT_PLAIN,
        .file_bytes = is_plain ? (uint64_t)st->st_size : HUB_UNKNOWN,
        .modified_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000,
        .path = path,
        .etag = di_etag(pool, st),
    };

    return file.etag ? hub_say(walk->op, file, &file) : di_no_memory(walk->op);
}

static int add_folder(struct walk *walk, const char *path)
{
    struct folder *folder = hub_pool_alloc(walk->pool, 1, sizeof *folder);

    if (!folder || !(folder->path = hub_pool_strdup(walk->pool, path)))
        return di_no_memory(walk->op);
    folder->next = walk->todo;
    walk->todo = folder;
    return 0;
}

static int look_at(struct walk *walk, int fd, const char *folder, const char *name)
{
    HUB_POOL(pool);
    const char *path;
    struct stat st;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        (!*folder && strcmp(name, DI_KEEP) == 0))
        return 0;
    path = hub_pool_printf(&pool, "%s%s%s", folder, *folder ? "/" : "", name);
    if (!path)
        return di_no_memory(walk->op);
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_walk(walk, errno, path);
    return S_ISDIR(st.st_mode) ? add_folder(walk, path) : say_file(walk, &pool, path, &st);
}

static int read_folder(struct walk *walk, const char *path)
{
    DIR *folder;
    struct dirent *entry;
    int fd, error, r = di_open(walk->repo, path, O_RDONLY | O_DIRECTORY, 0, &fd);

    if (r < 0)
        return fail_walk(walk, -r, path);
    folder = fdopendir(fd);
    if (!folder) {
        di_close(&fd);
        return fail_walk(walk, errno, path);
    }
    for (errno = 0; r == 0 && (entry = readdir(folder)) != NULL; errno = 0)
        r = look_at(walk, dirfd(folder), path, entry->d_name);
    error = errno;
    closedir(folder);
    return r == 0 && error ? fail_walk(walk, error, path) : r;
}

int di_list_files(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    DI_FD(fd);
    struct hub_head head = {.size = sizeof head, .flags = HUB_COMPLETE, .branch = "", .commit = ""};
    struct walk walk = {.op = op, .pool = &pool};
    int r = di_open_repo(op, &pool, repo->id, &fd, &walk.shown);

    walk.repo = fd;
    if (r == 0)
        r = add_folder(&walk, "");
    while (r == 0 && walk.todo) {
        struct folder *folder = walk.todo;
        walk.todo = folder->next;
        r = read_folder(&walk, folder->path);
    }
    return r == 0 ? hub_say(op, head, &head) : r;
}

const char *di_url(const struct di_repo *repo, const char *path)
{
    const char *root = repo->op->session->root;
    int n = (int)strlen(root);

    while (n && root[n - 1] == '/')
        n--;
    path = hub_pool_printf(repo->pool, "%.*s/%s/%s", n, root, repo->folder, path);
    path = hub_url_path(repo->pool, path);
    return path ? hub_pool_printf(repo->pool, "file://%s", path) : NULL;
}

int di_download(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *file)
{
    HUB_POOL(pool);
    DI_FD(fd);
    struct di_repo at = {.op = op, .pool = &pool};
    struct hub_request get = {.size = sizeof get, .method = "GET"};
    struct hub_part part = {
        .size = sizeof part, .part_bytes = file->file_bytes, .request = &get, .etag = file->etag};
    int r = di_check_path(op, file->path);

    if (r == 0)
        r = di_open_repo(op, &pool, repo->id, &fd, &at.folder);
    if (r < 0)
        return r;
    get.url = di_url(&at, file->path);
    return get.url ? hub_say(op, part, 0, &part) : di_no_memory(op);
}
