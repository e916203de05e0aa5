/* Rules, planned or run: each repo is considered, and, in a run, published. */
#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "job/engine.h"
#include "sync/filter.h"

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
    engine->sent_before = __atomic_load_n(&engine->traffic.new_bytes, __ATOMIC_RELAXED);
    engine->view.files_done = engine->view.files_total = engine->view.bytes_total = 0;
    view_actions(engine, plan);
    if (plan->back)
        view_actions(engine, plan->back);
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
static void remember(struct hs_engine *engine, const struct hs_route *route, struct hs_repo_plan *plan,
                     struct hs_report *report, struct hs_result *result)
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
    static const enum hs_status_word words[] = {HS_UNCHANGED, HS_SYNCED, HS_SKIPPED, HS_BLOCKED, HS_FAILED, HS_FAILED};

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

static void consider(struct hs_engine *engine, const struct hs_what *what, const struct hs_route *route,
                     const struct hs_candidate_row *row, struct hs_repo_plan *plan)
{
    const struct hs_allow *allow = allowed(what, row->target_id);
    struct hs_consider ctx = {.rule = route->rule,
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
                              .net_bytes = &route->sums->bytes};
    struct hs_candidate candidate = {.source = row->source,
                                     .source_id = row->source_id,
                                     .target_id = row->target_id,
                                     .target = row->target,
                                     .direction = row->direction,
                                     .renamed_from = row->renamed_from,
                                     .absent_scans = row->absent_scans,
                                     .absent_ms = row->absent_ms,
                                     .bad_name = row->bad_name,
                                     .revision = what->revision ? what->revision : "",
                                     .has_allow = allow != NULL,
                                     .allow_deletes = allow ? allow->n : 0};

    hs_engine_look(engine, HS_PHASE_SCAN, route, row->target_id);
    engine->learn.requests = 0;
    hs_consider_repo(&ctx, &candidate, plan);
    plan->requests += engine->learn.requests;
}

static void one_plan(struct hs_engine *engine, const struct hs_what *what, struct hs_route *route,
                     struct hs_repo_plan *plan, bool is_plan, struct hs_report *report)
{
    struct hs_result *result = hs_report_add(report, route, plan->repo, status_of(plan));
    bool is_of_revision = what->revision && *what->revision;

    hs_result_take_plan(report, result, plan);
    result->reason = hs_report_text(report, plan->reason);
    result->message = hs_report_text(report, plan->message);
    result->error = plan->status;
    if (plan->status == HUB_ECANCELED) {
        result->status = HS_INTERRUPTED;
        report->was_interrupted = true;
    } else if (is_stale(what, result)) {
        result->status = HS_BLOCKED;
        result->reason = "stale";
        result->message = "what the saved plan rests on has moved; plan again";
    } else if (!is_plan && plan->back) {
        hs_run_merge(engine, route, plan, report, result);
    } else if (!is_plan && plan->verdict == HS_PLAN_ACT) {
        act(engine, what, route, plan, report, result);
    } else if (!is_plan && plan->verdict == HS_PLAN_UNCHANGED && !plan->from_unchanged && !is_of_revision) {
        remember(engine, route, plan, report, result);
    } else if (!is_plan) {
        hs_alert_of(engine, result, false);
    }
}

static void one_repo(struct hs_engine *engine, const struct hs_what *what, struct hs_route *route,
                     const struct hs_candidate_row *row, bool is_plan, struct hs_report *report)
{
    struct hs_repo_plan first = {.hub = ""}, second = {.hub = ""}, *plan = &first;
    struct hs_candidate_row turned;

    consider(engine, what, route, row, plan);
    if (plan->verdict == HS_PLAN_TURN) {
        turned = hs_pair_turn(&route, row, &first.target);
        plan = &second;
        consider(engine, what, route, &turned, plan);
    }
    one_plan(engine, what, route, plan, is_plan, report);
    if (!is_plan)
        hs_vanished_settle(engine, plan);
    hs_repo_plan_clear(&second);
    hs_repo_plan_clear(&first);
}

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
        const struct hs_result *last;
        if (hs_net_is_canceled(engine->net)) {
            report->was_interrupted = true;
            break;
        }
        if (route->rule->type == HS_MIRROR_IMPORT)
            hs_mirror_repo(engine, what, route, &route->rows.items[i], is_plan, report);
        else
            one_repo(engine, what, route, &route->rows.items[i], is_plan, report);
        engine->view.repos_done++;
        last = &report->results.items[report->results.n - 1];
        if (last->status == HS_FAILED && last->error == HUB_EAUTH) {
            fail_rest(report, route, i + 1);
            break;
        }
    }
}

/* ---- all rules ---- */
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

static void end_report(struct hs_engine *engine, struct hs_report *report, int64_t began_ms)
{
    report->elapsed_ms = hs_mono_ms() - began_ms;
    report->new_bytes = __atomic_load_n(&engine->traffic.new_bytes, __ATOMIC_RELAXED);
    report->resent_bytes = __atomic_load_n(&engine->traffic.resent_bytes, __ATOMIC_RELAXED);
    report->requests = hs_net_requests(engine->net);
}

static int do_rules(struct hs_engine *engine, const struct hs_what *what, bool is_plan,
                    struct hs_report *report, struct hs_err *err)
{
    HUB_POOL(pool);
    const struct hs_conf *conf = engine->conf.conf;
    struct hs_scan scan = {
        .engine = engine, .what = what, .report = report, .pool = &pool, .may_note = !is_plan};
    HS_VEC(struct hs_route *) routes = {NULL, 0, 0};
    int64_t began_ms = hs_mono_ms();
    int r = check_names(conf, &what->rules, err);

    if (r < 0)
        return r;
    report->is_plan = is_plan;
    report->created_ms = hs_now_ms();
    for (size_t i = 0; i < conf->rules.n && !report->was_interrupted; i++) {
        const struct hs_rule *rule = &conf->rules.items[i];
        struct hs_route *list;
        size_t n;
        if (!is_named(&what->rules, rule->name) || (!what->rules.n && !rule->is_enabled))
            continue;
        *hs_vec_add(&report->rules) = hs_report_text(report, rule->name);
        hs_scan_rule(&scan, rule, &list, &n);
        for (size_t k = 0; k < n; k++) {
            *hs_vec_add(&routes) = &list[k];
            engine->view.repos_total += list[k].rows.n;
        }
    }
    for (size_t i = 0; i < routes.n; i++)
        hs_route_run(engine, what, routes.items[i], is_plan, report);
    if (!is_plan && !report->was_interrupted)
        hs_mirror_wait(engine, routes.items, routes.n, report->created_ms);
    for (size_t i = 0; i < routes.n; i++)
        hs_vec_clear(&routes.items[i]->rows);
    hs_vec_clear(&routes);
    hs_scan_clear(&scan);
    end_report(engine, report, began_ms);
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

/* ---- copy ---- */
static int copy_route(struct hs_engine *engine, const struct hs_copy *copy, struct hub_pool *pool,
                      struct hs_route *route, struct hs_err *err)
{
    const struct hs_conf *conf = engine->conf.conf;
    struct hs_retry retry = {route->rule->retry.attempts, route->rule->retry.max_wait_ms};
    struct hs_repo *source = hub_pool_alloc(pool, 1, sizeof *source);
    const char *name = strchr(copy->from_repo, '/'), *to_repo = copy->to_repo;
    struct hs_session *from, *to;
    const char *owner;
    int r;

    (void)conf;
    if (!name)
        return hs_fail(err, HS_ECONFIG, "'%s' is not owner/name", copy->from_repo);
    owner = hub_pool_strndup(pool, copy->from_repo, (size_t)(name - copy->from_repo));
    r = hs_session_get(engine->sessions, engine->loop, copy->from_hub, owner, &retry, &from, err);
    if (r == 0)
        r = hs_session_get(engine->sessions, engine->loop, copy->to_hub, "", &retry, &to, err);
    if (r < 0)
        return r;
    if (!*to_repo) {
        if (!hs_hub_owners(to, 0) || hs_hub_owners(to, 1))
            return hs_fail(err, HS_ECONFIG, "hub '%s' has not just one owner: name the target as %s:OWNER/NAME",
                           copy->to_hub, copy->to_hub);
        to_repo = hub_pool_printf(pool, "%s%s", hs_hub_owners(to, 0), name);
    }
    if (!strchr(to_repo, '/'))
        return hs_fail(err, HS_ECONFIG, "'%s' is not owner/name", to_repo);
    owner = hub_pool_strndup(pool, to_repo, strcspn(to_repo, "/"));
    r = hs_session_get(engine->sessions, engine->loop, copy->to_hub, owner, &retry, &to, err);
    if (r == 0)
        r = hs_ask_repo(from, engine->loop, pool, copy->from_repo, source, err);
    if (r < 0)
        return r == HUB_ENOTFOUND ? (err->status = HS_EABSENT) : r;
    *hs_vec_add(&route->rows) = (struct hs_candidate_row){
        .source_id = copy->from_repo, .target_id = to_repo, .source = source, .from = from, .to = to};
    return 0;
}

int hs_copy_repo(struct hs_engine *engine, const struct hs_copy *copy, struct hs_report *report,
                 struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_rule rule = engine->conf.conf->defaults;
    struct hs_what what = {.revision = copy->revision};
    struct hs_sums sums = {0, 0};
    struct hs_route route = {.rule = &rule,
                             .rule_name = "",
                             .from_hub = copy->from_hub,
                             .to_hub = copy->to_hub,
                             .is_by_name = true,
                             .sums = &sums,
                             .pool = &pool};
    int64_t began_ms = hs_mono_ms();
    HS_ERR(why);

    (void)err;
    rule.del.files_extra = false;
    rule.select.has = "";
    rule.select.repos.n = rule.select.exclude.n = rule.select.license.n = 0;
    rule.select.updated_within_ms = 0;
    rule.select.only_public = false;
    rule.create.repos = true;
    hs_filter_settings(&rule, route.settings);
    report->is_plan = copy->is_dry;
    report->created_ms = hs_now_ms();
    if (rule.not_yet.n) {
        (void)hs_fail(&why, HS_ECONFIG, "defaults: %s is not available yet", rule.not_yet.items[0]);
        (void)hs_report_fail(report, "", copy->to_hub, copy->to_repo, &why);
    } else if (copy_route(engine, copy, &pool, &route, &why) < 0) {
        (void)hs_report_fail(report, "", copy->to_hub, *copy->to_repo ? copy->to_repo : copy->from_repo, &why);
        report->was_interrupted = hs_is_stop(why.status);
    } else {
        engine->view.repos_total = 1;
        hs_route_run(engine, &what, &route, copy->is_dry, report);
    }
    hs_vec_clear(&route.rows);
    end_report(engine, report, began_ms);
    return 0;
}
