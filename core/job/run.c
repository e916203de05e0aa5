/* Rules, planned or run once. `run` is the scheduler that ends when nothing is due. */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "job/one.h"
#include "sync/consider.h"

#include "base/banned.h"

/* ---- in order, without jobs: plan, copy ---- */

/* The credential is not accepted: the rest of the rule would only say it again. */
static void fail_rest(struct hs_report *report, const struct hs_route *route, size_t from)
{
    struct hs_result last = report->results.items[report->results.n - 1];

    for (size_t i = from; i < route->rows.n; i++) {
        struct hs_result *result = hs_report_add(report, route, route->rows.items[i].target_id, HS_FAILED);
        result->error = last.error;
        result->message = last.message;
    }
}

void hs_route_run(struct hs_engine *engine, const struct hs_what *what, struct hs_route *route,
                  bool is_plan, struct hs_report *report)
{
    for (size_t i = 0; i < route->rows.n && !report->was_interrupted; i++) {
        struct hs_one one = {
            .what = what, .route = route, .row = &route->rows.items[i], .is_plan = is_plan};
        const struct hs_result *result;
        if (hs_net_is_canceled(engine->net)) {
            report->was_interrupted = true;
            break;
        }
        result = hs_one_run(engine, &one, report);
        hs_hands_count(engine->hands, 1, 0);
        if (result->status == HS_FAILED && result->error == HUB_EAUTH) {
            fail_rest(report, route, i + 1);
            break;
        }
    }
}

/* ---- rules by name ---- */
static bool is_named(const struct hs_strings *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return names->n == 0;
}

static int check_names(const struct hs_conf *conf, const struct hs_strings *names, struct hs_err *err)
{
    for (size_t i = 0; i < names->n; i++) {
        const char *words[256];
        const char *near;
        size_t n = 0;
        if (hs_conf_rule(conf, names->items[i]))
            continue;
        while (n < conf->rules.n && n < 256) {
            words[n] = conf->rules.items[n].name;
            n++;
        }
        near = hs_nearest(names->items[i], words, n);
        return hs_fail(err, HS_ECONFIG, "no rule is called '%s'%s%s%s", names->items[i],
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return 0;
}

void hs_report_end(struct hs_engine *engine, struct hs_report *report, int64_t began_ms)
{
    struct hs_traffic sum;

    hs_hands_traffic(engine->hands, &sum);
    report->elapsed_ms = hs_mono_ms() - began_ms;
    report->new_bytes = sum.new_bytes;
    report->resent_bytes = sum.resent_bytes;
    report->requests = hs_net_requests(engine->net);
}

/* ---- a run ---- */
struct todo { /* a repo that is not in step by its marks */
    struct hs_route *route;
    const struct hs_candidate_row *row;
    size_t order;
    int64_t job;
};
struct run {
    struct hs_engine *engine;
    const struct hs_what *what;
    struct hs_report *report;
    struct hub_pool pool;
    struct hs_scan scan;
    HS_VEC(struct hs_route *) routes;
    HS_VEC(struct todo) todos;
    struct hs_map by_job; /* id → struct todo */
    size_t n_rows;        /* of the report, so far */
    struct hs_scheduler *scheduler;
    struct hs_engine *hands[HS_HANDS_MAX];
    struct hs_report *parts[HS_HANDS_MAX];
    uint64_t tickets[HS_HANDS_MAX];
};

static void scan_rules(struct run *run)
{
    const struct hs_conf *conf = run->engine->conf.conf;

    for (size_t i = 0; i < conf->rules.n && !run->report->was_interrupted; i++) {
        const struct hs_rule *rule = &conf->rules.items[i];
        struct hs_route *list;
        size_t n;
        if (!is_named(&run->what->rules, rule->name) || (!run->what->rules.n && !rule->is_enabled))
            continue;
        *hs_vec_add(&run->report->rules) = hs_report_text(run->report, rule->name);
        hs_scan_rule(&run->scan, rule, &list, &n);
        for (size_t k = 0; k < n; k++) {
            *hs_vec_add(&run->routes) = &list[k];
            hs_hands_count(run->engine->hands, 0, list[k].rows.n);
        }
    }
}

static struct hs_job_row job_of(struct run *run, const struct todo *todo)
{
    return hs_job_of_row(&run->pool, todo->route, todo->row, hs_now_ms(), "run");
}

/* What is in step by its marks is settled here; the rest is a row in the queue before it is work. */
static void sort_out(struct run *run, struct hs_route *route)
{
    for (size_t i = 0; i < route->rows.n; i++) {
        const struct hs_candidate_row *row = &route->rows.items[i];
        struct hs_one one = {.what = run->what, .route = route, .row = row, .order = run->n_rows};
        if (hs_one_by_marks(run->engine, &one, run->report)) {
            hs_job_settled(run->engine->store, route, row);
            hs_hands_count(run->engine->hands, 1, 0);
        } else {
            *hs_vec_add(&run->todos) = (struct todo){.route = route, .row = row, .order = run->n_rows};
        }
        run->n_rows++;
    }
}

static char *id_text(struct hub_pool *pool, int64_t id)
{
    return hub_pool_printf(pool, "%lld", (long long)id);
}

static struct todo *todo_of(struct run *run, int64_t id)
{
    char key[24];

    (void)snprintf(key, sizeof key, "%lld", (long long)id);
    return hs_map_get(&run->by_job, key);
}

static bool is_whole_route_of(const struct run *run, const struct hs_job_row *job)
{
    for (size_t i = 0; i < run->routes.n; i++) {
        const struct hs_route *route = run->routes.items[i];
        if (route->is_whole && strcmp(route->rule_name, job->rule) == 0 &&
            strcmp(route->from_hub, job->from_hub) == 0 && strcmp(route->to_hub, job->to_hub) == 0)
            return true;
    }
    return false;
}

/* Jobs whose source is not there any more, and never was in step. */
static int drop_vanished(struct run *run, struct hs_err *err)
{
    struct hs_job_row *rows;
    size_t n = 0;
    int r = run->what->repos.n ? 0 : hs_store_jobs(run->engine->store, &run->pool, &rows, &n, err);

    for (size_t i = 0; r == 0 && i < n; i++)
        if (!hs_job_is_aside(&rows[i]) && !todo_of(run, rows[i].id) && is_whole_route_of(run, &rows[i]))
            r = hs_store_job_drop(run->engine->store, rows[i].id, err);
    return r;
}

static int queue_all(struct run *run, struct hs_err *err)
{
    int r = run->todos.n ? hs_store_begin(run->engine->store, err) : 0;

    if (r < 0 || !run->todos.n)
        return r;
    for (size_t i = 0; r == 0 && i < run->todos.n; i++) {
        struct todo *todo = &run->todos.items[i];
        struct hs_job_row job = job_of(run, todo);
        r = hs_store_job_offer(run->engine->store, &job, true, &todo->job, err);
        if (r == 0 && todo->job)
            (void)hs_map_put(&run->by_job, id_text(&run->pool, todo->job), todo);
    }
    HS_FAILPOINT("job.queueing");
    if (r < 0) {
        hs_store_rollback(run->engine->store);
        return r;
    }
    r = hs_store_end(run->engine->store, err);
    HS_FAILPOINT("job.queued");
    return r;
}

/* ---- the scheduler's side ---- */
static bool claim(void *ctx, const struct hs_job_row *job, unsigned worker)
{
    struct run *run = ctx;
    struct todo *todo = todo_of(run, job->id);

    if (!todo || hs_net_is_canceled(run->engine->net))
        return false;
    run->tickets[worker] = hs_turns_begin(&todo->route->sums->turns);
    return true;
}

static void unclaim(void *ctx, const struct hs_job_row *job, unsigned worker)
{
    struct run *run = ctx;

    hs_turns_end(&todo_of(run, job->id)->route->sums->turns, run->tickets[worker]);
}

static void enter(void *ctx, unsigned worker)
{
    struct run *run = ctx;
    HS_ERR(err);

    run->parts[worker] = hs_xcalloc(1, sizeof **run->parts);
    if (worker == 0)
        run->hands[0] = run->engine;
    else if (hs_hand_new(run->engine, &run->hands[worker], &err) < 0)
        hs_logf(HS_LOG_ERROR, "worker", "%s", hs_err_text(&err));
}

static void leave(void *ctx, unsigned worker)
{
    struct run *run = ctx;

    if (worker)
        hs_hand_free(run->hands[worker]);
    run->hands[worker] = NULL;
}

struct asking {
    struct run *run;
    unsigned worker;
};

static bool may_go_on(void *ctx, uint64_t bytes)
{
    struct asking *asking = ctx;

    return hs_scheduler_may_go_on(asking->run->scheduler, asking->worker, bytes);
}

static struct hs_result *repeat_refusal(struct run *run, const struct todo *todo, unsigned worker,
                                        const char *why)
{
    struct hs_result *result =
        hs_report_add(run->parts[worker], todo->route, todo->row->target_id, HS_FAILED);

    result->order = todo->order;
    result->error = HUB_EAUTH;
    result->message = hs_report_text(run->parts[worker], why);
    hs_turns_end(&todo->route->sums->turns, run->tickets[worker]);
    return result;
}

static enum hs_outcome work(void *ctx, const struct hs_job_row *job, unsigned worker,
                            const char **error)
{
    struct run *run = ctx;
    struct todo *todo = todo_of(run, job->id);
    struct asking asking = {run, worker};
    struct hs_one one = {.what = run->what,
                         .route = todo->route,
                         .row = todo->row,
                         .order = todo->order,
                         .ticket = run->tickets[worker],
                         .may_go_on = may_go_on,
                         .ctx = &asking};
    const char *refusal = hs_route_refusal(todo->route);
    struct hs_result *result;

    if (!run->hands[worker]) {
        hs_turns_end(&todo->route->sums->turns, one.ticket);
        return HS_OUT_INTERRUPTED;
    }
    if (refusal)
        result = repeat_refusal(run, todo, worker, refusal);
    else
        result = hs_one_run(run->hands[worker], &one, run->parts[worker]);
    if (!result)
        return HS_OUT_PUT_OFF;
    hs_hands_count(run->engine->hands, 1, 0);
    if (result->status == HS_FAILED && result->error == HUB_EAUTH)
        hs_route_refuse(todo->route, result->message);
    *error = result->message;
    if (hs_net_is_canceled(run->engine->net))
        hs_scheduler_stop(run->scheduler);
    return hs_outcome_of(result);
}

static int work_off(struct run *run, struct hs_err *err)
{
    static const struct hs_job_ops ops = {
        .claim = claim, .unclaim = unclaim, .work = work, .enter = enter, .leave = leave};
    unsigned workers = run->engine->conf.conf->daemon.workers;
    struct hs_scheduler_conf conf = {.store = run->engine->store,
                                     .workers = workers > run->todos.n ? (unsigned)run->todos.n : workers,
                                     .ops = &ops,
                                     .ctx = run};
    int r;

    if (!run->todos.n)
        return 0;
    r = hs_scheduler_new(&conf, &run->scheduler, err);
    if (r == 0)
        r = hs_scheduler_run(run->scheduler, err);
    hs_scheduler_free(run->scheduler);
    return r;
}

/* A failure of the store: what was not reached failed with it. */
static void report_unreached(struct run *run, const struct hs_err *err)
{
    struct hs_result *result = hs_report_fail(run->report, "", "", "", err);

    result->order = run->n_rows;
}

static void note_rounds(struct run *run)
{
    for (size_t i = 0; i < run->report->rules.n; i++)
        hs_round_note(run->engine, run->report->rules.items[i], run->report, NULL);
}

static void do_jobs(struct run *run)
{
    HS_ERR(err);
    int r = 0;

    run->n_rows = run->report->results.n;
    for (size_t i = 0; i < run->report->results.n; i++)
        run->report->results.items[i].order = i;
    for (size_t i = 0; i < run->routes.n && !run->report->was_interrupted; i++)
        sort_out(run, run->routes.items[i]);
    if (!run->report->was_interrupted)
        r = queue_all(run, &err);
    if (r == 0 && !run->report->was_interrupted)
        r = drop_vanished(run, &err);
    if (r == 0 && !run->report->was_interrupted)
        r = work_off(run, &err);
    if (!hs_net_is_canceled(run->engine->net))
        hs_mirror_wait(run->engine, run->routes.items, run->routes.n, run->report->created_ms);
    if (r < 0)
        report_unreached(run, &err);
    for (unsigned i = 0; i < HS_HANDS_MAX; i++)
        if (run->parts[i])
            hs_report_join(run->report, run->parts[i]);
    hs_report_sort(run->report);
    if (hs_net_is_canceled(run->engine->net))
        run->report->was_interrupted = true;
    note_rounds(run);
}

static void do_plan(struct run *run)
{
    for (size_t i = 0; i < run->routes.n; i++)
        hs_route_run(run->engine, run->what, run->routes.items[i], true, run->report);
}

static int do_rules(struct hs_engine *engine, const struct hs_what *what, bool is_plan,
                    struct hs_report *report, struct hs_err *err)
{
    struct run run = {.engine = engine, .what = what, .report = report};
    int64_t began_ms = hs_mono_ms();
    int r = check_names(engine->conf.conf, &what->rules, err);

    if (r < 0)
        return r;
    run.scan = (struct hs_scan){.engine = engine,
                                .what = what,
                                .report = report,
                                .pool = &run.pool,
                                .may_note = !is_plan};
    report->is_plan = is_plan;
    report->created_ms = hs_now_ms();
    scan_rules(&run);
    if (is_plan)
        do_plan(&run);
    else
        do_jobs(&run);
    for (size_t i = 0; i < run.routes.n; i++)
        hs_route_clear(run.routes.items[i]);
    hs_vec_clear(&run.routes);
    hs_vec_clear(&run.todos);
    hs_map_clear(&run.by_job);
    hs_scan_clear(&run.scan);
    hub_pool_clear(&run.pool);
    hs_report_end(engine, report, began_ms);
    return 0;
}

int hs_plan_rules(struct hs_engine *engine, const struct hs_what *what, struct hs_report *report,
                  struct hs_err *err)
{
    return do_rules(engine, what, true, report, err);
}

int hs_run_rules(struct hs_engine *engine, const struct hs_what *what, struct hs_report *report,
                 struct hs_err *err)
{
    return do_rules(engine, what, false, report, err);
}
