#include "base/failpoint.h"
#include "store/store_db.h"
#include "base/banned.h"

#define KEY_IS "site = ?1 AND repo = ?2 AND sha256 = ?3 AND file_bytes = ?4"
#define KEY_VALUES(key)                                                                            \
    hs_text((key)->site), hs_text((key)->repo), hs_text((key)->sha256), hs_uint((key)->file_bytes)

int hs_store_upload_put(struct hs_store *store, const struct hs_upload_key *key, const char *resume,
                        struct hs_err *err)
{
    return hs_db_run(store,
                     "INSERT INTO uploads (site, repo, sha256, file_bytes, resume) "
                     "VALUES (?1, ?2, ?3, ?4, ?5) "
                     "ON CONFLICT (site, repo, sha256, file_bytes) DO UPDATE SET resume = ?5",
                     HS_WITH(KEY_VALUES(key), hs_text(resume)), err);
}

int hs_store_upload_get(struct hs_store *store, struct hub_pool *pool,
                        const struct hs_upload_key *key, const char **resume, struct hs_err *err)
{
    struct hs_query query;
    const char *found = NULL;
    bool has_row;
    int r;

    hs_query_start(&query, store, "SELECT resume FROM uploads WHERE " KEY_IS,
                   HS_WITH(KEY_VALUES(key)), err);
    has_row = hs_query_next(&query);
    if (has_row)
        found = hs_query_text(&query, 0, pool);
    r = hs_query_close_one(&query, has_row);
    if (r == 0)
        *resume = found;
    return r;
}

static int put_part(struct hs_store *store, const struct hs_upload_key *key,
                    const struct hs_part_row *row, struct hs_err *err)
{
    int r = hs_db_run(store,
                      "INSERT OR IGNORE INTO uploads (site, repo, sha256, file_bytes, resume) "
                      "VALUES (?1, ?2, ?3, ?4, '')",
                      HS_WITH(KEY_VALUES(key)), err);

    if (r < 0)
        return r;
    return hs_db_run(store,
                     "INSERT OR REPLACE INTO parts (upload, offset, part_bytes, state, etag, "
                     "is_acked) SELECT id, ?5, ?6, ?7, ?8, ?9 FROM uploads WHERE " KEY_IS,
                     HS_WITH(KEY_VALUES(key), hs_uint(row->offset), hs_uint(row->part_bytes),
                             hs_blob(row->state, sizeof row->state), hs_text(row->etag),
                             hs_int(row->is_acked)),
                     err);
}

int hs_store_part_put(struct hs_store *store, const struct hs_upload_key *key,
                      const struct hs_part_row *row, struct hs_err *err)
{
    int r;

    HS_FAILPOINT("store.part_put.before");
    r = hs_store_begin(store, err);
    if (r < 0)
        return r;
    r = hs_db_settle(store, put_part(store, key, row, err), err);
    HS_FAILPOINT("store.part_put.after");
    return r;
}

int hs_store_part_ack(struct hs_store *store, const struct hs_upload_key *key, uint64_t offset,
                      const char *etag, struct hs_err *err)
{
    int r;

    HS_FAILPOINT("store.part_ack.before");
    r = hs_db_change(store,
                     "UPDATE parts SET etag = ?6, is_acked = 1 WHERE offset = ?5 AND "
                     "upload = (SELECT id FROM uploads WHERE " KEY_IS ")",
                     HS_WITH(KEY_VALUES(key), hs_uint(offset), hs_text(etag)), err);
    HS_FAILPOINT("store.part_ack.after");
    if (r == HUB_ENOTFOUND)
        return hs_fail(err, r, "%s: no part at %llu of %s to acknowledge", key->repo,
                       (unsigned long long)offset, key->sha256);
    return r;
}

static void read_part(struct hs_query *query, struct hub_pool *pool, struct hs_part_row *row)
{
    size_t n_bytes;
    const void *state = hs_query_blob(query, 2, &n_bytes);

    row->offset = hs_query_uint(query, 0);
    row->part_bytes = hs_query_uint(query, 1);
    row->etag = hs_query_text(query, 3, pool);
    row->is_acked = hs_query_int(query, 4) != 0;
    if (n_bytes == sizeof row->state)
        memcpy(row->state, state, n_bytes);
    else
        query->status = hs_fail(query->err, HS_EFAILED, "%s: the part at %llu is damaged",
                                query->store->path, (unsigned long long)row->offset);
}

int hs_store_parts(struct hs_store *store, struct hub_pool *pool, const struct hs_upload_key *key,
                   struct hs_part_row **rows, size_t *n, struct hs_err *err)
{
    static const char sql[] =
        "SELECT offset, part_bytes, state, etag, is_acked FROM parts "
        "WHERE upload = (SELECT id FROM uploads WHERE " KEY_IS ") ORDER BY offset";
    HS_VEC(struct hs_part_row) found = {0};
    struct hs_query query;

    hs_query_start(&query, store, sql, HS_WITH(KEY_VALUES(key)), err);
    while (hs_query_next(&query))
        read_part(&query, pool, hs_vec_add(&found));
    return hs_query_give(&query, pool, &found, rows, n);
}

int hs_store_upload_drop(struct hs_store *store, const struct hs_upload_key *key,
                         struct hs_err *err)
{
    return hs_db_run(store, "DELETE FROM uploads WHERE " KEY_IS, HS_WITH(KEY_VALUES(key)), err);
}
