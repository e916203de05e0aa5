#include "store/store_db.h"
#include "base/banned.h"

/* A link has one row: queued -> running -> (gone when done) or failed, blocked -> queued … */

static int insert_job(struct hs_store *store, const struct hs_job_row *job, int64_t *id,
                      struct hs_err *err)
{
    return hs_db_run_id(store,
                        "INSERT INTO jobs (" HS_LINK_COLUMNS ", due_ms, reason, attempts, state, "
                        "started_ms, ended_ms, error, again_reason) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', 0, 0, '', '') "
                        "RETURNING id",
                        HS_WITH(HS_LINK_VALUES(job), hs_int(job->due_ms), hs_text(job->reason),
                                hs_int(job->attempts)),
                        id, err);
}

/* Three rows of a small table; at most one of them changes something. */
static int move_job(struct hs_store *store, int64_t id, const struct hs_job_row *job,
                    struct hs_err *err)
{
    int r = hs_db_run(store,
                      "UPDATE jobs SET again_ms = ?2, again_reason = ?3 WHERE id = ?1 "
                      "AND state = 'running' AND (again_ms IS NULL OR again_ms > ?2)",
                      HS_WITH(hs_int(id), hs_int(job->due_ms), hs_text(job->reason)), err);

    if (r < 0)
        return r;
    return hs_db_run(
        store,
        "UPDATE jobs SET state = 'queued', due_ms = ?2, reason = ?3, attempts = ?4 "
        "WHERE id = ?1 AND state <> 'running' "
        "AND (state <> 'queued' OR due_ms > ?2)",
        HS_WITH(hs_int(id), hs_int(job->due_ms), hs_text(job->reason), hs_int(job->attempts)), err);
}

int hs_store_job_put(struct hs_store *store, const struct hs_job_row *job, int64_t *id,
                     struct hs_err *err)
{
    int64_t found = 0;
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    r = hs_db_run_id(store, "SELECT id FROM jobs WHERE " HS_LINK_IS, HS_WITH(HS_LINK_VALUES(job)),
                     &found, err);
    if (r == HUB_ENOTFOUND)
        r = insert_job(store, job, &found, err);
    else if (r == 0)
        r = move_job(store, found, job, err);
    r = hs_db_settle(store, r, err);
    if (r == 0)
        *id = found;
    return r;
}

int hs_store_job_start(struct hs_store *store, int64_t id, int64_t now_ms, struct hs_err *err)
{
    int r = hs_db_change_soft(store,
                              "UPDATE jobs SET state = 'running', started_ms = ?2, ended_ms = 0, "
                              "again_ms = NULL WHERE id = ?1 AND state = 'queued'",
                              HS_WITH(hs_int(id), hs_int(now_ms)), err);

    if (r == HUB_ENOTFOUND)
        return hs_fail(err, r, "no job %lld is queued", (long long)id);
    return r;
}

static int end_job(struct hs_store *store, int64_t id, const char *state, const char *error,
                   int64_t now_ms, struct hs_err *err)
{
    bool is_interrupted = strcmp(state, "interrupted") == 0;

    return hs_db_change(store,
                        "UPDATE jobs SET state = ?2, error = ?3, ended_ms = ?4, started_ms = 0, "
                        "attempts = attempts + ?5, crashes = crashes * ?6 "
                        "WHERE id = ?1 AND state = 'running'",
                        HS_WITH(hs_int(id), hs_text(is_interrupted ? "queued" : state),
                                hs_text(error), hs_int(now_ms), hs_int(is_interrupted ? 0 : 1),
                                hs_int(is_interrupted ? 1 : 0)),
                        err);
}

/* What was asked for while it ran was asked about newer facts: due again, whatever came out. */
static int settle_job(struct hs_store *store, int64_t id, struct hs_err *err)
{
    int r = hs_db_run(store,
                      "UPDATE jobs SET due_ms = again_ms, reason = again_reason, attempts = 0, "
                      "state = 'queued', again_ms = NULL "
                      "WHERE id = ?1 AND again_ms IS NOT NULL AND state <> 'queued'",
                      HS_WITH(hs_int(id)), err);

    if (r == 0)
        r = hs_db_run(store, "UPDATE jobs SET again_ms = NULL WHERE id = ?1", HS_WITH(hs_int(id)),
                      err);
    if (r == 0)
        r = hs_db_run(store, "DELETE FROM jobs WHERE id = ?1 AND state = 'done'",
                      HS_WITH(hs_int(id)), err);
    return r;
}

int hs_store_job_end(struct hs_store *store, int64_t id, const char *state, const char *error,
                     int64_t now_ms, struct hs_err *err)
{
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    r = end_job(store, id, state, error, now_ms, err);
    if (r == HUB_ENOTFOUND)
        r = hs_fail(err, r, "no job %lld is running", (long long)id);
    if (r == 0)
        r = settle_job(store, id, err);
    return hs_db_settle(store, r, err);
}

int hs_store_job_drop(struct hs_store *store, int64_t id, struct hs_err *err)
{
    int r = hs_db_change(store, "DELETE FROM jobs WHERE id = ?1 AND state <> 'running'",
                         HS_WITH(hs_int(id)), err);

    if (r == HUB_ENOTFOUND)
        return hs_fail(err, r, "there is no job %lld, or it is running", (long long)id);
    return r;
}
