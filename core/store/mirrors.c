#include "store/store_db.h"
#include "base/banned.h"

#define COLUMNS "state, objects, first_ms, asked_ms, checked_ms, in_step_ms, told_ms"

int hs_store_mirror_put(struct hs_store *store, const struct hs_link *link,
                        const struct hs_mirror_row *row, struct hs_err *err)
{
    static const char sql[] = "INSERT OR REPLACE INTO mirrors (" HS_LINK_COLUMNS ", " COLUMNS ") "
                              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

    return hs_db_run(store, sql,
                     HS_WITH(HS_LINK_VALUES(link), hs_int(row->state), hs_int(row->objects),
                             hs_int(row->first_ms), hs_int(row->asked_ms), hs_int(row->checked_ms),
                             hs_int(row->in_step_ms), hs_int(row->told_ms)),
                     err);
}

static void read_mirror(struct hs_query *query, int column, struct hs_mirror_row *row)
{
    *row = (struct hs_mirror_row){
        .state = (enum hs_mirror_state)hs_query_int(query, column),
        .objects = (enum hs_mirror_objects)hs_query_int(query, column + 1),
        .first_ms = hs_query_int(query, column + 2),
        .asked_ms = hs_query_int(query, column + 3),
        .checked_ms = hs_query_int(query, column + 4),
        .in_step_ms = hs_query_int(query, column + 5),
        .told_ms = hs_query_int(query, column + 6),
    };
}

int hs_store_mirror_get(struct hs_store *store, const struct hs_link *link,
                        struct hs_mirror_row *row, struct hs_err *err)
{
    struct hs_query query;
    struct hs_mirror_row found;
    bool has_row;
    int r;

    hs_query_start(&query, store, "SELECT " COLUMNS " FROM mirrors WHERE " HS_LINK_IS,
                   HS_WITH(HS_LINK_VALUES(link)), err);
    has_row = hs_query_next(&query);
    if (has_row)
        read_mirror(&query, 0, &found);
    r = hs_query_close_one(&query, has_row);
    if (r == 0)
        *row = found;
    return r;
}

int hs_store_mirror_drop(struct hs_store *store, const struct hs_link *link, struct hs_err *err)
{
    return hs_db_run(store, "DELETE FROM mirrors WHERE " HS_LINK_IS, HS_WITH(HS_LINK_VALUES(link)),
                     err);
}

int hs_store_mirrors(struct hs_store *store, struct hub_pool *pool, const char *rule,
                     struct hs_linked_mirror **rows, size_t *n, struct hs_err *err)
{
    static const char sql[] = "SELECT " HS_LINK_COLUMNS ", " COLUMNS
                              " FROM mirrors WHERE rule = ?1 ORDER BY " HS_LINK_COLUMNS;
    HS_VEC(struct hs_linked_mirror) found = {0};
    struct hs_query query;

    hs_query_start(&query, store, sql, HS_WITH(hs_text(rule)), err);
    while (hs_query_next(&query)) {
        struct hs_linked_mirror *mirror = hs_vec_add(&found);

        mirror->link.rule = hs_query_text(&query, 0, pool);
        mirror->link.from_hub = hs_query_text(&query, 1, pool);
        mirror->link.from_repo = hs_query_text(&query, 2, pool);
        mirror->link.to_hub = hs_query_text(&query, 3, pool);
        mirror->link.to_repo = hs_query_text(&query, 4, pool);
        read_mirror(&query, 5, &mirror->row);
    }
    return hs_query_give(&query, pool, &found, rows, n);
}
