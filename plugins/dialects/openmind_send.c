/* Addresses, requests and small things that every file of the dialect needs. */
#include "openmind_impl.h"
#include <string.h>
#include <strings.h>

int om_no_memory(struct hub_op *op)
{
    return hub_fail(op, HUB_ENOMEM, "out of memory");
}

void om_refuse(struct hub_read *read, const char *fmt, ...)
{
    va_list args;

    if (read->status < 0)
        return;
    va_start(args, fmt);
    read->why = hub_pool_vprintf(read->pool, fmt, args);
    va_end(args);
    read->status = read->why ? HUB_ECORRUPT : HUB_ENOMEM;
    if (!read->why)
        read->why = "out of memory";
}

const char *om_ref(const struct om_plane *plane, const struct hub_repo *repo)
{
    if (repo->revision[0])
        return repo->revision;
    return repo->branch[0] ? repo->branch : plane->branch;
}

char *om_repo_url(struct hub_pool *pool, const struct om_plane *plane, const struct hub_repo *repo,
                  const char *tail)
{
    char *id = hub_url_path(pool, repo->id);

    if (!id)
        return NULL;
    return hub_pool_printf(pool, "%s/api/v1/file/%s%s", plane->base, id, tail);
}

char *om_path_url(struct hub_pool *pool, const struct om_plane *plane, const struct hub_repo *repo,
                  const char *tail, const char *ref, const char *path)
{
    char *url = om_repo_url(pool, plane, repo, tail);
    char *ref_part = hub_url_segment(pool, ref);
    char *path_part = hub_url_segment(pool, path);

    if (!url || !ref_part || !path_part)
        return NULL;
    return hub_pool_printf(pool, "%s?ref=%s&path=%s", url, ref_part, path_part);
}

enum hub_truth om_truth(struct hub_read *read, const struct hub_json *at, const char *key)
{
    enum hub_truth truth = hub_json_truth(read, at, key, HUB_MAY);
    const char *word = hub_json_word(read, at, key);

    if (truth != HUB_MAYBE || word[0] == '\0')
        return truth;
    if (strcmp(word, "1") == 0 || strcasecmp(word, "true") == 0)
        return HUB_YES;
    return strcmp(word, "0") == 0 || strcasecmp(word, "false") == 0 ? HUB_NO : HUB_MAYBE;
}

int om_send(struct hub_op *op, const struct om_post *post, const struct hub_reply **out)
{
    static const char *const JSON[] = {"Content-Type: application/json", NULL};
    struct hub_request request = {
        .size = sizeof request,
        .flags = post->flags,
        .timeout_ms = post->timeout_ms,
        .method = "POST",
        .url = post->url,
        .headers = post->headers ? post->headers : JSON,
        .secrets = post->secrets,
        .body = post->body->data,
        .body_bytes = post->body->n_bytes,
        .classify = post->classify,
    };

    if (!post->url || post->body->failed)
        return om_no_memory(op);
    return hub_say(op, http, &request, out);
}

/* A header name or value that could not be another header. */
static bool is_header_text(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static bool is_engines_own(const char *name)
{
    return strcasecmp(name, "Host") == 0 || strcasecmp(name, "Content-Length") == 0 ||
           strcasecmp(name, "Range") == 0 || strcasecmp(name, "Transfer-Encoding") == 0;
}

static size_t count_members(const struct hub_json *object)
{
    size_t n = 0;

    for (const struct hub_json *member = hub_json_first_member(object); member;
         member = hub_json_next(member))
        n++;
    return n;
}

const char *const *om_read_headers(struct hub_read *read, const struct hub_json *at,
                                   const char *key)
{
    const struct hub_json *object = hub_json_object(read, at, key, HUB_MAY);
    const char **list = hub_pool_alloc(read->pool, count_members(object) + 1, sizeof *list);
    size_t n = 0;

    for (const struct hub_json *member = hub_json_first_member(object); member && list;
         member = hub_json_next(member)) {
        const char *name = hub_json_key(member);
        const char *value = hub_json_word(read, object, name); /* numbers too; null is none */

        if (name[0] == '\0' || strpbrk(name, ": ") || !is_header_text(name) ||
            !is_header_text(value))
            om_refuse(read, "%s: not a header", key);
        if (is_engines_own(name) || (value[0] == '\0' && !hub_json_is_string(member)))
            continue;
        list[n] = hub_pool_printf(read->pool, "%s: %s", name, value);
        if (!list[n++])
            list = NULL;
    }
    if (!list)
        om_refuse(read, "out of memory");
    return list;
}
