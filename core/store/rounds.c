#include "store/store_db.h"
#include "base/banned.h"

int hs_store_round_put(struct hs_store *store, const struct hs_round_row *row, struct hs_err *err)
{
    return hs_db_run(store,
                     "INSERT OR REPLACE INTO rounds (rule, n, started_ms, ended_ms, success_ms, "
                     "next_ms, n_repos, n_trouble) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     HS_WITH(hs_text(row->rule), hs_uint(row->n), hs_int(row->started_ms),
                             hs_int(row->ended_ms), hs_int(row->success_ms), hs_int(row->next_ms),
                             hs_uint(row->n_repos), hs_uint(row->n_trouble)),
                     err);
}

int hs_store_rounds(struct hs_store *store, struct hub_pool *pool, struct hs_round_row **rows,
                    size_t *n, struct hs_err *err)
{
    HS_VEC(struct hs_round_row) found = {0};
    struct hs_query query;

    hs_query_start(&query, store,
                   "SELECT rule, n, started_ms, ended_ms, success_ms, next_ms, n_repos, n_trouble "
                   "FROM rounds ORDER BY rule",
                   HS_WITH_NOTHING, err);
    while (hs_query_next(&query)) {
        struct hs_round_row *row = hs_vec_add(&found);
        row->rule = hs_query_text(&query, 0, pool);
        row->n = hs_query_uint(&query, 1);
        row->started_ms = hs_query_int(&query, 2);
        row->ended_ms = hs_query_int(&query, 3);
        row->success_ms = hs_query_int(&query, 4);
        row->next_ms = hs_query_int(&query, 5);
        row->n_repos = hs_query_uint(&query, 6);
        row->n_trouble = hs_query_uint(&query, 7);
    }
    return hs_query_give(&query, pool, &found, rows, n);
}

static bool is_kept(const char *rule, const char *const *rules, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rules[i], rule) == 0)
            return true;
    return false;
}

static int drop_rule(struct hs_store *store, const char *rule, struct hs_err *err)
{
    int r = hs_db_run(store, "DELETE FROM rounds WHERE rule = ?1", HS_WITH(hs_text(rule)), err);

    if (r < 0)
        return r;
    return hs_db_run(store, "DELETE FROM jobs WHERE rule = ?1 AND state <> 'running'",
                     HS_WITH(hs_text(rule)), err);
}

int hs_store_rounds_keep(struct hs_store *store, const char *const *rules, size_t n,
                         struct hs_err *err)
{
    HUB_POOL(pool);
    HS_VEC(const char *) known = {0};
    struct hs_query query;
    int r;

    hs_query_start(&query, store, "SELECT rule FROM rounds UNION SELECT rule FROM jobs",
                   HS_WITH_NOTHING, err);
    while (hs_query_next(&query))
        *hs_vec_add(&known) = hs_query_text(&query, 0, &pool);
    r = hs_query_close(&query);
    if (r == 0)
        r = hs_store_begin(store, err);
    if (r == 0) {
        for (size_t i = 0; r == 0 && i < known.n; i++)
            if (!is_kept(known.items[i], rules, n))
                r = drop_rule(store, known.items[i], err);
        r = hs_db_settle(store, r, err);
    }
    hs_vec_clear(&known);
    return r;
}
