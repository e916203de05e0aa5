/* The deletions of a commit. */
#include "dir.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

struct names { /* of the puts, sorted */
    const char **items;
    size_t n;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int sort_names(const struct di_repo *repo, const struct hub_change *change,
                      struct names *names)
{
    names->n = (size_t)change->n_puts;
    names->items = hub_pool_alloc(repo->pool, names->n + 1, sizeof *names->items);
    if (!names->items)
        return di_no_memory(repo->op);
    for (size_t i = 0; i < names->n; i++)
        names->items[i] = change->puts[i]->file->path;
    if (names->n)
        qsort(names->items, names->n, sizeof *names->items, by_text);
    return 0;
}

/* Is something put into the folder of that name? */
static bool is_folder(const struct names *names, const char *path)
{
    size_t n = strlen(path), low = 0, high = names->n;

    while (low < high) {
        size_t at = low + (high - low) / 2;
        int order = strncmp(names->items[at], path, n);
        if (order == 0 && names->items[at][n] == '/')
            return true;
        if (order < 0 || (order == 0 && (unsigned char)names->items[at][n] < '/'))
            low = at + 1;
        else
            high = at;
    }
    return false;
}

/* Is a folder above path put as a file? */
static bool is_beneath(const struct names *names, char *path)
{
    bool found = false;

    for (char *slash = strchr(path, '/'); !found && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        found = names->n && bsearch(&path, names->items, names->n, sizeof *names->items, by_text);
        *slash = '/';
    }
    return found;
}

/* The folders above path that are empty now, never the repo's own. One that stays is no failure:
 * a listing does not show it, and a put in its place says so. */
static void clear_folders(const struct di_repo *repo, char *path)
{
    int r = 0;

    for (char *slash = strrchr(path, '/'); slash && (r == 0 || r == -ENOENT);
         slash = strrchr(path, '/')) {
        *slash = '\0';
        r = di_unlink(repo->fd, path, AT_REMOVEDIR);
    }
}

/* Done before, when nothing or something else has that name. */
static bool is_gone(int r)
{
    return r == -ENOENT || r == -ENOTDIR || r == -EISDIR;
}

static int delete_file(const struct di_repo *repo, const char *path)
{
    char *above = hub_pool_strdup(repo->pool, path);
    int r;

    if (!above)
        return di_no_memory(repo->op);
    r = di_unlink(repo->fd, path, 0);
    if (r < 0 && !is_gone(r))
        return di_fail(repo->op, -r, "delete", repo->fd, repo->folder, path);
    clear_folders(repo, above);
    return 0;
}

int di_clear(const struct di_repo *repo, const struct hub_change *change, enum di_which which)
{
    struct names names;
    int r = sort_names(repo, change, &names);

    for (uint64_t i = 0; r == 0 && i < change->n_deletes; i++) {
        const char *path = change->deletes[i]->path;
        char *own = hub_pool_strdup(repo->pool, path);
        bool is_clash;
        if (!own)
            return di_no_memory(repo->op);
        is_clash = is_folder(&names, own) || is_beneath(&names, own);
        if (is_clash == (which == DI_CLASHING))
            r = delete_file(repo, path);
    }
    return r;
}
