#include "store/store_db.h"
#include <assert.h>
#include <errno.h>
#include <unistd.h>
#include "base/banned.h"

enum { ROOM_BYTES = 4096 };

static bool has_errno(int code)
{
    return (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
}

static bool is_no_space(int code, int number)
{
    return (code & 0xff) == SQLITE_FULL || number == ENOSPC || number == EDQUOT || number == EFBIG;
}

static bool is_not_writable(int code, int number)
{
    return (code & 0xff) == SQLITE_READONLY || number == EACCES || number == EROFS ||
           number == EPERM;
}

static void add_hint(const struct hs_store *store, int code, int number, struct hs_err *err)
{
    if (is_no_space(code, number))
        (void)hs_hint(err, "free space on the file system of %s; nothing was lost", store->folder);
    else if (is_not_writable(code, number))
        (void)hs_hint(err,
                      "%s and the files in it must be writable, for readers too; or give "
                      "another state directory",
                      store->folder);
    else if ((code & 0xff) == SQLITE_NOTADB || (code & 0xff) == SQLITE_CORRUPT)
        (void)hs_hint(err,
                      "move %s away and run again: the state is built anew from the hubs' "
                      "listings, unfinished uploads start over",
                      store->folder);
    else if ((code & 0xff) == SQLITE_BUSY)
        (void)hs_hint(err,
                      "another process keeps the database locked; find it (fuser %s) and "
                      "run again",
                      store->path);
    else if (has_errno(code))
        (void)hs_hint(err, "look after the disk of %s and run again; nothing was lost",
                      store->folder);
}

/* SQLite keeps errno for us, but not when the write at the end of a step fails: then errno itself
 * still has it, cleared as it was before the call. */
static int errno_of(struct hs_store *store, int code)
{
    int kept = errno;

    if (!has_errno(code))
        return 0;
    return sqlite3_system_errno(store->db) ? sqlite3_system_errno(store->db) : kept;
}

int hs_db_fail(struct hs_store *store, int code, struct hs_err *err)
{
    int number = errno_of(store, code);
    char words[128];
    int r;

    if ((code & 0xff) == SQLITE_NOMEM)
        return hs_fail(err, HUB_ENOMEM, "%s: out of memory", store->path);
    if (number)
        r = hs_fail(err, HS_EFAILED, "%s: %s: %s", store->path, sqlite3_errmsg(store->db),
                    strerror_r(number, words, sizeof words));
    else
        r = hs_fail(err, HS_EFAILED, "%s: %s", store->path, sqlite3_errmsg(store->db));
    add_hint(store, code, number, err);
    return r;
}

/* ---- statements ---- */

static sqlite3_stmt *kept_statement(struct hs_store *store, const char *sql)
{
    struct hs_kept *kept;
    sqlite3_stmt *statement;

    for (size_t i = 0; i < store->kept.n; i++)
        if (store->kept.items[i].sql == sql)
            return store->kept.items[i].statement;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK)
        return NULL;
    kept = hs_vec_add(&store->kept);
    kept->sql = sql;
    kept->statement = statement;
    return statement;
}

static int bind_value(sqlite3_stmt *statement, int at, const struct hs_value *value)
{
    switch (value->kind) {
    case HS_KIND_TEXT:
        return sqlite3_bind_text64(statement, at, value->bytes, value->n_bytes, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case HS_KIND_BLOB:
        return sqlite3_bind_blob64(statement, at, value->bytes, value->n_bytes, SQLITE_STATIC);
    case HS_KIND_INT:
        return sqlite3_bind_int64(statement, at, value->integer);
    case HS_KIND_END:
        break;
    }
    return SQLITE_MISUSE;
}

/* SQLite undoes a whole step by itself after some failures (a full disk): what follows in that
 * step must not become a step of its own. */
static void query_failed(struct hs_query *query, int code)
{
    struct hs_store *store = query->store;

    query->status = hs_db_fail(store, code, query->err);
    if (store->depth > 0 && sqlite3_get_autocommit(store->db))
        store->is_undone = true;
}

static int check_usable(struct hs_store *store, struct hs_err *err)
{
    if (store->owner != getpid())
        return hs_fail(err, HUB_EBUG, "%s: was opened before a fork", store->path);
    return 0;
}

void hs_query_start(struct hs_query *query, struct hs_store *store, const char *sql,
                    const struct hs_value *with, struct hs_err *err)
{
    *query = (struct hs_query){.store = store, .err = err, .status = check_usable(store, err)};
    if (query->status < 0)
        return;
    (void)pthread_mutex_lock(&store->lock);
    query->is_locked = true;
    if (store->is_undone) {
        query->status =
            hs_fail(err, HS_EFAILED, "%s: an earlier failure undid this step", store->path);
        return;
    }
    query->statement = kept_statement(store, sql);
    if (!query->statement) {
        query_failed(query, sqlite3_extended_errcode(store->db));
        return;
    }
    for (int i = 0; with[i].kind != HS_KIND_END; i++) {
        int code = bind_value(query->statement, i + 1, &with[i]);

        if (code != SQLITE_OK && query->status == 0)
            query_failed(query, code);
    }
}

bool hs_query_next(struct hs_query *query)
{
    int code;

    if (query->status < 0)
        return false;
    errno = 0;
    code = sqlite3_step(query->statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        query_failed(query, code);
    query->n_rows++;
    return code == SQLITE_ROW;
}

int hs_query_close(struct hs_query *query)
{
    if (query->statement) {
        (void)sqlite3_reset(query->statement);
        (void)sqlite3_clear_bindings(query->statement);
    }
    if (query->is_locked)
        (void)pthread_mutex_unlock(&query->store->lock);
    query->is_locked = false;
    return query->status;
}

int hs_query_close_one(struct hs_query *query, bool has_row)
{
    int r = hs_query_close(query);

    return r == 0 && !has_row ? HUB_ENOTFOUND : r;
}

/* The pool makes a block of each text, which is most of the cost of a list of 3,000 rows: from the
 * second row on texts share larger blocks. */
static char *room_for(struct hs_query *query, size_t n_bytes, struct hub_pool *pool)
{
    char *room;

    if (n_bytes > query->room_bytes) {
        query->room_bytes = query->n_rows > 1 && n_bytes < ROOM_BYTES ? ROOM_BYTES : n_bytes;
        query->room = hub_pool_alloc(pool, query->room_bytes, 1);
    }
    room = query->room;
    if (!room) {
        query->room_bytes = 0;
        return NULL;
    }
    query->room += n_bytes;
    query->room_bytes -= n_bytes;
    return room;
}

const char *hs_query_text(struct hs_query *query, int column, struct hub_pool *pool)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);
    size_t n_bytes = (size_t)sqlite3_column_bytes(query->statement, column);
    char *copy;

    if (n_bytes == 0)
        return "";
    copy = text ? room_for(query, n_bytes + 1, pool) : NULL;
    if (copy)
        memcpy(copy, text, n_bytes); /* the room is zeroed */
    else
        query->status = hs_fail(query->err, HUB_ENOMEM, "%s: out of memory", query->store->path);
    return copy;
}

int64_t hs_query_int(struct hs_query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

uint64_t hs_query_uint(struct hs_query *query, int column)
{
    return (uint64_t)sqlite3_column_int64(query->statement, column);
}

const void *hs_query_blob(struct hs_query *query, int column, size_t *n_bytes)
{
    const void *bytes = sqlite3_column_blob(query->statement, column);

    *n_bytes = (size_t)sqlite3_column_bytes(query->statement, column);
    return bytes;
}

int hs_db_run(struct hs_store *store, const char *sql, const struct hs_value *with,
              struct hs_err *err)
{
    struct hs_query query;

    hs_query_start(&query, store, sql, with, err);
    while (hs_query_next(&query))
        ;
    return hs_query_close(&query);
}

int hs_db_change(struct hs_store *store, const char *sql, const struct hs_value *with,
                 struct hs_err *err)
{
    struct hs_query query;
    bool has_changed;

    hs_query_start(&query, store, sql, with, err);
    while (hs_query_next(&query))
        ;
    has_changed = query.status == 0 && sqlite3_changes64(store->db) > 0;
    return hs_query_close_one(&query, has_changed);
}

int hs_db_change_soft(struct hs_store *store, const char *sql, const struct hs_value *with,
                      struct hs_err *err)
{
    HS_ERR(ignored);
    int r = check_usable(store, err);

    if (r < 0)
        return r;
    (void)pthread_mutex_lock(&store->lock);
    assert(store->depth == 0);
    r = hs_db_run(store, "PRAGMA synchronous = NORMAL", HS_WITH_NOTHING, err);
    if (r == 0)
        r = hs_db_change(store, sql, with, err);
    if (hs_db_run(store, "PRAGMA synchronous = FULL", HS_WITH_NOTHING, &ignored) < 0 && r == 0)
        r = hs_fail(err, HS_EFAILED, "%s: %s", store->path, hs_err_text(&ignored));
    (void)pthread_mutex_unlock(&store->lock);
    return r;
}

int hs_db_run_id(struct hs_store *store, const char *sql, const struct hs_value *with, int64_t *id,
                 struct hs_err *err)
{
    struct hs_query query;
    int64_t found = 0;
    bool has_row = false;
    int r;

    hs_query_start(&query, store, sql, with, err);
    while (hs_query_next(&query)) { /* to the end: RETURNING rows come before the last step */
        found = hs_query_int(&query, 0);
        has_row = true;
    }
    r = hs_query_close_one(&query, has_row);
    if (r == 0)
        *id = found;
    return r;
}

int hs_db_script(struct hs_store *store, const char *sql, struct hs_err *err)
{
    int code;

    errno = 0;
    code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : hs_db_fail(store, code, err);
}

/* ---- steps ---- */

int hs_store_begin(struct hs_store *store, struct hs_err *err)
{
    int r = check_usable(store, err);

    if (r < 0)
        return r;
    (void)pthread_mutex_lock(&store->lock);
    /* IMMEDIATE: a step that reads first and writes later could not wait for another writer. */
    if (store->depth == 0) {
        r = hs_db_script(store, "BEGIN IMMEDIATE", err);
        if (r < 0) {
            (void)pthread_mutex_unlock(&store->lock);
            return r;
        }
        store->is_undone = false;
    }
    store->depth++;
    return 0;
}

static void leave_step(struct hs_store *store)
{
    assert(store->depth > 0);
    store->depth--;
    if (store->depth == 0) {
        if (!sqlite3_get_autocommit(store->db))
            (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        store->is_undone = false;
    }
    (void)pthread_mutex_unlock(&store->lock);
}

int hs_store_end(struct hs_store *store, struct hs_err *err)
{
    int r = check_usable(store, err);

    if (r < 0)
        return r;
    if (store->is_undone)
        r = hs_fail(err, HS_EFAILED, "%s: an earlier failure undid this step", store->path);
    else if (store->depth == 1)
        r = hs_db_script(store, "COMMIT", err);
    leave_step(store);
    return r;
}

void hs_store_rollback(struct hs_store *store)
{
    if (store->owner != getpid())
        return;
    store->is_undone = true;
    leave_step(store);
}

int hs_db_settle(struct hs_store *store, int r, struct hs_err *err)
{
    if (r == 0)
        return hs_store_end(store, err);
    hs_store_rollback(store);
    return r;
}

int hs_query_give_rows(struct hs_query *query, struct hub_pool *pool, void *items, size_t n,
                       size_t each, void *rows, size_t *n_rows)
{
    struct hs_err *err = query->err;
    void *list = hub_pool_alloc(pool, n > 0 ? n : 1, each);
    int r = hs_query_close(query);

    if (r == 0 && !list)
        r = hs_fail(err, HUB_ENOMEM, "out of memory for %zu rows", n);
    if (r == 0 && n > 0)
        memcpy(list, items, n * each);
    if (r == 0) {
        memcpy(rows, &list, sizeof list); /* a pointer, to whatever rows it points to */
        *n_rows = n;
    }
    free(items);
    return r;
}
