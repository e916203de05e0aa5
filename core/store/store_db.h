/* Private to core/store: the open database, and statements that are prepared once.
 *
 *     hs_query_start(&query, store, "SELECT a FROM t WHERE b = ?1", HS_WITH(hs_text(b)), err);
 *     while (hs_query_next(&query))
 *         a = hs_query_text(&query, 0, pool);
 *     return hs_query_close(&query);
 *
 * SQL is always a string literal: the statement is kept under its address. A query holds the
 * store's lock from start to close. Values are borrowed until close. */
#ifndef HS_STORE_STORE_DB_H
#define HS_STORE_STORE_DB_H
#include "store/store.h"
#include <pthread.h>
#include <sqlite3.h>
#include <sys/types.h>

struct hs_kept {
    const char *sql;
    sqlite3_stmt *statement;
};
struct hs_store {
    sqlite3 *db;
    pthread_mutex_t lock; /* recursive: held from hs_store_begin to its end */
    char *folder, *path;  /* absolute: the state directory, the database in it */
    int jobs_fd;          /* the lock file; -1 while we do not hold it */
    pid_t owner;          /* SQLite's handles do not survive a fork */
    unsigned depth;       /* how many hs_store_begin are open */
    bool is_undone;       /* a failure inside the open step has rolled it back */
    HS_VEC(struct hs_kept) kept;
};

/* ---- values that are bound to ?1, ?2, … ---- */
enum hs_kind { HS_KIND_END = 0, HS_KIND_TEXT, HS_KIND_INT, HS_KIND_BLOB };
struct hs_value {
    enum hs_kind kind;
    int64_t integer;
    const void *bytes;
    size_t n_bytes;
};
#define HS_WITH(...)    ((const struct hs_value[]){__VA_ARGS__, {HS_KIND_END, 0, NULL, 0}})
#define HS_WITH_NOTHING ((const struct hs_value[]){{HS_KIND_END, 0, NULL, 0}})
static inline struct hs_value hs_text(const char *text) /* NULL is stored as "" */
{
    return (struct hs_value){HS_KIND_TEXT, 0, text ? text : "", text ? strlen(text) : 0};
}
static inline struct hs_value hs_int(int64_t integer)
{
    return (struct hs_value){HS_KIND_INT, integer, NULL, 0};
}
static inline struct hs_value hs_uint(uint64_t integer) /* HUB_UNKNOWN is stored as -1 */
{
    return hs_int((int64_t)integer);
}
static inline struct hs_value hs_blob(const void *bytes, size_t n_bytes)
{
    return (struct hs_value){HS_KIND_BLOB, 0, bytes, n_bytes};
}

/* ---- statements ---- */
struct hs_query {
    struct hs_store *store;
    sqlite3_stmt *statement; /* NULL once it has failed */
    struct hs_err *err;
    int status; /* the first thing that went wrong */
    bool is_locked;
    size_t n_rows;
    char *room; /* where the next texts of a list go, in the reader's pool */
    size_t room_bytes;
};
void hs_query_start(struct hs_query *query, struct hs_store *store, const char *sql,
                    const struct hs_value *with, struct hs_err *err);
bool hs_query_next(struct hs_query *query); /* is there a row? False after a failure too. */
int hs_query_close(struct hs_query *query); /* once for each start */
/* Closes it, and hands the rows that were found (an HS_VEC, which is cleared) over as an array in
 * the pool: hs_query_give(&query, pool, &found, rows, n). */
#define hs_query_give(query, pool, found, rows, n_rows)                                            \
    hs_query_give_rows(query, pool, (found)->items, (found)->n, sizeof *(found)->items, rows, n_rows)
int hs_query_give_rows(struct hs_query *query, struct hub_pool *pool, void *items, size_t n,
                       size_t each, void *rows, size_t *n_rows);
/* As close, and HUB_ENOTFOUND without a message if the one row was not there. */
int hs_query_close_one(struct hs_query *query, bool has_row);
const char *hs_query_text(struct hs_query *query, int column, struct hub_pool *pool);
int64_t hs_query_int(struct hs_query *query, int column);
uint64_t hs_query_uint(struct hs_query *query, int column);
/* Borrowed until the next row. */
const void *hs_query_blob(struct hs_query *query, int column, size_t *n_bytes);

/* A statement whose rows nobody wants. */
int hs_db_run(struct hs_store *store, const char *sql, const struct hs_value *with,
              struct hs_err *err);
/* The same; HUB_ENOTFOUND without a message if it changed no row. */
int hs_db_change(struct hs_store *store, const char *sql, const struct hs_value *with,
                 struct hs_err *err);
/* As change, but written without a sync: a power cut may undo it, the process's death may not. Not
 * inside a step. */
int hs_db_change_soft(struct hs_store *store, const char *sql, const struct hs_value *with,
                      struct hs_err *err);
/* The same for a statement that returns one id. */
int hs_db_run_id(struct hs_store *store, const char *sql, const struct hs_value *with, int64_t *id,
                 struct hs_err *err);
/* Several statements without values, such as a step of the schema. */
int hs_db_script(struct hs_store *store, const char *sql, struct hs_err *err);
/* Closes a step that hs_store_begin opened: ends it if r is 0, else undoes it and returns r. */
int hs_db_settle(struct hs_store *store, int r, struct hs_err *err);
/* Writes what SQLite says about its last failure, the path, and what to do. */
int hs_db_fail(struct hs_store *store, int code, struct hs_err *err);


/* ---- schema: numbered steps, the first has number 1 ---- */
int hs_schema_apply(struct hs_store *store, enum hs_store_mode mode, const char *const *steps,
                    int n_steps, struct hs_err *err);
extern const char *const hs_schema_steps[];
extern const int hs_schema_n_steps;

/* ---- alerts: columns 0 to 10 of a query ---- */
#define HS_ALERT_COLUMNS                                                                           \
    "a.id, a.first_ms, a.last_ms, a.rule, a.repo, a.kind, a.level, a.state, a.message, "           \
    "a.command, a.count"
void hs_query_alert(struct hs_query *query, struct hub_pool *pool, struct hs_alert_row *row);

/* ---- links ---- */
#define HS_LINK_COLUMNS "rule, from_hub, from_repo, to_hub, to_repo"
#define HS_LINK_IS                                                                                 \
    "rule = ?1 AND from_hub = ?2 AND from_repo = ?3 AND "                                          \
    "to_hub = ?4 AND to_repo = ?5"
#define HS_LINK_VALUES(link)                                                                       \
    hs_text((link)->rule), hs_text((link)->from_hub), hs_text((link)->from_repo),                  \
        hs_text((link)->to_hub), hs_text((link)->to_repo)
#endif
