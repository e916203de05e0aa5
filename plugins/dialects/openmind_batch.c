/* The LFS batch: asks for each object once, answers each put. */
#include "openmind_impl.h"
#include <string.h>

static bool is_twin(const struct hub_put *const *puts, size_t i)
{
    return i > 0 && strcmp(puts[i]->file->sha256, puts[i - 1]->file->sha256) == 0;
}

/* A store that takes a part and names none would leave nothing to confirm it with. */
static int classify_part(struct hub_op *op, const struct hub_reply *reply, int guess,
                         uint32_t *wait_ms)
{
    (void)wait_ms;
    switch (reply->http_status) {
    case 401:
    case 403:
        if (guess == HUB_EFIREWALL)
            return guess;
        return hub_fail(op, HUB_EEXPIRED, "the address of the part answered %u",
                        reply->http_status);
    case 404:
    case 410:
        return hub_fail(op, HUB_EEXPIRED, "this upload is gone at the store (%u)",
                        reply->http_status);
    default:
        if (guess == HUB_OK && hub_header(reply, "etag")[0] == '\0')
            return hub_fail(op, HUB_EAGAIN, "the store answered a part without an ETag");
        return guess;
    }
}

/* The same where nothing needs confirming. */
static int classify_only_part(struct hub_op *op, const struct hub_reply *reply, int guess,
                              uint32_t *wait_ms)
{
    return guess == HUB_OK ? HUB_OK : classify_part(op, reply, guess, wait_ms);
}

static int say_part(struct hub_op *op, size_t item, const struct om_object *object, size_t i)
{
    const struct om_part *from = &object->parts[i];
    struct hub_request request = {
        .size = sizeof request,
        .method = "PUT",
        .url = from->href,
        .headers = from->headers,
        .classify = object->ticket[0] ? classify_part : classify_only_part,
    };
    struct hub_part part = {
        .size = sizeof part,
        .offset = i * object->part_bytes,
        .part_bytes = object->part_bytes,
        .request = from->href[0] ? &request : NULL,
        .etag = from->href[0] ? "" : from->etag,
    };

    if (part.part_bytes > object->file_bytes - part.offset)
        part.part_bytes = object->file_bytes - part.offset;
    return hub_say(op, part, item, &part);
}

static int say_object(struct hub_op *op, size_t item, const struct om_object *object)
{
    struct hub_plan plan = {
        .size = sizeof plan,
        .mode = object->mode,
        .ticket = object->ticket,
        .resume = "",
    };
    int r = hub_say(op, plan, item, &plan);

    for (size_t i = 0; object->mode == HUB_PARTS && i < object->n_parts && r == 0; i++)
        r = say_part(op, item, object, i);
    return r;
}

/* Objects of the answer by the puts that asked for them: every one once, and no other. */
static void match(struct hub_read *read, const struct hub_json *objects,
                  const struct hub_put *const *puts, size_t n, const struct hub_json **found)
{
    for (const struct hub_json *node = hub_json_first(objects); node && read->status == 0;
         node = hub_json_next(node)) {
        const char *oid = hub_hex_lower(read->pool, hub_json_string(read, node, "oid", HUB_MUST),
                                        OM_SHA256_DIGITS);
        size_t i = 0;

        while (oid && i < n && (is_twin(puts, i) || strcmp(oid, puts[i]->file->sha256) != 0))
            i++;
        if (!oid || i == n || found[i])
            om_refuse(read, "the batch answers an object %s",
                      oid && i < n ? "twice" : "that nobody asked for");
        else
            found[i] = node;
    }
    for (size_t i = 0; i < n && read->status == 0; i++) {
        if (is_twin(puts, i))
            found[i] = found[i - 1];
        if (!found[i])
            om_refuse(read, "the batch says nothing of %s", puts[i]->file->sha256);
    }
}

static int answer_put(struct hub_op *op, struct hub_pool *pool, const struct hub_json *node,
                      const struct hub_file *file, size_t item)
{
    struct hub_read read = {.pool = pool, .why = ""};
    struct om_object object;

    om_read_object(&read, node, file->file_bytes, &object);
    if (read.status < 0)
        return hub_say(op, fail_item, item, read.status, "%s: the batch's answer: %s", file->path,
                       read.why);
    if (object.refused)
        return hub_say(op, fail_item, item, object.refused, "%s: the batch says %s", file->path,
                       object.why);
    return say_object(op, item, &object);
}

static int ask(struct hub_op *op, struct hub_pool *pool, const struct om_plane *plane,
               const struct hub_repo *repo, const struct hub_put *const *puts, size_t n,
               const struct hub_reply **reply)
{
    static const char EXTRA[] = "\"transfers\":[\"basic\",\"multipart\"],\"hash_algo\":\"sha256\",";
    static const char *const HEADERS[] = {"Accept: application/vnd.git-lfs+json",
                                          "Content-Type: application/json", NULL};
    HUB_TEXT(body);
    struct om_post post = {
        .url = om_repo_url(pool, plane, repo, "/info/lfs/objects/batch"),
        .body = &body,
        .headers = HEADERS,
        .secrets = plane->secrets,
        .classify = plane->classify,
    };
    char *text = hub_lfs_batch_body(pool, "upload", EXTRA, puts, n);

    if (!text)
        return om_no_memory(op);
    hub_text_puts(&body, text);
    return om_send(op, &post, reply);
}

int om_plan_objects(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                    const struct hub_put *const *puts, const size_t *items, size_t n)
{
    HUB_POOL(pool);
    const struct hub_json *found[OM_ITEMS_MAX] = {NULL};
    const struct hub_reply *reply = NULL;
    const struct hub_json *objects;
    struct om_reply answer;
    int r = ask(op, &pool, plane, repo, puts, n, &reply);

    if (r == 0)
        r = om_open_reply(op, &pool, reply, &answer);
    if (r < 0)
        return r;
    objects = hub_json_array(&answer.read, answer.data, "objects", HUB_MUST);
    match(&answer.read, objects, puts, n, found);
    r = om_check_read(op, repo->id, &answer.read);
    for (size_t i = 0; i < n && r == 0; i++)
        r = answer_put(op, &pool, found[i], puts[i]->file, items[i]);
    return r;
}
