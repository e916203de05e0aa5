#include "store/store_db.h"
#include "base/banned.h"

static void read_send(struct hs_query *query, struct hub_pool *pool, struct hs_send_row *row)
{
    hs_query_alert(query, pool, &row->alert);
    row->tries = (uint32_t)hs_query_uint(query, 11);
    row->last_sent_ms = hs_query_int(query, 12);
}

int hs_store_sends_due(struct hs_store *store, struct hub_pool *pool, const char *channel,
                       int64_t now_ms, struct hs_send_row **rows, size_t *n, struct hs_err *err)
{
    static const char sql[] =
        "SELECT " HS_ALERT_COLUMNS ", coalesce(s.tries, 0), "
        "coalesce((SELECT max(o.told_ms) FROM alerts b JOIN sends o ON o.alert = b.id "
        "AND o.channel = ?1 AND o.told <> '' WHERE b.rule = a.rule AND b.repo = a.repo "
        "AND b.kind = a.kind), 0) "
        "FROM alerts a LEFT JOIN sends s ON s.alert = a.id AND s.channel = ?1 "
        "WHERE ((a.state = 'open' AND coalesce(s.told, '') = '') "
        "OR (a.state = 'resolved' AND s.told = 'open')) AND coalesce(s.next_ms, 0) <= ?2 "
        "ORDER BY a.id";
    HS_VEC(struct hs_send_row) found = {0};
    struct hs_query query;

    hs_query_start(&query, store, sql, HS_WITH(hs_text(channel), hs_int(now_ms)), err);
    while (hs_query_next(&query))
        read_send(&query, pool, hs_vec_add(&found));
    return hs_query_give(&query, pool, &found, rows, n);
}

int hs_store_send_done(struct hs_store *store, const char *channel, const struct hs_alert_row *alert,
                       bool is_quiet, int64_t now_ms, struct hs_err *err)
{
    return hs_db_run(store,
                     "INSERT INTO sends (alert, channel, told, told_ms, tries, next_ms) "
                     "VALUES (?1, ?2, ?3, ?4, 0, 0) ON CONFLICT DO UPDATE SET "
                     "told = ?3, told_ms = ?4, tries = 0, next_ms = 0",
                     HS_WITH(hs_int(alert->id), hs_text(channel),
                             hs_text(is_quiet ? "quiet" : alert->state), hs_int(is_quiet ? 0 : now_ms)),
                     err);
}

int hs_store_send_failed(struct hs_store *store, const char *channel, int64_t alert, int64_t next_ms,
                         struct hs_err *err)
{
    return hs_db_run(store,
                     "INSERT INTO sends (alert, channel, told, told_ms, tries, next_ms) "
                     "VALUES (?1, ?2, '', 0, 1, ?3) ON CONFLICT DO UPDATE SET "
                     "tries = tries + 1, next_ms = ?3",
                     HS_WITH(hs_int(alert), hs_text(channel), hs_int(next_ms)), err);
}

int hs_store_send_next(struct hs_store *store, int64_t *next_ms, struct hs_err *err)
{
    struct hs_query query;
    bool has_row;

    hs_query_start(&query, store, "SELECT coalesce(min(next_ms), 0) FROM sends WHERE next_ms > 0",
                   HS_WITH_NOTHING, err);
    has_row = hs_query_next(&query);
    *next_ms = has_row ? hs_query_int(&query, 0) : 0;
    return hs_query_close(&query);
}
