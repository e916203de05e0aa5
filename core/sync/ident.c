#include "sync/ident.h"

#include "base/banned.h"

enum hs_same hs_ident_compare(const struct hs_file *a, const struct hs_file *b)
{
    bool is_equal = false;

    if (a->file_bytes != HUB_UNKNOWN && b->file_bytes != HUB_UNKNOWN && a->file_bytes != b->file_bytes)
        return HS_DIFFERENT;
    if (*a->sha256 && *b->sha256) {
        if (strcmp(a->sha256, b->sha256) != 0)
            return HS_DIFFERENT;
        is_equal = true;
    }
    if (*a->git_sha1 && *b->git_sha1) {
        if (strcmp(a->git_sha1, b->git_sha1) != 0)
            return HS_DIFFERENT;
        is_equal = true;
    }
    if (!is_equal && a->file_bytes == 0 && b->file_bytes == 0)
        return HS_SAME; /* nothing is nothing */
    return is_equal ? HS_SAME : HS_UNKNOWN;
}

char *hs_ident_text(struct hub_pool *pool, const struct hs_file *file)
{
    if (*file->sha256)
        return hub_pool_printf(pool, "sha256:%s", file->sha256);
    if (*file->git_sha1)
        return hub_pool_printf(pool, "git:%s", file->git_sha1);
    if (file->file_bytes == HUB_UNKNOWN)
        return NULL;
    return hub_pool_printf(pool, "%llu bytes", (unsigned long long)file->file_bytes);
}
