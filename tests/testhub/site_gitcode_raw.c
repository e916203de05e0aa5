/* §13, §18: bytes. What LFS files give on each route is undocumented, so knobs choose. */
#include "site_gitcode_commit.h"
#include "site_gitcode_import.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"
#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_signature.h"

#include <stdlib.h>
#include <string.h>

void gc_blob(struct th_req *req)
{
    const char *sha = th_req_arg(req, "sha");
    const struct th_repo *repo = gc_readable(req);
    const struct th_blob *blob = NULL;
    unsigned char *bytes;
    cJSON *body;
    char *text;

    if (!repo)
        return;
    for (const struct th_commit *commit = repo->commits; !blob && commit; commit = commit->next)
        for (size_t i = 0; !blob && i < commit->file_count; i++)
            if (!strcmp(commit->files[i]->git_sha1, sha))
                blob = gc_git_blob(commit->files[i]);
    if (!blob) {
        gc_not_found(req, "404 Not Found Blob");
        return;
    }
    bytes = th_alloc(blob->size + 1);
    (void)th_blob_read(blob, 0, bytes, blob->size);
    text = th_base64_encode(bytes, blob->size);
    body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "sha", sha);
    cJSON_AddNumberToObject(body, "size", (double)blob->size);
    cJSON_AddStringToObject(body, "encoding", "base64");
    cJSON_AddStringToObject(body, "content", text);
    cJSON_AddStringToObject(body, "url", req->path);
    free(text);
    free(bytes);
    gc_reply(req, 200, body);
}

static void redirect(struct th_req *req, const struct th_file *file)
{
    const char *plane = th_behave(req, "redirect_elsewhere") ? "elsewhere" : "storage";
    char *location =
        mo_object_url(req, plane, file->blob, file->path, mo_expiry(req, "signature_expired"));

    th_reply_redirect(req, (unsigned)th_knob_int(req, "redirect_status", 302), location);
    free(location);
}

/* knob: "pointer", "bytes" or "redirect". */
static void serve(struct th_req *req, const struct th_repo *repo, const struct th_file *file,
                  const char *knob, const char *fallback)
{
    const char *how = th_knob_text(req, knob, fallback);
    bool is_pointer = !strcmp(how, "pointer") || gc_is_object_missing(repo, file->blob->sha256);

    if (file->is_lfs && !is_pointer && !strcmp(how, "redirect")) {
        redirect(req, file);
        return;
    }
    th_header(req, "Content-Type", "application/octet-stream");
    th_reply_blob(req, is_pointer ? gc_git_blob(file) : file->blob, TH_RANGE_206);
}

void gc_raw(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);
    const struct th_commit *commit =
        repo ? gc_commit_of(req, repo, th_req_query(req, "ref")) : NULL;
    const struct th_file *file = th_commit_file(commit, th_req_arg(req, "path"));

    if (file)
        serve(req, repo, file, "raw_lfs", "pointer");
    else if (commit)
        gc_not_found(req, "404 Not Found File");
}

/* The web's raw addresses look at no token. */
static const struct th_repo *public_repo(struct th_req *req)
{
    struct th_repo *repo =
        th_repo_find(req->site, th_req_arg(req, "owner"), th_req_arg(req, "name"));

    if (gc_is_blocked(req))
        return NULL;
    if (repo && repo->visibility == TH_PUBLIC && gc_is_visible_yet(repo)) {
        gc_import_look(repo, req->route->name);
        return repo;
    }
    th_reply_text(req, 404, "text/plain; charset=utf-8", "404 page not found\n");
    return NULL;
}

void gc_raw_host(struct th_req *req)
{
    const struct th_repo *repo = public_repo(req);
    const struct th_file *file =
        repo
            ? th_commit_file(th_repo_resolve(repo, th_req_arg(req, "ref")), th_req_arg(req, "path"))
            : NULL;

    if (file)
        serve(req, repo, file, "raw_lfs", "pointer");
    else if (repo)
        th_reply_text(req, 404, "text/plain; charset=utf-8", "404 page not found\n");
}

void gc_raw_blob(struct th_req *req)
{
    const struct th_repo *repo = public_repo(req);
    const struct th_commit *head = repo ? th_repo_resolve(repo, NULL) : NULL;

    for (size_t i = 0; head && i < head->file_count; i++) {
        if (!strcmp(head->files[i]->git_sha1, th_req_arg(req, "sha"))) {
            serve(req, repo, head->files[i], "raw_lfs", "pointer");
            return;
        }
    }
    if (repo)
        th_reply_text(req, 404, "text/plain; charset=utf-8", "404 page not found\n");
}

/* §18: the hub's file address. */
void gc_resolve(struct th_req *req)
{
    const struct th_token *token;
    const struct th_commit *commit;
    const struct th_file *file;
    struct th_repo *repo;

    if (!mo_authenticate(req, MO_OPTIONAL, &token))
        return;
    repo = mo_repo(req, token, "repo_not_found");
    commit = repo ? th_repo_resolve(repo, th_req_arg(req, "ref")) : NULL;
    file = th_commit_file(commit, th_req_arg(req, "path"));
    if (file)
        serve(req, repo, file, "resolve_lfs", "redirect");
    else if (repo)
        mo_reply_error(req, 404, "branch_or_path_not_found", "no such file");
}

/* The openMind address of the same file; its redirects have that plane's knobs. */
void gc_media(struct th_req *req)
{
    const struct th_repo *repo =
        th_repo_find_nocase(req->site, th_req_arg(req, "owner"), th_req_arg(req, "name"));
    const struct th_commit *commit = repo ? th_repo_resolve(repo, th_req_arg(req, "ref")) : NULL;
    const struct th_file *file = th_commit_file(commit, th_req_arg(req, "path"));

    if (file && file->is_lfs && gc_is_object_missing(repo, file->blob->sha256))
        mo_reply_error(req, 404, "file_not_found", "the object is not stored");
    else
        mo_media(req);
}
