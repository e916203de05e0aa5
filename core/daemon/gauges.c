#include "daemon/gauges.h"

#include "base/clock.h"
#include "job/overview.h"
#include "ops/ops.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/banned.h"

/* ---- rules and queue ---- */
static void set_rule(struct hs_metrics *m, const struct hs_status_rule *rule)
{
    static const char name[] = "hubsync_rule_repos";

    (void)hs_metrics_set(m, (double)rule->in_sync, name, "rule", rule->name, "state", "in_sync", NULL);
    (void)hs_metrics_set(m, (double)rule->behind, name, "rule", rule->name, "state", "behind", NULL);
    (void)hs_metrics_set(m, (double)rule->blocked, name, "rule", rule->name, "state", "blocked", NULL);
    (void)hs_metrics_set(m, (double)rule->failed, name, "rule", rule->name, "state", "failed", NULL);
    if (rule->last_success_ms)
        (void)hs_metrics_set(m, (double)rule->last_success_ms / 1000, "hubsync_rule_last_success_timestamp_seconds",
                             "rule", rule->name, NULL);
    if (rule->lag_s >= 0)
        (void)hs_metrics_set(m, (double)rule->lag_s, "hubsync_rule_lag_seconds", "rule", rule->name, NULL);
}

static void set_overview(struct hs_metrics *m, const struct hs_gauges *g)
{
    static const char name[] = "hubsync_queue_jobs";
    HUB_POOL(pool);
    struct hs_overview status;
    HS_ERR(ignored);

    if (hs_status_read(&pool, g->state_dir, NULL, &status, &ignored) < 0)
        return;
    for (size_t i = 0; i < status.rules.n; i++)
        set_rule(m, &status.rules.items[i]);
    (void)hs_metrics_set(m, (double)status.queued, name, "state", "queued", NULL);
    (void)hs_metrics_set(m, (double)status.running, name, "state", "running", NULL);
    (void)hs_metrics_set(m, (double)status.waiting, name, "state", "waiting", NULL);
    (void)hs_metrics_set(m, (double)status.failed, name, "state", "failed", NULL);
    (void)hs_metrics_set(m, (double)status.oldest_s, "hubsync_job_oldest_seconds", NULL);
    hs_status_clear(&status);
}

/* ---- what was done ---- */
static void add_runs(struct hs_metrics *m, const struct hs_gauges *g)
{
    HUB_POOL(pool);
    struct hs_run_sum *sums;
    size_t n = 0;
    HS_ERR(ignored);

    if (hs_store_run_sums(g->store, &pool, &sums, &n, &ignored) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct hs_run_sum *sum = &sums[i];
        (void)hs_metrics_add(m, (double)sum->bytes, "hubsync_transfer_bytes_total", "rule", sum->rule, "hub",
                             sum->hub, NULL);
        (void)hs_metrics_add(m, (double)sum->puts, "hubsync_files_total", "rule", sum->rule, "action", "put", NULL);
        (void)hs_metrics_add(m, (double)sum->deletes, "hubsync_files_total", "rule", sum->rule, "action", "delete",
                             NULL);
        (void)hs_metrics_add(m, (double)sum->commits, "hubsync_commits_total", "hub", sum->hub, NULL);
        (void)hs_metrics_add(m, (double)sum->runs, "hubsync_runs_total", "rule", sum->rule, "result", sum->status,
                             NULL);
    }
}

static void add_alerts(struct hs_metrics *m, const struct hs_gauges *g)
{
    HUB_POOL(pool);
    struct hs_alert_row *rows;
    size_t n = 0;
    HS_ERR(ignored);

    if (hs_store_alerts(g->store, &pool, &rows, &n, &ignored) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].state, "resolved") != 0)
            (void)hs_metrics_add(m, 1, "hubsync_alerts", "kind", rows[i].kind, "level", rows[i].level, NULL);
}

static void set_service(struct hs_metrics *m, const struct hs_gauges *g)
{
    struct hs_service_view view;

    hs_service_look(g->service, &view);
    (void)hs_metrics_set(m, (double)view.new_bytes, "hubsync_sent_bytes_total", "kind", "new", NULL);
    (void)hs_metrics_set(m, (double)view.resent_bytes, "hubsync_sent_bytes_total", "kind", "resent", NULL);
    (void)hs_metrics_set(m, (double)view.requests, "hubsync_requests_total", NULL);
    (void)hs_metrics_set(m, (double)view.transfers.n, "hubsync_transfers", NULL);
    (void)hs_metrics_set(m, view.is_paused ? 1 : 0, "hubsync_paused", NULL);
    hs_service_view_clear(&view);
}

/* ---- the process ---- */
static double seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static unsigned count_open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned n = 0;

    while (dir && readdir(dir))
        n++;
    if (dir)
        (void)closedir(dir);
    return n > 3 ? n - 3 : 0; /* ".", ".." and its own */
}

static void set_process(struct hs_metrics *m, const struct hs_gauges *g)
{
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long total, resident = 0;
    struct rusage usage;

    if (file && fscanf(file, "%lu %lu", &total, &resident) == 2)
        (void)hs_metrics_set(m, (double)resident * (double)sysconf(_SC_PAGESIZE), "process_resident_memory_bytes",
                             NULL);
    if (file)
        (void)fclose(file);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        (void)hs_metrics_set(m, seconds(&usage.ru_utime) + seconds(&usage.ru_stime), "process_cpu_seconds_total",
                             NULL);
    (void)hs_metrics_set(m, (double)g->started_ms / 1000, "process_start_time_seconds", NULL);
    (void)hs_metrics_set(m, count_open_files(), "process_open_fds", NULL);
    (void)hs_metrics_set(m, 1, "hubsync_build_info", "version", HS_VERSION, NULL);
}

void hs_gauges_print(const struct hs_gauges *gauges, struct hub_text *out)
{
    struct hs_metrics *m = hs_metrics_new();

    set_overview(m, gauges);
    add_runs(m, gauges);
    add_alerts(m, gauges);
    set_service(m, gauges);
    set_process(m, gauges);
    hs_metrics_print(m, out);
    hs_metrics_free(m);
}

int hs_gauges_ready(const struct hs_gauges *gauges, struct hub_text *why)
{
    HS_ERR(err);
    int r = hs_store_begin(gauges->store, &err);

    if (r == 0)
        r = hs_store_end(gauges->store, &err);
    if (r < 0)
        hub_text_printf(why, "the state cannot be written: %s", hs_err_text(&err));
    return r;
}
