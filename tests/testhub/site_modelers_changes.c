#include "site_modelers_changes.h"
#include "site_modelers_reply.h"
#include "site_modelers_rules.h"

#include <stdlib.h>
#include <string.h>

static bool refuse(struct th_req *req, unsigned status, const char *code, const char *what,
                   const char *path)
{
    char *message = th_format("%s: %s", path, what);

    mo_reply_error(req, status, code, message);
    free(message);
    return false;
}

/* A pointer names an object that has to be on the site. What the live site does with one that is
 * not there is unknown: refusing shows the client's mistake. */
static bool read_content(struct th_req *req, const char *path, const void *bytes, size_t length,
                         struct th_change *out)
{
    char oid[65];
    uint64_t size;

    if (!mo_pointer_parse(bytes, length, oid, &size)) {
        out->blob = th_blob_literal(bytes, length);
        return true;
    }
    out->blob = th_blob_find(oid, size);
    out->is_lfs = true;
    if (th_blob_on_site(out->blob, req->site))
        return true;
    th_count_event(req, "dangling_pointer");
    return refuse(req, 400, "bad_request_param", "the pointer's object is not stored", path);
}

static bool read_create(struct th_req *req, const cJSON *file, struct th_change *out)
{
    const char *text = th_json_text(file, "content", NULL);
    size_t length = 0;
    unsigned char *bytes = text ? th_base64_decode(text, &length) : NULL;
    bool is_good;

    if (!bytes)
        return refuse(req, 400, "bad_request_param", "content is not base64", out->path);
    is_good = read_content(req, out->path, bytes, length, out);
    free(bytes);
    return is_good;
}

static bool read_one(struct th_req *req, const struct th_commit *head, const cJSON *file,
                     struct th_change *out)
{
    const char *operation = th_json_text(file, "operation", "");

    *out = (struct th_change){.path = th_json_text(file, "path", "")};
    if (!*out->path)
        return refuse(req, 400, "empty_file_path", "no path", "");
    if (th_glob(th_knob_text(req, "sensitive_path", ""), out->path))
        return refuse(req, 400, "sensitive_not_pass", "refused by moderation", out->path);
    if (!strcmp(operation, "delete")) {
        if (th_commit_file(head, out->path))
            return true;
        return refuse(req, 404, "file_not_found", "no such file to delete", out->path);
    }
    if (!mo_is_repo_path(out->path))
        return refuse(req, 400, "bad_request_param", "invalid path", out->path);
    if (!strcmp(operation, "create"))
        return read_create(req, file, out);
    return refuse(req, 400, "bad_request_param", "unknown operation", out->path);
}

/* A deletion before an addition of the same path, as in the SDK's list; the addition wins. */
static int by_path(const void *left, const void *right)
{
    const struct th_change *a = left, *b = right;
    int order = strcmp(a->path, b->path);

    return order ? order : (a->blob != NULL) - (b->blob != NULL);
}

/* False when a path is created twice or deleted twice. What the live site makes of that is unknown:
 * refusing shows the client's mistake. */
static bool merge_pairs(struct th_req *req, struct mo_changes *changes)
{
    struct th_change *items = changes->items;
    size_t kept = 0;

    qsort(items, changes->count, sizeof *items, by_path);
    for (size_t i = 0; i < changes->count; i++) {
        bool is_again = kept && !strcmp(items[kept - 1].path, items[i].path);

        if (is_again && !items[kept - 1].blob == !items[i].blob)
            return refuse(req, 400, "bad_request_param", "named twice", items[i].path);
        items[kept - is_again] = items[i];
        kept += !is_again;
    }
    changes->count = kept;
    return true;
}

static const struct th_change *change_of(const struct mo_changes *changes, const char *path)
{
    struct th_change key = {.path = path};
    size_t low = 0, high = changes->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(changes->items[middle].path, key.path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < changes->count && !strcmp(changes->items[low].path, path))
        return &changes->items[low];
    return NULL;
}

/* True when path is a file once the changes are made. */
static bool will_be_file(const struct mo_changes *changes, const struct th_commit *head,
                         const char *path)
{
    const struct th_change *change = change_of(changes, path);

    return change ? change->blob != NULL : th_commit_file(head, path) != NULL;
}

/* No path may be a file and a directory at once. */
static bool has_clash(const struct mo_changes *changes, const struct th_commit *head,
                      const char *path)
{
    char *parent = th_copy(path);
    bool is_clash = false;

    for (char *slash; !is_clash && (slash = strrchr(parent, '/'));) {
        *slash = '\0';
        is_clash = will_be_file(changes, head, parent);
    }
    free(parent);
    return is_clash;
}

/* The files of the head that stay could lie below a path that becomes a file. */
static bool covers_dir(const struct mo_changes *changes, const struct th_commit *head,
                       const char *path)
{
    if (!th_commit_has_dir(head, path))
        return false;
    for (size_t i = 0, length = strlen(path); i < head->file_count; i++) {
        const char *below = head->files[i]->path;

        if (!strncmp(below, path, length) && below[length] == '/' &&
            will_be_file(changes, head, below))
            return true;
    }
    return false;
}

static bool differs(const struct th_change *change, const struct th_commit *head)
{
    const struct th_file *file = th_commit_file(head, change->path);

    if (!change->blob || !file)
        return true;
    return file->blob != change->blob || file->is_lfs != change->is_lfs;
}

static bool check_all(struct th_req *req, const struct th_commit *head, struct mo_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct th_change *change = &changes->items[i];

        if (change->blob &&
            (has_clash(changes, head, change->path) || covers_dir(changes, head, change->path)))
            return refuse(req, 400, "bad_request_param", "a file and a directory", change->path);
        changes->has_effect |= differs(change, head);
    }
    return true;
}

bool mo_changes_read(struct th_req *req, const struct th_commit *head, const struct cJSON *files,
                     struct mo_changes *out)
{
    struct mo_changes changes = {0};
    const cJSON *file;
    bool is_good = true;

    changes.items = th_alloc(((size_t)cJSON_GetArraySize(files) + 1) * sizeof *changes.items);
    cJSON_ArrayForEach(file, files)
    {
        is_good = read_one(req, head, file, &changes.items[changes.count++]);
        if (!is_good)
            break;
    }
    is_good = is_good && merge_pairs(req, &changes) && check_all(req, head, &changes);
    if (is_good)
        *out = changes;
    else
        mo_changes_clear(&changes);
    return is_good;
}

void mo_changes_clear(struct mo_changes *changes)
{
    if (!changes)
        return;
    free(changes->items);
    *changes = (struct mo_changes){0};
}
