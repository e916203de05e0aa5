#include "store/store_db.h"
#include "base/banned.h"

/* last_public_ms never goes back: a reader that did not ask for it must not forget it. */
int hs_store_repo_put(struct hs_store *store, const struct hs_repo_row *row, struct hs_err *err)
{
    static const char sql[] =
        "INSERT INTO repos (hub, id, stable_id, mark, license, visibility, gated, weights, "
        "seen_ms, last_public_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
        "ON CONFLICT (hub, id) DO UPDATE SET stable_id = ?3, mark = ?4, license = ?5, "
        "visibility = ?6, gated = ?7, weights = ?8, seen_ms = ?9, "
        "last_public_ms = max(last_public_ms, ?10)";
    int64_t last_public_ms = row->last_public_ms;

    if (row->visibility == HUB_PUBLIC && row->seen_ms > last_public_ms)
        last_public_ms = row->seen_ms;
    return hs_db_run(store, sql,
                     HS_WITH(hs_text(row->hub), hs_text(row->id), hs_text(row->stable_id),
                             hs_text(row->mark), hs_text(row->license), hs_int(row->visibility),
                             hs_int(row->gated), hs_int(row->weights), hs_int(row->seen_ms),
                             hs_int(last_public_ms)),
                     err);
}

static void read_repo(struct hs_query *query, struct hub_pool *pool, struct hs_repo_row *row)
{
    row->hub = hs_query_text(query, 0, pool);
    row->id = hs_query_text(query, 1, pool);
    row->stable_id = hs_query_text(query, 2, pool);
    row->mark = hs_query_text(query, 3, pool);
    row->license = hs_query_text(query, 4, pool);
    row->visibility = (uint32_t)hs_query_int(query, 5);
    row->gated = (uint32_t)hs_query_int(query, 6);
    row->weights = (uint32_t)hs_query_int(query, 7);
    row->seen_ms = hs_query_int(query, 8);
    row->last_public_ms = hs_query_int(query, 9);
}

int hs_store_repo_get(struct hs_store *store, struct hub_pool *pool, const char *hub,
                      const char *id, struct hs_repo_row *row, struct hs_err *err)
{
    struct hs_query query;
    struct hs_repo_row found;
    bool has_row;
    int r;

    hs_query_start(&query, store,
                   "SELECT hub, id, stable_id, mark, license, visibility, gated, weights, "
                   "seen_ms, last_public_ms FROM repos WHERE hub = ?1 AND id = ?2",
                   HS_WITH(hs_text(hub), hs_text(id)), err);
    has_row = hs_query_next(&query);
    if (has_row)
        read_repo(&query, pool, &found);
    r = hs_query_close_one(&query, has_row);
    if (r == 0)
        *row = found;
    return r;
}

int hs_store_count_put(struct hs_store *store, const char *hub, const char *what, uint64_t n,
                       struct hs_err *err)
{
    return hs_db_run(store, "INSERT OR REPLACE INTO counts (hub, what, n) VALUES (?1, ?2, ?3)",
                     HS_WITH(hs_text(hub), hs_text(what), hs_uint(n)), err);
}

int hs_store_count_get(struct hs_store *store, const char *hub, const char *what, uint64_t *n,
                       struct hs_err *err)
{
    int64_t found = 0;
    int r = hs_db_run_id(store, "SELECT n FROM counts WHERE hub = ?1 AND what = ?2",
                         HS_WITH(hs_text(hub), hs_text(what)), &found, err);

    if (r == 0)
        *n = (uint64_t)found;
    return r;
}
