#include "daemon/answers.h"

#include "data/json_out.h"

#include <unistd.h>

#include "base/banned.h"

struct asked {
    struct hs_answers *a;
    struct hub_pool *pool;
    const char *arg;
    struct hs_out *j;
    struct hs_err *err;
};

/* ---- jobs ---- */
static void job_members(struct hs_out *j, const struct hs_job_row *job)
{
    hs_out_open(j, NULL, '{');
    hs_out_int(j, "id", job->id);
    hs_out_text(j, "rule", job->rule);
    hs_out_text(j, "from_hub", job->from_hub);
    hs_out_text(j, "from_repo", job->from_repo);
    hs_out_text(j, "hub", job->to_hub);
    hs_out_text(j, "repo", job->to_repo);
    hs_out_text(j, "state", job->state);
    hs_out_text(j, "reason", job->reason);
    hs_out_time(j, "due", job->due_ms > 1 ? job->due_ms : 0);
    hs_out_time(j, "started", job->started_ms);
    hs_out_uint(j, "attempts", job->attempts);
    hs_out_uint(j, "crashes", job->crashes);
    hs_out_size(j, "bytes", job->expected_bytes ? job->expected_bytes : HUB_UNKNOWN);
    hs_out_text(j, "error", job->error);
    hs_out_close(j, '}');
}

static int parse_id(const struct asked *q, int64_t *id)
{
    char *end;
    long long value = strtoll(q->arg, &end, 10);

    if (!*q->arg || *end || value <= 0)
        return hs_fail(q->err, HS_ECONFIG, "'%s' is no job's number", q->arg);
    *id = value;
    return 0;
}

static int jobs(struct asked *q, int64_t only)
{
    struct hs_job_row *rows;
    size_t n, n_shown = 0;
    int r = hs_store_jobs(q->a->store, q->pool, &rows, &n, q->err);

    if (r < 0)
        return r;
    hs_out_open(q->j, NULL, '{');
    hs_out_open(q->j, "jobs", '[');
    for (size_t i = 0; i < n; i++)
        if (!only || rows[i].id == only) {
            job_members(q->j, &rows[i]);
            n_shown++;
        }
    hs_out_close(q->j, ']');
    hs_out_close(q->j, '}');
    return only && !n_shown ? hs_fail(q->err, HS_EABSENT, "there is no job %lld", (long long)only) : 0;
}

static int queue_ls(struct asked *q)
{
    return jobs(q, 0);
}

static int queue_show(struct asked *q)
{
    int64_t id;
    int r = parse_id(q, &id);

    return r < 0 ? r : jobs(q, id);
}

static void done(struct asked *q)
{
    hs_out_open(q->j, NULL, '{');
    hs_out_bool(q->j, "done", true);
    hs_out_close(q->j, '}');
}

/* A job that is not there was named on the command line. */
static int end(struct asked *q, int r)
{
    if (r == HUB_ENOTFOUND)
        r = q->err->status = HS_EABSENT;
    if (r == 0)
        done(q);
    return r;
}

static int queue_retry(struct asked *q)
{
    int64_t id;
    int r = parse_id(q, &id);

    if (r == 0)
        r = hs_store_job_hurry(q->a->store, id, q->err);
    hs_service_wake(q->a->service);
    return end(q, r);
}

static int queue_drop(struct asked *q)
{
    int64_t id;
    int r = parse_id(q, &id);

    return end(q, r < 0 ? r : hs_store_job_drop(q->a->store, id, q->err));
}

static int cancel(struct asked *q)
{
    int64_t id;
    int r = parse_id(q, &id);

    return end(q, r < 0 ? r : hs_service_cancel(q->a->service, id, q->err));
}

/* ---- the daemon ---- */
static int pause_it(struct asked *q)
{
    return end(q, hs_service_pause(q->a->service, true, q->err));
}

static int resume_it(struct asked *q)
{
    return end(q, hs_service_pause(q->a->service, false, q->err));
}

static int trigger(struct asked *q)
{
    return end(q, hs_service_trigger(q->a->service, q->arg, q->err));
}

static void transfer_members(struct hs_out *j, const struct hs_transfer *t)
{
    hs_out_open(j, NULL, '{');
    hs_out_int(j, "job", t->job);
    hs_out_text(j, "rule", t->rule);
    hs_out_text(j, "hub", t->hub);
    hs_out_text(j, "repo", t->repo);
    hs_out_text(j, "phase", hs_phase_name(t->phase));
    hs_out_uint(j, "files", t->files_total);
    hs_out_uint(j, "bytes_done", t->bytes_done);
    hs_out_uint(j, "bytes_total", t->bytes_total);
    hs_out_int(j, "running_ms", t->running_ms);
    hs_out_close(j, '}');
}

static int live(struct asked *q)
{
    struct hs_service_view view;

    hs_service_look(q->a->service, &view);
    hs_out_open(q->j, NULL, '{');
    hs_out_int(q->j, "pid", (int64_t)getpid());
    hs_out_bool(q->j, "paused", view.is_paused);
    hs_out_open(q->j, "scanning", '[');
    for (size_t i = 0; i < view.scanning.n; i++)
        hs_out_text(q->j, NULL, view.scanning.items[i]);
    hs_out_close(q->j, ']');
    hs_out_open(q->j, "transfers", '[');
    for (size_t i = 0; i < view.transfers.n; i++)
        transfer_members(q->j, &view.transfers.items[i]);
    hs_out_close(q->j, ']');
    hs_out_uint(q->j, "bytes_new", view.new_bytes);
    hs_out_uint(q->j, "bytes_resent", view.resent_bytes);
    hs_out_uint(q->j, "requests", view.requests);
    hs_out_close(q->j, '}');
    hs_service_view_clear(&view);
    return 0;
}

static const struct {
    const char *verb;
    bool has_arg;
    int (*answer)(struct asked *q);
} verbs[] = {
    {"queue ls", false, queue_ls},      {"queue show", true, queue_show},
    {"queue retry", true, queue_retry}, {"queue drop", true, queue_drop},
    {"cancel", true, cancel},           {"pause", false, pause_it},
    {"resume", false, resume_it},       {"trigger", true, trigger},
    {"live", false, live},
};

int hs_answer(void *ctx, const struct hub_json *request, struct hub_pool *pool,
              struct hub_text *result, struct hs_err *err)
{
    struct hub_read read = {.pool = pool};
    const char *verb = hub_json_string(&read, request, "verb", HUB_MUST);
    const char *arg = hub_json_string(&read, request, "arg", HUB_MAY);
    struct hs_out j = {result, false};
    struct asked q = {ctx, pool, arg ? arg : "", &j, err};

    if (read.status < 0)
        return hs_fail(err, HS_ECONFIG, "the request cannot be read: %s", read.why);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].verb, verb) == 0)
            return verbs[i].has_arg && !*q.arg ? hs_fail(err, HS_ECONFIG, "%s: of what?", verb)
                                               : verbs[i].answer(&q);
    return hs_fail(err, HS_ECONFIG, "no verb is called '%s'", verb);
}
