/* Bench of the queue: N durable jobs, the state with them opened, and all of them claimed in order and ended by workers
 * that do nothing. tests/bench/queue runs it.   bench_queue STATE_DIR [JOBS] [WORKERS] */
#include "job/scheduler.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t last_id;
static size_t n_done, n_disordered;

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void check(int r, const struct hs_err *err)
{
    if (r == 0)
        return;
    (void)fprintf(stderr, "%s\n", hs_err_text(err));
    exit(1);
}

/* Under the scheduler's lock: the order of claims. */
static bool claim(void *ctx, const struct hs_job_row *job, unsigned worker)
{
    (void)ctx;
    (void)worker;
    n_disordered += job->id < last_id;
    last_id = job->id;
    return true;
}

static enum hs_outcome work(void *ctx, const struct hs_job_row *job, unsigned worker, const char **error)
{
    (void)ctx;
    (void)job;
    (void)worker;
    (void)error;
    pthread_mutex_lock(&lock);
    n_done++;
    pthread_mutex_unlock(&lock);
    return HS_OUT_DONE;
}

static void put_jobs(struct hs_store *store, size_t n)
{
    HS_ERR(err);

    check(hs_store_begin(store, &err), &err);
    for (size_t i = 0; i < n; i++) {
        char name[48];
        struct hs_job_row job = {.rule = "r", .from_hub = "a", .to_hub = "b", .reason = "scan", .mark = "m", .due_ms = 1};
        int64_t id;
        (void)snprintf(name, sizeof name, "owner/model-%zu", i);
        job.from_repo = job.to_repo = name;
        check(hs_store_job_offer(store, &job, false, &id, &err), &err);
    }
    check(hs_store_end(store, &err), &err);
}

static double work_off(struct hs_store *store, unsigned workers)
{
    static const struct hs_job_ops ops = {.claim = claim, .work = work};
    struct hs_scheduler_conf conf = {.store = store, .workers = workers, .ops = &ops};
    struct hs_scheduler *scheduler;
    double began = now_s();
    HS_ERR(err);

    check(hs_scheduler_new(&conf, &scheduler, &err), &err);
    check(hs_scheduler_run(scheduler, &err), &err);
    hs_scheduler_free(scheduler);
    return now_s() - began;
}

/* Claims alone, as one worker makes them. */
static double only_claims(struct hs_store *store, size_t n)
{
    double began = now_s();
    HS_ERR(err);

    for (size_t i = 0; i < n; i++) {
        HUB_POOL(pool);
        struct hs_job_row *rows;
        int64_t next;
        size_t n_rows;
        check(hs_store_jobs_due(store, &pool, 2, 8, &rows, &n_rows, &next, &err), &err);
        check(hs_store_job_start(store, rows[0].id, 3, &err), &err);
    }
    return now_s() - began;
}

int main(int argc, char **argv)
{
    size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000;
    unsigned workers = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 2;
    size_t n_rest = n < 2000 ? n : 2000; /* an end is a sync: the disk's figure, not ours */
    struct hs_store *store;
    struct rusage usage;
    double began, s;
    HS_ERR(err);

    if (argc < 2)
        return 2;
    check(hs_store_open(argv[1], HS_STORE_WRITE, &store, &err), &err);
    check(hs_store_lock_jobs(store, &err), &err);
    began = now_s();
    put_jobs(store, n);
    s = now_s() - began;
    printf("%-44s %8.2f s %10.0f /s\n", "jobs put, one durable step", s, (double)n / s);
    hs_store_close(store);
    began = now_s();
    check(hs_store_open(argv[1], HS_STORE_WRITE, &store, &err), &err);
    check(hs_store_lock_jobs(store, &err), &err);
    check(hs_store_jobs_recover(store, &err), &err);
    printf("%-44s %8.3f s\n", "state opened and recovered", now_s() - began);
    (void)fflush(stdout);
    s = only_claims(store, n - n_rest);
    printf("%-44s %8.2f s %10.0f /s\n", "claimed in order, durable rows", s, (double)(n - n_rest) / s);
    (void)fflush(stdout);
    s = work_off(store, workers);
    printf("%-44s %8.2f s %10.0f /s\n", "the rest claimed, run and ended, synced", s, (double)n_done / s);
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("%zu ran, %zu out of order, peak %.1f MiB\n", n_done, n_disordered, (double)usage.ru_maxrss / 1024);
    hs_store_close(store);
    return n_done != n_rest || n_disordered;
}
