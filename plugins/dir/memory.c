/* What this session put in place. It is a help only: what it forgot is moved again. */
#include "dir.h"
#include <stdlib.h>
#include <string.h>

enum { PLACED_MAX = 100000 }; /* as many as a repo may have files; then the oldest goes */

struct di_placed {
    char *name; /* the repo's folder / the path in it */
    char *sha256;
    struct di_identity id;
};

struct di_identity di_identity(const struct stat *st)
{
    return (struct di_identity){
        .device = st->st_dev,
        .inode = st->st_ino,
        .file_bytes = (uint64_t)st->st_size,
        .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
    };
}

bool di_is_same(const struct di_identity *a, const struct di_identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->file_bytes == b->file_bytes &&
           a->mtime_ns == b->mtime_ns;
}

static void clear_placed(struct di_placed *placed)
{
    free(placed->name);
    free(placed->sha256);
    *placed = (struct di_placed){0};
}

void di_memory_init(struct di_memory *memory)
{
    memset(memory, 0, sizeof *memory);
    pthread_mutex_init(&memory->lock, NULL);
}

void di_memory_clear(struct di_memory *memory)
{
    for (size_t i = 0; i < memory->n; i++)
        clear_placed(&memory->items[i]);
    free(memory->items);
    pthread_mutex_destroy(&memory->lock);
}

/* Where the next one goes; NULL when out of memory. */
static struct di_placed *next_slot(struct di_memory *memory)
{
    if (memory->n == PLACED_MAX) {
        memory->oldest = (memory->oldest + 1) % PLACED_MAX;
        return &memory->items[(memory->oldest + PLACED_MAX - 1) % PLACED_MAX];
    }
    if (memory->n == memory->room) {
        size_t room = memory->room ? memory->room * 2 : 64;
        struct di_placed *grown = realloc(memory->items, room * sizeof *grown);
        if (!grown)
            return NULL;
        memory->items = grown;
        memory->room = room;
    }
    memory->items[memory->n] = (struct di_placed){0};
    return &memory->items[memory->n++];
}

static char *join(const struct di_repo *repo, const char *path)
{
    return hub_pool_printf(repo->pool, "%s/%s", repo->folder, path);
}

void di_remember(const struct di_repo *repo, const struct hub_file *file, const struct stat *st)
{
    struct di_memory *memory = &repo->op->session->memory;
    const char *name = join(repo, file->path);
    struct di_placed *placed;

    if (!name || !file->sha256)
        return;
    pthread_mutex_lock(&memory->lock);
    placed = next_slot(memory);
    if (placed) {
        clear_placed(placed);
        placed->name = strdup(name);
        placed->sha256 = strdup(file->sha256);
        placed->id = di_identity(st);
    }
    pthread_mutex_unlock(&memory->lock);
}

bool di_is_ours(const struct di_repo *repo, const char *path, const struct stat *st)
{
    struct di_memory *memory = &repo->op->session->memory;
    struct di_identity id = di_identity(st);
    const char *name = join(repo, path);
    bool found = false;

    pthread_mutex_lock(&memory->lock);
    for (size_t i = 0; name && !found && i < memory->n; i++) {
        const struct di_placed *placed = &memory->items[i];
        found = di_is_same(&placed->id, &id) && placed->name && strcmp(placed->name, name) == 0;
    }
    pthread_mutex_unlock(&memory->lock);
    return found;
}

const char *di_find_twin(const struct di_repo *repo, const struct hub_file *file,
                         struct di_identity *id)
{
    struct di_memory *memory = &repo->op->session->memory;
    size_t n = strlen(repo->folder);
    const char *path = NULL;

    pthread_mutex_lock(&memory->lock);
    for (size_t i = memory->n; !path && i > 0; i--) { /* the newest is the likeliest to stand */
        const struct di_placed *placed = &memory->items[i - 1];
        if (!placed->name || !placed->sha256 || placed->id.file_bytes != file->file_bytes ||
            strcmp(placed->sha256, file->sha256) != 0 ||
            strncmp(placed->name, repo->folder, n) != 0 || placed->name[n] != '/')
            continue;
        path = hub_pool_strdup(repo->pool, placed->name + n + 1);
        *id = placed->id;
    }
    pthread_mutex_unlock(&memory->lock);
    return path;
}
