/* A git mirror: the commits of another repository under their own ids. */
#include "site.h"

#include <stdlib.h>
#include <string.h>

static const struct th_commit *commit_named(const struct th_repo *repo, const char *id)
{
    for (const struct th_commit *commit = repo->commits; commit; commit = commit->next)
        if (!strcmp(commit->id, id))
            return commit;
    return NULL;
}

/* Files are immutable and live until exit, so both repositories may show the same ones. */
static struct th_commit *copy_commit(const struct th_commit *commit)
{
    struct th_commit *copy = th_alloc(sizeof(*copy));

    *copy = *commit;
    copy->message = th_copy(commit->message);
    copy->author = th_copy(commit->author);
    copy->email = th_copy(commit->email);
    copy->files = th_alloc(commit->file_count * sizeof(*copy->files));
    if (commit->file_count)
        memcpy(copy->files, commit->files, commit->file_count * sizeof(*copy->files));
    return copy;
}

/* The commit and its ancestors, as far as target lacks them. */
static const struct th_commit *take_history(struct th_repo *target, const struct th_commit *head)
{
    struct th_commit *child = NULL;
    const struct th_commit *known = NULL;

    for (const struct th_commit *commit = head; commit && !known; commit = commit->parent) {
        known = commit_named(target, commit->id);
        if (!known) {
            struct th_commit *copy = copy_commit(commit);

            copy->next = target->commits;
            target->commits = copy;
            if (child)
                child->parent = copy;
            child = copy;
        }
    }
    if (child)
        child->parent = known;
    return head ? commit_named(target, head->id) : NULL;
}

static void put_objects(const struct th_repo *target, const struct th_commit *head, unsigned flags)
{
    for (const struct th_commit *commit = head; commit; commit = commit->parent) {
        for (size_t i = 0; i < commit->file_count; i++) {
            const struct th_blob *blob = commit->files[i]->blob;

            if (!commit->files[i]->is_lfs || (flags & TH_MIRROR_LFS))
                th_blob_put_on_site(th_blob_find(blob->sha256, blob->size), target->site);
        }
    }
}

void th_repo_mirror(struct th_repo *target, const struct th_repo *source, unsigned flags)
{
    bool is_only = flags & TH_MIRROR_DEFAULT_ONLY;

    while (target->ref_count)
        th_repo_drop_ref(target, target->refs[0].name, target->refs[0].is_tag);
    th_repo_set_text(&target->default_branch, source->default_branch);
    for (size_t i = 0; i < source->ref_count; i++) {
        const struct th_ref *ref = &source->refs[i];

        if (is_only && (ref->is_tag || strcmp(ref->name, source->default_branch) != 0))
            continue;
        th_repo_set_ref(target, ref->name, ref->is_tag, take_history(target, ref->commit));
        put_objects(target, ref->commit, flags);
    }
    target->updated = source->updated > target->updated ? source->updated : target->updated;
}
