/* Copies of what a provider hands over: borrowed only until the call returns. */
#include "provider/host.h"

#include "base/banned.h"

enum { MAX_LIST = 4096 };

void hs_copy_sized(void *out, size_t out_bytes, const void *said, size_t said_bytes)
{
    memset(out, 0, out_bytes);
    memcpy(out, said, said_bytes < out_bytes ? said_bytes : out_bytes);
}

const char *hs_text_copy(struct hub_pool *pool, const char *said)
{
    const char *copy = said ? hub_pool_strdup(pool, said) : NULL;

    return copy ? copy : "";
}

const char *const *hs_list_copy(struct hub_pool *pool, const char *const *said)
{
    const char **out;
    size_t n = 0;

    while (said && n < MAX_LIST && said[n])
        n++;
    out = hub_pool_alloc(pool, n + 1, sizeof *out);
    for (size_t i = 0; out && i < n; i++)
        out[i] = hs_text_copy(pool, said[i]);
    return out;
}

static const struct hub_license *const *copy_licenses(struct hub_pool *pool,
                                                      const struct hub_license *const *said)
{
    struct hub_license **out;
    size_t n = 0;

    while (said && n < MAX_LIST && said[n])
        n++;
    out = hub_pool_alloc(pool, n + 1, sizeof *out);
    for (size_t i = 0; out && i < n; i++) {
        out[i] = hub_pool_alloc(pool, 1, sizeof **out);
        HS_COPY_SIZED(out[i], said[i]);
        out[i]->id = hs_text_copy(pool, out[i]->id);
        out[i]->create = hs_text_copy(pool, out[i]->create);
        out[i]->card = hs_text_copy(pool, out[i]->card);
        out[i]->aliases = hs_list_copy(pool, out[i]->aliases);
    }
    return (const struct hub_license *const *)out;
}

static const struct hub_manual *const *copy_manual(struct hub_pool *pool,
                                                   const struct hub_manual *const *said)
{
    struct hub_manual **out;
    size_t n = 0;

    while (said && n < MAX_LIST && said[n])
        n++;
    out = hub_pool_alloc(pool, n + 1, sizeof *out);
    for (size_t i = 0; out && i < n; i++) {
        out[i] = hub_pool_alloc(pool, 1, sizeof **out);
        HS_COPY_SIZED(out[i], said[i]);
        out[i]->text = hs_text_copy(pool, out[i]->text);
    }
    return (const struct hub_manual *const *)out;
}

void hs_limits_copy(struct hub_pool *pool, const struct hub_limits *said, struct hs_limits *out)
{
    struct hub_limits l;

    HS_COPY_SIZED(&l, said);
    *out = (struct hs_limits){
        .flags = l.flags,
        .requests = l.requests,
        .window_ms = l.window_ms ? l.window_ms : 1000,
        .burst = l.burst ? l.burst : 1,
        .parallel = l.parallel,
        .batch_items = l.batch_items ? l.batch_items : 100,
        .commit_items = l.commit_items,
        .commit_gap_ms = l.commit_gap_ms,
        .sample_bytes = l.sample_bytes,
        .path_bytes = l.path_bytes,
        .commit_bytes = l.commit_bytes,
        .inline_bytes = l.inline_bytes,
        .file_bytes = l.file_bytes,
        .part_bytes = l.part_bytes,
        .name_pattern = hs_text_copy(pool, l.name_pattern),
        .credential_hosts = hs_list_copy(pool, l.credential_hosts),
        .licenses = copy_licenses(pool, l.licenses),
        .manual = copy_manual(pool, l.manual),
    };
}

int hs_request_copy(struct hub_pool *pool, const struct hub_request *said, struct hub_request *out)
{
    HS_COPY_SIZED(out, said);
    out->size = sizeof *out;
    out->method = hs_text_copy(pool, out->method);
    out->url = hs_text_copy(pool, out->url);
    out->headers = hs_list_copy(pool, out->headers);
    out->secrets = hs_list_copy(pool, out->secrets);
    out->body = NULL;
    out->body_bytes = 0;
    return out->headers && out->secrets ? 0 : HUB_ENOMEM;
}

struct hub_repo hs_repo_to_wire(const struct hs_repo *repo, const char *revision)
{
    return (struct hub_repo){
        .size = sizeof(struct hub_repo),
        .visibility = repo->visibility,
        .gated = repo->gated,
        .weights = repo->weights,
        .modified_ms = repo->modified_ms,
        .id = repo->id ? repo->id : "",
        .revision = revision ? revision : "",
        .head = repo->head ? repo->head : "",
        .branch = repo->branch ? repo->branch : "",
        .stable_id = repo->stable_id ? repo->stable_id : "",
        .license = repo->license ? repo->license : "",
        .clone_url = repo->clone_url ? repo->clone_url : "",
    };
}
