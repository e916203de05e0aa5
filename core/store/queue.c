#include "store/store_db.h"
#include "base/clock.h"
#include "base/banned.h"

#define JOB_COLUMNS                                                                                \
    "id, due_ms, started_ms, " HS_LINK_COLUMNS ", reason, state, error, attempts, crashes, mark, " \
    "expected_bytes, is_long, changed_ms"

/* ---- reading ---- */
static void read_job(struct hs_query *query, struct hub_pool *pool, struct hs_job_row *row)
{
    row->id = hs_query_int(query, 0);
    row->due_ms = hs_query_int(query, 1);
    row->started_ms = hs_query_int(query, 2);
    row->rule = hs_query_text(query, 3, pool);
    row->from_hub = hs_query_text(query, 4, pool);
    row->from_repo = hs_query_text(query, 5, pool);
    row->to_hub = hs_query_text(query, 6, pool);
    row->to_repo = hs_query_text(query, 7, pool);
    row->reason = hs_query_text(query, 8, pool);
    row->state = hs_query_text(query, 9, pool);
    row->error = hs_query_text(query, 10, pool);
    row->attempts = (uint32_t)hs_query_int(query, 11);
    row->crashes = (uint32_t)hs_query_int(query, 12);
    row->mark = hs_query_text(query, 13, pool);
    row->expected_bytes = hs_query_uint(query, 14);
    row->is_long = hs_query_int(query, 15) != 0;
    row->changed_ms = hs_query_int(query, 16);
}

static int read_jobs(struct hs_query *query, struct hub_pool *pool, struct hs_job_row **rows,
                     size_t *n)
{
    HS_VEC(struct hs_job_row) found = {0};

    while (hs_query_next(query))
        read_job(query, pool, hs_vec_add(&found));
    return hs_query_give(query, pool, &found, rows, n);
}

int hs_store_jobs(struct hs_store *store, struct hub_pool *pool, struct hs_job_row **rows,
                  size_t *n, struct hs_err *err)
{
    struct hs_query query;

    hs_query_start(&query, store, "SELECT " JOB_COLUMNS " FROM jobs ORDER BY due_ms, is_long, id",
                   HS_WITH_NOTHING, err);
    return read_jobs(&query, pool, rows, n);
}

static int next_due(struct hs_store *store, int64_t now_ms, int64_t *next_ms, struct hs_err *err)
{
    struct hs_query query;

    *next_ms = 0;
    hs_query_start(&query, store,
                   "SELECT due_ms FROM jobs WHERE state = 'queued' AND due_ms > ?1 "
                   "ORDER BY due_ms LIMIT 1",
                   HS_WITH(hs_int(now_ms)), err);
    while (hs_query_next(&query))
        *next_ms = hs_query_int(&query, 0);
    return hs_query_close(&query);
}

int hs_store_jobs_due(struct hs_store *store, struct hub_pool *pool, int64_t now_ms, size_t limit,
                      struct hs_job_row **rows, size_t *n, int64_t *next_ms, struct hs_err *err)
{
    struct hs_query query;
    int r;

    hs_query_start(&query, store,
                   "SELECT " JOB_COLUMNS " FROM jobs WHERE state = 'queued' AND due_ms <= ?1 "
                   "ORDER BY due_ms, is_long, id LIMIT ?2",
                   HS_WITH(hs_int(now_ms), hs_int((int64_t)limit)), err);
    r = read_jobs(&query, pool, rows, n);
    return r < 0 ? r : next_due(store, now_ms, next_ms, err);
}

/* ---- what a scan found ---- */
static int insert_offer(struct hs_store *store, const struct hs_job_row *job, int64_t *id,
                        struct hs_err *err)
{
    return hs_db_run_id(store,
                        "INSERT INTO jobs (" HS_LINK_COLUMNS ", due_ms, reason, mark, changed_ms, "
                        "attempts, state, started_ms, ended_ms, error, again_reason) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, 'queued', 0, 0, '', '') "
                        "RETURNING id",
                        HS_WITH(HS_LINK_VALUES(job), hs_int(job->due_ms), hs_text(job->reason),
                                hs_text(job->mark), hs_int(job->changed_ms)),
                        id, err);
}

/* The cause is a new one: whatever waited or was set aside starts afresh. */
static int renew(struct hs_store *store, const struct hs_job_row *old, const struct hs_job_row *job,
                 struct hs_err *err)
{
    if (strcmp(old->state, "running") == 0)
        return hs_db_run(store,
                         "UPDATE jobs SET again_ms = ?2, again_reason = ?3, mark = ?4 WHERE id = ?1",
                         HS_WITH(hs_int(old->id), hs_int(job->due_ms), hs_text(job->reason),
                                 hs_text(job->mark)),
                         err);
    return hs_db_run(store,
                     "UPDATE jobs SET state = 'queued', due_ms = min(?2, CASE state WHEN 'queued' "
                     "THEN due_ms ELSE ?2 END), reason = ?3, mark = ?4, attempts = 0, crashes = 0, "
                     "changed_ms = CASE changed_ms WHEN 0 THEN ?5 ELSE changed_ms END WHERE id = ?1",
                     HS_WITH(hs_int(old->id), hs_int(job->due_ms), hs_text(job->reason),
                             hs_text(job->mark), hs_int(job->changed_ms)),
                     err);
}

static int offer_again(struct hs_store *store, const struct hs_job_row *old,
                       const struct hs_job_row *job, bool is_now, int64_t *id, struct hs_err *err)
{
    bool is_queued = strcmp(old->state, "queued") == 0;

    *id = old->id;
    if (strcmp(old->mark, job->mark) != 0)
        return renew(store, old, job, err);
    if (hs_job_is_aside(old)) {
        *id = 0;
        return 0;
    }
    if (strcmp(old->state, "running") == 0 || (is_queued && !is_now))
        return 0;
    return hs_db_run(store,
                     "UPDATE jobs SET state = 'queued', due_ms = min(?2, CASE state WHEN 'queued' "
                     "THEN due_ms ELSE ?2 END), reason = ?3 WHERE id = ?1",
                     HS_WITH(hs_int(old->id), hs_int(job->due_ms), hs_text(job->reason)), err);
}

static int find_offered(struct hs_store *store, struct hub_pool *pool, const struct hs_job_row *job,
                        struct hs_job_row *old, struct hs_err *err)
{
    struct hs_query query;
    bool has_row;

    hs_query_start(&query, store, "SELECT " JOB_COLUMNS " FROM jobs WHERE " HS_LINK_IS,
                   HS_WITH(HS_LINK_VALUES(job)), err);
    has_row = hs_query_next(&query);
    if (has_row)
        read_job(&query, pool, old);
    return hs_query_close_one(&query, has_row);
}

int hs_store_job_offer(struct hs_store *store, const struct hs_job_row *job, bool is_now,
                       int64_t *id, struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_job_row old;
    int64_t found = 0;
    int r = hs_store_begin(store, err);

    if (r < 0)
        return r;
    r = find_offered(store, &pool, job, &old, err);
    if (r == HUB_ENOTFOUND)
        r = insert_offer(store, job, &found, err);
    else if (r == 0)
        r = offer_again(store, &old, job, is_now, &found, err);
    r = hs_db_settle(store, r, err);
    if (r == 0)
        *id = found;
    return r;
}

int hs_store_job_settled(struct hs_store *store, const struct hs_link *link, struct hs_err *err)
{
    int64_t id;
    int r = hs_db_run_id(store, "SELECT id FROM jobs WHERE " HS_LINK_IS " AND state <> 'running'",
                         HS_WITH(HS_LINK_VALUES(link)), &id, err); /* most have none: no write */

    if (r == HUB_ENOTFOUND)
        return 0;
    return r < 0 ? r
                 : hs_db_run(store, "DELETE FROM jobs WHERE id = ?1 AND state <> 'running'",
                             HS_WITH(hs_int(id)), err);
}

int hs_store_jobs_of(struct hs_store *store, const char *rule, int64_t but, size_t *n,
                     struct hs_err *err)
{
    int64_t found = 0;
    int r = hs_db_run_id(store, "SELECT count(*) FROM jobs WHERE rule = ?1 AND id <> ?2",
                         HS_WITH(hs_text(rule), hs_int(but)), &found, err);

    if (r == 0)
        *n = (size_t)found;
    return r;
}

/* ---- on the way ---- */
int hs_store_job_retry(struct hs_store *store, int64_t id, int64_t due_ms, struct hs_err *err)
{
    int r = hs_db_change(store,
                         "UPDATE jobs SET state = 'queued', due_ms = ?2, reason = 'retry' "
                         "WHERE id = ?1 AND state = 'failed'",
                         HS_WITH(hs_int(id), hs_int(due_ms)), err);

    return r == HUB_ENOTFOUND ? 0 : r; /* asked for anew meanwhile: due sooner */
}

int hs_store_job_put_off(struct hs_store *store, int64_t id, uint64_t expected_bytes,
                         struct hs_err *err)
{
    return hs_db_run(store,
                     "UPDATE jobs SET state = 'queued', started_ms = 0, is_long = 1, "
                     "expected_bytes = ?2 WHERE id = ?1 AND state = 'running'",
                     HS_WITH(hs_int(id), hs_uint(expected_bytes)), err);
}

int hs_store_job_survived(struct hs_store *store, int64_t id, struct hs_err *err)
{
    return hs_db_run(store, "UPDATE jobs SET crashes = 0 WHERE id = ?1 AND crashes > 0",
                     HS_WITH(hs_int(id)), err);
}

int hs_store_job_hurry(struct hs_store *store, int64_t id, struct hs_err *err)
{
    int r = hs_db_change(store,
                         "UPDATE jobs SET state = 'queued', due_ms = 1, attempts = 0, crashes = 0, "
                         "reason = 'by hand' WHERE id = ?1 AND state <> 'running'",
                         HS_WITH(hs_int(id)), err);

    if (r == HUB_ENOTFOUND)
        return hs_fail(err, r, "there is no job %lld, or it is running", (long long)id);
    return r;
}

int hs_store_jobs_shift(struct hs_store *store, int64_t now_ms, int64_t ms, struct hs_err *err)
{
    return hs_db_run(store,
                     "UPDATE jobs SET due_ms = due_ms + ?2 WHERE state = 'queued' AND due_ms > ?1",
                     HS_WITH(hs_int(now_ms - ms), hs_int(ms)), err);
}

/* ---- after a death ---- */
static int tell_crashed(struct hs_store *store, struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_job_row *rows;
    struct hs_query query;
    size_t n = 0;
    int r;

    hs_query_start(&query, store,
                   "SELECT " JOB_COLUMNS " FROM jobs WHERE state = 'blocked' AND crashes >= ?1",
                   HS_WITH(hs_int(HS_CRASHES_MAX)), err);
    r = read_jobs(&query, &pool, &rows, &n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct hs_alert_row alert = {.rule = rows[i].rule,
                                     .repo = rows[i].to_repo,
                                     .kind = "job_crashed",
                                     .level = "critical",
                                     .state = "open",
                                     .message = rows[i].error,
                                     .command = hub_pool_printf(&pool, "hubsync queue retry %lld",
                                                                (long long)rows[i].id),
                                     .last_ms = hs_now_ms()};
        r = hs_store_alert_open(store, &alert, err);
    }
    return r;
}

static int set_aside(struct hs_store *store, struct hs_err *err)
{
    int r = hs_db_change(store,
                         "UPDATE jobs SET state = 'blocked', error = 'the process died ' || crashes "
                         "|| ' times while this ran; it is set aside' "
                         "WHERE state = 'queued' AND crashes >= ?1",
                         HS_WITH(hs_int(HS_CRASHES_MAX)), err);

    if (r == HUB_ENOTFOUND)
        return 0;
    return r < 0 ? r : tell_crashed(store, err);
}

int hs_store_jobs_recover(struct hs_store *store, struct hs_err *err)
{
    int r;

    if (store->jobs_fd < 0)
        return hs_fail(err, HUB_EBUG, "%s: recovering jobs without the lock", store->path);
    r = hs_store_begin(store, err);
    if (r < 0)
        return r;
    r = hs_db_run(store,
                  "UPDATE jobs SET state = 'queued', started_ms = 0, again_ms = NULL, "
                  "crashes = crashes + 1 WHERE state = 'running'",
                  HS_WITH_NOTHING, err);
    if (r == 0)
        r = set_aside(store, err);
    if (r == 0)
        r = hs_db_run(store, "UPDATE runs SET status = 'interrupted' WHERE ended_ms = 0",
                      HS_WITH_NOTHING, err);
    return hs_db_settle(store, r, err);
}
