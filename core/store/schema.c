#include "base/clock.h"
#include "base/file.h"
#include "store/store_db.h"
#include <unistd.h>
#include "base/banned.h"

#define APPLICATION_ID   1752523379 /* "hubs", in the header of the file */
#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number

/* A released step is never changed: what comes later is a step of its own. */
#define LINK                                                                                       \
    "rule TEXT NOT NULL, from_hub TEXT NOT NULL, from_repo TEXT NOT NULL, "                        \
    "to_hub TEXT NOT NULL, to_repo TEXT NOT NULL, "
static const char step_1[] =
    "CREATE TABLE schema (version INTEGER PRIMARY KEY, applied_ms INTEGER NOT NULL,"
    " program TEXT NOT NULL) STRICT;"

    "CREATE TABLE pairs (sha256 TEXT PRIMARY KEY, git_sha1 TEXT NOT NULL UNIQUE,"
    " file_bytes INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE etags (site TEXT NOT NULL, etag TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " git_sha1 TEXT NOT NULL, PRIMARY KEY (site, etag)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE made (plugin TEXT NOT NULL, git_sha1 TEXT NOT NULL,"
    " is_site_made INTEGER NOT NULL, PRIMARY KEY (plugin, git_sha1)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE repos (hub TEXT NOT NULL, id TEXT NOT NULL, stable_id TEXT NOT NULL,"
    " mark TEXT NOT NULL, license TEXT NOT NULL, visibility INTEGER NOT NULL,"
    " gated INTEGER NOT NULL, weights INTEGER NOT NULL, seen_ms INTEGER NOT NULL,"
    " last_public_ms INTEGER NOT NULL, PRIMARY KEY (hub, id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE counts (hub TEXT NOT NULL, what TEXT NOT NULL, n INTEGER NOT NULL,"
    " PRIMARY KEY (hub, what)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE baselines (id INTEGER PRIMARY KEY, " LINK
    " from_head TEXT NOT NULL, from_modified_ms INTEGER NOT NULL, to_head TEXT NOT NULL,"
    " to_modified_ms INTEGER NOT NULL, settings TEXT NOT NULL, made_ms INTEGER NOT NULL,"
    " UNIQUE (" HS_LINK_COLUMNS ")) STRICT;"
    "CREATE INDEX baselines_from ON baselines (from_hub, from_repo);"
    "CREATE INDEX baselines_to ON baselines (to_hub, to_repo);"
    "CREATE TABLE baseline_files (baseline INTEGER NOT NULL REFERENCES baselines"
    " ON DELETE CASCADE, side INTEGER NOT NULL, files BLOB NOT NULL,"
    " UNIQUE (baseline, side)) STRICT;"
    "CREATE TABLE verdicts (" LINK "reason TEXT NOT NULL, from_mark TEXT NOT NULL,"
    " to_mark TEXT NOT NULL, settings TEXT NOT NULL, made_ms INTEGER NOT NULL,"
    " PRIMARY KEY (" HS_LINK_COLUMNS ")) STRICT, WITHOUT ROWID;"

    "CREATE TABLE uploads (id INTEGER PRIMARY KEY, site TEXT NOT NULL, repo TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, file_bytes INTEGER NOT NULL, resume TEXT NOT NULL,"
    " UNIQUE (site, repo, sha256, file_bytes)) STRICT;"
    "CREATE TABLE parts (upload INTEGER NOT NULL REFERENCES uploads ON DELETE CASCADE,"
    " offset INTEGER NOT NULL, part_bytes INTEGER NOT NULL, state BLOB NOT NULL,"
    " etag TEXT NOT NULL, is_acked INTEGER NOT NULL,"
    " PRIMARY KEY (upload, offset)) STRICT, WITHOUT ROWID;"

    /* again_ms: it was asked for while it ran, and is due then. */
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, " LINK
    " due_ms INTEGER NOT NULL, started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
    " state TEXT NOT NULL, reason TEXT NOT NULL, error TEXT NOT NULL,"
    " attempts INTEGER NOT NULL, again_ms INTEGER, again_reason TEXT NOT NULL,"
    " UNIQUE (" HS_LINK_COLUMNS ")) STRICT;"

    "CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL,"
    " repo TEXT NOT NULL, hub TEXT NOT NULL, status TEXT NOT NULL,"
    " started_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL, puts INTEGER NOT NULL,"
    " deletes INTEGER NOT NULL, bytes INTEGER NOT NULL, commits TEXT NOT NULL) STRICT;"
    "CREATE INDEX runs_open ON runs (id) WHERE ended_ms = 0;"
    "CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id INTEGER NOT NULL,"
    " at_ms INTEGER NOT NULL, hub TEXT NOT NULL, repo TEXT NOT NULL, path TEXT NOT NULL,"
    " action TEXT NOT NULL, sha256 TEXT NOT NULL, git_sha1 TEXT NOT NULL,"
    " file_bytes INTEGER NOT NULL, head TEXT NOT NULL) STRICT;"
    "CREATE INDEX audit_run ON audit (run_id);"

    "CREATE TABLE alerts (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL,"
    " repo TEXT NOT NULL, kind TEXT NOT NULL, level TEXT NOT NULL, state TEXT NOT NULL,"
    " message TEXT NOT NULL, command TEXT NOT NULL, first_ms INTEGER NOT NULL,"
    " last_ms INTEGER NOT NULL, count INTEGER NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX alerts_open ON alerts (rule, repo, kind) WHERE state <> 'resolved';"
    "CREATE INDEX alerts_key ON alerts (rule, repo, kind, id);";

/* What a repo was when it was in step, and since when its source is gone. */
static const char step_gone[] =
    "ALTER TABLE baselines ADD COLUMN from_stable_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE baselines ADD COLUMN from_visibility INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE baselines ADD COLUMN to_stable_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE baselines ADD COLUMN to_visibility INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE absences (" LINK "first_ms INTEGER NOT NULL, scans INTEGER NOT NULL,"
    " PRIMARY KEY (" HS_LINK_COLUMNS ")) STRICT, WITHOUT ROWID;"
    "CREATE TABLE renames (" LINK "PRIMARY KEY (" HS_LINK_COLUMNS ")) STRICT, WITHOUT ROWID;";

static const char step_mirrors[] =
    "CREATE TABLE mirrors (" LINK "state INTEGER NOT NULL, objects INTEGER NOT NULL,"
    " first_ms INTEGER NOT NULL, asked_ms INTEGER NOT NULL, checked_ms INTEGER NOT NULL,"
    " in_step_ms INTEGER NOT NULL, told_ms INTEGER NOT NULL,"
    " PRIMARY KEY (" HS_LINK_COLUMNS ")) STRICT, WITHOUT ROWID;";
#undef LINK

static const char step_sends[] =
    "CREATE TABLE sends (alert INTEGER NOT NULL REFERENCES alerts ON DELETE CASCADE,"
    " channel TEXT NOT NULL, told TEXT NOT NULL, told_ms INTEGER NOT NULL,"
    " tries INTEGER NOT NULL, next_ms INTEGER NOT NULL,"
    " PRIMARY KEY (alert, channel)) STRICT, WITHOUT ROWID;";

static const char step_judged[] =
    "CREATE TABLE judged (digest TEXT PRIMARY KEY, answer INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

const char *const hs_schema_steps[] = {step_1, step_sends, step_gone, step_judged, step_mirrors};
const int hs_schema_n_steps = sizeof hs_schema_steps / sizeof hs_schema_steps[0];

/* One number of one row, for the few questions before the schema is known to fit. */
static int ask_number(struct hs_store *store, const char *sql, int64_t *number, struct hs_err *err)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);

    if (code != SQLITE_OK)
        return hs_db_fail(store, code, err);
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        int r = hs_db_fail(store, code, err);

        (void)sqlite3_finalize(statement);
        return r;
    }
    *number = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return 0;
}

/* 0: an empty database. */
static int read_version(struct hs_store *store, int64_t *version, struct hs_err *err)
{
    int64_t n_objects = 0, application = 0;
    int r = ask_number(store, "SELECT count(*) FROM sqlite_master", &n_objects, err);

    if (r < 0)
        return r;
    if (n_objects == 0) {
        *version = 0;
        return 0;
    }
    r = ask_number(store, "PRAGMA application_id", &application, err);
    if (r < 0)
        return r;
    if (application != APPLICATION_ID) {
        (void)hs_fail(err, HS_EFAILED, "%s: is the database of another program", store->path);
        return hs_hint(err, "give another state directory, or move that file away");
    }
    return ask_number(store, "SELECT max(version) FROM schema", version, err);
}

static int check_version(struct hs_store *store, enum hs_store_mode mode, int64_t version,
                         int n_steps, struct hs_err *err)
{
    if (version > n_steps) {
        (void)hs_fail(err, HS_EFAILED, "%s: has schema %lld, this program knows up to %d",
                      store->path, (long long)version, n_steps);
        return hs_hint(err, "a newer hubsync wrote it: use that one, or another state directory");
    }
    if (mode == HS_STORE_WRITE || version == n_steps)
        return 0;
    if (version == 0)
        return hs_fail(err, HUB_ENOTFOUND, "no state in %s", store->folder);
    (void)hs_fail(err, HS_EFAILED, "%s: has schema %lld, this program needs %d", store->path,
                  (long long)version, n_steps);
    return hs_hint(err, "let this hubsync run once (hubsync run), or use the older one");
}

static int apply_step(struct hs_store *store, int64_t number, const char *step, struct hs_err *err)
{
    int r = hs_db_script(store, step, err);

    if (r < 0)
        return r;
    return hs_db_run(store, "INSERT INTO schema (version, applied_ms, program) VALUES (?1, ?2, ?3)",
                     HS_WITH(hs_int(number), hs_int(hs_now_ms()), hs_text(HS_VERSION)), err);
}

static int apply_missing(struct hs_store *store, enum hs_store_mode mode, const char *const *steps,
                         int n_steps, struct hs_err *err)
{
    int64_t version = 0;
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    r = read_version(store, &version, err); /* again: another process may have been quicker */
    if (r == 0)
        r = check_version(store, mode, version, n_steps, err);
    if (r == 0)
        r = hs_db_script(store, "PRAGMA application_id = " TEXT_OF(APPLICATION_ID), err);
    for (int64_t at = version; r == 0 && at < n_steps; at++)
        r = apply_step(store, at + 1, steps[at], err);
    return hs_db_settle(store, r, err);
}

int hs_schema_apply(struct hs_store *store, enum hs_store_mode mode, const char *const *steps,
                    int n_steps, struct hs_err *err)
{
    int64_t version = 0;
    bool is_ours = store->jobs_fd >= 0;
    int r = read_version(store, &version, err);

    if (r == 0)
        r = check_version(store, mode, version, n_steps, err);
    if (r < 0 || version == n_steps)
        return r;
    if (version > 0) /* not beneath an older process that runs jobs */
        r = hs_store_lock_jobs(store, err);
    if (r == 0)
        r = apply_missing(store, mode, steps, n_steps, err);
    if (!is_ours && store->jobs_fd >= 0) {
        (void)close(store->jobs_fd);
        store->jobs_fd = -1;
    }
    return r;
}
