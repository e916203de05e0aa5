/* `copy`: one repo, without a rule. */
#include "base/clock.h"
#include "job/engine.h"
#include "sync/filter.h"

#include "base/banned.h"

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
    struct hs_sums sums = {.files = 0};
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
        hs_hands_count(engine->hands, 0, 1);
        hs_route_run(engine, &what, &route, copy->is_dry, report);
    }
    hs_route_clear(&route);
    hs_report_end(engine, report, began_ms);
    return 0;
}
