#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_revision.h"
#include "site_modelers_rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Dates are seen with "Z" and with "+08:00"; by default both occur, by commit. */
static char *date_of(const struct th_req *req, const struct th_commit *commit)
{
    const char *form = th_knob_text(req, "dates", "mixed");
    bool is_utc = !strcmp(form, "mixed") ? commit->id[39] & 1 : !strcmp(form, "utc");

    return is_utc ? th_time_utc(commit->when) : th_time_offset(commit->when, 8);
}

static cJSON *commit_of(const struct th_req *req, const struct th_commit *commit)
{
    size_t length = strlen(commit->message);
    bool has_newline = length > 0 && commit->message[length - 1] == '\n';
    char *message = th_format("%s%s", commit->message, has_newline ? "" : "\n");
    char *date = date_of(req, commit);
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "message", message);
    cJSON_AddStringToObject(object, "commit_sha", commit->id);
    cJSON_AddStringToObject(object, "created", date);
    free(message);
    free(date);
    return object;
}

static cJSON *scan_of(void)
{
    static const char *const members[] = {"status", "virus", "sensitive_item", "moderation_status",
                                          "moderation_result"};
    cJSON *object = cJSON_CreateObject();

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        cJSON_AddStringToObject(object, members[i], "");
    return object;
}

/* One field, two meanings (§4.1), in the spelling of the knob. Caller frees. */
static char *etag_of(const struct th_req *req, const struct th_file *file)
{
    const char *form = th_knob_text(req, "etag_form", "plain");
    const char *hex = file->is_lfs ? file->blob->sha256 : file->git_sha1;
    char *etag;

    if (!strcmp(form, "weak"))
        return th_format("W/\"%s\"", hex);
    if (!strcmp(form, "quoted"))
        return th_format("\"%s\"", hex);
    etag = th_copy(hex);
    for (char *at = etag; *at && !strcmp(form, "upper"); at++)
        *at = (char)toupper((unsigned char)*at);
    return etag;
}

/* The members that files and directories share. */
static cJSON *entry_of(const struct th_req *req, const char *path, const char *type,
                       const struct th_commit *since)
{
    bool is_null = th_knob_bool(req, "nulls", false);
    const char *slash = strrchr(path, '/');
    cJSON *entry = cJSON_CreateObject();

    cJSON_AddStringToObject(entry, "name", slash ? slash + 1 : path);
    cJSON_AddStringToObject(entry, "path", path);
    cJSON_AddStringToObject(entry, "type", type);
    cJSON_AddItemToObject(entry, "commit", is_null ? cJSON_CreateNull() : commit_of(req, since));
    if (th_knob_bool(req, "extra_members", false))
        cJSON_AddItemToObject(entry, "x_unknown", cJSON_Parse("{\"etag\":[0]}"));
    return entry;
}

static cJSON *file_entry(const struct th_req *req, const struct th_repo *repo, const char *ref,
                         const struct th_file *file)
{
    cJSON *entry = entry_of(req, file->path, "file", file->since);
    char *encoded = th_percent_encode(file->path, "/");
    char *url = th_format("%s/api/v1/file/%s/%s/%s/media/%s", th_base(req, req->plane->name),
                          repo->owner, repo->name, ref, encoded);
    char *etag = etag_of(req, file);

    cJSON_AddNumberToObject(entry, "size", (double)file->blob->size);
    cJSON_AddBoolToObject(entry, "is_lfs", file->is_lfs);
    cJSON_AddStringToObject(entry, "etag", etag);
    cJSON_AddStringToObject(entry, "url", url);
    cJSON_AddItemToObject(entry, "file_scan",
                          th_knob_bool(req, "nulls", false) ? cJSON_CreateNull() : scan_of());
    free(etag);
    free(url);
    free(encoded);
    return entry;
}

static cJSON *dir_entry(const struct th_req *req, const struct th_commit *commit, const char *path)
{
    cJSON *entry = entry_of(req, path, "dir", mo_dir_since(commit, path));

    cJSON_AddNumberToObject(entry, "size", 0);
    cJSON_AddFalseToObject(entry, "is_lfs");
    cJSON_AddStringToObject(entry, "etag", "");
    cJSON_AddStringToObject(entry, "url", "");
    cJSON_AddNullToObject(entry, "file_scan");
    return entry;
}

/* Directories first, then files, both by name: the commit's files are sorted, so two walks do. */
static cJSON *tree_of(const struct th_req *req, const struct th_repo *repo, const char *ref,
                      const struct th_commit *commit, const char *dir)
{
    struct mo_range range = mo_dir_range(commit, dir);
    size_t skip = *dir ? strlen(dir) + 1 : 0;
    cJSON *list = cJSON_CreateArray(), *files = cJSON_CreateArray();

    for (size_t i = range.first; i < range.end;) {
        const char *slash = strchr(commit->files[i]->path + skip, '/');
        char *child;

        if (!slash) {
            cJSON_AddItemToArray(files, file_entry(req, repo, ref, commit->files[i++]));
            continue;
        }
        child = th_copy_n(commit->files[i]->path, (size_t)(slash - commit->files[i]->path));
        cJSON_AddItemToArray(list, dir_entry(req, commit, child));
        i = mo_dir_range(commit, child).end;
        free(child);
    }
    for (cJSON *file; (file = cJSON_DetachItemFromArray(files, 0));)
        cJSON_AddItemToArray(list, file);
    cJSON_Delete(files);
    return list;
}

static cJSON *last_commit_of(const struct th_req *req, const struct th_commit *since)
{
    cJSON *last = cJSON_CreateObject(), *author;

    cJSON_AddItemToObject(last, "commit", commit_of(req, since));
    author = cJSON_AddObjectToObject(last, "author");
    cJSON_AddStringToObject(author, "name", since->author);
    cJSON_AddStringToObject(author, "avatar_url", "");
    return last;
}

static double depth_of(const struct th_commit *commit)
{
    double depth = 0;

    for (; commit; commit = commit->parent)
        depth++;
    return depth;
}

/* Someone else pushes right after this answer was made. */
static void push_by_other(struct th_repo *repo, const cJSON *rule)
{
    const char *text = th_json_text(rule, "text", "pushed in between\n");
    struct th_change change = {.path = th_json_text(rule, "file", "pushed-by-someone-else.txt"),
                               .blob = th_blob_literal(text, strlen(text))};

    (void)th_repo_commit(repo, MO_BRANCH, "someone else's push\n", "someone", &change, 1);
}

void mo_tree(struct th_req *req)
{
    const char *dir = th_req_query(req, "path");
    struct mo_revision at;
    const cJSON *push;
    cJSON *data;

    if (!mo_revision_read(req, &at))
        return;
    dir = dir ? dir : "";
    if (th_commit_file(at.commit, dir)) {
        mo_reply_error(req, 404, "not_dir", "the path is a file");
        return;
    }
    if (*dir && !(mo_is_repo_path(dir) && th_commit_has_dir(at.commit, dir))) {
        mo_reply_error(req, 404, "branch_or_path_not_found", "no such path");
        return;
    }
    push = th_behave(req, "foreign_push");
    data = cJSON_CreateObject();
    cJSON_AddItemToObject(data, "tree", tree_of(req, at.repo, at.ref, at.commit, dir));
    cJSON_AddItemToObject(data, "last_commit", last_commit_of(req, mo_dir_since(at.commit, dir)));
    cJSON_AddNumberToObject(data, "commit_count", depth_of(at.commit));
    mo_reply_data(req, 200, data);
    if (push)
        push_by_other(at.repo, push);
}

void mo_info(struct th_req *req)
{
    const char *path = th_req_query(req, "path");
    struct mo_revision at;
    const struct th_file *file;
    cJSON *data;

    if (!mo_revision_read(req, &at))
        return;
    file = mo_file_or_reply(req, at.commit, path ? path : "");
    if (!file)
        return;
    data = file_entry(req, at.repo, at.ref, file);
    cJSON_AddStringToObject(data, "branch_last_commit", at.commit->id);
    mo_reply_data(req, 200, data);
}
