#include "job/scheduler.h"

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "job/schedule.h"

#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/banned.h"

enum { WORKERS_MAX = 64, LOOK_AT = 8, NAP_MAX_MS = 60 * 1000, TROUBLE_MS = 5000 };
#define LONG_BYTES (UINT64_C(8) << 30)

struct worker {
    struct hs_scheduler *scheduler;
    pthread_t thread;
    bool has_thread;
    unsigned number;
    int64_t job; /* 0: none */
    bool is_long, has_survived;
    int64_t began_ms; /* monotonic */
    char *from, *to;  /* keys of the repos in hand */
};
struct hs_scheduler {
    struct hs_scheduler_conf conf;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct worker workers[WORKERS_MAX];
    unsigned n_running;
    bool is_stopped, is_paused;
    int status; /* the store's first failure, of a run */
    struct hs_err err;
};

int hs_scheduler_new(const struct hs_scheduler_conf *conf, struct hs_scheduler **out,
                     struct hs_err *err)
{
    struct hs_scheduler *s = hs_xcalloc(1, sizeof *s);
    pthread_condattr_t attr;

    (void)err;
    s->conf = *conf;
    if (s->conf.workers < 1)
        s->conf.workers = 1;
    if (s->conf.workers > WORKERS_MAX)
        s->conf.workers = WORKERS_MAX;
    if (!s->conf.long_bytes)
        s->conf.long_bytes = LONG_BYTES;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &attr);
    pthread_condattr_destroy(&attr);
    for (unsigned i = 0; i < s->conf.workers; i++) {
        s->workers[i].scheduler = s;
        s->workers[i].number = i;
    }
    *out = s;
    return 0;
}

void hs_scheduler_free(struct hs_scheduler *s)
{
    if (!s)
        return;
    hs_err_clear(&s->err);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->changed);
    free(s);
}

/* ---- who may run beside whom ---- */
static char *repo_key(const char *hub, const char *repo)
{
    char *key = hs_xprintf("%s\n%s", hub, repo);

    for (char *c = key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return key;
}

static bool collides(const struct hs_scheduler *s, const struct hs_job_row *job)
{
    HS_FREE char *from = repo_key(job->from_hub, job->from_repo);
    HS_FREE char *to = repo_key(job->to_hub, job->to_repo);

    for (unsigned i = 0; i < s->conf.workers; i++) {
        const struct worker *w = &s->workers[i];
        if (w->job && (!strcmp(w->to, to) || !strcmp(w->to, from) || !strcmp(w->from, to)))
            return true;
    }
    return false;
}

static unsigned count_long(const struct hs_scheduler *s)
{
    unsigned n = 0;

    for (unsigned i = 0; i < s->conf.workers; i++)
        n += s->workers[i].job && s->workers[i].is_long;
    return n;
}

/* May one more worker take a long job? has_others: short ones want to run. */
static bool may_be_long(const struct hs_scheduler *s, bool has_others)
{
    bool is_last = count_long(s) + 1 >= s->conf.workers;

    if (s->conf.workers == 1)
        return !has_others;
    return !is_last || (!s->conf.is_daemon && !has_others);
}

/* ---- claiming: with the lock ---- */
static int take(struct hs_scheduler *s, struct worker *w, const struct hs_job_row *job,
                struct hs_err *err)
{
    int r = hs_store_job_start(s->conf.store, job->id, hs_now_ms(), err);

    if (r < 0)
        return r;
    HS_FAILPOINT("job.claimed");
    w->job = job->id;
    w->is_long = job->is_long;
    w->has_survived = job->crashes == 0;
    w->began_ms = hs_mono_ms();
    w->from = repo_key(job->from_hub, job->from_repo);
    w->to = repo_key(job->to_hub, job->to_repo);
    s->n_running++;
    return 0;
}

/* 1: taken. 0: it cannot be run now. */
static int try_take(struct hs_scheduler *s, struct worker *w, const struct hs_job_row *job,
                    struct hs_job_row *out, struct hs_err *err)
{
    int r;

    if (collides(s, job) || !s->conf.ops->claim(s->conf.ctx, job, w->number))
        return 0;
    r = take(s, w, job, err);
    if (r < 0) {
        if (s->conf.ops->unclaim)
            s->conf.ops->unclaim(s->conf.ctx, job, w->number);
        return r;
    }
    *out = *job;
    return 1;
}

/* The first of the rows that can be run. Long ones that would leave no worker to the others come
 * after all others, if at all. */
static int take_first(struct hs_scheduler *s, struct worker *w, const struct hs_job_row *rows,
                      size_t n, bool is_all, struct hs_job_row *out, struct hs_err *err)
{
    bool is_last = s->conf.workers > 1 && !may_be_long(s, true);
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        if (!is_last || !rows[i].is_long)
            r = try_take(s, w, &rows[i], out, err);
    if (r != 0 || !is_last || !is_all || s->conf.is_daemon)
        return r;
    for (size_t i = 0; r == 0 && i < n; i++)
        if (rows[i].is_long)
            r = try_take(s, w, &rows[i], out, err);
    return r;
}

/* 1: *out is claimed. 0: nothing can be; *next_ms is when the next one is due, 0 if there is none. */
static int claim(struct hs_scheduler *s, struct worker *w, struct hub_pool *pool,
                 struct hs_job_row *out, int64_t *next_ms, struct hs_err *err)
{
    struct hs_job_row *rows;
    bool is_all = false;
    size_t n;
    int r = 0;

    for (size_t limit = LOOK_AT; r == 0 && !is_all; limit *= 16) {
        r = hs_store_jobs_due(s->conf.store, pool, hs_now_ms(), limit, &rows, &n, next_ms, err);
        is_all = r < 0 || n < limit;
        if (r == 0)
            r = take_first(s, w, rows, n, is_all, out, err);
    }
    return r;
}

/* ---- ending ---- */
static int end_in_store(struct hs_scheduler *s, const struct hs_job_row *job, enum hs_outcome out,
                        const char *error, struct hs_err *err)
{
    static const char *const states[] = {"done", "failed", "blocked", "interrupted"};
    int64_t now = hs_now_ms();
    int r;

    if (out == HS_OUT_PUT_OFF)
        return 0; /* hs_scheduler_may_go_on has done it */
    HS_FAILPOINT("job.ending");
    r = hs_store_begin(s->conf.store, err);
    if (r < 0)
        return r;
    r = hs_store_job_end(s->conf.store, job->id, states[out], error ? error : "", now, err);
    if (r == 0 && out == HS_OUT_FAILED && s->conf.is_daemon)
        r = hs_store_job_retry(s->conf.store, job->id, now + hs_retry_ladder_ms(job->attempts + 1),
                               err);
    if (r < 0) {
        hs_store_rollback(s->conf.store);
        return r;
    }
    r = hs_store_end(s->conf.store, err);
    HS_FAILPOINT("job.ended");
    return r;
}

static void note_trouble(struct hs_scheduler *s, struct hs_err *err)
{
    hs_logf(HS_LOG_ERROR, "queue", "%s", hs_err_text(err));
    if (s->status == 0) {
        s->status = err->status;
        hs_err_move(&s->err, err);
    }
}

static void let_go(struct hs_scheduler *s, struct worker *w)
{
    free(w->from);
    free(w->to);
    w->from = w->to = NULL;
    w->job = 0;
    w->is_long = false;
    s->n_running--;
    pthread_cond_broadcast(&s->changed);
}

static void do_job(struct hs_scheduler *s, struct worker *w, const struct hs_job_row *job)
{
    const char *error = NULL;
    enum hs_outcome out = s->conf.ops->work(s->conf.ctx, job, w->number, &error);
    HS_ERR(err);
    int r = end_in_store(s, job, out, error, &err);

    pthread_mutex_lock(&s->lock);
    if (r < 0)
        note_trouble(s, &err);
    let_go(s, w);
    pthread_mutex_unlock(&s->lock);
}

/* ---- waiting: with the lock ---- */
static void wait_ms(struct hs_scheduler *s, int64_t ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
}

static int64_t nap_until(int64_t next_ms)
{
    int64_t ms = next_ms ? next_ms - hs_now_ms() : NAP_MAX_MS;

    return ms < 1 ? 1 : ms > NAP_MAX_MS ? NAP_MAX_MS : ms;
}

static void rest(struct hs_scheduler *s)
{
    int64_t until = hs_mono_ms() + s->conf.pause_ms;

    while (!s->is_stopped && hs_mono_ms() < until)
        wait_ms(s, until - hs_mono_ms());
}

/* ---- a worker ---- */
/* One job, or a nap. False: go home. Called with the lock. */
static bool step(struct hs_scheduler *s, struct worker *w)
{
    HUB_POOL(pool);
    struct hs_job_row job;
    HS_ERR(err);
    int64_t next_ms = 0;
    int r = 0;

    if (s->is_stopped || (s->status < 0 && !s->conf.is_daemon))
        return false;
    if (!s->is_paused)
        r = claim(s, w, &pool, &job, &next_ms, &err);
    if (r < 0) {
        note_trouble(s, &err);
        wait_ms(s, TROUBLE_MS);
        return true;
    }
    if (r == 0) {
        if (!s->conf.is_daemon && s->n_running == 0) {
            pthread_cond_broadcast(&s->changed);
            return false;
        }
        wait_ms(s, s->is_paused ? NAP_MAX_MS : nap_until(next_ms));
        return true;
    }
    pthread_mutex_unlock(&s->lock);
    do_job(s, w, &job);
    pthread_mutex_lock(&s->lock);
    rest(s);
    return true;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct hs_scheduler *s = w->scheduler;

    if (s->conf.ops->enter)
        s->conf.ops->enter(s->conf.ctx, w->number);
    pthread_mutex_lock(&s->lock);
    while (step(s, w))
        ;
    pthread_mutex_unlock(&s->lock);
    if (s->conf.ops->leave)
        s->conf.ops->leave(s->conf.ctx, w->number);
    return NULL;
}

static int start_threads(struct hs_scheduler *s, unsigned first, struct hs_err *err)
{
    for (unsigned i = first; i < s->conf.workers; i++) {
        int code = pthread_create(&s->workers[i].thread, NULL, work, &s->workers[i]);
        if (code != 0)
            return hs_fail(err, HS_EFAILED, "cannot start a worker: %s", strerror(code));
        s->workers[i].has_thread = true;
    }
    return 0;
}

int hs_scheduler_start(struct hs_scheduler *s, struct hs_err *err)
{
    return start_threads(s, 0, err);
}

void hs_scheduler_join(struct hs_scheduler *s)
{
    for (unsigned i = 0; i < s->conf.workers; i++)
        if (s->workers[i].has_thread) {
            (void)pthread_join(s->workers[i].thread, NULL);
            s->workers[i].has_thread = false;
        }
}

int hs_scheduler_run(struct hs_scheduler *s, struct hs_err *err)
{
    int r = start_threads(s, 1, err);

    if (r < 0)
        hs_scheduler_stop(s);
    else
        (void)work(&s->workers[0]);
    hs_scheduler_join(s);
    if (r == 0 && s->status < 0) {
        r = s->status;
        hs_err_copy(err, &s->err);
    }
    return r;
}

/* ---- from outside ---- */
void hs_scheduler_stop(struct hs_scheduler *s)
{
    pthread_mutex_lock(&s->lock);
    s->is_stopped = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

bool hs_scheduler_is_idle(struct hs_scheduler *s)
{
    bool is_idle;

    pthread_mutex_lock(&s->lock);
    is_idle = s->n_running == 0;
    pthread_mutex_unlock(&s->lock);
    return is_idle;
}

void hs_scheduler_pause(struct hs_scheduler *s, bool is_paused)
{
    pthread_mutex_lock(&s->lock);
    s->is_paused = is_paused;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

bool hs_scheduler_is_paused(struct hs_scheduler *s)
{
    bool is_paused;

    pthread_mutex_lock(&s->lock);
    is_paused = s->is_paused;
    pthread_mutex_unlock(&s->lock);
    return is_paused;
}

void hs_scheduler_wake(struct hs_scheduler *s)
{
    pthread_mutex_lock(&s->lock);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* Is there a short job that could be run if a worker were free? */
static bool has_short(const struct hs_scheduler *s)
{
    HUB_POOL(pool);
    struct hs_job_row *rows;
    int64_t next_ms;
    size_t n = 0;
    bool has = false;
    HS_ERR(ignored);

    if (hs_store_jobs_due(s->conf.store, &pool, hs_now_ms(), LOOK_AT, &rows, &n, &next_ms, &ignored) < 0)
        return false;
    for (size_t i = 0; i < n && !has; i++)
        has = !rows[i].is_long && !collides(s, &rows[i]);
    return has;
}

bool hs_scheduler_may_go_on(struct hs_scheduler *s, unsigned worker, uint64_t expected_bytes)
{
    struct worker *w = &s->workers[worker];
    bool may = true;
    HS_ERR(err);

    if (expected_bytes <= s->conf.long_bytes)
        return true;
    pthread_mutex_lock(&s->lock);
    if (!w->is_long)
        may = may_be_long(s, has_short(s));
    if (!may && hs_store_job_put_off(s->conf.store, w->job, expected_bytes, &err) < 0) {
        note_trouble(s, &err);
        may = true;
    }
    w->is_long = w->is_long || may;
    pthread_mutex_unlock(&s->lock);
    return may;
}

int hs_scheduler_worker_of(struct hs_scheduler *s, int64_t id)
{
    int found = -1;

    pthread_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->conf.workers; i++)
        if (id && s->workers[i].job == id)
            found = (int)i;
    pthread_mutex_unlock(&s->lock);
    return found;
}

void hs_scheduler_note_survivors(struct hs_scheduler *s, int64_t ms)
{
    HS_ERR(ignored);

    pthread_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->conf.workers; i++) {
        struct worker *w = &s->workers[i];
        if (!w->job || w->has_survived || hs_mono_ms() - w->began_ms < ms)
            continue;
        (void)hs_store_job_survived(s->conf.store, w->job, &ignored);
        w->has_survived = true;
    }
    pthread_mutex_unlock(&s->lock);
}
