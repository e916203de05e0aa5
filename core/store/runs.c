#include "store/store_db.h"
#include "base/banned.h"

/* ---- runs ---- */

int hs_store_run_start(struct hs_store *store, const struct hs_run_row *row, int64_t *id,
                       struct hs_err *err)
{
    return hs_db_run_id(store,
                        "INSERT INTO runs (rule, repo, hub, status, started_ms, ended_ms, puts, "
                        "deletes, bytes, commits) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, 0, '') "
                        "RETURNING id",
                        HS_WITH(hs_text(row->rule), hs_text(row->repo), hs_text(row->hub),
                                hs_text(row->status), hs_int(row->started_ms)),
                        id, err);
}

int hs_store_run_end(struct hs_store *store, const struct hs_run_row *row, struct hs_err *err)
{
    int r = hs_db_change(store,
                         "UPDATE runs SET status = ?2, ended_ms = ?3, puts = ?4, deletes = ?5, "
                         "bytes = ?6, commits = ?7 WHERE id = ?1",
                         HS_WITH(hs_int(row->id), hs_text(row->status), hs_int(row->ended_ms),
                                 hs_uint(row->puts), hs_uint(row->deletes), hs_uint(row->bytes),
                                 hs_text(row->commits)),
                         err);

    if (r == HUB_ENOTFOUND)
        return hs_fail(err, r, "there is no run %lld", (long long)row->id);
    return r;
}

static void read_run(struct hs_query *query, struct hub_pool *pool, struct hs_run_row *row)
{
    row->id = hs_query_int(query, 0);
    row->rule = hs_query_text(query, 1, pool);
    row->repo = hs_query_text(query, 2, pool);
    row->hub = hs_query_text(query, 3, pool);
    row->status = hs_query_text(query, 4, pool);
    row->started_ms = hs_query_int(query, 5);
    row->ended_ms = hs_query_int(query, 6);
    row->puts = hs_query_uint(query, 7);
    row->deletes = hs_query_uint(query, 8);
    row->bytes = hs_query_uint(query, 9);
    row->commits = hs_query_text(query, 10, pool);
}

int hs_store_runs(struct hs_store *store, struct hub_pool *pool, size_t limit,
                  struct hs_run_row **rows, size_t *n, struct hs_err *err)
{
    static const char sql[] =
        "SELECT id, rule, repo, hub, status, started_ms, ended_ms, puts, deletes, bytes, commits "
        "FROM runs ORDER BY id DESC LIMIT ?1";
    HS_VEC(struct hs_run_row) found = {0};
    struct hs_query query;

    hs_query_start(&query, store, sql, HS_WITH(hs_int(limit > 0 ? (int64_t)limit : -1)), err);
    while (hs_query_next(&query))
        read_run(&query, pool, hs_vec_add(&found));
    return hs_query_give(&query, pool, &found, rows, n);
}

static void read_sum(struct hs_query *query, struct hub_pool *pool, struct hs_run_sum *row)
{
    row->rule = hs_query_text(query, 0, pool);
    row->hub = hs_query_text(query, 1, pool);
    row->status = hs_query_text(query, 2, pool);
    row->runs = hs_query_uint(query, 3);
    row->puts = hs_query_uint(query, 4);
    row->deletes = hs_query_uint(query, 5);
    row->bytes = hs_query_uint(query, 6);
    row->commits = hs_query_uint(query, 7);
}

int hs_store_run_sums(struct hs_store *store, struct hub_pool *pool, struct hs_run_sum **rows,
                      size_t *n, struct hs_err *err)
{
    static const char sql[] =
        "SELECT rule, hub, status, count(*), sum(puts), sum(deletes), sum(bytes), "
        "sum(CASE commits WHEN '' THEN 0 ELSE 1 + length(commits) - length(replace(commits, ' ', '')) END) "
        "FROM runs WHERE ended_ms > 0 GROUP BY rule, hub, status ORDER BY rule, hub, status";
    HS_VEC(struct hs_run_sum) found = {0};
    struct hs_query query;

    hs_query_start(&query, store, sql, HS_WITH_NOTHING, err);
    while (hs_query_next(&query))
        read_sum(&query, pool, hs_vec_add(&found));
    return hs_query_give(&query, pool, &found, rows, n);
}

/* ---- audit ---- */

static int audit_one(struct hs_store *store, const struct hs_audit_row *row, struct hs_err *err)
{
    return hs_db_run(store,
                     "INSERT INTO audit (run_id, at_ms, hub, repo, path, action, sha256, "
                     "git_sha1, file_bytes, head) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                     HS_WITH(hs_int(row->run_id), hs_int(row->at_ms), hs_text(row->hub),
                             hs_text(row->repo), hs_text(row->path), hs_text(row->action),
                             hs_text(row->sha256), hs_text(row->git_sha1), hs_uint(row->file_bytes),
                             hs_text(row->head)),
                     err);
}

int hs_store_audit(struct hs_store *store, const struct hs_audit_row *rows, size_t n,
                   struct hs_err *err)
{
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    for (size_t i = 0; r == 0 && i < n; i++)
        r = audit_one(store, &rows[i], err);
    return hs_db_settle(store, r, err);
}

static void read_audit(struct hs_query *query, struct hub_pool *pool, struct hs_audit_row *row)
{
    row->run_id = hs_query_int(query, 0);
    row->at_ms = hs_query_int(query, 1);
    row->hub = hs_query_text(query, 2, pool);
    row->repo = hs_query_text(query, 3, pool);
    row->path = hs_query_text(query, 4, pool);
    row->action = hs_query_text(query, 5, pool);
    row->sha256 = hs_query_text(query, 6, pool);
    row->git_sha1 = hs_query_text(query, 7, pool);
    row->file_bytes = hs_query_uint(query, 8);
    row->head = hs_query_text(query, 9, pool);
}

int hs_store_audit_list(struct hs_store *store, struct hub_pool *pool, int64_t run_id,
                        struct hs_audit_row **rows, size_t *n, struct hs_err *err)
{
    static const char sql[] = "SELECT run_id, at_ms, hub, repo, path, action, sha256, git_sha1, "
                              "file_bytes, head FROM audit WHERE run_id = ?1 ORDER BY id";
    HS_VEC(struct hs_audit_row) found = {0};
    struct hs_query query;

    hs_query_start(&query, store, sql, HS_WITH(hs_int(run_id)), err);
    while (hs_query_next(&query))
        read_audit(&query, pool, hs_vec_add(&found));
    return hs_query_give(&query, pool, &found, rows, n);
}
