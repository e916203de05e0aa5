/* download.c - where the bytes of a file are. */
#include "modelscope.h"

/* Below this the API host answers ranges of plain git files wrongly or not at all. */
#define WHOLE_BYTES_MAX MS_INLINE_BYTES

static bool has_ranges(const struct hub_file *file)
{
    if (file->flags & HUB_LFS)
        return true;
    return file->file_bytes != HUB_UNKNOWN && file->file_bytes > WHOLE_BYTES_MAX;
}

/* The bytes themselves, or 302 to a signed address on the CDN that must see no credential. */
int ms_download(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *file)
{
    HUB_POOL(pool);
    const char *revision = *repo->revision ? repo->revision : MS_BRANCH;
    const char *headers[] = {ms_request_id(&pool), NULL};
    struct hub_request request = {
        .size = sizeof(request),
        .method = "GET",
        .headers = headers,
        .secrets = op->session->secrets,
        .classify = ms_classify_download,
    };
    struct hub_part part = {
        .size = sizeof(part),
        .flags = has_ranges(file) ? 0 : HUB_NO_RANGE,
        .part_bytes = file->file_bytes,
        .request = &request,
    };
    char *id = hub_url_path(&pool, repo->id), *ref = hub_url_segment(&pool, revision),
         *path = hub_url_segment(&pool, file->path);

    if (!id || !ref || !path || !headers[0])
        return ms_no_memory(op);
    request.url =
        ms_url(op, &pool, "/api/v1/models/%s/repo?Revision=%s&FilePath=%s", id, ref, path);
    if (!request.url)
        return ms_no_memory(op);
    return hub_say(op, part, 0, &part);
}
