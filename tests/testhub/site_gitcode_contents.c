/* §13, §14: the contents API: one file a commit, and what git holds, so pointers of LFS files. */
#include "site_gitcode_commit.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"
#include "site_modelers_revision.h"
#include "site_modelers_rules.h"

#include <stdlib.h>
#include <string.h>

enum { INLINE_MAX = 20 << 20 };

static void add_links(const struct th_req *req, cJSON *to, const struct th_repo *repo,
                      const char *ref, const char *path)
{
    char *encoded = th_percent_encode(path, "/");
    const char *base = th_base(req, req->plane->name);
    char *self = th_format("%s/api/v5/repos/%s/%s/contents/%s?ref=%s", base, repo->owner,
                           repo->name, encoded, ref);
    char *page = th_format("%s/%s/%s/blob/%s/%s", base, repo->owner, repo->name, ref, encoded);
    char *raw = th_format("%s/%s/%s/raw/%s/%s", base, repo->owner, repo->name, ref, encoded);
    cJSON *links;

    cJSON_AddStringToObject(to, "url", self);
    cJSON_AddStringToObject(to, "html_url", page);
    cJSON_AddStringToObject(to, "download_url", raw);
    links = cJSON_AddObjectToObject(to, "_links");
    cJSON_AddStringToObject(links, "self", self);
    cJSON_AddStringToObject(links, "html", page);
    free(encoded);
    free(self);
    free(page);
    free(raw);
}

static cJSON *entry_of(const struct th_req *req, const struct th_repo *repo, const char *ref,
                       const char *path, const char *type, const char *sha)
{
    const char *slash = strrchr(path, '/');
    cJSON *entry = cJSON_CreateObject();

    cJSON_AddStringToObject(entry, "type", type);
    cJSON_AddStringToObject(entry, "name", slash ? slash + 1 : path);
    cJSON_AddStringToObject(entry, "path", path);
    cJSON_AddStringToObject(entry, "sha", sha);
    add_links(req, entry, repo, ref, path);
    return entry;
}

static char *base64_of(const struct th_blob *blob)
{
    unsigned char *bytes = th_alloc(blob->size + 1);
    char *text = NULL;

    if (th_blob_read(blob, 0, bytes, blob->size) == (long)blob->size)
        text = th_base64_encode(bytes, blob->size);
    free(bytes);
    return text;
}

static void reply_file(struct th_req *req, const struct th_repo *repo, const char *ref,
                       const struct th_file *file)
{
    const struct th_blob *blob = gc_git_blob(file);
    char *text = blob->size <= INLINE_MAX ? base64_of(blob) : NULL;
    cJSON *entry;

    if (!text) {
        gc_error(req, 400, 400, "UN_KNOW", "the file is too large");
        return;
    }
    entry = entry_of(req, repo, ref, file->path, "file", file->git_sha1);
    cJSON_AddStringToObject(entry, "encoding", "base64");
    cJSON_AddNumberToObject(entry, "size", (double)blob->size);
    cJSON_AddStringToObject(entry, "content", text);
    free(text);
    gc_reply(req, 200, entry);
}

static void reply_dir(struct th_req *req, const struct th_repo *repo, const char *ref,
                      const struct th_commit *commit, const char *dir)
{
    struct mo_range range = mo_dir_range(commit, dir);
    size_t skip = *dir ? strlen(dir) + 1 : 0;
    cJSON *list = cJSON_CreateArray();

    for (size_t i = range.first; i < range.end;) {
        const struct th_file *file = commit->files[i];
        const char *slash = strchr(file->path + skip, '/');
        char *path = slash ? th_copy_n(file->path, (size_t)(slash - file->path)) : NULL;
        char sha[41];

        if (path)
            gc_tree_sha(commit, path, sha);
        cJSON_AddItemToArray(list, entry_of(req, repo, ref, path ? path : file->path,
                                            path ? "dir" : "file", path ? sha : file->git_sha1));
        i = path ? mo_dir_range(commit, path).end : i + 1;
        free(path);
    }
    th_reply_json(req, 200, list);
}

void gc_contents_get(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);
    const char *path = th_req_arg(req, "path"), *ref = th_req_query(req, "ref");
    const struct th_commit *commit = repo ? gc_commit_of(req, repo, ref) : NULL;
    const struct th_file *file = th_commit_file(commit, path);

    if (!commit)
        return;
    ref = ref && *ref ? ref : repo->default_branch;
    if (file)
        reply_file(req, repo, ref, file);
    else if (th_commit_has_dir(commit, path))
        reply_dir(req, repo, ref, commit, path);
    else
        gc_not_found(req, "404 Not Found File");
}

/* One write, checked as far as both verbs share it. */
struct write {
    struct th_repo *repo;
    const struct th_token *token;
    const cJSON *body;
    const char *branch, *path;
    const struct th_file *file; /* what is there now, or NULL */
};

static bool read_write(struct th_req *req, struct write *out)
{
    const struct th_ref *ref;

    out->repo = gc_writable(req, &out->token);
    out->body = out->repo ? gc_body(req) : NULL;
    if (!out->body)
        return false;
    out->path = th_req_arg(req, "path");
    out->branch = th_json_text(out->body, "branch", out->repo->default_branch);
    ref = th_repo_ref(out->repo, out->branch, false);
    if (!ref && th_repo_resolve(out->repo, NULL)) {
        gc_not_found(req, "404 Branch Not Found");
        return false;
    }
    out->file = ref ? th_commit_file(ref->commit, out->path) : NULL;
    if (!*th_json_text(out->body, "message", "")) {
        gc_error(req, 400, 1000, "PARAMETER_ERROR", "must not be blank");
        return false;
    }
    if (mo_is_repo_path(out->path) && !(ref && th_commit_has_dir(ref->commit, out->path)))
        return true;
    gc_error(req, 400, 400, "UN_KNOW", "invalid path");
    return false;
}

/* PUT and DELETE name the blob they replace. */
static bool is_sha_right(struct th_req *req, const struct write *write)
{
    if (!write->file) {
        gc_not_found(req, "404 Not Found File");
        return false;
    }
    if (!strcmp(th_json_text(write->body, "sha", ""), write->file->git_sha1))
        return true;
    gc_error(req, (unsigned)th_knob_int(req, "stale_sha_status", 409), 409, "UN_KNOW",
             "sha does not match");
    return false;
}

static void commit_change(struct th_req *req, const struct write *write, struct th_change *change)
{
    const struct th_commit *commit =
        th_repo_commit(write->repo, write->branch, th_json_text(write->body, "message", ""),
                       write->token->account, change, 1);
    cJSON *body = cJSON_CreateObject();

    th_count_event(req, "commit_applied");
    if (!strcmp(req->method, "PUT"))
        cJSON_AddItemToObject(body, "content",
                              entry_of(req, write->repo, write->branch, write->path, "file",
                                       th_commit_file(commit, write->path)->git_sha1));
    cJSON_AddItemToObject(body, "commit", gc_commit_json(req, commit));
    gc_reply(req, !strcmp(req->method, "POST") ? 201 : 200, body);
}

/* A pointer is a file like any other to git; the object behind it must have come before. */
static bool read_change(struct th_req *req, const struct write *write, struct th_change *out)
{
    const char *text = th_json_text(write->body, "content", NULL);
    unsigned char *bytes;
    size_t length = 0;
    uint64_t size;
    char oid[65];

    bytes = text ? th_base64_decode(text, &length) : NULL;
    if (!bytes) {
        gc_error(req, 400, 1000, "PARAMETER_ERROR", "must not be null");
        return false;
    }
    out->path = write->path;
    out->is_lfs = mo_pointer_parse(bytes, length, oid, &size);
    out->blob = out->is_lfs ? th_blob_find(oid, size) : th_blob_literal(bytes, length);
    free(bytes);
    if (!out->is_lfs || th_blob_on_site(out->blob, req->site))
        return true;
    th_count_event(req, "dangling_pointer");
    gc_error(req, 400, 400, "UN_KNOW", "the pointer's object is not stored");
    return false;
}

/* POST creates, PUT updates. */
void gc_contents_put(struct th_req *req)
{
    bool is_new = !strcmp(req->method, "POST");
    struct write write;
    struct th_change change;
    char *message;

    if (!read_write(req, &write))
        return;
    if (is_new && write.file) {
        message = th_format("The path cannot be created: %s ,because %s already exist.", write.path,
                            write.path);
        gc_error(req, 400, 400, "UN_KNOW", message);
        free(message);
        return;
    }
    if ((is_new || is_sha_right(req, &write)) && read_change(req, &write, &change))
        commit_change(req, &write, &change);
}

void gc_contents_delete(struct th_req *req)
{
    struct write write;
    struct th_change change;

    if (!read_write(req, &write) || !is_sha_right(req, &write))
        return;
    change = (struct th_change){.path = write.path};
    commit_change(req, &write, &change);
}
