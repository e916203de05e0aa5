/* One repo of a rule: considered, and, in a run, published. */
#include "job/one.h"

#include "base/clock.h"
#include "base/failpoint.h"

#include "base/banned.h"

static const struct hs_allow *allowed(const struct hs_what *what, const char *repo)
{
    for (size_t i = 0; i < what->n_allow; i++)
        if (strcmp(what->allow[i].repo, repo) == 0)
            return &what->allow[i];
    return NULL;
}

/* ---- publishing one ---- */
static void on_stage(void *ctx, enum hs_stage stage)
{
    static const enum hs_phase phases[] = {HS_PHASE_TRANSFER, HS_PHASE_COMMIT, HS_PHASE_VERIFY};

    hs_engine_look(ctx, phases[stage], NULL, NULL);
}

static void on_tick(void *ctx)
{
    struct hs_engine *engine = ctx;

    hs_engine_look(engine, engine->view.phase, NULL, NULL);
}

static void view_actions(struct hs_engine *engine, const struct hs_repo_plan *plan)
{
    for (size_t i = 0; i < plan->actions.n; i++) {
        const struct hs_action *action = &plan->actions.items[i];
        if (action->op != HS_OP_PUT && action->op != HS_OP_REUSE)
            continue;
        engine->view.files_total++;
        engine->view.bytes_total += action->op == HS_OP_PUT ? action->file_bytes : 0;
    }
}

void hs_run_start_view(struct hs_engine *engine, const struct hs_repo_plan *plan)
{
    pthread_mutex_lock(&engine->hands->lock);
    engine->sent_before = __atomic_load_n(&engine->traffic.new_bytes, __ATOMIC_RELAXED);
    engine->view.files_total = engine->view.bytes_total = 0;
    view_actions(engine, plan);
    if (plan->back)
        view_actions(engine, plan->back);
    pthread_mutex_unlock(&engine->hands->lock);
}

struct hs_publish hs_run_publish(struct hs_engine *engine, const struct hs_route *route,
                                 struct hs_repo_plan *plan)
{
    return (struct hs_publish){.plan = plan,
                               .store = engine->store,
                               .loop = engine->loop,
                               .crew = engine->crew,
                               .learn = &engine->learn,
                               .traffic = &engine->traffic,
                               .window_bytes = engine->window_bytes,
                               .inline_budget = engine->inline_budget,
                               .heavy = &engine->hands->heavy,
                               .settings = route->settings,
                               .now_ms = hs_now_ms(),
                               .stage = on_stage,
                               .tick = on_tick,
                               .ctx = engine};
}

void hs_run_take_outcome(struct hs_report *report, struct hs_result *result, struct hs_publish *p,
                         int r, const struct hs_err *err)
{
    result->put += p->n_put;
    result->reused += p->n_reused;
    result->deleted += p->n_deleted;
    result->bytes += p->put_bytes;
    result->commits += p->n_commits;
    report->reused_bytes += p->reused_bytes;
    if (r == 0) {
        result->status = HS_SYNCED;
        return;
    }
    result->message = hs_report_text(report, hs_err_text(err));
    result->hint = hs_report_text(report, err->hint);
    result->error = r;
    if (r == HUB_ECANCELED) {
        result->status = HS_INTERRUPTED;
        report->was_interrupted = true;
    } else if (p->block_reason) {
        result->status = HS_BLOCKED;
        result->reason = p->block_reason;
    } else {
        result->status = HS_FAILED;
    }
}

static void act(struct hs_engine *engine, const struct hs_what *what, const struct hs_route *route,
                struct hs_repo_plan *plan, struct hs_report *report, struct hs_result *result)
{
    struct hs_publish p = hs_run_publish(engine, route, plan);
    struct hs_run_row run = {.started_ms = p.now_ms,
                             .rule = plan->rule_name,
                             .repo = plan->repo,
                             .hub = plan->hub,
                             .status = "running",
                             .commits = ""};
    HS_ERR(err);
    HS_ERR(ignored);
    int r = hs_store_run_start(engine->store, &run, &p.run_id, &err);

    p.is_of_revision = what->revision && *what->revision;
    hs_run_start_view(engine, plan);
    if (r == 0)
        r = hs_publish_repo(&p, &err);
    hs_run_take_outcome(report, result, &p, r, &err);
    run.id = p.run_id;
    run.ended_ms = hs_now_ms();
    run.status = result->status == HS_INTERRUPTED ? "interrupted" : hs_status_name(result->status);
    run.puts = p.n_put;
    run.deletes = p.n_deleted;
    run.bytes = p.put_bytes;
    run.commits = p.commits.data ? p.commits.data : "";
    (void)hs_store_run_end(engine->store, &run, &ignored);
    hs_alert_of(engine, result, p.is_poisoned);
    hs_publish_clear(&p);
}

/* Found in step by looking at the files: remembered, so that the marks suffice next time. */
static void remember(struct hs_engine *engine, const struct hs_route *route,
                     struct hs_repo_plan *plan, struct hs_report *report, struct hs_result *result)
{
    struct hs_publish p = hs_run_publish(engine, route, plan);
    HS_ERR(err);
    int r = hs_publish_baseline(&p, &err);

    if (r < 0) {
        result->status = HS_FAILED;
        result->error = r;
        result->message = hs_report_text(report, hs_err_text(&err));
    }
    hs_alert_of(engine, result, false);
    hs_publish_clear(&p);
}

/* ---- one repo ---- */
static enum hs_status_word status_of(const struct hs_repo_plan *plan)
{
    static const enum hs_status_word words[] = {HS_UNCHANGED, HS_SYNCED, HS_SKIPPED,
                                                HS_BLOCKED,   HS_FAILED, HS_FAILED};

    return words[plan->verdict];
}

static bool is_stale(const struct hs_what *what, const struct hs_result *result)
{
    for (size_t i = 0; i < what->n_expected; i++)
        if (strcmp(what->expected[i].repo, result->repo) == 0 && strcmp(what->expected[i].hub, result->hub) == 0 &&
            strcmp(what->expected[i].rule, result->rule) == 0)
            return strcmp(what->expected[i].digest, result->digest) != 0;
    return what->n_expected && *result->digest;
}

/* Of the rule's repos that were begun before, each has decided: the sums are what they should be. */
static void wait_turn(void *ctx)
{
    struct hs_one *one = ctx;

    if (one->ticket)
        hs_turns_wait(&one->route->sums->turns, one->ticket);
}

static void end_turn(struct hs_one *one)
{
    if (one->ticket)
        hs_turns_end(&one->route->sums->turns, one->ticket);
}

struct asked { /* what consider is asked about the repo */
    struct hs_consider ctx;
    struct hs_candidate candidate;
};

static struct asked ask_about(struct hs_engine *engine, struct hs_one *one, struct hs_route *route,
                              const struct hs_candidate_row *row)
{
    const struct hs_allow *allow = allowed(one->what, row->target_id);

    return (struct asked){
        .ctx = {.rule = route->rule,
                .is_by_name = route->is_by_name,
                .rule_name = route->rule_name,
                .from = row->from,
                .to = row->to,
                .loop = engine->loop,
                .store = engine->store,
                .learn = &engine->learn,
                .settings = route->settings,
                .now_ms = hs_now_ms(),
                .net_files = &route->sums->files,
                .net_bytes = &route->sums->bytes,
                .wait_turn = wait_turn,
                .turn = one},
        .candidate = {.source = row->source,
                      .source_id = row->source_id,
                      .target_id = row->target_id,
                      .target = row->target,
                      .direction = row->direction,
                      .renamed_from = row->renamed_from,
                      .absent_scans = row->absent_scans,
                      .absent_ms = row->absent_ms,
                      .bad_name = row->bad_name,
                      .revision = one->what->revision ? one->what->revision : "",
                      .has_allow = allow != NULL,
                      .allow_deletes = allow ? allow->n : 0}};
}

static struct hs_result *report_plan(const struct hs_one *one, const struct hs_route *route,
                                     const struct hs_repo_plan *plan, struct hs_report *report)
{
    struct hs_result *result = hs_report_add(report, route, plan->repo, status_of(plan));

    hs_result_take_plan(report, result, plan);
    result->order = one->order;
    result->reason = hs_report_text(report, plan->reason);
    result->message = hs_report_text(report, plan->message);
    result->error = plan->status;
    return result;
}

static uint64_t bytes_of(const struct hs_repo_plan *plan)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < plan->actions.n; i++)
        if (plan->actions.items[i].op == HS_OP_PUT && plan->actions.items[i].file_bytes != HUB_UNKNOWN)
            sum += plan->actions.items[i].file_bytes;
    return sum;
}

static struct hs_result *settle(struct hs_engine *engine, struct hs_one *one, struct hs_route *route,
                                struct hs_repo_plan *plan, struct hs_report *report)
{
    struct hs_result *result = report_plan(one, route, plan, report);

    if (plan->status == HUB_ECANCELED) {
        result->status = HS_INTERRUPTED;
    } else if (is_stale(one->what, result)) {
        result->status = HS_BLOCKED;
        result->reason = "stale";
        result->message = "what the saved plan rests on has moved; plan again";
    } else if (one->is_plan) {
        return result;
    } else if (plan->back) {
        hs_run_merge(engine, route, plan, report, result);
    } else if (plan->verdict == HS_PLAN_ACT) {
        act(engine, one->what, route, plan, report, result);
    } else if (plan->verdict == HS_PLAN_UNCHANGED && !plan->from_unchanged &&
               !(one->what->revision && *one->what->revision)) {
        remember(engine, route, plan, report, result);
    } else {
        hs_alert_of(engine, result, false);
    }
    hs_vanished_settle(engine, plan);
    return result;
}

static void consider(struct hs_engine *engine, struct hs_one *one, struct hs_route *route,
                     const struct hs_candidate_row *row, struct hs_repo_plan *plan)
{
    struct asked asked = ask_about(engine, one, route, row);

    hs_engine_look(engine, HS_PHASE_SCAN, route, row->target_id);
    engine->learn.requests = 0;
    hs_consider_repo(&asked.ctx, &asked.candidate, plan);
    plan->requests += engine->learn.requests;
}

/* Not now: what its decision added to the sums is taken back. */
static void put_off(struct hs_one *one, const struct hs_repo_plan *plan)
{
    wait_turn(one);
    one->route->sums->files -= plan->net_files;
    one->route->sums->bytes -= plan->net_bytes;
    end_turn(one);
}

static struct hs_result *run_mirror(struct hs_engine *engine, struct hs_one *one,
                                    struct hs_report *report)
{
    size_t n = report->results.n;

    end_turn(one);
    hs_engine_look(engine, HS_PHASE_SCAN, one->route, one->row->target_id);
    hs_mirror_repo(engine, one->what, one->route, one->row, one->is_plan, report);
    hs_engine_look(engine, HS_PHASE_SCAN, NULL, "");
    if (report->results.n == n)
        (void)hs_report_add(report, one->route, one->row->target_id, HS_UNCHANGED);
    for (size_t i = n; i < report->results.n; i++)
        report->results.items[i].order = one->order;
    return &report->results.items[report->results.n - 1];
}

struct hs_result *hs_one_run(struct hs_engine *engine, struct hs_one *one, struct hs_report *report)
{
    struct hs_repo_plan first = {.hub = ""}, second = {.hub = ""}, *plan = &first;
    struct hs_route *route = one->route;
    struct hs_candidate_row turned;
    struct hs_result *result = NULL;

    if (route->rule->type == HS_MIRROR_IMPORT)
        return run_mirror(engine, one, report);
    consider(engine, one, route, one->row, plan);
    if (plan->verdict == HS_PLAN_TURN) {
        turned = hs_pair_turn(&route, one->row, &first.target);
        plan = &second;
        consider(engine, one, route, &turned, plan);
    }
    one->bytes = bytes_of(plan) + (plan->back ? bytes_of(plan->back) : 0);
    if (one->may_go_on && plan->verdict == HS_PLAN_ACT && !one->may_go_on(one->ctx, one->bytes)) {
        put_off(one, plan);
    } else {
        end_turn(one);
        HS_FAILPOINT("job.planned");
        result = settle(engine, one, route, plan, report);
        report->was_interrupted = report->was_interrupted || result->status == HS_INTERRUPTED;
    }
    hs_repo_plan_clear(&second);
    hs_repo_plan_clear(&first);
    hs_engine_look(engine, HS_PHASE_SCAN, NULL, "");
    return result;
}

struct hs_result *hs_one_by_marks(struct hs_engine *engine, struct hs_one *one,
                                  struct hs_report *report)
{
    struct asked asked = ask_about(engine, one, one->route, one->row);
    struct hs_repo_plan plan = {.hub = ""};
    struct hs_result *result = NULL;

    if (one->route->rule->type == HS_MIRROR_IMPORT)
        return NULL;
    if (hs_consider_by_marks(&asked.ctx, &asked.candidate, &plan))
        result = settle(engine, one, one->route, &plan, report);
    hs_repo_plan_clear(&plan);
    return result;
}
