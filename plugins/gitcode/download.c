/* Where the bytes of a file are. The hub's address is documented as /resolve/, its dialect has
 * /media/, and raw files have a host of their own; which of them is served is not known. An address
 * that is no route at all makes the session go on to the next one. */
#include "gitcode.h"
#include <string.h>

enum form { RESOLVE, MEDIA, RAW };

static int go_on(struct hub_op *op, unsigned form, const struct hub_reply *reply)
{
    atomic_store(&op->session->file_form, (form + 1) % (RAW + 1));
    return hub_fail(op, HUB_EEXPIRED, "the site serves no such address (%u)", reply->http_status);
}

/* Words about the file or its repo, not about the route, which may be refused in an envelope too.
 */
static bool is_about_file(const struct hub_reply *reply)
{
    HUB_POOL(pool);
    struct om_reply answer;

    if (om_envelope(&pool, reply, &answer))
        return om_knows_code(answer.code);
    return gc_says_absent(reply);
}

/* The other dialect that the hub is said to answer in has a header for it. */
static bool is_named_absent(const struct hub_reply *reply)
{
    return strstr(hub_header(reply, "x-error-code"), "NotFound");
}

static int classify(struct hub_op *op, const struct hub_reply *reply, int guess, uint32_t *wait_ms,
                    enum form form)
{
    uint32_t status = reply->http_status;

    if (guess == HUB_OK)
        return HUB_OK;
    if (is_named_absent(reply))
        return hub_fail(op, HUB_ENOTFOUND, "no such file (%u)", status);
    if ((status == 404 || status == 405 || status == 410) && !is_about_file(reply))
        return go_on(op, form, reply);
    return gc_classify_files(op, reply, guess, wait_ms);
}

static int classify_resolve(struct hub_op *op, const struct hub_reply *reply, int guess,
                            uint32_t *wait_ms)
{
    return classify(op, reply, guess, wait_ms, RESOLVE);
}

static int classify_media(struct hub_op *op, const struct hub_reply *reply, int guess,
                          uint32_t *wait_ms)
{
    return classify(op, reply, guess, wait_ms, MEDIA);
}

static int classify_raw(struct hub_op *op, const struct hub_reply *reply, int guess,
                        uint32_t *wait_ms)
{
    return classify(op, reply, guess, wait_ms, RAW);
}

/* The raw host may give an LFS pointer for the file, and is for public repos: no secret goes. */
static void place(struct hub_op *op, struct hub_pool *pool, const struct hub_repo *repo,
                  const struct hub_file *file, struct hub_request *out)
{
    const struct hub_session *session = op->session;
    unsigned form = atomic_load(&op->session->file_form);
    char *id = hub_url_path(pool, repo->id), *path = hub_url_path(pool, file->path);
    char *ref = hub_url_segment(pool, om_ref(&session->plane, repo));

    if (!id || !path || !ref)
        return;
    if (form == RAW && !(file->flags & HUB_LFS)) {
        out->url = hub_pool_printf(pool, "%s/%s/raw/%s/%s", session->raw, id, ref, path);
        out->classify = classify_raw;
        return;
    }
    out->secrets = session->plane.secrets;
    out->classify = form == MEDIA ? classify_media : classify_resolve;
    if (form == MEDIA)
        out->url = hub_pool_printf(pool, "%s/api/v1/file/%s/%s/media/%s", session->plane.base, id,
                                   ref, path);
    else
        out->url = hub_pool_printf(pool, "%s/%s/resolve/%s/%s", session->plane.base, id, ref, path);
}

int gc_download(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *file)
{
    HUB_POOL(pool);
    struct hub_request request = {.size = sizeof request, .method = "GET"};
    struct hub_part part = {
        .size = sizeof part,
        .part_bytes = file->file_bytes,
        .request = &request,
        .etag = "",
    };

    place(op, &pool, repo, file, &request);
    return request.url ? hub_say(op, part, 0, &part) : om_no_memory(op);
}
