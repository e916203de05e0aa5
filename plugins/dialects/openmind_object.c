/* One object of a batch's answer: there already, or in parts that cover exactly its bytes. */
#include "openmind_impl.h"
#include <inttypes.h>
#include <string.h>

static int status_of_error(uint64_t code)
{
    switch (code) {
    case 413:
    case 422:
        return HUB_ETOOBIG;
    case 401:
    case 403:
        return HUB_EDENIED;
    case 408:
    case 500:
    case 502:
    case 503:
    case 504:
        return HUB_EAGAIN;
    case 429:
        return HUB_ETHROTTLED;
    case 507:
        return HUB_EQUOTA;
    default:
        return HUB_EREFUSED;
    }
}

/* {"code":0,"message":""} is a server's way to write "none". */
static void read_error(struct hub_read *read, const struct hub_json *object, struct om_object *out)
{
    const struct hub_json *error = hub_json_object(read, object, "error", HUB_MAY);
    uint64_t code = hub_json_uint_loose(read, error, "code", HUB_MAY, 0);
    const char *message = hub_json_word(read, error, "message");

    if (code < 300 && (code > 0 || message[0] == '\0'))
        return;
    out->refused = status_of_error(code);
    out->why =
        hub_pool_printf(read->pool, "error %" PRIu64 ": %.*s", code, om_cut(message), message);
    if (!out->why)
        om_refuse(read, "out of memory");
}

/* The last part may be told with its own length or with that of the others. */
static bool is_size_of(const struct om_object *object, size_t i, uint64_t told)
{
    uint64_t last = object->file_bytes - (object->n_parts - 1) * object->part_bytes;

    return told == 0 || told == object->part_bytes || (i + 1 == object->n_parts && told == last);
}

static void read_part(struct hub_read *read, const struct hub_json *node,
                      const struct om_object *object, size_t i, struct om_part *out)
{
    uint64_t index = hub_json_uint_loose(read, node, "index", HUB_MUST, 0);
    uint64_t told = hub_json_uint_loose(read, node, "size", HUB_MAY, 0);

    out->href = hub_json_string(read, node, "href", HUB_MAY);
    out->etag = hub_json_string(read, node, "etag", HUB_MAY);
    out->headers = om_read_headers(read, node, "headers");
    if (index != i + 1)
        om_refuse(read, "part %zu has the index %" PRIu64, i + 1, index);
    if (!is_size_of(object, i, told))
        om_refuse(read, "part %zu of %" PRIu64 " bytes among parts of %" PRIu64, i + 1, told,
                  object->part_bytes);
    if (out->href[0] == '\0' && out->etag[0] == '\0')
        om_refuse(read, "part %zu has neither an address nor an etag", i + 1);
}

static void read_parts(struct hub_read *read, const struct hub_json *parts, struct om_object *out)
{
    struct om_part *list;
    size_t i = 0;

    out->n_parts = hub_json_count(parts);
    out->part_bytes = hub_json_uint_loose(read, hub_json_first(parts), "size", HUB_MAY, 0);
    if (out->part_bytes == 0)
        out->part_bytes = OM_PART_BYTES;
    if ((out->file_bytes - 1) / out->part_bytes + 1 != out->n_parts) {
        om_refuse(read, "%zu parts of %" PRIu64 " bytes for %" PRIu64 " bytes", out->n_parts,
                  out->part_bytes, out->file_bytes);
        return;
    }
    list = hub_pool_alloc(read->pool, out->n_parts, sizeof *list);
    if (!list)
        om_refuse(read, "out of memory");
    for (const struct hub_json *n = hub_json_first(parts); n && read->status == 0;
         n = hub_json_next(n), i++)
        read_part(read, n, out, i, &list[i]);
    out->parts = list;
}

/* "basic": one address for all of it. */
static void read_single(struct hub_read *read, const struct hub_json *upload, struct om_object *out)
{
    const char *key = hub_json_get(read, upload, "header", HUB_MAY) ? "header" : "headers";
    struct om_part *part = hub_pool_alloc(read->pool, 1, sizeof *part);

    if (!part) {
        om_refuse(read, "out of memory");
        return;
    }
    if (hub_json_get(read, hub_json_object(read, upload, key, HUB_MAY), "chunk_size", HUB_MAY)) {
        out->refused = HUB_ENOTSUP; /* its address would complete the upload, not take the bytes */
        out->why = "that it wants the object in another protocol's parts (chunk_size)";
        return;
    }
    part->href = hub_json_string(read, upload, "href", HUB_MUST);
    part->etag = "";
    part->headers = om_read_headers(read, upload, key);
    if (part->href[0] == '\0')
        om_refuse(read, "an upload without address");
    out->part_bytes = out->file_bytes;
    out->parts = part;
    out->n_parts = 1;
}

static bool is_all_stored(const struct om_object *object)
{
    for (size_t i = 0; i < object->n_parts; i++)
        if (object->parts[i].href[0])
            return false;
    return true;
}

static bool has_upload_id(struct hub_read *read, const struct hub_json *verify)
{
    const struct hub_json *params = hub_json_object(read, verify, "params", HUB_MAY);

    return hub_json_word(read, params, "upload_id")[0] != '\0';
}

void om_read_object(struct hub_read *read, const struct hub_json *object, uint64_t file_bytes,
                    struct om_object *out)
{
    const struct hub_json *actions = hub_json_object(read, object, "actions", HUB_MAY);
    const struct hub_json *parts = hub_json_array(read, actions, "parts", HUB_MAY);
    const struct hub_json *upload = hub_json_object(read, actions, "upload", HUB_MAY);
    const struct hub_json *verify = hub_json_object(read, actions, "verify", HUB_MAY);

    *out = (struct om_object){.mode = HUB_STORED, .ticket = "", .file_bytes = file_bytes};
    if (hub_json_uint_loose(read, object, "size", HUB_MAY, file_bytes) != file_bytes)
        om_refuse(read, "an object of another size");
    read_error(read, object, out);
    if (out->refused || (!hub_json_first(parts) && !upload))
        return;
    if (hub_json_first(parts))
        read_parts(read, parts, out);
    else
        read_single(read, upload, out);
    if (read->status < 0 || out->refused || (is_all_stored(out) && !verify))
        return;
    if (hub_json_first(parts) && verify && !has_upload_id(read, verify))
        om_refuse(read, "verify without an upload_id");
    out->mode = HUB_PARTS;
    out->ticket = om_ticket(read, verify);
}
