/* Repos that are gone from their source: in how many scans, and what is forgotten of them. */
#include "base/clock.h"
#include "job/scan.h"
#include "sync/base.h"
#include "sync/consider.h"

#include "base/banned.h"

void hs_vanished_note(struct hs_scan *scan, const struct hs_route *route, struct hs_candidate_row *row)
{
    struct hs_link link = {route->rule_name, route->from_hub, row->source_id, route->to_hub, row->target_id};
    struct hs_store *store = scan->engine->store;
    struct hs_absence absence = {0, 0};
    int64_t now = hs_now_ms();
    HS_ERR(ignored); /* what cannot be counted is not counted: the grace lasts longer */

    if (scan->may_note)
        (void)hs_store_absence_note(store, &link, now, &absence, &ignored);
    else if (hs_store_absence_get(store, &link, &absence, &ignored) == 0)
        absence.scans++; /* as a run would count it now */
    else
        absence = (struct hs_absence){now, 1};
    row->absent_scans = absence.scans;
    row->absent_ms = absence.scans ? now - absence.first_ms : 0;
}

static bool is_listed(const struct hs_scan *scan, const char *hub, const char *id)
{
    const char *key = hub_pool_printf(scan->pool, "%s\n%s", hub, hub_pool_strndup(scan->pool, id, strcspn(id, "/")));
    const struct hs_list *list = hs_map_get(&scan->lists, key);

    return list && hs_repos_find(&list->repos, id);
}

void hs_vanished_back(struct hs_scan *scan, const struct hs_rule *rule)
{
    struct hs_store *store = scan->engine->store;
    struct hs_link *links;
    size_t n = 0;
    HS_ERR(ignored);

    if (!store || !scan->may_note ||
        hs_store_absence_links(store, scan->pool, rule->name, &links, &n, &ignored) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (is_listed(scan, links[i].from_hub, links[i].from_repo))
            (void)hs_store_absence_drop(store, &links[i], &ignored);
}

void hs_vanished_found(struct hs_scan *scan, const struct hs_rule *rule, const char *hub, const char *id)
{
    struct hs_store *store = scan->engine->store;
    struct hs_link *links;
    size_t n = 0;
    HS_ERR(ignored);

    if (!store || !scan->may_note ||
        hs_store_absence_links(store, scan->pool, rule->name, &links, &n, &ignored) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (strcmp(links[i].from_hub, hub) == 0 && strcmp(links[i].from_repo, id) == 0)
            (void)hs_store_absence_drop(store, &links[i], &ignored);
}

void hs_vanished_settle(struct hs_engine *engine, const struct hs_repo_plan *plan)
{
    struct hs_link link = hs_plan_link(plan);
    HS_ERR(ignored); /* it is remembered longer than need be */

    if (!engine->store)
        return;
    if (plan->is_forgotten)
        (void)hs_base_forget(engine->store, plan->rule, &link, &ignored);
    else if (plan->source.visibility == HUB_PRIVATE || plan->source.visibility == HUB_INTERNAL ||
             plan->source.gated == HUB_YES)
        (void)hs_base_hide(engine->store, plan->rule, &link, &ignored);
}
