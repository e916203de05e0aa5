/* commit.c - one commit: creates, replacements and deletions, all or nothing.
 *
 * There is no expected parent, so the engine lists right before it; and a path that is not there
 * sinks the whole commit, so what is deleted comes from that listing. */
#include "modelscope.h"
#include <inttypes.h>
#include <string.h>

static void add_delete(struct hub_text *body, const char *path)
{
    hub_text_puts(body, "{\"action\":\"delete\",\"path\":");
    hub_text_json(body, path);
    hub_text_puts(body, ",\"type\":\"normal\",\"size\":0,\"sha256\":\"\",\"content\":\"\","
                        "\"encoding\":\"\"}");
}

/* "create" also replaces. */
static void add_put(struct hub_text *body, const struct hub_put *put)
{
    bool is_inline = put->mode == HUB_INLINE;

    hub_text_puts(body, "{\"action\":\"create\",\"path\":");
    hub_text_json(body, put->file->path);
    hub_text_printf(body, ",\"type\":\"%s\",\"size\":%" PRIu64 ",\"sha256\":\"%s\",\"content\":\"",
                    is_inline ? "normal" : "lfs", put->file->file_bytes,
                    is_inline ? "" : put->file->sha256);
    if (is_inline)
        hub_text_base64(body, put->content, put->content_bytes);
    hub_text_printf(body, "\",\"encoding\":\"%s\"}", is_inline ? "base64" : "");
}

/* Deletions first, in case the site applies actions one by one: `a` may become `a/b`. */
static void add_actions(struct hub_text *body, const struct hub_change *change)
{
    const char *comma = "";

    for (uint64_t i = 0; i < change->n_deletes; i++, comma = ",") {
        hub_text_puts(body, comma);
        add_delete(body, change->deletes[i]->path);
    }
    for (uint64_t i = 0; i < change->n_puts; i++, comma = ",") {
        hub_text_puts(body, comma);
        add_put(body, change->puts[i]);
    }
}

static int check_change(struct hub_op *op, const struct hub_change *change)
{
    for (uint64_t i = 0; i < change->n_puts; i++) {
        const struct hub_put *put = change->puts[i];

        if (put->mode != HUB_INLINE && put->mode != HUB_STORED && put->mode != HUB_PARTS)
            return hub_fail(op, HUB_EBUG, "%s: put without a mode", put->file->path);
        if (put->mode == HUB_INLINE && put->content_bytes != put->file->file_bytes)
            return hub_fail(op, HUB_EBUG, "%s: put without its content", put->file->path);
    }
    return 0;
}

/* The commit is done whatever this says: an id that cannot be read is one that was not told. */
static int say_head(struct hub_op *op, struct hub_pool *pool, const struct hub_reply *reply,
                    const char *branch)
{
    struct hub_read read = {.pool = pool, .why = ""};
    const struct hub_json *root =
        hub_json_parse(pool, reply->body, reply->body_bytes, MS_JSON_BYTES_MAX, NULL);
    const struct hub_json *data = hub_json_object(&read, root, "Data", HUB_MAY);
    struct hub_head head = {.size = sizeof(head), .branch = branch};

    head.commit = hub_hex_lower(pool, hub_json_word(&read, data, "oid"), MS_COMMIT_DIGITS);
    return head.commit ? hub_say(op, head, &head) : 0;
}

static int send_commit(struct hub_op *op, const struct hub_repo *repo, const struct hub_text *body)
{
    HUB_POOL(pool);
    const struct hub_reply *reply = NULL;
    const char *branch = *repo->revision ? repo->revision : MS_BRANCH;
    char *id = hub_url_path(&pool, repo->id), *ref = hub_url_segment(&pool, branch);
    struct ms_call call = {
        .method = "POST",
        .body = body->data,
        .body_bytes = body->n_bytes,
        .flags = HUB_ONCE,
        .timeout_ms = MS_WRITE_TIMEOUT,
        .classify = ms_classify_commit,
    };
    int r;

    if (!id || !ref)
        return ms_no_memory(op);
    call.url = ms_url(op, &pool, "/api/v1/repos/models/%s/commit/%s", id, ref);
    r = ms_send(op, &pool, &call, &reply);
    return r < 0 ? r : say_head(op, &pool, reply, branch);
}

int ms_commit(struct hub_op *op, const struct hub_repo *repo, const struct hub_change *change)
{
    HUB_TEXT(body);
    int r = check_change(op, change);

    if (r < 0)
        return r;
    if (hub_is_hex(repo->revision, MS_COMMIT_DIGITS))
        return hub_fail(op, HUB_ENOTSUP, "%s: a commit needs a branch", repo->revision);
    hub_text_puts(&body, "{\"commit_message\":");
    hub_text_json(&body, change->message);
    hub_text_puts(&body, ",\"actions\":[");
    add_actions(&body, change);
    hub_text_puts(&body, "]}");
    return body.failed ? ms_no_memory(op) : send_commit(op, repo, &body);
}
