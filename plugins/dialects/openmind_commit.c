/* One commit: deletes, then files, in one body; and the license check that goes before a README. */
#include "openmind_impl.h"
#include <string.h>

static bool is_readme(const struct hub_put *put)
{
    return put->mode == HUB_INLINE && strcmp(put->file->path, "README.md") == 0;
}

static void write_entry(struct hub_text *body, const char *operation, const char *path)
{
    hub_text_printf(body, "{\"operation\":\"%s\",\"path\":", operation);
    hub_text_json(body, path);
}

static void write_put(struct hub_text *body, const struct hub_put *put)
{
    HUB_POOL(pool);
    const void *content = put->content;
    size_t n_bytes = (size_t)put->content_bytes;

    if (put->mode != HUB_INLINE) {
        char *pointer = hub_lfs_pointer(&pool, put->file->sha256, put->file->file_bytes);

        body->failed = body->failed || !pointer;
        content = pointer;
        n_bytes = pointer ? strlen(pointer) : 0;
    }
    write_entry(body, "create", put->file->path);
    hub_text_puts(body, ",\"content\":\"");
    hub_text_base64(body, content, n_bytes);
    hub_text_puts(body, "\"}");
}

static void write_change(struct hub_text *body, const char *branch, const struct hub_change *change)
{
    const char *comma = "";

    hub_text_puts(body, "{\"ref\":");
    hub_text_json(body, branch);
    hub_text_puts(body, ",\"title\":");
    hub_text_json(body, change->message);
    hub_text_puts(body, ",\"files\":[");
    for (size_t i = 0; i < change->n_deletes; i++, comma = ",") {
        hub_text_puts(body, comma);
        write_entry(body, "delete", change->deletes[i]->path);
        hub_text_puts(body, "}");
    }
    for (size_t i = 0; i < change->n_puts; i++, comma = ",") {
        hub_text_puts(body, comma);
        write_put(body, change->puts[i]);
    }
    hub_text_puts(body, "]}");
}

/* The new head if a good answer tells it; one that does not is read back by the engine anyway. */
static const char *commit_id(struct om_reply *answer)
{
    const struct hub_json *first = hub_json_first(answer->data);
    char *id = hub_hex_lower(answer->read.pool, hub_json_word(&answer->read, first, "commit_oid"),
                             OM_SHA1_DIGITS);

    return id ? id : "";
}

static int say_commit(struct hub_op *op, const char *branch, const struct hub_reply *reply)
{
    HUB_POOL(pool);
    struct om_reply answer;
    struct hub_head head = {.size = sizeof head, .branch = branch, .commit = ""};

    if (om_envelope(&pool, reply, &answer)) {
        int status = answer.code[0] ? om_class_of_code(answer.code, HUB_EUNSURE, true) : 0;

        if (status < 0)
            return hub_fail(op, status, "the commit was answered %u with %.*s", reply->http_status,
                            om_cut(answer.code), answer.code);
        head.commit = commit_id(&answer);
    }
    return hub_say(op, head, &head);
}

int om_commit(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
              const struct hub_change *change)
{
    HUB_POOL(pool);
    HUB_TEXT(body);
    const char *branch = om_ref(plane, repo);
    struct om_post post = {
        .url = om_repo_url(&pool, plane, repo, "/upload"),
        .body = &body,
        .secrets = plane->secrets,
        .flags = HUB_ONCE,
        .timeout_ms = OM_COMMIT_MS,
        .classify = plane->classify_once,
    };
    const struct hub_reply *reply = NULL;
    int r = 0;

    for (size_t i = 0; i < change->n_puts && r == 0; i++)
        if (plane->license_check && is_readme(change->puts[i]))
            r = om_check_license(op, plane, change->puts[i]);
    if (r < 0)
        return r;
    write_change(&body, branch, change);
    r = om_send(op, &post, &reply);
    return r == 0 ? say_commit(op, branch, reply) : r;
}
