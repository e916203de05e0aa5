/* A repo of a mirror-import rule: looked at, and, in a run, the hub is asked to import it. */
#include "base/clock.h"
#include "base/log.h"
#include "job/engine.h"
#include "sync/follow.h"

#include "base/banned.h"

struct one {
    struct hs_engine *engine;
    const struct hs_what *what;
    const struct hs_route *route;
    const struct hs_candidate_row *row;
    struct hs_report *report;
    struct hs_consider ctx;
    struct hs_candidate candidate;
    struct hs_follow follow;
    struct hs_repo_plan plans[2], *plan; /* the second: looked at again */
    struct hs_repo found;                /* told to be there when it was to be made */
    struct hs_result *result;
    bool is_plan;
};

static void start(struct one *one)
{
    struct hs_engine *engine = one->engine;

    one->ctx = (struct hs_consider){.rule = one->route->rule,
                                    .rule_name = one->route->rule_name,
                                    .from = one->row->from,
                                    .to = one->row->to,
                                    .loop = engine->loop,
                                    .store = engine->store,
                                    .learn = &engine->learn,
                                    .settings = one->route->settings,
                                    .now_ms = hs_now_ms()};
    one->candidate = (struct hs_candidate){.source = one->row->source,
                                           .source_id = one->row->source_id,
                                           .target_id = one->row->target_id,
                                           .target = one->row->target,
                                           .bad_name = one->row->bad_name,
                                           .revision = ""};
    one->follow = (struct hs_follow){.ctx = &one->ctx, .candidate = &one->candidate, .is_plan = one->is_plan};
}

static int recall(struct one *one, struct hs_err *err)
{
    struct hs_link link = {one->route->rule_name, one->route->from_hub, one->row->source_id, one->route->to_hub,
                           one->row->target_id};
    int r;

    if (!one->engine->store)
        return 0;
    r = hs_store_mirror_get(one->engine->store, &link, &one->follow.row, err);
    one->follow.is_known = r == 0;
    return r == HUB_ENOTFOUND ? 0 : r;
}

/* ---- what a plan says ---- */
static void plan_import(struct one *one)
{
    *hs_vec_add(&one->plan->actions) = (struct hs_action){
        .op = HS_OP_IMPORT,
        .path = "",
        .reason = "missing",
        .from = hub_pool_printf(&one->plan->pool, "%s:%s", one->plan->from_hub, one->plan->from_repo),
        .sha256 = ""};
    one->plan->requests++;
}

static void plan_notices(struct one *one)
{
    struct hs_mirror_row *row = &one->follow.row;
    struct hs_mirror_end end = {one->follow.end.action,    one->follow.facts.source, one->follow.facts.pull,
                                one->follow.facts.objects, one->follow.age,          row->told_ms ? M_TOLD : M_NOT_TOLD_YET};

    for (int kind = M_K_MANUAL; kind <= M_K_STALE; kind++) {
        int at;
        if (hs_mirror_alarm((enum hs_m_kind)kind, &end, &at) == M_OPEN && end.action != M_IMPORT &&
            hs_mirror_words(one->plan, &one->follow, &one->plan->pool, (enum hs_m_kind)kind))
            *hs_vec_add(&one->plan->actions) = (struct hs_action){.op = HS_OP_NOTICE,
                                                                .path = "",
                                                                .reason = hs_mirror_kind_name((enum hs_m_kind)kind),
                                                                .from = "",
                                                                .sha256 = ""};
    }
}

/* ---- the result ---- */
static enum hs_status_word status_of(const struct one *one)
{
    bool is_news = one->follow.is_known && one->follow.row.state != HS_MIRROR_DONE;

    switch (one->follow.end.action) {
    case M_IMPORT:
        return one->is_plan ? HS_SYNCED : HS_IMPORTING;
    case M_WAIT:
        return HS_IMPORTING;
    case M_IN_STEP:
        return is_news && !one->is_plan ? HS_SYNCED : HS_UNCHANGED;
    case M_FAIL:
        return HS_FAILED;
    case M_SKIP:
        return HS_SKIPPED;
    case M_EXPOSED: /* what the rule would not choose is no reason to stop */
        return strcmp(one->follow.end.reason, "visibility") == 0 ? HS_BLOCKED : HS_SKIPPED;
    case M_BLOCK:
        return HS_BLOCKED;
    default:
        return HS_UNCHANGED;
    }
}

static void say(struct one *one)
{
    struct hs_result *result = one->result;
    const char *words = one->follow.end.words;

    result->status = status_of(one);
    result->reason = hs_report_text(one->report, one->follow.reason);
    if (result->status == HS_FAILED) {
        result->error = HS_EFAILED;
        words = hs_mirror_words(one->plan, &one->follow, &one->plan->pool, M_K_FAILED);
    } else if (one->candidate.bad_name && strcmp(result->reason, "name") == 0) {
        words = one->candidate.bad_name;
    } else if (one->follow.end.action == M_BEHIND && one->follow.age == M_STALE) {
        words = hs_mirror_words(one->plan, &one->follow, &one->plan->pool, M_K_STALE);
    } else if (one->follow.end.action == M_IN_STEP) {
        words = "";
    }
    result->message = hs_report_text(one->report, words);
}

static void fail(struct one *one, const struct hs_err *err)
{
    one->result->status = HS_FAILED;
    one->result->error = err->status;
    one->result->message = hs_report_text(one->report, hs_err_text(err));
    one->result->hint = hs_report_text(one->report, err->hint);
    if (err->status == HUB_ECANCELED) {
        one->result->status = HS_INTERRUPTED;
        one->report->was_interrupted = true;
    }
}

static bool is_stale(const struct one *one)
{
    const struct hs_result *result = one->result;

    for (size_t i = 0; i < one->what->n_expected; i++) {
        const struct hs_expected *e = &one->what->expected[i];
        if (strcmp(e->repo, result->repo) == 0 && strcmp(e->hub, result->hub) == 0 && strcmp(e->rule, result->rule) == 0)
            return strcmp(e->digest, result->digest) != 0;
    }
    return one->what->n_expected && result->actions.n;
}

/* ---- importing ---- */
/* Was it made although nobody said so? 0: it is there. */
static int ask_again(struct one *one, struct hs_err *err)
{
    return hs_ask_repo(one->ctx.to, one->ctx.loop, &one->plan->pool, one->plan->repo, &one->found, err);
}

static int forget(struct one *one, struct hs_err *err)
{
    struct hs_link link = hs_plan_link(one->plan);

    return one->follow.is_known ? hs_store_mirror_put(one->engine->store, &link, &one->follow.row, err)
                                : hs_store_mirror_drop(one->engine->store, &link, err);
}

/* Remembered before it is asked for: a crash in between must not make a second one. */
static int import(struct one *one, struct hs_err *err)
{
    struct hs_link link = hs_plan_link(one->plan);
    struct hs_mirror_row row = {
        .state = HS_MIRROR_RUNNING, .first_ms = one->ctx.now_ms, .asked_ms = one->ctx.now_ms};
    struct hs_repo want = {.id = one->plan->repo,
                           .visibility = HUB_PUBLIC,
                           .head = "",
                           .branch = one->plan->source.branch,
                           .stable_id = "",
                           .license = one->plan->source.license,
                           .clone_url = ""};
    HS_ERR(why);
    int r = hs_store_mirror_put(one->engine->store, &link, &row, err);

    if (r < 0)
        return r;
    hs_log(HS_LOG_INFO, "import", "rule", one->plan->rule_name, "repo", one->plan->repo, "hub", one->plan->hub, NULL);
    r = hs_ask_import(one->ctx.to, one->ctx.loop, &want, one->follow.address, err);
    if (r == HUB_EUNSURE && ask_again(one, &why) == 0)
        r = 0;
    if (r == HUB_EEXIST && ask_again(one, &why) == 0)
        one->candidate.target = &one->found;
    if (r == 0) {
        hs_err_clear(err);
        return hs_mirror_note(one->engine, one->plan, &one->follow, &row, err);
    }
    if (r == HUB_EREFUSED)
        hs_mirror_refused(one->engine, one->plan, hs_err_text(err));
    if (r != HUB_EUNSURE && r != HUB_ECANCELED) /* else it may be there: the next run looks before it asks again */
        (void)forget(one, &why);
    return r;
}

/* Somebody made it in between, or the list hides it: followed like any that is there. */
static int adopt(struct one *one, struct hs_err *err)
{
    struct hs_mirror_row row;
    int r;

    one->plan = &one->plans[1];
    one->follow = (struct hs_follow){
        .ctx = &one->ctx, .candidate = &one->candidate, .is_known = one->follow.is_known, .row = one->follow.row};
    r = hs_follow_look(&one->follow, one->plan, err);
    if (r < 0)
        return r;
    say(one);
    row = hs_follow_row(&one->follow);
    return hs_mirror_note(one->engine, one->plan, &one->follow, &row, err);
}

static void act(struct one *one)
{
    struct hs_run_row run = {.started_ms = one->ctx.now_ms,
                             .rule = one->plan->rule_name,
                             .repo = one->plan->repo,
                             .hub = one->plan->hub,
                             .status = "running",
                             .commits = ""};
    HS_ERR(err);
    HS_ERR(ignored);
    int r = hs_store_run_start(one->engine->store, &run, &run.id, &err);

    if (r == 0)
        r = import(one, &err);
    if (r == HUB_EEXIST && one->candidate.target)
        r = adopt(one, &err);
    if (r < 0)
        fail(one, &err);
    run.ended_ms = hs_now_ms();
    run.status = one->result->status == HS_INTERRUPTED ? "interrupted" : hs_status_name(one->result->status);
    (void)hs_store_run_end(one->engine->store, &run, &ignored);
}

/* ---- one repo ---- */
static void settle(struct one *one)
{
    struct hs_mirror_row row = hs_follow_row(&one->follow);
    HS_ERR(err);

    if (one->follow.end.action == M_IMPORT)
        act(one);
    else if (hs_mirror_note(one->engine, one->plan, &one->follow, &row, &err) < 0)
        fail(one, &err);
    if (one->result->status != HS_BLOCKED && one->result->status != HS_SKIPPED) /* their alarms are open */
        hs_alert_of(one->engine, one->result, false);
}

static void look(struct one *one)
{
    HS_ERR(err);
    int r;

    start(one);
    r = recall(one, &err);
    if (r == 0)
        r = hs_follow_look(&one->follow, one->plan, &err);
    if (r < 0) {
        one->result = hs_report_add(one->report, one->route, one->row->target_id, HS_FAILED);
        fail(one, &err);
        if (!one->is_plan)
            hs_alert_of(one->engine, one->result, false);
        return;
    }
    one->result = hs_report_add(one->report, one->route, one->row->target_id, HS_UNCHANGED);
    if (one->follow.end.action == M_IMPORT)
        plan_import(one);
    else
        plan_notices(one);
    hs_result_take_plan(one->report, one->result, one->plan);
    say(one);
    if (is_stale(one)) {
        one->result->status = HS_BLOCKED;
        one->result->reason = "stale";
        one->result->message = "what the saved plan rests on has moved; plan again";
    } else if (!one->is_plan) {
        settle(one);
    }
}

void hs_mirror_repo(struct hs_engine *engine, const struct hs_what *what, const struct hs_route *route,
                    const struct hs_candidate_row *row, bool is_plan, struct hs_report *report)
{
    struct one one = {.engine = engine, .what = what, .route = route, .row = row, .report = report, .is_plan = is_plan};

    hs_engine_look(engine, HS_PHASE_SCAN, route, row->target_id);
    one.plan = &one.plans[0];
    look(&one);
    hs_repo_plan_clear(&one.plans[0]);
    hs_repo_plan_clear(&one.plans[1]);
}
