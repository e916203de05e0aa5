/* §12: the v5 listings. Paged, without sizes; md5 is that of the path. */
#include "site_gitcode_commit.h"
#include "site_gitcode_page.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"
#include "site_modelers_revision.h"

#include <stdlib.h>
#include <string.h>

void gc_tree_sha(const struct th_commit *commit, const char *dir, char out[41])
{
    struct mo_range range = mo_dir_range(commit, dir);
    char *text = th_format("tree of %zu:", range.end - range.first);

    th_sha1_hex(text, strlen(text), out);
    for (size_t i = range.first; i < range.end; i++) {
        free(text);
        text = th_format("%s %s %s", out, commit->files[i]->path + strlen(dir),
                         commit->files[i]->git_sha1);
        th_sha1_hex(text, strlen(text), out);
    }
    free(text);
}

const struct th_blob *gc_git_blob(const struct th_file *file)
{
    struct th_blob *blob;
    char *text;

    if (!file->is_lfs)
        return file->blob;
    text = th_blob_pointer(file->blob);
    blob = th_blob_literal(text, strlen(text));
    free(text);
    return blob;
}

static void add_entry(cJSON *to, const char *path, const char *type, const char *mode,
                      const char *sha)
{
    const char *slash = strrchr(path, '/');
    cJSON *item = cJSON_CreateObject();
    char md5[33];

    th_md5_hex(path, strlen(path), md5);
    cJSON_AddStringToObject(item, "sha", sha);
    cJSON_AddStringToObject(item, "name", slash ? slash + 1 : path);
    cJSON_AddStringToObject(item, "path", path);
    cJSON_AddStringToObject(item, "type", type);
    cJSON_AddStringToObject(item, "mode", mode);
    cJSON_AddStringToObject(item, "md5", md5);
    cJSON_AddItemToArray(to, item);
}

struct walk {
    const struct th_commit *commit;
    const char *dir; /* "" is the root */
    bool is_recursive;
    cJSON *entries;
};

static void add_dir(const struct walk *walk, const char *path, size_t length)
{
    char *dir = th_copy_n(path, length);
    char sha[41];

    gc_tree_sha(walk->commit, dir, sha);
    add_entry(walk->entries, dir, "tree", "040000", sha);
    free(dir);
}

/* The directories of a file that the file before it was not in, then the file. */
static void add_file(const struct walk *walk, size_t place, size_t first)
{
    const struct th_file *file = walk->commit->files[place];
    const char *before = place > first ? walk->commit->files[place - 1]->path : "";
    size_t skip = *walk->dir ? strlen(walk->dir) + 1 : 0;
    const char *slash = strchr(file->path + skip, '/');

    for (; slash; slash = walk->is_recursive ? strchr(slash + 1, '/') : NULL) {
        size_t length = (size_t)(slash - file->path);

        if (strncmp(before, file->path, length + 1) != 0)
            add_dir(walk, file->path, length);
    }
    if (walk->is_recursive || !strchr(file->path + skip, '/'))
        add_entry(walk->entries, file->path, "blob", "100644", file->git_sha1);
}

/* "extra": {"submodules": [paths], "links": [paths]} of the seed, at the root. */
static void add_oddities(const struct th_repo *repo, const struct walk *walk)
{
    const cJSON *item;

    if (*walk->dir)
        return;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(repo->extra, "submodules"))
    {
        add_entry(walk->entries, item->valuestring, "commit", "160000",
                  "1111111111111111111111111111111111111111");
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(repo->extra, "links"))
    {
        add_entry(walk->entries, item->valuestring, "blob", "120000",
                  "2222222222222222222222222222222222222222");
    }
}

static cJSON *slice(cJSON *take_all, const struct gc_page *page)
{
    cJSON *items = cJSON_CreateArray(), *item;
    size_t place = 0;

    while ((item = cJSON_DetachItemFromArray(take_all, 0))) {
        if (place >= page->first && place < page->end)
            cJSON_AddItemToArray(items, item);
        else
            cJSON_Delete(item);
        place++;
    }
    cJSON_Delete(take_all);
    return items;
}

/* A branch, a tag, a commit, or the id of a root tree. */
static const struct th_commit *commit_of_tree(const struct th_repo *repo, const char *revision)
{
    const struct th_commit *commit = th_repo_resolve(repo, revision);
    char sha[41];

    for (const struct th_commit *at = repo->commits; !commit && at; at = at->next) {
        gc_tree_sha(at, "", sha);
        if (!strcmp(sha, revision))
            commit = at;
    }
    return commit;
}

static bool is_yes(const char *value)
{
    return value && *value && strcmp(value, "0") != 0 && strcmp(value, "false") != 0;
}

void gc_tree(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);
    const char *dir = th_req_query(req, "file_path");
    struct walk walk = {.is_recursive = is_yes(th_req_query(req, "recursive"))};
    struct gc_page page;
    struct mo_range range;
    cJSON *body;

    if (!repo)
        return;
    walk.commit = commit_of_tree(repo, th_req_arg(req, "revision"));
    walk.dir = dir ? dir : "";
    if (!repo->ref_count && !strcmp(th_knob_text(req, "empty_tree", "404"), "empty")) {
        th_reply_json(req, 200, cJSON_Parse("{\"tree\":[]}"));
        return;
    }
    if (!walk.commit || !th_commit_has_dir(walk.commit, walk.dir)) {
        gc_not_found(req, "404 Tree Not Found");
        return;
    }
    walk.entries = cJSON_CreateArray();
    range = mo_dir_range(walk.commit, walk.dir);
    for (size_t i = range.first; i < range.end; i++)
        add_file(&walk, i, range.first);
    add_oddities(repo, &walk);
    page = gc_page_of(req, (size_t)cJSON_GetArraySize(walk.entries));
    body = cJSON_CreateObject();
    cJSON_AddItemToObject(body, "tree", slice(walk.entries, &page));
    gc_reply(req, 200, body);
}

void gc_file_list(struct th_req *req)
{
    const char *part = th_req_query(req, "file_name");
    const struct th_repo *repo = gc_readable(req);
    const struct th_commit *commit =
        repo ? gc_commit_of(req, repo, th_req_query(req, "ref_name")) : NULL;
    cJSON *list;

    if (!commit)
        return;
    list = cJSON_CreateArray();
    for (size_t i = 0; i < commit->file_count; i++)
        if (!part || strstr(commit->files[i]->path, part))
            cJSON_AddItemToArray(list, cJSON_CreateString(commit->files[i]->path));
    th_reply_json(req, 200, list);
}
