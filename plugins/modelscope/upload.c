/* upload.c - how each file gets there: inside the commit, not at all, or as one PUT. */
#include "modelscope.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PLAIN_BYTES_MAX 65536

/* The site reads these itself and would find the pointer's text. */
static const char *const inline_names[] = {
    "README.md",
    ".gitattributes",
    ".gitignore",
    "configuration.json",
    "configuration.yaml",
    "configuration.yml",
    "dataset_infos.json",
    "config.json",
    ".msc",
    ".mdl",
};
static const char *const lfs_suffixes[] = {
    ".7z",      ".arrow",   ".bin",    ".bz2",     ".ckpt", ".ftz", ".gz",   ".h5",
    ".joblib",  ".mlmodel", ".model",  ".msgpack", ".npy",  ".npz", ".onnx", ".ot",
    ".parquet", ".pb",      ".pickle", ".pkl",     ".pt",   ".pth", ".rar",  ".safetensors",
    ".tar",     ".tflite",  ".tgz",    ".wasm",    ".xz",   ".zip", ".zst",
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct upload {
    struct hub_op *op;
    struct hub_pool *pool;
    const struct hub_put *const *puts;
    size_t n;
    const struct hub_put **objects; /* the puts that are objects, twins too */
    size_t n_objects;
};
struct verdict { /* of the site about one object */
    bool is_answered;
    const char *href;  /* NULL: it has the object */
    const char *error; /* NULL: none */
    int class;
};

static bool is_inline_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    for (size_t i = 0; i < COUNT(inline_names); i++)
        if (strcasecmp(name, inline_names[i]) == 0)
            return true;
    return false;
}

static bool has_lfs_suffix(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');

    for (size_t i = 0; dot && i < COUNT(lfs_suffixes); i++)
        if (strcasecmp(dot, lfs_suffixes[i]) == 0)
            return true;
    return false;
}

/* The client decides: the rule of the site's own one since September 2026. */
static bool is_object(const struct hub_file *file)
{
    if (file->file_bytes == 0 || is_inline_name(file->path))
        return false;
    return file->file_bytes > PLAIN_BYTES_MAX || has_lfs_suffix(file->path);
}

/* ---- the batch call ---- */

static int class_of_error(uint64_t code)
{
    switch (code) {
    case 401:
    case 403:
        return HUB_EDENIED;
    case 404:
        return HUB_ENOTFOUND;
    case 429:
        return HUB_ETHROTTLED;
    case 507:
    case 509:
        return HUB_EQUOTA;
    default:
        return code >= 500 && code < 600 ? HUB_EAGAIN : HUB_EREFUSED;
    }
}

static void read_error(struct hub_read *read, const struct hub_json *entry, struct verdict *verdict)
{
    const struct hub_json *error = hub_json_get(read, entry, "error", HUB_MAY);
    const char *code = hub_json_word(read, error, "code");
    const char *message = hub_json_word(read, error, "message");

    if (!error)
        return;
    if (!*message)
        message = hub_json_word(read, entry, "error");
    verdict->error = *message ? message : "the site names an error";
    verdict->class = class_of_error(strtoull(code, NULL, 10));
}

static void read_entry(struct hub_read *read, const struct hub_json *entry, struct verdict *verdict)
{
    const struct hub_json *actions = hub_json_object(read, entry, "actions", HUB_MAY);
    const struct hub_json *put = hub_json_object(read, actions, "upload", HUB_MAY);

    verdict->is_answered = true;
    if (put)
        verdict->href = hub_json_string(read, put, "href", HUB_MUST);
    read_error(read, entry, verdict);
}

/* Index of the first object of that hash; n_objects if it was not asked, or of another size. */
static size_t index_of(const struct upload *upload, const char *oid, uint64_t size)
{
    for (size_t i = 0; i < upload->n_objects; i++) {
        const struct hub_file *file = upload->objects[i]->file;

        if (strcasecmp(file->sha256, oid) == 0)
            return size == HUB_UNKNOWN || size == file->file_bytes ? i : upload->n_objects;
    }
    return upload->n_objects;
}

static int read_objects(struct upload *upload, struct ms_answer *answer, struct verdict *verdicts)
{
    const struct hub_json *objects =
        hub_json_array(&answer->read, answer->data, "objects", HUB_MUST);
    int r = ms_check(upload->op, answer);

    for (const struct hub_json *entry = hub_json_first(objects); r == 0 && entry;
         entry = hub_json_next(entry)) {
        const char *oid = hub_json_string(&answer->read, entry, "oid", HUB_MUST);
        uint64_t size = hub_json_uint_loose(&answer->read, entry, "size", HUB_MAY, HUB_UNKNOWN);
        size_t i = index_of(upload, oid, size);

        r = ms_check(upload->op, answer);
        if (r < 0)
            return r;
        if (i == upload->n_objects || verdicts[i].is_answered)
            return hub_fail(upload->op, HUB_ECORRUPT, "object %.80s: not asked, or told twice",
                            oid);
        read_entry(&answer->read, entry, &verdicts[i]);
        r = ms_check(upload->op, answer);
    }
    return r;
}

/* The first of the objects that is this one: only it was asked and answered. */
static size_t first_of(const struct upload *upload, size_t i)
{
    size_t first = 0;

    while (strcmp(upload->objects[first]->file->sha256, upload->objects[i]->file->sha256) != 0)
        first++;
    return first;
}

/* Which objects does the site want? What it does not list it has, by hash and size, wherever it may
 * be; but only a whole and good answer with a list in it says so. */
static int ask_objects(struct upload *upload, const char *repo, struct verdict *verdicts)
{
    struct ms_answer answer;
    struct ms_call call = {.method = "POST", .classify = ms_classify_batch};
    int r;

    call.url =
        ms_url(upload->op, upload->pool, "/api/v1/repos/models/%s/info/lfs/objects/batch", repo);
    call.body = hub_lfs_batch_body(upload->pool, "upload", "", upload->objects, upload->n_objects);
    if (!call.body)
        return ms_no_memory(upload->op);
    call.body_bytes = strlen(call.body);
    r = ms_ask(upload->op, upload->pool, &call, &answer);
    if (r == 0)
        r = read_objects(upload, &answer, verdicts);
    for (size_t i = 1; r == 0 && i < upload->n_objects; i++)
        verdicts[i] = verdicts[first_of(upload, i)];
    return r;
}

/* ---- the plans ---- */

static int say_plan(struct upload *upload, size_t item, uint32_t mode)
{
    struct hub_plan plan = {.size = sizeof(plan), .mode = mode};

    return hub_say(upload->op, plan, item, &plan);
}

/* One stream; no part of it can be sent again alone. Over HTTP/2 this host is slower by half. */
static int say_put(struct upload *upload, size_t item, const char *href)
{
    const char *headers[] = {ms_request_id(upload->pool), "Content-Type: application/octet-stream",
                             NULL};
    struct hub_request request = {
        .size = sizeof(request),
        .flags = HUB_HTTP1,
        .method = "PUT",
        .url = href,
        .headers = headers,
        .secrets = upload->op->session->secrets,
        .classify = ms_classify_blob,
    };
    struct hub_part part = {
        .size = sizeof(part),
        .part_bytes = upload->puts[item]->file->file_bytes,
        .request = &request,
    };

    if (!headers[0])
        return ms_no_memory(upload->op);
    return hub_say(upload->op, part, item, &part);
}

static int say_inline(struct upload *upload, size_t item)
{
    const struct hub_file *file = upload->puts[item]->file;

    if (file->file_bytes > MS_INLINE_BYTES)
        return hub_say(upload->op, fail_item, item, HUB_ETOOBIG,
                       "%s: the site reads such files itself and takes at most %u bytes",
                       file->path, MS_INLINE_BYTES);
    return say_plan(upload, item, HUB_INLINE);
}

static int say_object(struct upload *upload, size_t item, const struct verdict *verdict)
{
    int r;

    if (verdict->error)
        return hub_say(upload->op, fail_item, item, verdict->class, "%s: %.300s",
                       upload->puts[item]->file->path, verdict->error);
    if (!verdict->href)
        return say_plan(upload, item, HUB_STORED);
    r = say_plan(upload, item, HUB_PARTS);
    return r < 0 ? r : say_put(upload, item, verdict->href);
}

static int say_all(struct upload *upload, const struct verdict *verdicts)
{
    size_t object = 0;
    int r = 0;

    for (size_t i = 0; r == 0 && i < upload->n; i++) {
        if (is_object(upload->puts[i]->file))
            r = say_object(upload, i, &verdicts[object++]);
        else
            r = say_inline(upload, i);
    }
    return r;
}

int ms_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *const *puts,
              size_t n)
{
    HUB_POOL(pool);
    struct upload upload = {.op = op, .pool = &pool, .puts = puts, .n = n};
    struct verdict *verdicts = hub_pool_alloc(&pool, n + 1, sizeof(*verdicts));
    const char *id = hub_url_path(&pool, repo->id);
    int r = 0;

    upload.objects = hub_pool_alloc(&pool, n + 1, sizeof(*upload.objects));
    if (!verdicts || !upload.objects || !id)
        return ms_no_memory(op);
    for (size_t i = 0; i < n; i++)
        if (is_object(puts[i]->file))
            upload.objects[upload.n_objects++] = puts[i];
    if (upload.n_objects > 0)
        r = ask_objects(&upload, id, verdicts);
    return r < 0 ? r : say_all(&upload, verdicts);
}
