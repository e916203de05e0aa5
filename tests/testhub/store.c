#include "store.h"
#include "hub.h"
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct th_repo *repos[TH_SITES_MAX];
static struct th_repo *removed; /* kept until exit: running replies may point into them */
static uint64_t last_number;
static uint64_t last_commit;

struct th_repo *th_repo_first(const struct th_site *site)
{
    return repos[th_site_index(site)];
}

static struct th_repo *find_repo(const struct th_site *site, const char *owner, const char *name,
                                 int (*compare)(const char *, const char *))
{
    for (struct th_repo *repo = th_repo_first(site); repo; repo = repo->next)
        if (!compare(repo->owner, owner) && !compare(repo->name, name))
            return repo;
    return NULL;
}

struct th_repo *th_repo_find(const struct th_site *site, const char *owner, const char *name)
{
    return find_repo(site, owner, name, strcmp);
}

struct th_repo *th_repo_find_nocase(const struct th_site *site, const char *owner, const char *name)
{
    return find_repo(site, owner, name, strcasecmp);
}

struct th_repo *th_repo_find_number(const struct th_site *site, uint64_t number)
{
    for (struct th_repo *repo = th_repo_first(site); repo; repo = repo->next)
        if (repo->number == number)
            return repo;
    return NULL;
}

struct th_repo *th_repo_create(const struct th_site *site, const char *owner, const char *name,
                               const char *default_branch)
{
    struct th_repo *repo, **end = &repos[th_site_index(site)];

    if (th_repo_find(site, owner, name))
        return NULL;
    repo = th_alloc(sizeof(*repo));
    repo->site = site;
    repo->owner = th_copy(owner);
    repo->name = th_copy(name);
    repo->number = ++last_number;
    repo->license = th_copy("");
    repo->display_name = th_copy("");
    repo->description = th_copy("");
    repo->default_branch = th_copy(default_branch);
    repo->created = repo->updated = th_now();
    repo->extra = cJSON_CreateObject();
    while (*end)
        end = &(*end)->next;
    *end = repo;
    return repo;
}

void th_repo_remove(struct th_repo *repo)
{
    struct th_repo **at = &repos[th_site_index(repo->site)];

    while (*at && *at != repo)
        at = &(*at)->next;
    if (*at) {
        *at = repo->next;
        repo->next = removed;
        removed = repo;
    }
}

void th_repo_set_text(char **field, const char *value)
{
    char *copy = th_copy(value ? value : "");

    free(*field);
    *field = copy;
}

struct th_ref *th_repo_ref(const struct th_repo *repo, const char *name, bool is_tag)
{
    for (size_t i = 0; i < repo->ref_count; i++)
        if (repo->refs[i].is_tag == is_tag && !strcmp(repo->refs[i].name, name))
            return &repo->refs[i];
    return NULL;
}

void th_repo_set_ref(struct th_repo *repo, const char *name, bool is_tag,
                     const struct th_commit *commit)
{
    struct th_ref *ref = th_repo_ref(repo, name, is_tag);

    if (!ref) {
        repo->refs = th_grow(repo->refs, (repo->ref_count + 1) * sizeof(*ref));
        ref = &repo->refs[repo->ref_count++];
        ref->name = th_copy(name);
        ref->is_tag = is_tag;
    }
    ref->commit = commit;
}

void th_repo_drop_ref(struct th_repo *repo, const char *name, bool is_tag)
{
    struct th_ref *ref = th_repo_ref(repo, name, is_tag);

    if (!ref)
        return;
    free(ref->name);
    *ref = repo->refs[--repo->ref_count];
}

const struct th_commit *th_repo_resolve(const struct th_repo *repo, const char *revision)
{
    const struct th_ref *ref;

    if (!revision || !*revision)
        revision = repo->default_branch;
    ref = th_repo_ref(repo, revision, false);
    if (!ref)
        ref = th_repo_ref(repo, revision, true);
    if (ref)
        return ref->commit;
    for (const struct th_commit *commit = repo->commits; commit; commit = commit->next)
        if (!strcmp(commit->id, revision))
            return commit;
    return NULL;
}

/* Position of path among the commit's files, or where it would stand. */
static size_t place_of(const struct th_file *const *files, size_t count, const char *path)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(files[middle]->path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct th_file *th_commit_file(const struct th_commit *commit, const char *path)
{
    size_t at;

    if (!commit)
        return NULL;
    at = place_of(commit->files, commit->file_count, path);
    if (at < commit->file_count && !strcmp(commit->files[at]->path, path))
        return commit->files[at];
    return NULL;
}

bool th_commit_has_dir(const struct th_commit *commit, const char *dir)
{
    char *prefix;
    size_t at;
    bool has;

    if (!commit)
        return false;
    if (!*dir)
        return true;
    prefix = th_format("%s/", dir);
    at = place_of(commit->files, commit->file_count, prefix);
    has = at < commit->file_count && !strncmp(commit->files[at]->path, prefix, strlen(prefix));
    free(prefix);
    return has;
}

static struct th_file *new_file(struct th_repo *repo, const struct th_change *change,
                                const struct th_commit *commit)
{
    struct th_file *file = th_alloc(sizeof(*file));

    file->path = th_copy(change->path);
    file->blob = change->blob;
    file->is_lfs = change->is_lfs;
    file->since = commit;
    if (change->is_lfs)
        th_blob_pointer_sha1(change->blob, file->git_sha1);
    else
        th_blob_git_sha1(change->blob, file->git_sha1);
    if (repo->all_file_count % 64 == 0)
        repo->all_files =
            th_grow(repo->all_files, (repo->all_file_count + 64) * sizeof(*repo->all_files));
    repo->all_files[repo->all_file_count++] = file;
    th_blob_put_on_site(change->blob, repo->site);
    return file;
}

static void apply_change(struct th_repo *repo, struct th_commit *commit,
                         const struct th_change *change)
{
    size_t at = place_of(commit->files, commit->file_count, change->path);
    bool exists = at < commit->file_count && !strcmp(commit->files[at]->path, change->path);

    if (!change->blob && exists) {
        memmove(commit->files + at, commit->files + at + 1,
                (--commit->file_count - at) * sizeof(*commit->files));
    } else if (change->blob) {
        if (!exists) {
            memmove(commit->files + at + 1, commit->files + at,
                    (commit->file_count++ - at) * sizeof(*commit->files));
        }
        commit->files[at] = new_file(repo, change, commit);
    }
}

const struct th_commit *th_repo_commit(struct th_repo *repo, const char *branch,
                                       const char *message, const char *author,
                                       const struct th_change *changes, size_t count)
{
    const struct th_ref *ref = th_repo_ref(repo, branch, false);
    const struct th_commit *parent = ref ? ref->commit : th_repo_resolve(repo, NULL);
    struct th_commit *commit = th_alloc(sizeof(*commit));
    size_t inherited = parent ? parent->file_count : 0;
    char *name;

    commit->message = th_copy(message);
    commit->author = th_copy(author);
    commit->email = th_format("%s@example.com", author);
    commit->when = th_now();
    commit->parent = parent;
    commit->files = th_alloc((inherited + count) * sizeof(*commit->files));
    commit->file_count = inherited;
    if (parent)
        memcpy(commit->files, parent->files, inherited * sizeof(*commit->files));
    for (size_t i = 0; i < count; i++)
        apply_change(repo, commit, &changes[i]);
    name = th_format("%s/%s/%s %s %llu", repo->site->name, repo->owner, repo->name,
                     parent ? parent->id : "", (unsigned long long)++last_commit);
    th_sha1_hex(name, strlen(name), commit->id);
    free(name);
    commit->next = repo->commits;
    repo->commits = commit;
    repo->updated = commit->when;
    th_repo_set_ref(repo, branch, false, commit);
    return commit;
}

static void free_repo(struct th_repo *repo)
{
    while (repo->commits) {
        struct th_commit *commit = repo->commits;

        repo->commits = commit->next;
        free(commit->message);
        free(commit->author);
        free(commit->email);
        free(commit->files);
        free(commit);
    }
    for (size_t i = 0; i < repo->all_file_count; i++) {
        free(repo->all_files[i]->path);
        free(repo->all_files[i]);
    }
    for (size_t i = 0; i < repo->ref_count; i++)
        free(repo->refs[i].name);
    free(repo->all_files);
    free(repo->refs);
    free(repo->owner);
    free(repo->name);
    free(repo->license);
    free(repo->display_name);
    free(repo->description);
    free(repo->default_branch);
    cJSON_Delete(repo->extra);
    free(repo);
}

static void free_repos(struct th_repo **list)
{
    while (*list) {
        struct th_repo *repo = *list;

        *list = repo->next;
        free_repo(repo);
    }
}

void th_store_clear(void)
{
    for (size_t i = 0; i < TH_SITES_MAX; i++)
        free_repos(&repos[i]);
    free_repos(&removed);
    th_tokens_clear();
}
