/* One file: what an entry says of it, the info of single files, where its bytes are. */
#include "openmind_impl.h"
#include <string.h>

/* is_lfs says which hash the one field holds; the length must agree, else it is no hash at all. */
static void read_etag(struct hub_read *read, const struct hub_json *entry, struct hub_file *out)
{
    enum hub_truth is_lfs = om_truth(read, entry, "is_lfs");
    char *etag = hub_etag_bare(read->pool, hub_json_string(read, entry, "etag", HUB_MAY));
    char *sha256 = hub_hex_lower(read->pool, etag, OM_SHA256_DIGITS);
    char *sha1 = hub_hex_lower(read->pool, etag, OM_SHA1_DIGITS);

    if (is_lfs == HUB_YES)
        out->flags |= HUB_LFS;
    if (is_lfs == HUB_YES && sha256)
        out->sha256 = sha256;
    if (is_lfs == HUB_NO && sha1)
        out->git_sha1 = sha1;
    out->etag = sha256 ? sha256 : sha1 ? sha1 : etag;
}

void om_read_file(struct hub_read *read, const struct hub_json *entry, struct hub_file *out)
{
    const struct hub_json *commit = hub_json_object(read, entry, "commit", HUB_MAY);

    *out = (struct hub_file){.size = sizeof *out, .sha256 = "", .git_sha1 = ""};
    out->path = hub_json_string(read, entry, "path", HUB_MUST);
    out->file_bytes = hub_json_uint_loose(read, entry, "size", HUB_MAY, HUB_UNKNOWN);
    out->modified_ms = hub_time_rfc3339(hub_json_string(read, commit, "created", HUB_MAY));
    read_etag(read, entry, out);
    if (strcmp(out->path, ".gitattributes") == 0)
        out->flags |= HUB_SITE_OWNED;
}

const char *om_read_commit(struct hub_read *read, const struct hub_json *data)
{
    const struct hub_json *last = hub_json_object(read, data, "last_commit", HUB_MUST);
    const struct hub_json *commit = hub_json_object(read, last, "commit", HUB_MUST);
    const char *id = hub_json_string(read, commit, "commit_sha", HUB_MUST);
    char *lower = hub_hex_lower(read->pool, id, OM_SHA1_DIGITS);

    if (!lower)
        om_refuse(read, "last_commit.commit.commit_sha: no commit id");
    return lower;
}

/* No such file there: proves nothing, so it is not answered. Any other "not found" is a failure. */
static bool is_no_file(struct hub_pool *pool, const struct hub_reply *reply)
{
    struct om_reply answer;

    return reply && om_envelope(pool, reply, &answer) &&
           (strcmp(answer.code, "not_file") == 0 || strcmp(answer.code, "file_not_found") == 0 ||
            strcmp(answer.code, "branch_or_path_not_found") == 0);
}

static int stat_file(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                     const char *path)
{
    HUB_POOL(pool);
    char *url = om_path_url(&pool, plane, repo, "/info", om_ref(plane, repo), path);
    const struct hub_reply *reply = NULL;
    struct om_reply answer;
    struct hub_file file;
    int r = hub_get(op, url, plane->secrets, plane->classify, &reply);

    if (r == HUB_ENOTFOUND && is_no_file(&pool, reply))
        return 0;
    if (r == 0)
        r = om_open_reply(op, &pool, reply, &answer);
    if (r < 0)
        return r;
    om_read_file(&answer.read, answer.data, &file);
    r = om_check_read(op, path, &answer.read);
    if (r == 0 && strcmp(file.path, path) != 0)
        return hub_fail(op, HUB_ECORRUPT, "asked for \"%s\", told of \"%s\"", path, file.path);
    return r == 0 ? hub_say(op, file, &file) : r;
}

int om_stat_files(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                  const char *const *paths, size_t n)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = stat_file(op, plane, repo, paths[i]);
    return r;
}

/* The last host may be a store without envelopes, whose addresses lapse. */
static int classify_media(struct hub_op *op, const struct hub_reply *reply, int guess,
                          uint32_t *wait_ms)
{
    HUB_POOL(pool);
    struct om_reply answer;

    if (guess == HUB_OK || guess == HUB_EFIREWALL)
        return guess;
    if (om_envelope(&pool, reply, &answer))
        return om_classify(op, reply, guess, wait_ms);
    switch (reply->http_status) {
    case 401:
    case 403:
    case 404:
    case 410:
        return hub_fail(op, HUB_EEXPIRED, "the address of the bytes answered %u",
                        reply->http_status);
    default:
        return guess;
    }
}

int om_download(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                const struct hub_file *file)
{
    HUB_POOL(pool);
    char *ref = hub_url_segment(&pool, om_ref(plane, repo));
    char *path = hub_url_path(&pool, file->path);
    char *base = om_repo_url(&pool, plane, repo, "");
    struct hub_request request = {
        .size = sizeof request,
        .method = "GET",
        .secrets = plane->secrets,
        .classify = classify_media,
    };
    struct hub_part part = {
        .size = sizeof part,
        .part_bytes = file->file_bytes,
        .request = &request,
        .etag = "",
    };

    if (ref && path && base)
        request.url = hub_pool_printf(&pool, "%s/%s/media/%s", base, ref, path);
    if (!request.url)
        return om_no_memory(op);
    return hub_say(op, part, 0, &part);
}
