#include "site_modelers_revision.h"
#include "site_modelers.h"
#include "site_modelers_reply.h"

#include <stdlib.h>
#include <string.h>

bool mo_revision_of(struct th_req *req, struct th_repo *repo, const char *ref,
                    struct mo_revision *out)
{
    out->repo = repo;
    out->ref = ref && *ref ? ref : MO_BRANCH;
    if (!repo->commits) {
        mo_reply_error(req, 400, "empty_repo", "the repository is empty");
        return false;
    }
    out->commit = th_repo_resolve(repo, out->ref);
    if (out->commit)
        return true;
    mo_reply_error(req, 404, "ref_not_exist", "no such branch or commit");
    return false;
}

bool mo_revision_read(struct th_req *req, struct mo_revision *out)
{
    const struct th_token *token;
    struct th_repo *repo;

    if (!mo_authenticate(req, MO_OPTIONAL, &token))
        return false;
    repo = mo_repo(req, token, "repo_not_found");
    return repo && mo_revision_of(req, repo, th_req_query(req, "ref"), out);
}

const struct th_file *mo_file_or_reply(struct th_req *req, const struct th_commit *commit,
                                       const char *path)
{
    const struct th_file *file = th_commit_file(commit, path);

    if (!file && th_commit_has_dir(commit, path))
        mo_reply_error(req, 404, "not_file", "the path is a directory");
    else if (!file)
        mo_reply_error(req, 404, "branch_or_path_not_found", "no such path");
    return file;
}

static size_t place_of(const struct th_commit *commit, const char *path)
{
    size_t low = 0, high = commit->file_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(commit->files[middle]->path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct mo_range mo_dir_range(const struct th_commit *commit, const char *dir)
{
    struct mo_range range = {0, commit->file_count};
    char *edge;

    if (!*dir)
        return range;
    edge = th_format("%s/", dir);
    range.first = place_of(commit, edge);
    edge[strlen(dir)] = '/' + 1; /* the first text behind everything that begins with "dir/" */
    range.end = place_of(commit, edge);
    free(edge);
    return range;
}

/* A file that nobody touched is the same object in both commits. */
static bool is_same_dir(const struct th_commit *a, const struct th_commit *b, const char *dir)
{
    struct mo_range in_a = mo_dir_range(a, dir), in_b = mo_dir_range(b, dir);
    size_t count = in_a.end - in_a.first;

    return count == in_b.end - in_b.first &&
           (count == 0 ||
            !memcmp(a->files + in_a.first, b->files + in_b.first, count * sizeof(*a->files)));
}

const struct th_commit *mo_dir_since(const struct th_commit *commit, const char *dir)
{
    while (*dir && commit->parent && is_same_dir(commit, commit->parent, dir))
        commit = commit->parent;
    return commit;
}
