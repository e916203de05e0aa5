/* fuzz: sdk */
/* Any text as an LFS pointer, a URL, a time, an ETag: what is recognized is written again the same
 * way. */
#include <hubsync/kit.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void check_pointer(struct hub_pool *pool, const uint8_t *data, size_t n_bytes)
{
    char sha256[65], again[65];
    uint64_t object_bytes, again_bytes;
    const char *text;

    if (!hub_lfs_is_pointer(data, n_bytes, sha256, &object_bytes))
        return;
    require(hub_is_hex(sha256, 64) && object_bytes <= INT64_MAX);
    text = hub_lfs_pointer(pool, sha256, object_bytes);
    require(text && hub_lfs_is_pointer(text, strlen(text), again, &again_bytes));
    require(strcmp(sha256, again) == 0 && object_bytes == again_bytes);
}

static void check_url(struct hub_pool *pool, const char *text)
{
    char *endpoint = hub_url_endpoint(pool, text);
    char *segment = hub_url_segment(pool, text);

    require(segment && !strpbrk(segment, "/?#&=+ \"<>\\@:"));
    require(hub_url_path(pool, text) && !strpbrk(hub_url_path(pool, text), "?#&=+ \"<>\\@:"));
    (void)hub_url_host(pool, text);
    if (!endpoint)
        return;
    require(hub_url_host(pool, endpoint) && !strpbrk(endpoint, "?# \\\"\n\r"));
    require(strcmp(hub_url_endpoint(pool, endpoint), endpoint) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    HUB_POOL(pool);
    const char *text = hub_pool_strndup(&pool, (const char *)data, n_bytes);
    const char *bare;
    HUB_TEXT(base64);

    check_pointer(&pool, data, n_bytes);
    check_url(&pool, text);
    require(hub_time_rfc3339(text) >= 0);
    bare = hub_etag_bare(&pool, text);
    require(bare && strlen(bare) <= strlen(text));
    hub_text_base64(&base64, data, n_bytes);
    hub_text_add(&base64, "", 0);
    require(base64.n_bytes == (n_bytes + 2) / 3 * 4 && strlen(base64.data) == base64.n_bytes);
    return 0;
}
