#include "base/failpoint.h"
#include "store/files.h"
#include "store/store_db.h"
#include "base/banned.h"

enum { FROM = 0, TO = 1 };

/* ---- baselines ---- */

static const char *known(const char *text)
{
    return text ? text : "";
}

static int put_marks(struct hs_store *store, const struct hs_link *link,
                     const struct hs_baseline_row *row, int64_t *id, struct hs_err *err)
{
    static const char sql[] =
        "INSERT INTO baselines (" HS_LINK_COLUMNS ", from_head, from_modified_ms, to_head, "
        "to_modified_ms, settings, made_ms, from_stable_id, from_visibility, to_stable_id, "
        "to_visibility) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) "
        "ON CONFLICT (" HS_LINK_COLUMNS ") DO UPDATE SET from_head = ?6, from_modified_ms = ?7, "
        "to_head = ?8, to_modified_ms = ?9, settings = ?10, made_ms = ?11, from_stable_id = ?12, "
        "from_visibility = ?13, to_stable_id = ?14, to_visibility = ?15 RETURNING id";

    return hs_db_run_id(store, sql,
                        HS_WITH(HS_LINK_VALUES(link), hs_text(row->from.head),
                                hs_int(row->from.modified_ms), hs_text(row->to.head),
                                hs_int(row->to.modified_ms), hs_text(row->settings),
                                hs_int(row->made_ms), hs_text(known(row->from.stable_id)),
                                hs_int(row->from.visibility), hs_text(known(row->to.stable_id)),
                                hs_int(row->to.visibility)),
                        id, err);
}

/* Packed one after the other: a list can take 10 MB. */
static int put_files(struct hs_store *store, int64_t id, int side_number,
                     const struct hs_side_row *side, struct hs_err *err)
{
    struct hs_packed files = {NULL, 0};
    int r = hs_files_pack(side->files, side->n_files, &files, err);

    if (r == 0)
        r = hs_db_run(store,
                      "INSERT INTO baseline_files (baseline, side, files) VALUES (?1, ?2, ?3) "
                      "ON CONFLICT (baseline, side) DO UPDATE SET files = ?3",
                      HS_WITH(hs_int(id), hs_int(side_number), hs_blob(files.bytes, files.n_bytes)),
                      err);
    hs_packed_clear(&files);
    return r;
}

int hs_store_baseline_put(struct hs_store *store, const struct hs_link *link,
                          const struct hs_baseline_row *row, struct hs_err *err)
{
    int64_t id = 0;
    int r;

    HS_FAILPOINT("store.baseline_put.before");
    r = hs_store_begin(store, err);
    if (r < 0)
        return r;
    r = put_marks(store, link, row, &id, err);
    if (r == 0)
        r = put_files(store, id, FROM, &row->from, err);
    if (r == 0)
        r = put_files(store, id, TO, &row->to, err);
    r = hs_db_settle(store, r, err);
    HS_FAILPOINT("store.baseline_put.after");
    return r;
}

static void read_marks(struct hs_query *query, struct hub_pool *pool, int column,
                       struct hs_baseline_row *row)
{
    *row = (struct hs_baseline_row){.settings = NULL};
    row->from.head = hs_query_text(query, column, pool);
    row->from.modified_ms = hs_query_int(query, column + 1);
    row->to.head = hs_query_text(query, column + 2, pool);
    row->to.modified_ms = hs_query_int(query, column + 3);
    row->settings = hs_query_text(query, column + 4, pool);
    row->made_ms = hs_query_int(query, column + 5);
    row->from.stable_id = hs_query_text(query, column + 6, pool);
    row->from.visibility = (uint32_t)hs_query_int(query, column + 7);
    row->to.stable_id = hs_query_text(query, column + 8, pool);
    row->to.visibility = (uint32_t)hs_query_int(query, column + 9);
}

static void read_files(struct hs_query *query, struct hub_pool *pool, int column,
                       const struct hs_link *link, struct hs_side_row *side)
{
    size_t n_bytes, n_files = 0;
    const void *bytes = hs_query_blob(query, column, &n_bytes);
    struct hs_file_row *files = NULL;
    int r = hs_files_unpack(bytes, n_bytes, pool, &files, &n_files);

    if (r == HUB_ENOMEM)
        query->status = hs_fail(query->err, r, "out of memory for the files of %s:%s",
                                link->from_hub, link->from_repo);
    else if (r < 0) {
        query->status = hs_fail(query->err, HS_EFAILED, "%s: the baseline of %s:%s is damaged",
                                query->store->path, link->from_hub, link->from_repo);
        (void)hs_hint(query->err, "move %s away: the state is built anew from listings",
                      query->store->folder);
    }
    side->files = files;
    side->n_files = n_files;
}

#define MARKS                                                                         \
    "from_head, from_modified_ms, to_head, to_modified_ms, settings, made_ms, "       \
    "from_stable_id, from_visibility, to_stable_id, to_visibility"
enum { N_MARKS = 10 };
int hs_store_baseline_get(struct hs_store *store, struct hub_pool *pool, const struct hs_link *link,
                          bool with_files, struct hs_baseline_row *row, struct hs_err *err)
{
    static const char marks[] = "SELECT " MARKS " FROM baselines WHERE " HS_LINK_IS;
    /* One statement, so that marks and files are of one moment. */
    static const char all[] =
        "SELECT " MARKS ", (SELECT files FROM baseline_files WHERE baseline = id AND side = 0), "
        "(SELECT files FROM baseline_files WHERE baseline = id AND side = 1) "
        "FROM baselines WHERE " HS_LINK_IS;
    struct hs_query query;
    struct hs_baseline_row found;
    bool has_row;
    int r;

    hs_query_start(&query, store, with_files ? all : marks, HS_WITH(HS_LINK_VALUES(link)), err);
    has_row = hs_query_next(&query);
    if (has_row) {
        read_marks(&query, pool, 0, &found);
        if (with_files) {
            read_files(&query, pool, N_MARKS, link, &found.from);
            read_files(&query, pool, N_MARKS + 1, link, &found.to);
        }
    }
    r = hs_query_close_one(&query, has_row);
    if (r == 0)
        *row = found;
    return r;
}

int hs_store_baseline_drop(struct hs_store *store, const struct hs_link *link, struct hs_err *err)
{
    return hs_db_run(store, "DELETE FROM baselines WHERE " HS_LINK_IS,
                     HS_WITH(HS_LINK_VALUES(link)), err);
}

int hs_store_baseline_hide(struct hs_store *store, const struct hs_link *link, bool is_from,
                           struct hs_err *err)
{
    return hs_db_run(store,
                     is_from ? "UPDATE baselines SET from_visibility = 0 WHERE " HS_LINK_IS
                             : "UPDATE baselines SET to_visibility = 0 WHERE " HS_LINK_IS,
                     HS_WITH(HS_LINK_VALUES(link)), err);
}

#define MOVE_TO                                                                          \
    " SET rule = ?6, from_hub = ?7, from_repo = ?8, to_hub = ?9, to_repo = ?10 WHERE " HS_LINK_IS
int hs_store_link_rename(struct hs_store *store, const struct hs_link *link,
                         const struct hs_link *to, struct hs_err *err)
{
    static const char *const sql[] = {
        "UPDATE OR REPLACE baselines" MOVE_TO, "UPDATE OR REPLACE verdicts" MOVE_TO,
        "UPDATE OR REPLACE absences" MOVE_TO, "DELETE FROM renames WHERE " HS_LINK_IS};
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    for (size_t i = 0; r == 0 && i + 1 < sizeof sql / sizeof *sql; i++)
        r = hs_db_run(store, sql[i], HS_WITH(HS_LINK_VALUES(link), HS_LINK_VALUES(to)), err);
    if (r == 0)
        r = hs_db_run(store, sql[3], HS_WITH(HS_LINK_VALUES(link)), err);
    if (r == 0)
        r = hs_db_run(store, "INSERT OR REPLACE INTO renames (" HS_LINK_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5)",
                      HS_WITH(HS_LINK_VALUES(to)), err);
    return hs_db_settle(store, r, err);
}
#undef MOVE_TO

static void read_link(struct hs_query *query, struct hub_pool *pool, struct hs_link *link)
{
    link->rule = hs_query_text(query, 0, pool);
    link->from_hub = hs_query_text(query, 1, pool);
    link->from_repo = hs_query_text(query, 2, pool);
    link->to_hub = hs_query_text(query, 3, pool);
    link->to_repo = hs_query_text(query, 4, pool);
}

static int close_links(struct hs_query *query, struct hub_pool *pool, struct hs_link **links,
                       size_t *n)
{
    HS_VEC(struct hs_link) found = {0};

    while (hs_query_next(query))
        read_link(query, pool, hs_vec_add(&found));
    return hs_query_give(query, pool, &found, links, n);
}

int hs_store_baseline_links(struct hs_store *store, struct hub_pool *pool, const char *rule,
                            const char *hub, const char *repo, struct hs_link **links, size_t *n,
                            struct hs_err *err)
{
    static const char of_rule[] =
        "SELECT " HS_LINK_COLUMNS " FROM baselines WHERE rule = ?1 ORDER BY " HS_LINK_COLUMNS;
    static const char of_repo[] =
        "SELECT " HS_LINK_COLUMNS " FROM baselines WHERE (from_hub = ?1 AND from_repo = ?2) OR "
        "(to_hub = ?1 AND to_repo = ?2) ORDER BY " HS_LINK_COLUMNS;
    struct hs_query query;

    if (hub[0])
        hs_query_start(&query, store, of_repo, HS_WITH(hs_text(hub), hs_text(repo)), err);
    else
        hs_query_start(&query, store, of_rule, HS_WITH(hs_text(rule)), err);
    return close_links(&query, pool, links, n);
}

int hs_store_baselines(struct hs_store *store, struct hub_pool *pool, const char *rule,
                       struct hs_linked_baseline **rows, size_t *n, struct hs_err *err)
{
    static const char sql[] = "SELECT " HS_LINK_COLUMNS ", " MARKS
                              " FROM baselines WHERE rule = ?1 ORDER BY " HS_LINK_COLUMNS;
    HS_VEC(struct hs_linked_baseline) found = {0};
    struct hs_query query;

    hs_query_start(&query, store, sql, HS_WITH(hs_text(rule)), err);
    while (hs_query_next(&query)) {
        struct hs_linked_baseline *row = hs_vec_add(&found);

        read_link(&query, pool, &row->link);
        read_marks(&query, pool, 5, &row->row);
    }
    return hs_query_give(&query, pool, &found, rows, n);
}
#undef MARKS

/* ---- verdicts ---- */

int hs_store_verdict_put(struct hs_store *store, const struct hs_link *link,
                         const struct hs_verdict_row *row, struct hs_err *err)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO verdicts (" HS_LINK_COLUMNS ", reason, from_mark, to_mark, "
        "settings, made_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

    return hs_db_run(store, sql,
                     HS_WITH(HS_LINK_VALUES(link), hs_text(row->reason), hs_text(row->from_mark),
                             hs_text(row->to_mark), hs_text(row->settings), hs_int(row->made_ms)),
                     err);
}

int hs_store_verdict_get(struct hs_store *store, struct hub_pool *pool, const struct hs_link *link,
                         struct hs_verdict_row *row, struct hs_err *err)
{
    struct hs_query query;
    struct hs_verdict_row found;
    bool has_row;
    int r;

    hs_query_start(
        &query, store,
        "SELECT reason, from_mark, to_mark, settings, made_ms FROM verdicts WHERE " HS_LINK_IS,
        HS_WITH(HS_LINK_VALUES(link)), err);
    has_row = hs_query_next(&query);
    if (has_row) {
        found.reason = hs_query_text(&query, 0, pool);
        found.from_mark = hs_query_text(&query, 1, pool);
        found.to_mark = hs_query_text(&query, 2, pool);
        found.settings = hs_query_text(&query, 3, pool);
        found.made_ms = hs_query_int(&query, 4);
    }
    r = hs_query_close_one(&query, has_row);
    if (r == 0)
        *row = found;
    return r;
}

int hs_store_verdict_drop(struct hs_store *store, const struct hs_link *link, struct hs_err *err)
{
    return hs_db_run(store, "DELETE FROM verdicts WHERE " HS_LINK_IS, HS_WITH(HS_LINK_VALUES(link)),
                     err);
}

int hs_store_renames(struct hs_store *store, struct hub_pool *pool, const char *rule,
                     struct hs_link **links, size_t *n, struct hs_err *err)
{
    struct hs_query query;

    hs_query_start(&query, store,
                   "SELECT " HS_LINK_COLUMNS " FROM renames WHERE rule = ?1 ORDER BY " HS_LINK_COLUMNS,
                   HS_WITH(hs_text(rule)), err);
    return close_links(&query, pool, links, n);
}

/* ---- absences ---- */

int hs_store_absence_get(struct hs_store *store, const struct hs_link *link,
                         struct hs_absence *out, struct hs_err *err)
{
    struct hs_query query;
    struct hs_absence found = {0, 0};
    bool has_row;
    int r;

    hs_query_start(&query, store, "SELECT first_ms, scans FROM absences WHERE " HS_LINK_IS,
                   HS_WITH(HS_LINK_VALUES(link)), err);
    has_row = hs_query_next(&query);
    if (has_row) {
        found.first_ms = hs_query_int(&query, 0);
        found.scans = hs_query_uint(&query, 1);
    }
    r = hs_query_close_one(&query, has_row);
    if (r == 0)
        *out = found;
    return r;
}

int hs_store_absence_note(struct hs_store *store, const struct hs_link *link, int64_t now_ms,
                          struct hs_absence *out, struct hs_err *err)
{
    static const char sql[] = "INSERT INTO absences (" HS_LINK_COLUMNS ", first_ms, scans) "
                              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1) "
                              "ON CONFLICT (" HS_LINK_COLUMNS ") DO UPDATE SET scans = scans + 1";
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    r = hs_db_run(store, sql, HS_WITH(HS_LINK_VALUES(link), hs_int(now_ms)), err);
    if (r == 0)
        r = hs_store_absence_get(store, link, out, err);
    return hs_db_settle(store, r, err);
}

int hs_store_absence_drop(struct hs_store *store, const struct hs_link *link, struct hs_err *err)
{
    return hs_db_run(store, "DELETE FROM absences WHERE " HS_LINK_IS, HS_WITH(HS_LINK_VALUES(link)),
                     err);
}

int hs_store_absence_links(struct hs_store *store, struct hub_pool *pool, const char *rule,
                           struct hs_link **links, size_t *n, struct hs_err *err)
{
    struct hs_query query;

    hs_query_start(&query, store,
                   "SELECT " HS_LINK_COLUMNS " FROM absences WHERE rule = ?1 ORDER BY " HS_LINK_COLUMNS,
                   HS_WITH(hs_text(rule)), err);
    return close_links(&query, pool, links, n);
}
