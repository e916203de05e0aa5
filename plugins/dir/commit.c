/* A commit: each file is old or new, never half, and a commit that broke off is done again. */
#include "dir.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* ---- puts ---- */
/* Twins follow each other, whatever the order they came in. */
static int by_object(const void *a, const void *b)
{
    const struct hub_put *left = *(const struct hub_put *const *)a;
    const struct hub_put *right = *(const struct hub_put *const *)b;
    int order = strcmp(left->file->sha256, right->file->sha256);

    return order ? order : strcmp(left->file->path, right->file->path);
}

static int place(const struct di_repo *repo, const struct hub_put *put, const struct hub_put *next)
{
    bool has_twin =
        next && next->mode != HUB_INLINE && strcmp(next->file->sha256, put->file->sha256) == 0;

    if (put->mode == HUB_INLINE)
        return di_place_content(repo, put);
    return di_place_object(repo, put, has_twin ? DI_COPIED : DI_MOVED);
}

static int place_all(const struct di_repo *repo, const struct hub_change *change)
{
    size_t n = (size_t)change->n_puts;
    const struct hub_put **puts = hub_pool_alloc(repo->pool, n + 1, sizeof *puts);
    int r = 0;

    if (!puts)
        return di_no_memory(repo->op);
    if (n) {
        memcpy(puts, change->puts, n * sizeof *puts);
        qsort(puts, n, sizeof *puts, by_object);
    }
    for (size_t i = 0; r == 0 && i < n; i++)
        r = place(repo, puts[i], puts[i + 1]);
    return r;
}

/* ---- folders ---- */
struct folders { /* that hold what changed, all that is above it, too */
    const char **items;
    size_t n, room;
};

static int add(const struct di_repo *repo, struct folders *folders, const char *path)
{
    if (folders->n == folders->room) {
        size_t room = folders->room ? folders->room * 2 : 64;
        const char **grown = hub_pool_alloc(repo->pool, room, sizeof *grown);
        if (!grown)
            return di_no_memory(repo->op);
        if (folders->n)
            memcpy(grown, folders->items, folders->n * sizeof *grown);
        folders->items = grown;
        folders->room = room;
    }
    folders->items[folders->n++] = path;
    return 0;
}

static int add_above(const struct di_repo *repo, struct folders *folders, const char *path)
{
    int r = 0;

    for (const char *slash = strrchr(path, '/'); r == 0 && slash; slash = strrchr(path, '/')) {
        path = hub_pool_strndup(repo->pool, path, (size_t)(slash - path));
        r = path ? add(repo, folders, path) : di_no_memory(repo->op);
    }
    return r;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Once each; those that went with their files have nothing to sync. */
static int sync_each(const struct di_repo *repo, struct folders *folders)
{
    qsort(folders->items, folders->n, sizeof *folders->items, by_text);
    for (size_t i = 0; i < folders->n; i++) {
        const char *path = folders->items[i];
        int r = i && strcmp(path, folders->items[i - 1]) == 0 ? 0 : di_sync_folder(repo->fd, path);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR)
            return di_fail(repo->op, -r, "sync", repo->fd, repo->folder, path);
    }
    return 0;
}

static int sync_folders(const struct di_repo *repo, const struct hub_change *change)
{
    struct folders folders = {NULL, 0, 0};
    int r = add(repo, &folders, "");

    for (uint64_t i = 0; r == 0 && i < change->n_puts; i++)
        r = add_above(repo, &folders, change->puts[i]->file->path);
    for (uint64_t i = 0; r == 0 && i < change->n_deletes; i++)
        r = add_above(repo, &folders, change->deletes[i]->path);
    return r == 0 ? sync_each(repo, &folders) : r;
}

/* ---- the whole ---- */
static int check_paths(struct hub_op *op, const struct hub_change *change)
{
    int r = 0;

    for (uint64_t i = 0; r == 0 && i < change->n_puts; i++)
        r = di_check_path(op, change->puts[i]->file->path);
    for (uint64_t i = 0; r == 0 && i < change->n_deletes; i++)
        r = di_check_path(op, change->deletes[i]->path);
    return r;
}

int di_commit(struct hub_op *op, const struct hub_repo *repo, const struct hub_change *change)
{
    HUB_POOL(pool);
    DI_FD(fd);
    struct hub_head head = {.size = sizeof head, .branch = "", .commit = ""};
    struct di_repo at = {.op = op, .pool = &pool};
    int r = check_paths(op, change);

    if (r == 0)
        r = di_open_repo(op, &pool, repo->id, &fd, &at.folder);
    at.fd = fd;
    if (r == 0)
        r = di_check_listed(&at, change);
    if (r == 0)
        r = di_clear(&at, change, DI_CLASHING);
    if (r == 0)
        r = place_all(&at, change);
    if (r == 0)
        r = di_clear(&at, change, DI_OTHERS);
    if (r == 0)
        r = sync_folders(&at, change);
    if (r == 0)
        r = di_drop_used(&at, change);
    return r == 0 ? hub_say(op, head, &head) : r;
}
