#include "store/store.h"
#include "base/file.h"
#include "store/store_db.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/banned.h"

enum { BUSY_MS = 5000, WAL_TRIES = 100, WAL_WAIT_MS = BUSY_MS / WAL_TRIES };

static int lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attr;
    int r = pthread_mutexattr_init(&attr);

    if (r == 0) {
        (void)pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
        r = pthread_mutex_init(lock, &attr);
        (void)pthread_mutexattr_destroy(&attr);
    }
    return r;
}

static int no_state(const char *state_dir, struct hs_err *err)
{
    return hs_fail(err, HUB_ENOTFOUND, "no state in %s", state_dir);
}

static int not_accessible(const char *what, const char *path, struct hs_err *err)
{
    bool is_full = errno == ENOSPC || errno == EDQUOT;
    int r = hs_fail_errno(err, what, path);

    if (is_full)
        (void)hs_hint(err, "free space on its file system; nothing was lost");
    else
        (void)hs_hint(err, "let this user read and write it, or give another state directory");
    return r;
}

/* Absolute, so that neither a chdir nor a name such as "file:x" changes what it means. */
static int find_paths(struct hs_store *store, const char *state_dir, struct hs_err *err)
{
    store->folder = realpath(state_dir, NULL);
    if (!store->folder && (errno == ENOENT || errno == ENOTDIR))
        return no_state(state_dir, err);
    if (!store->folder)
        return not_accessible("open the state directory", state_dir, err);
    store->path = hs_xprintf("%s/hubsync.db", store->folder);
    return 0;
}

/* The first part's row must survive a power cut together with the folder it is in. SQLite itself
 * syncs the folder, not its entry in the one above. */
static int sync_parent(struct hs_store *store, struct hs_err *err)
{
    HS_FREE char *parent = hs_xprintf("%s/..", store->folder);
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = 0;

    if (fd < 0)
        return errno == EACCES ? 0 : not_accessible("open", parent, err);
    if (fsync(fd) < 0 && errno != EINVAL)
        r = not_accessible("sync", parent, err);
    (void)close(fd);
    return r;
}

/* The database is never opened and closed by hand once it exists: closing it would drop the POSIX
 * locks of another store of this process on the same file. */
static int make_file(struct hs_store *store, struct hs_err *err)
{
    int fd = open(store->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return errno == EEXIST ? 0 : not_accessible("make", store->path, err);
    if (fchmod(fd, 0600) < 0) {
        (void)close(fd);
        return not_accessible("set the mode of", store->path, err);
    }
    (void)close(fd);
    return sync_parent(store, err);
}

/* SQLite gives the -wal and -shm that it makes the mode of the database; old ones may differ. */
static int narrow_modes(struct hs_store *store, struct hs_err *err)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        HS_FREE char *path = hs_xprintf("%s%s", store->path, suffixes[i]);
        struct stat info;

        if (stat(path, &info) < 0 && errno == ENOENT)
            continue;
        if (access(path, R_OK | W_OK) < 0)
            return not_accessible("read and write", path, err);
        if (info.st_uid == geteuid() && (info.st_mode & 0077) && chmod(path, 0600) < 0)
            return not_accessible("set the mode of", path, err);
    }
    return 0;
}

/* The switch to WAL wants the database alone and does not wait for others by itself: several
 * processes may open a new state at once. */
static int switch_to_wal(struct hs_store *store, struct hs_err *err)
{
    sqlite3_stmt *statement = NULL;
    bool is_wal = false;
    int code = SQLITE_BUSY;

    for (int i = 0; i < WAL_TRIES && (code & 0xff) == SQLITE_BUSY; i++) {
        if (i > 0)
            (void)sqlite3_sleep(WAL_WAIT_MS);
        code = sqlite3_prepare_v2(store->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
        if (code != SQLITE_OK)
            continue;
        code = sqlite3_step(statement);
        is_wal = code == SQLITE_ROW &&
                 sqlite3_stricmp((const char *)sqlite3_column_text(statement, 0), "wal") == 0;
        if (code == SQLITE_ROW)
            code = SQLITE_OK;
        (void)sqlite3_finalize(statement);
    }
    if (code != SQLITE_OK)
        return hs_db_fail(store, code, err);
    if (!is_wal) {
        (void)hs_fail(err, HS_EFAILED, "%s: this file system cannot hold a WAL database",
                      store->path);
        return hs_hint(err, "put the state directory on a local disk");
    }
    return 0;
}

static int open_database(struct hs_store *store, struct hs_err *err)
{
    static const char settings[] = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                                   "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
                                   "PRAGMA secure_delete = OFF;"
                                   "PRAGMA journal_size_limit = 16777216";
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(store->path, &store->db, flags, NULL);
    int r;

    if (code != SQLITE_OK)
        return hs_db_fail(store, code, err);
    (void)sqlite3_busy_timeout(store->db, BUSY_MS);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    r = switch_to_wal(store, err);
    return r < 0 ? r : hs_db_script(store, settings, err);
}

static int make_state(struct hs_store *store, const char *state_dir, struct hs_err *err)
{
    int r = hs_folder_make(state_dir, 0700, err);

    if (r < 0) {
        (void)hs_hint(err, "let this user write there, or give another state directory");
        return r;
    }
    r = find_paths(store, state_dir, err);
    return r < 0 ? r : make_file(store, err);
}

static int find_state(struct hs_store *store, const char *state_dir, struct hs_err *err)
{
    struct stat info;
    int r = find_paths(store, state_dir, err);

    if (r < 0)
        return r;
    if (stat(store->path, &info) == 0)
        return 0;
    return errno == ENOENT ? no_state(state_dir, err) : not_accessible("open", store->path, err);
}

int hs_store_open(const char *state_dir, enum hs_store_mode mode, struct hs_store **out,
                  struct hs_err *err)
{
    struct hs_store *store = hs_xcalloc(1, sizeof *store);
    int r;

    store->jobs_fd = -1;
    store->owner = getpid();
    if (lock_init(&store->lock) != 0) {
        free(store);
        return hs_fail(err, HUB_ENOMEM, "%s: no memory for a lock", state_dir);
    }
    r = mode == HS_STORE_WRITE ? make_state(store, state_dir, err)
                               : find_state(store, state_dir, err);
    if (r == 0)
        r = narrow_modes(store, err);
    if (r == 0)
        r = open_database(store, err);
    if (r == 0)
        r = hs_schema_apply(store, mode, hs_schema_steps, hs_schema_n_steps, err);
    if (r < 0) {
        hs_store_close(store);
        return r;
    }
    *out = store;
    return 0;
}

void hs_store_close(struct hs_store *store)
{
    if (!store)
        return;
    if (store->owner == getpid()) { /* else the handles are our parent's */
        for (size_t i = 0; i < store->kept.n; i++)
            (void)sqlite3_finalize(store->kept.items[i].statement);
        (void)sqlite3_close(store->db);
    }
    if (store->jobs_fd >= 0)
        (void)close(store->jobs_fd);
    (void)pthread_mutex_destroy(&store->lock);
    hs_vec_clear(&store->kept);
    free(store->folder);
    free(store->path);
    free(store);
}

int hs_store_lock_jobs(struct hs_store *store, struct hs_err *err)
{
    HS_FREE char *path = hs_xprintf("%s/lock", store->folder);

    if (store->jobs_fd >= 0)
        return 0;
    return hs_lock_take(path, &store->jobs_fd, err);
}
