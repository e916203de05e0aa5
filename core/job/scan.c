/* Which repos a rule is about: lists of both sides, target names, claims, what has vanished. */
#include "job/scan.h"

#include "base/clock.h"
#include "job/names.h"
#include "sync/filter.h"

#include <ctype.h>

#include "base/banned.h"

/* As far as the lists tell: a repo that the rule leaves alone claims nothing. */
static bool is_selected(const struct hs_rule *rule, const struct hs_candidate_row *row)
{
    return !*(row->source ? hs_filter_repo(rule, row->source, hs_now_ms()) : hs_filter_name(rule, row->source_id));
}

void hs_scan_claim(struct hs_scan *scan, const struct hs_route *route, struct hs_candidate_row *row)
{
    char *key = hub_pool_printf(scan->pool, "%s\n%s", route->to_hub, row->target_id);
    struct hs_candidate_row *first;

    if (row->bad_name || !is_selected(route->rule, row))
        return;
    for (char *c = key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    first = hs_map_get(&scan->claims, key);
    if (!first) {
        (void)hs_map_put(&scan->claims, key, row);
        return;
    }
    row->bad_name = hub_pool_printf(scan->pool, "%s:%s is claimed by %s and by %s", route->to_hub,
                                    row->target_id, first->source_id, row->source_id);
    first->bad_name = row->bad_name;
}

bool hs_scan_is_asked_for(const struct hs_scan *scan, const struct hs_rule *rule,
                          const char *source_id, const char *target_id)
{
    return hs_filter_named(&scan->what->repos, target_id) ||
           (rule->type == HS_BIDIRECTIONAL && hs_filter_named(&scan->what->repos, source_id));
}

bool hs_scan_failed(struct hs_scan *scan, const struct hs_route *route, const char *what,
                    const struct hs_err *err)
{
    if (hs_is_stop(err->status))
        return true;
    (void)hs_report_fail(scan->report, route->rule_name, route->to_hub, what, err);
    return false;
}

/* ---- one owner of the source ---- */
static int add_row(struct hs_scan *scan, struct hs_route *route, struct hs_session *from,
                   const struct hs_repo *source, const char *source_id, struct hs_err *err)
{
    struct hs_retry retry = {route->rule->retry.attempts, route->rule->retry.max_wait_ms};
    const char *source_owner = hs_owner_of(scan->pool, source_id), *owner = "", *news;
    const char *target_id = hs_map_get(&route->renames->there, source_id);
    const struct hs_list *list = NULL;
    struct hs_session *to;
    int r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->to_hub, "", &retry, &to, err);

    if (r == 0)
        r = hs_target_owner(route->rule, route->rule->map.owner, to, source_owner, &owner, err);
    if (r < 0)
        return r;
    if (target_id)
        owner = hs_owner_of(scan->pool, target_id);
    else
        target_id = hub_pool_printf(scan->pool, "%s/%s", owner,
                                    hs_name_map(scan->pool, route->rule->map.name, hs_name_of(source_id)));
    if (!hs_scan_is_asked_for(scan, route->rule, source_id, target_id))
        return 0;
    r = hs_scan_list(scan, route->rule, route->to_hub, owner, false, &list, err);
    if (r < 0)
        return r;
    news = hs_renamed_from(scan, route->renames, route->from_hub, source_id);
    *hs_vec_add(&route->rows) =
        (struct hs_candidate_row){.source_id = source_id,
                                  .renamed_from = *news ? news : hs_renamed_from(scan, route->renames, route->to_hub, target_id),
                                  .target_id = target_id,
                                  .source = source,
                                  .target = hs_repos_find(&list->repos, target_id),
                                  .bad_name = hs_judge_name(scan->pool, list->session, target_id),
                                  .from = from,
                                  .to = list->session};
    return 0;
}

/* *is_whole: whoever is not in the list may be asked for, and be gone. */
static int scan_owner(struct hs_scan *scan, struct hs_route *route, const char *owner, bool *is_whole,
                      struct hs_err *err)
{
    const struct hs_list *list;
    int r = hs_scan_list(scan, route->rule, route->from_hub, owner, true, &list, err);

    if (r < 0)
        return r;
    *is_whole = list->is_whole;
    if (!list->is_whole)
        hs_scan_block_owner(scan, route, owner, list);
    for (size_t i = 0; r == 0 && i < list->repos.repos.n; i++)
        r = add_row(scan, route, list->session, &list->repos.repos.items[i],
                    list->repos.repos.items[i].id, err);
    return r;
}

/* ---- what had been in step and is not listed any more ---- */
static int add_unlisted(struct hs_scan *scan, struct hs_route *route, const char *owner, const char *id,
                        struct hs_err *err)
{
    struct hs_repo *asked = hub_pool_alloc(scan->pool, 1, sizeof *asked);
    const struct hs_list *list;
    int r = hs_scan_list(scan, route->rule, route->from_hub, owner, true, &list, err);

    if (r < 0)
        return r;
    r = hs_ask_repo(list->session, scan->engine->loop, scan->pool, id, asked, err);
    if (r == HUB_ENOTFOUND) {
        size_t n = route->rows.n;
        hs_err_clear(err);
        r = add_row(scan, route, list->session, NULL, id, err);
        if (r == 0 && route->rows.n > n)
            hs_vanished_note(scan, route, &route->rows.items[n]);
        return r;
    }
    if (r == 0)
        hs_vanished_found(scan, route->rule, route->from_hub, id);
    return r < 0 ? r : add_row(scan, route, list->session, asked, asked->id, err);
}

/* Of the owners in whole alone: the others' lists, and those of no owner of this rule, prove
 * nothing. */
static int add_vanished(struct hs_scan *scan, struct hs_route *route, const struct hs_map *whole,
                        struct hs_err *err)
{
    struct hs_map listed = {NULL, 0, 0};
    struct hs_link *links;
    size_t n;
    int r;

    if (!scan->engine->store)
        return 0;
    if (route->rule->type == HS_MIRROR_IMPORT)
        r = hs_mirror_links(scan->engine->store, scan->pool, route->rule_name, &links, &n, err);
    else
        r = hs_store_baseline_links(scan->engine->store, scan->pool, route->rule_name, "", "", &links, &n, err);
    for (size_t i = 0; i < route->rows.n; i++)
        (void)hs_map_put(&listed, route->rows.items[i].source_id, route);
    for (size_t i = 0; r == 0 && i < n; i++) {
        const char *owner = hs_owner_of(scan->pool, links[i].from_repo);
        HS_ERR(one);
        if (strcmp(links[i].from_hub, route->from_hub) != 0 || strcmp(links[i].to_hub, route->to_hub) != 0 ||
            !hs_map_get(whole, owner) || hs_map_get(&listed, links[i].from_repo) ||
            hs_map_get(&route->renames->was, hub_pool_printf(scan->pool, "%s\n%s", links[i].from_repo, links[i].to_repo)) ||
            !hs_scan_is_asked_for(scan, route->rule, links[i].from_repo, links[i].to_repo))
            continue;
        if (add_unlisted(scan, route, owner, links[i].from_repo, &one) < 0 &&
            hs_scan_failed(scan, route, links[i].to_repo, &one)) {
            hs_err_move(err, &one);
            r = err->status;
        }
    }
    hs_map_clear(&listed);
    return r;
}

/* ---- rules ---- */
static int scan_owners(struct hs_scan *scan, struct hs_route *route, const struct hs_session *from,
                       struct hs_err *err)
{
    struct hs_map whole = {NULL, 0, 0};
    int r = 0;

    for (size_t i = 0; r == 0 && hs_hub_owners(from, i); i++) {
        const char *owner = hs_hub_owners(from, i);
        bool is_whole = false;
        HS_ERR(one);
        if (scan_owner(scan, route, owner, &is_whole, &one) == 0) {
            if (is_whole)
                (void)hs_map_put(&whole, owner, scan);
        } else if (hs_scan_failed(scan, route, owner, &one)) {
            hs_err_move(err, &one);
            r = err->status;
        }
    }
    if (r == 0)
        r = add_vanished(scan, route, &whole, err);
    hs_map_clear(&whole);
    return r;
}

static int scan_route(struct hs_scan *scan, struct hs_route *route, struct hs_err *err)
{
    struct hs_retry retry = {route->rule->retry.attempts, route->rule->retry.max_wait_ms};
    struct hs_renames renames = {.there = {NULL, 0, 0}};
    struct hs_session *from, *to;
    int r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->from_hub, "", &retry, &from, err);

    if (r == 0)
        r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->to_hub, "", &retry, &to, err);
    if (r < 0)
        return r;
    if (to->conf->is_read_only)
        return hs_fail(err, HS_ECONFIG, "rule '%s': its target hub '%s' is configured access: read",
                       route->rule_name, route->to_hub);
    r = route->rule->type == HS_MIRROR_IMPORT ? hs_mirror_check(from, to, route->rule_name, err) : 0;
    if (r < 0)
        return r;
    if (!hs_hub_owners(from, 0))
        return hs_fail(err, HS_ECONFIG, "rule '%s': hub '%s' has no owner", route->rule_name, route->from_hub);
    route->renames = &renames;
    r = hs_scan_whoami(scan, to, err);
    if (r == 0)
        r = hs_renames_find(scan, route->rule, route->from_hub, route->to_hub, &renames, err);
    if (r == 0)
        r = scan_owners(scan, route, from, err);
    route->renames = NULL;
    hs_renames_clear(&renames);
    for (size_t i = 0; i < route->rows.n; i++)
        hs_scan_claim(scan, route, &route->rows.items[i]);
    return r;
}

static bool is_available(struct hs_scan *scan, const struct hs_rule *rule)
{
    const char *what = rule->not_yet.n ? rule->not_yet.items[0] : NULL;
    HS_ERR(err);

    if (!what)
        return true;
    (void)hs_fail(&err, HS_ECONFIG, "rule '%s': %s is not available yet", rule->name, what);
    (void)hs_report_fail(scan->report, rule->name, "", "", &err);
    return false;
}

struct hs_route *hs_scan_new_route(struct hs_scan *scan, const struct hs_rule *rule,
                                   const char *from_hub, const char *to_hub, struct hs_route *route)
{
    route->rule = rule;
    route->rule_name = rule->name;
    route->from_hub = from_hub;
    route->to_hub = to_hub;
    route->pool = scan->pool;
    route->claims = &scan->claims;
    hs_filter_settings(rule, route->settings);
    hs_engine_look(scan->engine, HS_PHASE_SCAN, route, "");
    return route;
}

static void end_rule(struct hs_scan *scan, struct hs_route *routes, size_t n, const struct hs_err *err)
{
    if (hs_scan_failed(scan, &routes[0], "", err))
        scan->report->was_interrupted = true;
    for (size_t i = 0; i < n; i++)
        routes[i].rows.n = 0;
}

void hs_scan_rule(struct hs_scan *scan, const struct hs_rule *rule, struct hs_route **routes,
                  size_t *n_routes)
{
    bool is_pair = rule->type == HS_BIDIRECTIONAL;
    size_t n = is_pair ? 2 : rule->to.n;
    struct hs_sums *sums = hub_pool_alloc(scan->pool, 1, sizeof *sums);

    *n_routes = 0;
    *routes = NULL;
    if (!is_available(scan, rule))
        return;
    *routes = hub_pool_alloc(scan->pool, n + 1, sizeof **routes);
    *n_routes = *routes && sums ? n : 0;
    for (size_t i = 0; i < *n_routes; i++) {
        const char *from = is_pair ? rule->between[i] : rule->from;
        const char *to = is_pair ? rule->between[1 - i] : rule->to.items[i];
        struct hs_route *route = hs_scan_new_route(scan, rule, from, to, &(*routes)[i]);
        HS_ERR(err);
        route->sums = sums;
        if (!is_pair && scan_route(scan, route, &err) < 0)
            end_rule(scan, route, 1, &err);
    }
    if (is_pair && *n_routes) {
        HS_ERR(err);
        (*routes)[0].other = &(*routes)[1];
        (*routes)[1].other = &(*routes)[0];
        if (hs_scan_pair(scan, *routes, &err) < 0)
            end_rule(scan, *routes, 2, &err);
    }
    hs_vanished_back(scan, rule);
}
