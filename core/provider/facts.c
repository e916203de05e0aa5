#include "provider/facts.h"

#include "base/banned.h"

struct hub_file hs_file_to_wire(const struct hs_file *file)
{
    return (struct hub_file){
        .size = sizeof(struct hub_file),
        .flags = file->flags,
        .file_bytes = file->file_bytes,
        .modified_ms = file->modified_ms,
        .path = file->path,
        .sha256 = file->sha256,
        .git_sha1 = file->git_sha1,
        .etag = file->etag,
    };
}

void hs_listing_clear(struct hs_listing *listing)
{
    if (listing)
        hs_vec_clear(&listing->files);
}

void hs_repos_clear(struct hs_repos *repos)
{
    if (repos)
        hs_vec_clear(&repos->repos);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct hs_file *)a)->path, ((const struct hs_file *)b)->path);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct hs_repo *)a)->id, ((const struct hs_repo *)b)->id);
}

const struct hs_file *hs_listing_find(const struct hs_listing *listing, const char *path)
{
    struct hs_file key = {.path = path};

    if (!listing->files.n)
        return NULL;
    return bsearch(&key, listing->files.items, listing->files.n, sizeof key, by_path);
}

const struct hs_repo *hs_repos_find(const struct hs_repos *repos, const char *id)
{
    struct hs_repo key = {.id = id};

    if (!repos->repos.n)
        return NULL;
    return bsearch(&key, repos->repos.items, repos->repos.n, sizeof key, by_id);
}

static bool is_same_file(const struct hs_file *a, const struct hs_file *b)
{
    return a->file_bytes == b->file_bytes && a->flags == b->flags &&
           strcmp(a->sha256, b->sha256) == 0 && strcmp(a->git_sha1, b->git_sha1) == 0;
}

void hs_listing_finish(struct hs_listing *listing)
{
    struct hs_file *files = listing->files.items;
    size_t kept = 0;

    if (!listing->files.n)
        return;
    qsort(files, listing->files.n, sizeof *files, by_path);
    for (size_t i = 0; i < listing->files.n; i++) {
        if (kept && strcmp(files[kept - 1].path, files[i].path) == 0) {
            if (!is_same_file(&files[kept - 1], &files[i])) {
                listing->is_complete = false;
                listing->why = hub_pool_printf(listing->pool, "'%s' is listed twice, differently",
                                               files[i].path);
            }
            continue;
        }
        files[kept++] = files[i];
    }
    listing->files.n = kept;
}

void hs_repos_finish(struct hs_repos *repos)
{
    struct hs_repo *items = repos->repos.items;
    size_t kept = 0;

    if (!repos->repos.n)
        return;
    qsort(items, repos->repos.n, sizeof *items, by_id);
    for (size_t i = 0; i < repos->repos.n; i++)
        if (!kept || strcmp(items[kept - 1].id, items[i].id) != 0)
            items[kept++] = items[i];
    repos->repos.n = kept;
}
