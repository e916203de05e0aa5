/* Which repos a rule is about: lists of both sides, target names, claims, what has vanished. */
#include "base/clock.h"
#include "base/log.h"
#include "data/glob.h"
#include "job/engine.h"
#include "provider/check.h"
#include "sync/filter.h"

#include <ctype.h>
#include <regex.h>

#include "base/banned.h"

enum { SUSPECT_SHORTER = 10 };

const char *hs_hub_owners(const struct hs_session *s, size_t i)
{
    const struct hub_option *option = hs_plugin_option(s->plugin, "owner");

    if (s->conf->owners.n)
        return i < s->conf->owners.n ? s->conf->owners.items[i] : NULL;
    return i == 0 && option && option->fallback && *option->fallback ? option->fallback : NULL;
}

void hs_scan_clear(struct hs_scan *scan)
{
    const char *key;
    void *value;

    for (size_t i = 0; hs_map_each(&scan->lists, &i, &key, &value);) {
        hs_repos_clear(value);
        free(value);
    }
    hs_map_clear(&scan->lists);
    hs_map_clear(&scan->claims);
}

/* ---- lists, one for each hub and owner of a run ---- */
static int list_owner(struct hs_scan *scan, struct hs_session *s, const char *owner,
                      const struct hs_repos **out, struct hs_err *err)
{
    char *key = hub_pool_printf(scan->pool, "%s\n%s", s->conf->name, owner);
    struct hs_repos *repos = hs_map_get(&scan->lists, key);
    int r;

    if (!repos) {
        repos = hs_xcalloc(1, sizeof *repos);
        hs_engine_look(scan->engine, HS_PHASE_SCAN, NULL, NULL);
        r = hs_ask_repos(s, scan->engine->loop, scan->pool, owner, repos, err);
        if (r < 0) {
            free(repos);
            return r;
        }
        (void)hs_map_put(&scan->lists, key, repos);
    }
    *out = repos;
    return 0;
}

/* Far shorter than the last complete one: nobody may conclude that repos are gone. */
static bool is_suspect(struct hs_scan *scan, const struct hs_session *s, const char *owner,
                       const struct hs_repos *repos)
{
    char *what = hub_pool_printf(scan->pool, "repos %s", owner);
    uint64_t last = 0;
    HS_ERR(ignored);

    if (!scan->engine->store ||
        hs_store_count_get(scan->engine->store, s->conf->name, what, &last, &ignored) < 0)
        return false;
    if (last && !repos->repos.n)
        return true;
    return repos->repos.n * 2 < last && last - repos->repos.n >= SUSPECT_SHORTER;
}

static void note_length(struct hs_scan *scan, const struct hs_session *s, const char *owner,
                        const struct hs_repos *repos)
{
    char *what = hub_pool_printf(scan->pool, "repos %s", owner);
    HS_ERR(ignored);

    if (scan->may_note && scan->engine->store && repos->is_complete)
        (void)hs_store_count_put(scan->engine->store, s->conf->name, what, repos->repos.n, &ignored);
}

/* ---- names ---- */
static const char *owner_of(struct hub_pool *pool, const char *id)
{
    return hub_pool_strndup(pool, id, strcspn(id, "/"));
}

static const char *name_of(const char *id)
{
    const char *slash = strchr(id, '/');

    return slash ? slash + 1 : id;
}

static int target_owner(struct hub_pool *pool, const struct hs_rule *rule, const struct hs_session *to,
                        const char *source_owner, const char **out, struct hs_err *err)
{
    (void)pool;
    if (*rule->map.owner) {
        *out = rule->map.owner;
        return 0;
    }
    if (!hs_hub_owners(to, 1) && hs_hub_owners(to, 0)) {
        *out = hs_hub_owners(to, 0);
        return 0;
    }
    for (size_t i = 0; hs_hub_owners(to, i); i++)
        if (strcmp(hs_hub_owners(to, i), source_owner) == 0) {
            *out = source_owner;
            return 0;
        }
    (void)hs_fail(err, HS_ECONFIG, "rule '%s': hub '%s' has no owner that '%s' goes to", rule->name,
                  to->conf->name, source_owner);
    return hs_hint(err, "set map.owner, or name '%s' under hubs.%s.owner", source_owner, to->conf->name);
}

static char *map_name(struct hub_pool *pool, const char *pattern, const char *name)
{
    HUB_TEXT(text);

    while (*pattern) {
        const char *at = strstr(pattern, "{name}");
        size_t n = at ? (size_t)(at - pattern) : strlen(pattern);
        hub_text_add(&text, pattern, n);
        if (at)
            hub_text_puts(&text, name);
        pattern += n + (at ? strlen("{name}") : 0);
    }
    return hub_pool_strdup(pool, text.data ? text.data : "");
}

static const char *judge_name(struct hub_pool *pool, const struct hs_session *to, const char *id)
{
    HS_ERR(bad);
    regex_t regex;
    int r = 0;

    if (hs_check_repo_id(id, &bad) < 0)
        return hub_pool_strdup(pool, hs_err_text(&bad));
    if (!*to->limits.name_pattern ||
        regcomp(&regex, hub_pool_printf(pool, "^(%s)$", to->limits.name_pattern), REG_EXTENDED | REG_NOSUB) != 0)
        return NULL;
    r = regexec(&regex, name_of(id), 0, NULL, 0);
    regfree(&regex);
    return r == 0 ? NULL
                  : hub_pool_printf(pool, "'%s' is no name that %s takes (%s); set map.name", name_of(id),
                                    to->conf->name, to->limits.name_pattern);
}

/* Two sources for one target, in this rule or another, without regard to case: both are blocked. */
static void claim(struct hs_scan *scan, struct hs_route *route, struct hs_candidate_row *row)
{
    char *key = hub_pool_printf(scan->pool, "%s\n%s", route->to_hub, row->target_id);
    struct hs_candidate_row *first;

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

/* ---- one owner of the source ---- */
static void block_owner(struct hs_scan *scan, const struct hs_route *route, const char *owner,
                        const char *reason, const char *why)
{
    struct hs_result *result = hs_report_add(scan->report, route, owner, HS_BLOCKED);

    result->reason = reason;
    result->message = hs_report_text(scan->report, why);
}

static bool is_asked_for(const struct hs_scan *scan, const char *target_id)
{
    return hs_filter_named(&scan->what->repos, target_id);
}

static int add_row(struct hs_scan *scan, struct hs_route *route, struct hs_session *from,
                   const struct hs_repo *source, const char *source_id, struct hs_err *err)
{
    struct hs_retry retry = {route->rule->retry.attempts, route->rule->retry.max_wait_ms};
    const char *source_owner = owner_of(scan->pool, source_id), *owner = "";
    struct hs_candidate_row *row;
    const struct hs_repos *list = NULL;
    struct hs_session *to;
    const char *target_id;
    int r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->to_hub, "", &retry, &to, err);

    if (r == 0)
        r = target_owner(scan->pool, route->rule, to, source_owner, &owner, err);
    if (r < 0)
        return r;
    target_id = hub_pool_printf(scan->pool, "%s/%s", owner,
                                map_name(scan->pool, route->rule->map.name, name_of(source_id)));
    if (!is_asked_for(scan, target_id))
        return 0;
    r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->to_hub, owner, &retry, &to, err);
    if (r == 0)
        r = list_owner(scan, to, owner, &list, err);
    if (r < 0)
        return r;
    row = hs_vec_add(&route->rows);
    *row = (struct hs_candidate_row){.source_id = source_id,
                                     .target_id = target_id,
                                     .source = source,
                                     .target = hs_repos_find(list, target_id),
                                     .bad_name = judge_name(scan->pool, to, target_id),
                                     .from = from,
                                     .to = to};
    return 0;
}

static int scan_owner(struct hs_scan *scan, struct hs_route *route, const char *owner, bool *is_whole,
                      struct hs_err *err)
{
    struct hs_retry retry = {route->rule->retry.attempts, route->rule->retry.max_wait_ms};
    const struct hs_repos *repos;
    struct hs_session *from;
    int r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->from_hub, owner, &retry, &from, err);

    if (r == 0)
        r = hs_ask_whoami(from, scan->engine->loop, err);
    if (r == HUB_ENOTSUP)
        hs_err_clear(err), r = 0;
    if (r == 0)
        r = list_owner(scan, from, owner, &repos, err);
    if (r < 0)
        return r;
    if (!repos->is_complete) {
        *is_whole = false;
        block_owner(scan, route, owner, "incomplete", repos->why);
    } else if (is_suspect(scan, from, owner, repos)) {
        *is_whole = false;
        block_owner(scan, route, owner, "listing_suspect",
                    "the list of repos is far shorter than the last one; nothing is concluded from that");
    } else {
        note_length(scan, from, owner, repos);
    }
    for (size_t i = 0; r == 0 && i < repos->repos.n; i++)
        r = add_row(scan, route, from, &repos->repos.items[i], repos->repos.items[i].id, err);
    return r;
}

/* ---- what had been in step and is not listed any more ---- */
static bool is_row_of(const struct hs_route *route, const char *source_id)
{
    for (size_t i = 0; i < route->rows.n; i++)
        if (strcmp(route->rows.items[i].source_id, source_id) == 0)
            return true;
    return false;
}

static int add_unlisted(struct hs_scan *scan, struct hs_route *route, const char *id, struct hs_err *err)
{
    struct hs_retry retry = {route->rule->retry.attempts, route->rule->retry.max_wait_ms};
    struct hs_repo *asked = hub_pool_alloc(scan->pool, 1, sizeof *asked);
    struct hs_session *from;
    int r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->from_hub,
                           owner_of(scan->pool, id), &retry, &from, err);

    if (r < 0)
        return r;
    r = hs_ask_repo(from, scan->engine->loop, scan->pool, id, asked, err);
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(err);
        return add_row(scan, route, from, NULL, id, err);
    }
    return r < 0 ? r : add_row(scan, route, from, asked, asked->id, err);
}

static int add_vanished(struct hs_scan *scan, struct hs_route *route, struct hs_err *err)
{
    struct hs_link *links;
    size_t n;
    int r;

    if (!scan->engine->store)
        return 0;
    r = hs_store_baseline_links(scan->engine->store, scan->pool, route->rule_name, "", "", &links, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        HS_ERR(one);
        if (strcmp(links[i].from_hub, route->from_hub) != 0 || strcmp(links[i].to_hub, route->to_hub) != 0 ||
            is_row_of(route, links[i].from_repo) || !is_asked_for(scan, links[i].to_repo))
            continue;
        if (add_unlisted(scan, route, links[i].from_repo, &one) < 0)
            (void)hs_report_fail(scan->report, route->rule_name, route->to_hub, links[i].to_repo, &one);
    }
    return r;
}

/* ---- rules ---- */
static int scan_route(struct hs_scan *scan, struct hs_route *route, struct hs_err *err)
{
    struct hs_retry retry = {route->rule->retry.attempts, route->rule->retry.max_wait_ms};
    struct hs_session *from, *to;
    bool is_whole = true;
    int r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->from_hub, "", &retry, &from, err);

    if (r == 0)
        r = hs_session_get(scan->engine->sessions, scan->engine->loop, route->to_hub, "", &retry, &to, err);
    if (r < 0)
        return r;
    if (to->conf->is_read_only)
        return hs_fail(err, HS_ECONFIG, "rule '%s': its target hub '%s' is configured access: read",
                       route->rule_name, route->to_hub);
    if (!hs_hub_owners(from, 0))
        return hs_fail(err, HS_ECONFIG, "rule '%s': hub '%s' has no owner", route->rule_name, route->from_hub);
    r = hs_ask_whoami(to, scan->engine->loop, err);
    if (r == HUB_ENOTSUP)
        hs_err_clear(err), r = 0;
    if (r < 0)
        return r;
    for (size_t i = 0; hs_hub_owners(from, i); i++) {
        HS_ERR(one);
        const char *owner = hs_hub_owners(from, i);
        if (scan_owner(scan, route, owner, &is_whole, &one) < 0) {
            is_whole = false;
            if (hs_is_stop(one.status)) {
                hs_err_move(err, &one);
                return err->status;
            }
            (void)hs_report_fail(scan->report, route->rule_name, route->to_hub, owner, &one);
        }
    }
    route->is_whole = is_whole;
    r = is_whole ? add_vanished(scan, route, err) : 0;
    for (size_t i = 0; i < route->rows.n; i++)
        claim(scan, route, &route->rows.items[i]);
    return r;
}

static bool is_available(struct hs_scan *scan, const struct hs_rule *rule)
{
    HS_ERR(err);

    if (!rule->not_yet.n && rule->type == HS_ONE_WAY)
        return true;
    (void)hs_fail(&err, HS_ECONFIG, "rule '%s': %s is not available yet", rule->name,
                  rule->not_yet.n ? rule->not_yet.items[0] : "its type");
    (void)hs_report_fail(scan->report, rule->name, "", "", &err);
    return false;
}

void hs_scan_rule(struct hs_scan *scan, const struct hs_rule *rule, struct hs_route **routes,
                  size_t *n_routes)
{
    *n_routes = 0;
    *routes = NULL;
    if (!is_available(scan, rule))
        return;
    *routes = hub_pool_alloc(scan->pool, rule->to.n + 1, sizeof **routes);
    for (size_t i = 0; *routes && i < rule->to.n; i++) {
        struct hs_route *route = &(*routes)[(*n_routes)++];
        HS_ERR(err);
        route->rule = rule;
        route->rule_name = rule->name;
        route->from_hub = rule->from;
        route->to_hub = rule->to.items[i];
        route->pool = scan->pool;
        hs_route_init(route);
        hs_filter_settings(rule, route->settings);
        hs_engine_look(scan->engine, HS_PHASE_SCAN, route, "");
        if (scan_route(scan, route, &err) < 0) {
            if (hs_is_stop(err.status))
                scan->report->was_interrupted = true;
            else
                (void)hs_report_fail(scan->report, rule->name, route->to_hub, "", &err);
            route->rows.n = 0;
        }
    }
}
