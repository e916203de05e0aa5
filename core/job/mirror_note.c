/* What a run remembers of a mirror, and what people are told. */
#include "job/engine.h"
#include "sync/follow.h"

#include "base/clock.h"

#include "base/banned.h"

int hs_mirror_links(struct hs_store *store, struct hub_pool *pool, const char *rule,
                    struct hs_link **links, size_t *n, struct hs_err *err)
{
    struct hs_linked_mirror *rows;
    int r = hs_store_mirrors(store, pool, rule, &rows, n, err);

    if (r < 0)
        return r;
    *links = hub_pool_alloc(pool, *n + 1, sizeof **links);
    for (size_t i = 0; *links && i < *n; i++)
        (*links)[i] = rows[i].link;
    return *links ? 0 : hs_fail(err, HUB_ENOMEM, "out of memory");
}

int hs_mirror_check(const struct hs_session *from, const struct hs_session *to, const char *rule,
                    struct hs_err *err)
{
    if (!hs_plugin_can(to->plugin, import_repo) || !hs_plugin_can(to->plugin, branch_heads))
        return hs_fail(err, HS_ECONFIG, "rule '%s': hub '%s' (plugin %s) cannot import repos", rule, to->conf->name,
                       to->plugin->table.name);
    if (!hs_plugin_can(from->plugin, branch_heads))
        return hs_fail(err, HS_ECONFIG, "rule '%s': hub '%s' (plugin %s) tells no branch heads to follow", rule,
                       from->conf->name, from->plugin->table.name);
    return 0;
}

/* ---- words ---- */
static char *stale_words(const struct hs_repo_plan *plan, const struct hs_follow *f, struct hub_pool *pool)
{
    bool was_in_step = f->row.in_step_ms != 0;
    char since[HS_TIME_BYTES];
    char *text = hub_pool_printf(pool, "%s:%s is behind %s:%s; %s %s", plan->hub, plan->repo, plan->from_hub,
                                 plan->from_repo, was_in_step ? "it was in step at" : "first seen at",
                                 hs_time_rfc3339(was_in_step ? f->row.in_step_ms : f->row.first_ms, since));

    if (f->progress.failures)
        text = hub_pool_printf(pool, "%s; %u updates failed in a row", text, f->progress.failures);
    return *f->progress.message ? hub_pool_printf(pool, "%s; the hub says: %s", text, f->progress.message) : text;
}

char *hs_mirror_words(const struct hs_repo_plan *plan, const struct hs_follow *f, struct hub_pool *pool,
                      enum hs_m_kind kind)
{
    char *text;

    switch (kind) {
    case M_K_MANUAL:
        text = hs_session_manual(plan->to, pool, HUB_START_MIRROR, plan->repo);
        return text ? hub_pool_printf(pool, "%s:%s does not follow its source by itself yet: %s", plan->hub, plan->repo,
                                      text)
                    : NULL;
    case M_K_STALE:
        return stale_words(plan, f, pool);
    case M_K_LFS:
        return hub_pool_printf(pool, "%s:%s has no content for %llu of the %llu LFS files looked at, '%s' among them",
                               plan->hub, plan->repo, (unsigned long long)f->n_missing,
                               (unsigned long long)f->n_objects, f->missing ? f->missing : "");
    case M_K_FAILED:
        return hub_pool_printf(pool,
                               "%s: the import of %s:%s into %s failed%s%s; it is not made again by itself: delete "
                               "that repo on the site to have it imported anew",
                               plan->hub, plan->from_hub, plan->from_repo, plan->repo, *f->progress.message ? ": " : "",
                               f->progress.message);
    case M_K_VISIBILITY:
    case M_K_GATED:
    case M_K_VANISHED:
        return hub_pool_printf(pool, "%s:%s, mirror of %s:%s: %s", plan->hub, plan->repo, plan->from_hub,
                               plan->from_repo, f->end.words);
    }
    return NULL;
}

static const char *level_of(enum hs_m_kind kind)
{
    if (kind == M_K_VISIBILITY || kind == M_K_GATED)
        return "critical";
    return kind == M_K_LFS || kind == M_K_FAILED ? "error" : "warn";
}

/* ---- alarms ---- */
static int raise_alarm(struct hs_engine *engine, const struct hs_repo_plan *plan, enum hs_m_kind kind,
                       const char *words, int64_t now_ms, struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_alert_row row = {.rule = plan->rule_name,
                               .repo = plan->repo,
                               .kind = hs_mirror_kind_name(kind),
                               .level = level_of(kind),
                               .message = words,
                               .command = hub_pool_printf(&pool, "hubsync plan %s --repo '%s'", plan->rule_name,
                                                          plan->repo),
                               .last_ms = now_ms};

    return hs_store_alert_open(engine->store, &row, err);
}

void hs_mirror_refused(struct hs_engine *engine, const struct hs_repo_plan *plan, const char *why)
{
    HS_ERR(ignored); /* an alert that cannot be written must not hide why */

    (void)raise_alarm(engine, plan, M_K_FAILED, why, hs_now_ms(), &ignored);
}

static int note_alarms(struct hs_engine *engine, const struct hs_repo_plan *plan, const struct hs_follow *f,
                       struct hs_mirror_row *row, struct hs_err *err)
{
    struct hs_mirror_end end = {f->end.action,    f->facts.source, f->facts.pull,
                                f->facts.objects, f->age,          row->told_ms ? M_TOLD : M_NOT_TOLD_YET};
    HUB_POOL(pool);
    int r = 0;

    for (int kind = 0; r == 0 && kind < HS_M_KINDS; kind++) {
        int at;
        enum hs_m_alarm what = hs_mirror_alarm((enum hs_m_kind)kind, &end, &at);
        char *words = what == M_OPEN ? hs_mirror_words(plan, f, &pool, (enum hs_m_kind)kind) : NULL;
        if (what == M_RESOLVE)
            r = hs_store_alert_resolve(engine->store, plan->rule_name, plan->repo,
                                       hs_mirror_kind_name((enum hs_m_kind)kind), f->ctx->now_ms, err);
        else if (words)
            r = raise_alarm(engine, plan, (enum hs_m_kind)kind, words, f->ctx->now_ms, err);
        if (kind == M_K_MANUAL && what != M_LEAVE)
            row->told_ms = words ? f->ctx->now_ms : 0;
    }
    return r;
}

int hs_mirror_note(struct hs_engine *engine, const struct hs_repo_plan *plan, const struct hs_follow *f,
                   struct hs_mirror_row *row, struct hs_err *err)
{
    struct hs_link link = hs_plan_link(plan);
    int r = hs_store_begin(engine->store, err);

    if (r < 0)
        return r;
    r = note_alarms(engine, plan, f, row, err);
    if (r == 0 && row->state && (!f->is_known || memcmp(row, &f->row, sizeof *row) != 0))
        r = hs_store_mirror_put(engine->store, &link, row, err);
    if (r == 0)
        return hs_store_end(engine->store, err);
    hs_store_rollback(engine->store);
    return r;
}
