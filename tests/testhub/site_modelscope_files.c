/* Section 4: the listing, cut at N entries without a sign. */
#include "site_modelscope.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct listing {
    cJSON *files;
    int64_t cap, count;
    bool is_recursive;
    const char *root; /* without a slash at its ends */
    const cJSON *sha1_rule;
};

static void add_common(cJSON *item, const char *path, const char *type, double size,
                       const struct th_commit *since)
{
    const char *slash = strrchr(path, '/');

    cJSON_AddStringToObject(item, "Name", slash ? slash + 1 : path);
    cJSON_AddStringToObject(item, "Path", path);
    cJSON_AddStringToObject(item, "Type", type);
    cJSON_AddNumberToObject(item, "Size", size);
    cJSON_AddStringToObject(item, "Revision", since->id);
    cJSON_AddNumberToObject(item, "CommittedDate", (double)since->when);
    cJSON_AddStringToObject(item, "CommitMessage", since->message);
    cJSON_AddStringToObject(item, "CommitterName", since->author);
    cJSON_AddBoolToObject(item, "InCheck", false);
}

static bool has_room(struct listing *listing)
{
    return listing->count++ < listing->cap;
}

static void add_tree(struct listing *listing, char *take_path, const struct th_commit *since)
{
    if (has_room(listing)) {
        cJSON *item = cJSON_CreateObject();

        add_common(item, take_path, "tree", 0, since);
        cJSON_AddStringToObject(item, "Sha256", "");
        cJSON_AddBoolToObject(item, "IsLFS", false);
        cJSON_AddStringToObject(item, "Mode", "16384");
        cJSON_AddItemToArray(listing->files, item);
    }
    free(take_path);
}

/* N2: some small files come with another digest, or with none. */
static void add_digest(const struct listing *listing, cJSON *item, const struct th_file *file)
{
    enum { SMALL_MAX = 1 << 20 };
    const cJSON *rule = listing->sha1_rule;
    bool is_odd = rule && !file->is_lfs && file->blob->size <= SMALL_MAX &&
                  th_glob(th_json_text(rule, "file", "*"), file->path);

    if (!is_odd)
        cJSON_AddStringToObject(item, "Sha256", file->blob->sha256);
    else if (!th_json_bool(rule, "missing", false))
        cJSON_AddStringToObject(item, "Sha256", file->git_sha1);
}

static void add_file(struct listing *listing, const struct th_file *file)
{
    cJSON *item;

    if (!has_room(listing))
        return;
    item = cJSON_CreateObject();
    add_common(item, file->path, "blob", (double)file->blob->size, file->since);
    add_digest(listing, item, file);
    cJSON_AddBoolToObject(item, "IsLFS", file->is_lfs);
    cJSON_AddStringToObject(item, "Mode", "33188");
    cJSON_AddItemToArray(listing->files, item);
}

/* The trees on the way to path that the file before it did not lie in, then the file. */
static void add_entry(struct listing *listing, const struct th_file *file, const char *before)
{
    size_t start = *listing->root ? strlen(listing->root) + 1 : 0;
    const char *path = file->path, *slash = strchr(path + start, '/');

    for (; slash; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path) + 1;

        if (!before || strncmp(before, path, length) != 0)
            add_tree(listing, th_copy_n(path, length - 1), file->since);
        if (!listing->is_recursive)
            return;
    }
    add_file(listing, file);
}

static void list_commit(struct listing *listing, const struct th_commit *commit)
{
    size_t length = strlen(listing->root);
    const char *before = NULL;

    for (size_t i = 0; commit && i < commit->file_count; i++) {
        const struct th_file *file = commit->files[i];

        if (length &&
            (strncmp(file->path, listing->root, length) != 0 || file->path[length] != '/'))
            continue;
        add_entry(listing, file, before);
        before = file->path;
    }
}

/* N23: the site takes its README away by itself. */
static void remove_readme(struct th_repo *repo)
{
    struct th_change change = {.path = "README.md"};

    if (th_commit_file(th_repo_resolve(repo, NULL), change.path))
        (void)th_repo_commit(repo, repo->default_branch, "system update", "system", &change, 1);
}

static void reply_listing(struct th_req *req, const struct th_commit *commit)
{
    const char *recursive = th_req_query(req, "Recursive"), *root = th_req_query(req, "Root");
    char *trimmed = th_copy(root ? root : "");
    size_t length = strlen(trimmed);
    struct listing listing = {

        .files = cJSON_CreateArray(),
        .cap = th_knob_int(req, "listing_cap", 3000),
        .is_recursive = recursive && !strcasecmp(recursive, "true"),
        .root = trimmed,
        .sha1_rule = th_behave(req, "sha1_digest"),
    };
    cJSON *data = cJSON_CreateObject();

    while (length && trimmed[length - 1] == '/')
        trimmed[--length] = 0;
    list_commit(&listing, commit);
    if (th_behave(req, "files_null")) {
        cJSON_Delete(listing.files);
        listing.files = cJSON_CreateNull();
    }
    if (listing.count > listing.cap)
        th_count_event(req, "listing_cut");
    cJSON_AddItemToObject(data, "Files", listing.files);
    free(trimmed);
    ms_ok(req, data);
}

void ms_files(struct th_req *req)
{
    const char *revision = th_req_query(req, "Revision");
    const struct th_commit *commit;
    struct th_repo *repo;

    if (ms_is_blocked(req))
        return;
    repo = ms_readable(req, "获取模型目录树失败");
    if (!repo)
        return;
    if (th_behave(req, "readme_vanishes"))
        remove_readme(repo);
    commit = th_repo_resolve(repo, revision);
    if (!commit && repo->commits && !th_behave(req, "unknown_commit_empty")) {
        ms_error(req, 404, MS_NO_TREE, "获取模型目录树失败，信息：tree not found");
        return;
    }
    reply_listing(req, commit);
}
