/* A repo's folder goes, with all that is in it; links go, not what they point at. */
#include "dir.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct level { /* a folder whose content goes first */
    struct level *above;
    const char *path;
};

static int push(struct hub_pool *pool, struct level **stack, const char *folder, const char *name)
{
    struct level *level = hub_pool_alloc(pool, 1, sizeof *level);
    const char *path = hub_pool_printf(pool, "%s/%s", folder, name);

    if (!level || !path)
        return -ENOMEM;
    level->above = *stack;
    level->path = path;
    *stack = level;
    return 0;
}

static int remove_entry(struct hub_pool *pool, struct level **stack, DIR *folder, const char *path,
                        const char *name)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return 0;
    if (unlinkat(dirfd(folder), name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR)
        return -errno;
    return push(pool, stack, path, name);
}

/* Removes what is no folder, pushes what is one. */
static int empty_folder(struct hub_pool *pool, struct level **stack, int at, const char *path)
{
    DIR *folder;
    struct dirent *entry;
    int fd, r = di_open(at, path, O_RDONLY | O_DIRECTORY, 0, &fd);

    if (r < 0)
        return r;
    folder = fdopendir(fd);
    if (!folder) {
        r = -errno;
        close(fd);
        return r;
    }
    for (errno = 0; r == 0 && (entry = readdir(folder)) != NULL; errno = 0)
        r = remove_entry(pool, stack, folder, path, entry->d_name);
    if (r == 0 && errno)
        r = -errno;
    closedir(folder);
    return r;
}

static int remove_tree(struct hub_pool *pool, int at, const char *path, const char **failed)
{
    struct level first = {NULL, path}, *stack = &first;
    int r = 0;

    while (r == 0 && stack) {
        struct level *level = stack;
        *failed = level->path;
        r = empty_folder(pool, &stack, at, level->path);
        if (r != 0 || stack != level)
            continue; /* what was pushed goes first, then this one is looked at again */
        r = di_unlink(at, level->path, AT_REMOVEDIR);
        stack = level->above;
    }
    return r;
}

int di_delete_repo(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    DI_FD(root);
    DI_FD(fd);
    DI_FD(parent);
    const char *folder, *last, *failed = "";
    int r = di_open_root(op, &root);

    if (r == 0)
        r = di_open_repo(op, &pool, repo->id, &fd, &folder);
    if (r < 0)
        return r;
    r = remove_tree(&pool, root, folder, &failed);
    if (r < 0)
        return di_fail(op, -r, "remove", root, op->session->root, failed);
    r = di_open_parent(root, folder, &parent, &last);
    if (r == 0)
        r = di_sync_folder(parent, "");
    return r < 0 ? di_fail(op, -r, "sync", root, op->session->root, folder) : 0;
}
