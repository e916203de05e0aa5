/* Lists of repos, one for each hub and owner of a run, and whether absence from them counts. */
#include "base/clock.h"
#include "base/log.h"
#include "job/scan.h"

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
        struct hs_list *list = value;
        hs_repos_clear(&list->repos);
        hs_err_clear(&list->err);
        free(list);
    }
    hs_map_clear(&scan->lists);
    hs_map_clear(&scan->claims);
}

/* Far shorter than the last complete one: nobody may conclude that repos are gone. */
static bool is_suspect(struct hs_scan *scan, const char *hub, const char *owner, size_t n)
{
    char *what = hub_pool_printf(scan->pool, "repos %s", owner);
    uint64_t last = 0;
    HS_ERR(ignored);

    if (!scan->engine->store ||
        hs_store_count_get(scan->engine->store, hub, what, &last, &ignored) < 0)
        return false;
    return (last && !n) || (n * 2 < last && last - n >= SUSPECT_SHORTER);
}

static void note_length(struct hs_scan *scan, const char *hub, const char *owner, size_t n)
{
    char *what = hub_pool_printf(scan->pool, "repos %s", owner);
    HS_ERR(ignored);

    if (scan->may_note && scan->engine->store)
        (void)hs_store_count_put(scan->engine->store, hub, what, n, &ignored);
}

static void judge_length(struct hs_scan *scan, const char *hub, const char *owner, struct hs_list *list)
{
    if (!list->repos.is_complete) {
        list->reason = "incomplete";
        list->why = list->repos.why;
    } else if (is_suspect(scan, hub, owner, list->repos.repos.n)) {
        list->reason = "listing_suspect";
        list->why = "the list of repos is far shorter than the last one; nothing is concluded from that";
    } else {
        list->is_whole = true;
        note_length(scan, hub, owner, list->repos.repos.n);
    }
}

int hs_scan_whoami(struct hs_scan *scan, struct hs_session *session, struct hs_err *err)
{
    int r = hs_ask_whoami(session, scan->engine->loop, err);

    if (r != HUB_ENOTSUP)
        return r;
    hs_err_clear(err);
    return 0;
}

static struct hs_list *ask_list(struct hs_scan *scan, struct hs_session *session, const char *owner)
{
    struct hs_list *list = hs_xcalloc(1, sizeof *list);

    list->session = session;
    list->reason = list->why = "";
    hs_engine_look(scan->engine, HS_PHASE_SCAN, NULL, NULL);
    (void)hs_ask_repos(session, scan->engine->loop, scan->pool, owner, &list->repos, &list->err);
    return list;
}

int hs_scan_list(struct hs_scan *scan, const struct hs_rule *rule, const char *hub,
                 const char *owner, bool is_source, const struct hs_list **out, struct hs_err *err)
{
    char *key = hub_pool_printf(scan->pool, "%s\n%s", hub, owner);
    struct hs_list *list = hs_map_get(&scan->lists, key);
    struct hs_retry retry = {rule->retry.attempts, rule->retry.max_wait_ms};
    struct hs_session *session;
    int r = hs_session_get(scan->engine->sessions, scan->engine->loop, hub, owner, &retry, &session, err);

    if (r == 0 && is_source)
        r = hs_scan_whoami(scan, session, err);
    if (r < 0)
        return r;
    if (!list) {
        list = ask_list(scan, session, owner);
        (void)hs_map_put(&scan->lists, key, list);
    }
    if (list->err.status < 0) {
        hs_err_copy(err, &list->err);
        return list->err.status;
    }
    if (is_source && !list->is_whole && !*list->reason)
        judge_length(scan, hub, owner, list);
    *out = list;
    return 0;
}

void hs_scan_block_owner(struct hs_scan *scan, const struct hs_route *route, const char *owner,
                         const struct hs_list *list)
{
    struct hs_result *result = hs_report_add(scan->report, route, owner, HS_BLOCKED);

    result->reason = list->reason;
    result->message = hs_report_text(scan->report, list->why);
}
