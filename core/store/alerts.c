#include "store/store_db.h"
#include "base/banned.h"

enum {
    RESOLVED_KEPT = 10
}; /* of one (rule, repo, kind), so that a flapping one does not pile up */

static int count_alert(struct hs_store *store, const struct hs_alert_row *row, struct hs_err *err)
{
    return hs_db_change(store,
                        "UPDATE alerts SET level = ?4, message = ?5, command = ?6, last_ms = ?7, "
                        "count = count + 1 "
                        "WHERE rule = ?1 AND repo = ?2 AND kind = ?3 AND state <> 'resolved'",
                        HS_WITH(hs_text(row->rule), hs_text(row->repo), hs_text(row->kind),
                                hs_text(row->level), hs_text(row->message), hs_text(row->command),
                                hs_int(row->last_ms)),
                        err);
}

static int insert_alert(struct hs_store *store, const struct hs_alert_row *row, struct hs_err *err)
{
    return hs_db_run(store,
                     "INSERT INTO alerts (rule, repo, kind, level, message, command, first_ms, "
                     "last_ms, state, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 'open', 1)",
                     HS_WITH(hs_text(row->rule), hs_text(row->repo), hs_text(row->kind),
                             hs_text(row->level), hs_text(row->message), hs_text(row->command),
                             hs_int(row->last_ms)),
                     err);
}

int hs_store_alert_open(struct hs_store *store, const struct hs_alert_row *row, struct hs_err *err)
{
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    r = count_alert(store, row, err);
    if (r == HUB_ENOTFOUND)
        r = insert_alert(store, row, err);
    return hs_db_settle(store, r, err);
}

static int forget_old(struct hs_store *store, const char *rule, const char *repo, const char *kind,
                      struct hs_err *err)
{
    return hs_db_run(store,
                     "DELETE FROM alerts WHERE rule = ?1 AND repo = ?2 AND kind = ?3 AND "
                     "state = 'resolved' AND id <= (SELECT id FROM alerts WHERE rule = ?1 AND "
                     "repo = ?2 AND kind = ?3 ORDER BY id DESC LIMIT 1 OFFSET ?4)",
                     HS_WITH(hs_text(rule), hs_text(repo), hs_text(kind), hs_int(RESOLVED_KEPT)),
                     err);
}

/* HUB_ENOTFOUND: no. A question alone: a round asks it for each repo that is in step. */
static int is_unresolved(struct hs_store *store, const char *rule, const char *repo, const char *kind,
                         struct hs_err *err)
{
    struct hs_query query;

    hs_query_start(&query, store,
                   "SELECT 1 FROM alerts WHERE rule = ?1 AND repo = ?2 AND kind = ?3 AND "
                   "state <> 'resolved'",
                   HS_WITH(hs_text(rule), hs_text(repo), hs_text(kind)), err);
    return hs_query_close_one(&query, hs_query_next(&query));
}

int hs_store_alert_resolve(struct hs_store *store, const char *rule, const char *repo,
                           const char *kind, int64_t now_ms, struct hs_err *err)
{
    int r = is_unresolved(store, rule, repo, kind, err);

    if (r < 0)
        return r == HUB_ENOTFOUND ? 0 : r;
    r = hs_store_begin(store, err);
    if (r < 0)
        return r;
    r = hs_db_change(store,
                     "UPDATE alerts SET state = 'resolved', last_ms = ?4 "
                     "WHERE rule = ?1 AND repo = ?2 AND kind = ?3 AND state <> 'resolved'",
                     HS_WITH(hs_text(rule), hs_text(repo), hs_text(kind), hs_int(now_ms)), err);
    if (r == 0)
        r = forget_old(store, rule, repo, kind, err);
    if (r == HUB_ENOTFOUND)
        r = 0;
    return hs_db_settle(store, r, err);
}

int hs_store_alert_ack(struct hs_store *store, int64_t id, struct hs_err *err)
{
    int r = hs_db_change(store,
                         "UPDATE alerts SET state = 'acknowledged' "
                         "WHERE id = ?1 AND state <> 'resolved'",
                         HS_WITH(hs_int(id)), err);

    if (r == HUB_ENOTFOUND)
        return hs_fail(err, r, "there is no open alert %lld", (long long)id);
    return r;
}

void hs_query_alert(struct hs_query *query, struct hub_pool *pool, struct hs_alert_row *row)
{
    row->id = hs_query_int(query, 0);
    row->first_ms = hs_query_int(query, 1);
    row->last_ms = hs_query_int(query, 2);
    row->rule = hs_query_text(query, 3, pool);
    row->repo = hs_query_text(query, 4, pool);
    row->kind = hs_query_text(query, 5, pool);
    row->level = hs_query_text(query, 6, pool);
    row->state = hs_query_text(query, 7, pool);
    row->message = hs_query_text(query, 8, pool);
    row->command = hs_query_text(query, 9, pool);
    row->count = hs_query_uint(query, 10);
}

int hs_store_alerts(struct hs_store *store, struct hub_pool *pool, struct hs_alert_row **rows,
                    size_t *n, struct hs_err *err)
{
    static const char sql[] = "SELECT " HS_ALERT_COLUMNS " FROM alerts a ORDER BY a.id";
    HS_VEC(struct hs_alert_row) found = {0};
    struct hs_query query;

    hs_query_start(&query, store, sql, HS_WITH_NOTHING, err);
    while (hs_query_next(&query))
        hs_query_alert(&query, pool, hs_vec_add(&found));
    return hs_query_give(&query, pool, &found, rows, n);
}
