/* pre_upload: which files are LFS objects, by the site's own word. */
#include "openmind_impl.h"
#include <inttypes.h>
#include <string.h>

/* An empty file is never asked for: it is regular whatever the answer. */
static bool is_asked(const struct hub_put *put)
{
    return put->file->file_bytes > 0;
}

static bool write_body(struct hub_text *body, const char *branch, const struct hub_put *const *puts,
                       size_t n)
{
    bool has_any = false;

    hub_text_puts(body, "{\"branch\":");
    hub_text_json(body, branch);
    hub_text_puts(body, ",\"files\":[");
    for (size_t i = 0; i < n; i++) {
        if (!is_asked(puts[i]))
            continue;
        hub_text_puts(body, has_any ? ",{\"path\":" : "{\"path\":");
        hub_text_json(body, puts[i]->file->path);
        hub_text_printf(body, ",\"size\":%" PRIu64 ",\"sha\":\"%s\"}", puts[i]->file->file_bytes,
                        puts[i]->file->sha256);
        has_any = true;
    }
    hub_text_puts(body, "]}");
    return has_any;
}

/* The type of a path, "" if the answer leaves it out. */
static const char *find_type(struct hub_read *read, const struct hub_json *files, const char *path)
{
    for (const struct hub_json *file = hub_json_first(files); file; file = hub_json_next(file))
        if (strcmp(hub_json_string(read, file, "path", HUB_MUST), path) == 0)
            return hub_json_string(read, file, "type", HUB_MUST);
    return "";
}

static void read_modes(struct hub_read *read, const struct hub_json *data,
                       const struct hub_put *const *puts, size_t n, bool *is_lfs)
{
    const struct hub_json *files = hub_json_array(read, data, "files", HUB_MUST);

    for (size_t i = 0; i < n && read->status == 0; i++) {
        const char *type = is_asked(puts[i]) ? find_type(read, files, puts[i]->file->path) : "";

        is_lfs[i] = strcmp(type, "lfs") == 0;
        if (is_asked(puts[i]) && !is_lfs[i] && strcmp(type, "regular") != 0)
            om_refuse(read, "pre_upload says \"%s\" of \"%s\"", type, puts[i]->file->path);
    }
}

int om_ask_modes(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                 const struct hub_put *const *puts, size_t n, bool *is_lfs)
{
    HUB_POOL(pool);
    HUB_TEXT(body);
    bool has_any = write_body(&body, om_ref(plane, repo), puts, n);
    struct om_post post = {
        .url = om_repo_url(&pool, plane, repo, "/pre_upload"),
        .body = &body,
        .secrets = plane->secrets,
        .classify = plane->classify,
    };
    const struct hub_reply *reply = NULL;
    struct om_reply answer;
    int r;

    memset(is_lfs, 0, n * sizeof *is_lfs);
    if (!has_any)
        return 0;
    r = om_send(op, &post, &reply);
    if (r == 0)
        r = om_open_reply(op, &pool, reply, &answer);
    if (r < 0)
        return r;
    read_modes(&answer.read, answer.data, puts, n, is_lfs);
    return om_check_read(op, repo->id, &answer.read);
}
