/* Renames: the baseline knows a repo by its stable id, the list has that id under another name. */
#include "base/log.h"
#include "job/names.h"
#include "job/scan.h"

#include "base/banned.h"

enum { MAX_ASKED = 50 }; /* detail calls of one scan for lists that tell no stable ids */

struct finder {
    struct hs_scan *scan;
    const struct hs_rule *rule;
    const char *from_hub, *to_hub;
    struct hs_renames *out;
    unsigned n_asked;
};

void hs_renames_clear(struct hs_renames *renames)
{
    hs_map_clear(&renames->there);
    hs_map_clear(&renames->back);
    hs_map_clear(&renames->was);
    hs_map_clear(&renames->news);
}

const char *hs_renamed_from(const struct hs_scan *scan, const struct hs_renames *renames,
                            const char *hub, const char *id)
{
    const char *old = hs_map_get(&renames->news, hub_pool_printf(scan->pool, "%s\n%s", hub, id));

    return old ? old : "";
}

/* The list's word, else what a detail call told once, else it is asked. */
static const char *stable_id_of(struct finder *f, const struct hs_list *list, const char *hub,
                                const struct hs_repo *repo)
{
    struct hs_repo_row row;
    struct hs_repo asked;
    HS_ERR(ignored);

    if (*repo->stable_id)
        return repo->stable_id;
    if (hs_store_repo_get(f->scan->engine->store, f->scan->pool, hub, repo->id, &row, &ignored) == 0)
        return row.stable_id;
    if (f->n_asked++ >= MAX_ASKED ||
        hs_ask_repo(list->session, f->scan->engine->loop, f->scan->pool, repo->id, &asked, &ignored) < 0)
        return "";
    return asked.stable_id;
}

/* Its new name, NULL if it has its old one or none that is known. */
static const char *find_new(struct finder *f, const char *hub, const char *id, const char *stable_id, bool is_source)
{
    const char *owner = hs_owner_of(f->scan->pool, id);
    const struct hs_list *list = NULL;
    HS_ERR(ignored);

    if (!stable_id || !*stable_id ||
        hs_scan_list(f->scan, f->rule, hub, owner, is_source, &list, &ignored) < 0 || hs_repos_find(&list->repos, id) ||
        !list->repos.is_complete)
        return NULL;
    for (size_t i = 0; i < list->repos.repos.n; i++) {
        const struct hs_repo *repo = &list->repos.repos.items[i];
        if (strcmp(stable_id_of(f, list, hub, repo), stable_id) == 0)
            return repo->id;
    }
    return NULL;
}

static void tell(struct finder *f, const char *hub, const char *old, const char *new)
{
    (void)hs_map_put(&f->out->news, hub_pool_printf(f->scan->pool, "%s\n%s", hub, new), (void *)old);
    hs_logf(HS_LOG_INFO, "repo_renamed", "%s:%s is %s now", hub, old, new);
}

static int take(struct finder *f, const struct hs_linked_baseline *base, struct hs_err *err)
{
    bool is_pair = f->rule->type == HS_BIDIRECTIONAL;
    const struct hs_link *link = &base->link;
    const char *from = find_new(f, link->from_hub, link->from_repo, base->row.from.stable_id, true);
    const char *to = find_new(f, link->to_hub, link->to_repo, base->row.to.stable_id, is_pair);
    bool is_there = strcmp(link->from_hub, f->from_hub) == 0;
    struct hs_link now = {link->rule, link->from_hub, from ? from : link->from_repo, link->to_hub,
                          to ? to : link->to_repo};

    if (!from && !to)
        return 0;
    if (from)
        tell(f, link->from_hub, link->from_repo, from);
    if (to)
        tell(f, link->to_hub, link->to_repo, to);
    (void)hs_map_put(&f->out->there, is_there ? now.from_repo : now.to_repo, (void *)(is_there ? now.to_repo : now.from_repo));
    (void)hs_map_put(&f->out->back, is_there ? now.to_repo : now.from_repo, (void *)(is_there ? now.from_repo : now.to_repo));
    (void)hs_map_put(&f->out->was,
                     hub_pool_printf(f->scan->pool, "%s\n%s", is_there ? link->from_repo : link->to_repo,
                                     is_there ? link->to_repo : link->from_repo),
                     f);
    return f->scan->may_note ? hs_store_link_rename(f->scan->engine->store, link, &now, err) : 0;
}

static bool is_ours(const struct finder *f, const struct hs_link *link)
{
    bool is_there = strcmp(link->from_hub, f->from_hub) == 0 && strcmp(link->to_hub, f->to_hub) == 0;
    bool is_back = strcmp(link->from_hub, f->to_hub) == 0 && strcmp(link->to_hub, f->from_hub) == 0;

    return is_there || (is_back && f->rule->type == HS_BIDIRECTIONAL);
}

static int load_kept(struct finder *f, struct hs_err *err)
{
    struct hs_link *links;
    size_t n = 0;
    int r = hs_store_renames(f->scan->engine->store, f->scan->pool, f->rule->name, &links, &n, err);

    for (size_t i = 0; r == 0 && i < n; i++) {
        bool is_there = strcmp(links[i].from_hub, f->from_hub) == 0;
        const char *from = is_there ? links[i].from_repo : links[i].to_repo;
        const char *to = is_there ? links[i].to_repo : links[i].from_repo;
        if (!is_ours(f, &links[i]))
            continue;
        (void)hs_map_put(&f->out->there, from, (void *)to);
        (void)hs_map_put(&f->out->back, to, (void *)from);
    }
    return r;
}

int hs_renames_find(struct hs_scan *scan, const struct hs_rule *rule, const char *from_hub,
                    const char *to_hub, struct hs_renames *out, struct hs_err *err)
{
    struct finder f = {.scan = scan, .rule = rule, .from_hub = from_hub, .to_hub = to_hub, .out = out};
    struct hs_linked_baseline *rows;
    size_t n = 0;
    int r;

    if (!scan->engine->store)
        return 0;
    r = load_kept(&f, err);
    if (r == 0)
        r = hs_store_baselines(scan->engine->store, scan->pool, rule->name, &rows, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++)
        if (is_ours(&f, &rows[i].link))
            r = take(&f, &rows[i], err);
    return r;
}
