/* Which repos a bidirectional rule is about, and which way each one goes. */
#include "job/scan.h"

#include "job/names.h"
#include "sync/filter.h"

#include <ctype.h>
#include <strings.h>

#include "base/banned.h"

struct side { /* 0: between[0], where `map` starts; 1: between[1], where it leads */
    const char *hub;
    struct hs_session *session; /* of the hub's own token */
    HS_VEC(const char *) owners;
    HS_VEC(const struct hs_list *) lists; /* of each owner; NULL: it failed, and was reported */
};
struct pair {
    struct hs_scan *scan;
    const struct hs_rule *rule;
    struct hs_route *routes; /* routes[i] leads from side i to the other */
    struct side side[2];
    int lead;            /* the authority's side, -1 in three-way mode */
    struct hs_map links; /* "id on side 0\nid on side 1" → struct hs_link: there is a baseline */
    struct hs_renames renames;
    struct hs_map seen;  /* the same keys, and ids of side 1: done */
};
struct both { /* the two repos of one pair, as far as they are there */
    const char *id[2];
    const struct hs_repo *repo[2];
};

static const struct hs_list *list_of(const struct pair *p, int i, const char *id)
{
    size_t n = strcspn(id, "/");

    for (size_t k = 0; k < p->side[i].lists.n; k++)
        if (strncmp(p->side[i].owners.items[k], id, n) == 0 && !p->side[i].owners.items[k][n])
            return p->side[i].lists.items[k];
    return NULL;
}

static const char *key_of(const struct pair *p, const struct both *both)
{
    return hub_pool_printf(p->scan->pool, "%s\n%s", both->id[0], both->id[1]);
}

/* ---- rows ---- */
static struct hs_candidate_row *add_row(struct pair *p, int from, const struct both *both,
                                        enum hs_direction direction)
{
    int to = 1 - from;
    struct hs_candidate_row *row = hs_vec_add(&p->routes[from].rows);

    *row = (struct hs_candidate_row){.source_id = both->id[from],
                                     .target_id = both->id[to],
                                     .source = both->repo[from],
                                     .target = both->repo[to],
                                     .from = list_of(p, from, both->id[from])->session,
                                     .to = list_of(p, to, both->id[to])->session,
                                     .direction = direction};
    row->bad_name = hs_judge_name(p->scan->pool, row->to, row->target_id);
    for (int i = 0; i < 2 && !(row->renamed_from && *row->renamed_from); i++)
        row->renamed_from = hs_renamed_from(p->scan, &p->renames, p->side[i].hub, both->id[i]);
    return row;
}

/* A name on the other side that differs in case alone: the two would become one, or three. */
static const char *find_twin(struct pair *p, int i, const char *id)
{
    const struct hs_list *list = list_of(p, i, id);

    for (size_t k = 0; k < list->repos.repos.n; k++)
        if (strcasecmp(list->repos.repos.items[k].id, id) == 0)
            return hub_pool_printf(p->scan->pool, "%s:%s differs from '%s' in case alone", p->side[i].hub,
                                   list->repos.repos.items[k].id, id);
    return NULL;
}

/* It had been in step and is not in the list of this side: gone, if the hub itself says so and the
 * list is whole. *is_known: the hub said something. */
static int ask_gone(struct pair *p, int i, struct both *both, bool *is_known, struct hs_err *err)
{
    const struct hs_list *list = list_of(p, i, both->id[i]);
    struct hs_repo *asked = hub_pool_alloc(p->scan->pool, 1, sizeof *asked);
    int r;

    *is_known = list->is_whole;
    if (!list->is_whole)
        return 0;
    r = hs_ask_repo(list->session, p->scan->engine->loop, p->scan->pool, both->id[i], asked, err);
    if (r == HUB_ENOTFOUND) {
        hs_err_clear(err);
        return 0;
    }
    if (r == 0) {
        both->repo[i] = asked;
        hs_vanished_found(p->scan, p->rule, p->side[i].hub, both->id[i]);
    }
    return r;
}

static void add_both(struct pair *p, const struct both *both)
{
    if (p->lead < 0)
        (void)add_row(p, 0, both, HS_BOTH);
    else
        (void)add_row(p, p->lead, both, HS_FROM_SOURCE);
}

static int add_one_sided(struct pair *p, struct both *both, bool has_link, struct hs_err *err)
{
    int here = both->repo[0] ? 0 : 1, gone = 1 - here;
    bool is_known = false;
    struct hs_candidate_row *row;
    int r;

    if (!has_link || p->lead == here) {
        row = add_row(p, here, both, p->lead == here ? HS_FROM_SOURCE : HS_IF_ALONE);
        row->bad_name = row->bad_name ? row->bad_name : find_twin(p, gone, both->id[gone]);
        return 0;
    }
    r = ask_gone(p, gone, both, &is_known, err);
    if (r == 0 && both->repo[gone])
        add_both(p, both);
    else if (r == 0 && is_known)
        hs_vanished_note(p->scan, &p->routes[gone], add_row(p, gone, both, HS_FROM_SOURCE));
    return r;
}

/* Neither list has it. */
static int add_unlisted(struct pair *p, struct both *both, struct hs_err *err)
{
    int lead = p->lead < 0 ? 0 : p->lead;
    bool is_known = false;
    int r = ask_gone(p, lead, both, &is_known, err);

    if (r == 0 && both->repo[lead])
        (void)add_row(p, lead, both, HS_FROM_SOURCE);
    else if (r == 0 && is_known)
        hs_vanished_note(p->scan, &p->routes[lead], add_row(p, lead, both, HS_FROM_SOURCE));
    return r;
}

static bool decide(struct pair *p, struct both *both, struct hs_err *err)
{
    const char *key = key_of(p, both);
    bool has_link = hs_map_get(&p->links, key) != NULL;
    int r = 0;
    HS_ERR(one);

    (void)hs_map_put(&p->seen, key, p);
    if (!hs_scan_is_asked_for(p->scan, p->rule, both->id[0], both->id[1]) ||
        !list_of(p, 0, both->id[0]) || !list_of(p, 1, both->id[1]))
        return true;
    if (both->repo[0] && both->repo[1])
        add_both(p, both);
    else if (both->repo[0] || both->repo[1])
        r = add_one_sided(p, both, has_link, &one);
    else
        r = add_unlisted(p, both, &one);
    if (r < 0 && hs_scan_failed(p->scan, &p->routes[p->lead < 0 ? 0 : p->lead],
                                both->id[p->lead < 0 ? 1 : 1 - p->lead], &one)) {
        hs_err_move(err, &one);
        return false;
    }
    return true;
}

/* ---- names there and back ---- */
static int id_there(struct pair *p, const char *id, const char **out, struct hs_err *err)
{
    struct hub_pool *pool = p->scan->pool;
    const char *owner, *kept = hs_map_get(&p->renames.there, id);
    int r = 0;

    if (kept) {
        *out = kept;
        return 0;
    }
    r = hs_target_owner(p->rule, p->rule->map.owner, p->side[1].session, hs_owner_of(pool, id), &owner, err);
    if (r == 0)
        *out = hub_pool_printf(pool, "%s/%s", owner, hs_name_map(pool, p->rule->map.name, hs_name_of(id)));
    return r;
}

/* NULL: nothing on side 0 is mapped to that repo. */
static const char *id_back(struct pair *p, const char *id)
{
    struct hub_pool *pool = p->scan->pool;
    const char *name = hs_name_unmap(pool, p->rule->map.name, hs_name_of(id)), *owner, *again;
    const char *back = hs_map_get(&p->renames.back, id);
    HS_ERR(ignored);

    if (back)
        return back;
    if (!name ||
        hs_target_owner(p->rule, "", p->side[0].session, hs_owner_of(pool, id), &owner, &ignored) < 0)
        return NULL;
    back = hub_pool_printf(pool, "%s/%s", owner, name);
    return id_there(p, back, &again, &ignored) == 0 && strcmp(again, id) == 0 ? back : NULL;
}

static void block_unnamed(struct pair *p, const struct hs_list *list, const struct hs_repo *repo)
{
    if (!hs_scan_is_asked_for(p->scan, p->rule, repo->id, repo->id))
        return;
    *hs_vec_add(&p->routes[1].rows) = (struct hs_candidate_row){
        .source_id = repo->id,
        .target_id = repo->id,
        .source = repo,
        .bad_name = hub_pool_printf(p->scan->pool, "no repo of %s is mapped to %s:%s, so it has no name there",
                                    p->side[0].hub, p->side[1].hub, repo->id),
        .from = list->session,
        .to = p->side[0].session};
}

/* ---- all of each side ---- */
static int add_side_0(struct pair *p, const struct hs_list *list, const char *owner, struct hs_err *err)
{
    for (size_t i = 0; i < list->repos.repos.n; i++) {
        const struct hs_repo *repo = &list->repos.repos.items[i];
        struct both both = {.id = {repo->id, NULL}, .repo = {repo, NULL}};
        const struct hs_list *other;
        HS_ERR(one);
        if (id_there(p, repo->id, &both.id[1], &one) < 0) {
            (void)hs_scan_failed(p->scan, &p->routes[0], owner, &one);
            return 0; /* the same for each repo of this owner */
        }
        other = list_of(p, 1, both.id[1]);
        both.repo[1] = other ? hs_repos_find(&other->repos, both.id[1]) : NULL;
        (void)hs_map_put(&p->seen, both.id[1], p);
        if (!decide(p, &both, err))
            return err->status;
    }
    return 0;
}

static int add_side_1(struct pair *p, const struct hs_list *list, struct hs_err *err)
{
    for (size_t i = 0; i < list->repos.repos.n; i++) {
        const struct hs_repo *repo = &list->repos.repos.items[i];
        struct both both = {.id = {NULL, repo->id}, .repo = {NULL, repo}};
        if (hs_map_get(&p->seen, repo->id))
            continue;
        both.id[0] = id_back(p, repo->id);
        if (!both.id[0])
            block_unnamed(p, list, repo);
        else if (!decide(p, &both, err))
            return err->status;
    }
    return 0;
}

static int add_all_unlisted(struct pair *p, struct hs_err *err)
{
    const char *key;
    void *value;

    for (size_t i = 0; hs_map_each(&p->links, &i, &key, &value);) {
        const struct hs_link *link = value;
        bool is_there = strcmp(link->from_hub, p->side[0].hub) == 0;
        struct both both = {.id = {is_there ? link->from_repo : link->to_repo,
                                   is_there ? link->to_repo : link->from_repo}};
        if (!hs_map_get(&p->seen, key) && !hs_map_get(&p->renames.was, key) && !decide(p, &both, err))
            return err->status;
    }
    return 0;
}

/* ---- what there is to start from ---- */
static int load_links(struct pair *p, struct hs_err *err)
{
    struct hs_link *links;
    size_t n;
    int r;

    if (!p->scan->engine->store)
        return 0;
    r = hs_store_baseline_links(p->scan->engine->store, p->scan->pool, p->rule->name, "", "", &links, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        bool is_there = strcmp(links[i].from_hub, p->side[0].hub) == 0 && strcmp(links[i].to_hub, p->side[1].hub) == 0;
        bool is_back = strcmp(links[i].from_hub, p->side[1].hub) == 0 && strcmp(links[i].to_hub, p->side[0].hub) == 0;
        struct both both = {.id = {is_there ? links[i].from_repo : links[i].to_repo,
                                   is_there ? links[i].to_repo : links[i].from_repo}};
        if (is_there || is_back)
            (void)hs_map_put(&p->links, key_of(p, &both), &links[i]);
    }
    return r;
}

static int list_side(struct pair *p, int i, struct hs_err *err)
{
    struct side *side = &p->side[i];
    struct hs_retry retry = {p->rule->retry.attempts, p->rule->retry.max_wait_ms};
    int r = hs_session_get(p->scan->engine->sessions, p->scan->engine->loop, side->hub, "", &retry,
                           &side->session, err);

    if (r < 0)
        return r;
    if (i == 1 && *p->rule->map.owner)
        *hs_vec_add(&side->owners) = p->rule->map.owner;
    for (size_t k = 0; !(i == 1 && *p->rule->map.owner) && hs_hub_owners(side->session, k); k++)
        *hs_vec_add(&side->owners) = hs_hub_owners(side->session, k);
    if (!side->owners.n)
        return hs_fail(err, HS_ECONFIG, "rule '%s': hub '%s' has no owner", p->rule->name, side->hub);
    for (size_t k = 0; k < side->owners.n; k++) {
        const struct hs_list *list = NULL;
        HS_ERR(one);
        if (hs_scan_list(p->scan, p->rule, side->hub, side->owners.items[k], true, &list, &one) < 0 &&
            hs_scan_failed(p->scan, &p->routes[i], side->owners.items[k], &one)) {
            hs_err_move(err, &one);
            return err->status;
        }
        if (list && !list->is_whole)
            hs_scan_block_owner(p->scan, &p->routes[i], side->owners.items[k], list);
        *hs_vec_add(&side->lists) = list;
    }
    return 0;
}

static int add_all(struct pair *p, struct hs_err *err)
{
    int r = hs_renames_find(p->scan, p->rule, p->side[0].hub, p->side[1].hub, &p->renames, err);

    if (r == 0)
        r = load_links(p, err);
    for (size_t k = 0; r == 0 && k < p->side[0].lists.n; k++)
        if (p->side[0].lists.items[k])
            r = add_side_0(p, p->side[0].lists.items[k], p->side[0].owners.items[k], err);
    for (size_t k = 0; r == 0 && k < p->side[1].lists.n; k++)
        if (p->side[1].lists.items[k])
            r = add_side_1(p, p->side[1].lists.items[k], err);
    return r == 0 ? add_all_unlisted(p, err) : r;
}

int hs_scan_pair(struct hs_scan *scan, struct hs_route *routes, struct hs_err *err)
{
    const struct hs_rule *rule = routes[0].rule;
    struct pair p = {.scan = scan, .rule = rule, .routes = routes, .lead = -1};
    int r = 0;

    if (rule->files.mode == HS_MODE_AUTHORITY)
        p.lead = strcmp(rule->files.authority, rule->between[1]) == 0;
    for (int i = 0; r == 0 && i < 2; i++) {
        p.side[i].hub = rule->between[i];
        r = list_side(&p, i, err);
    }
    if (r == 0)
        r = add_all(&p, err);
    for (int i = 0; r == 0 && i < 2; i++)
        for (size_t k = 0; k < routes[i].rows.n; k++)
            hs_scan_claim(scan, &routes[i], &routes[i].rows.items[k]);
    for (int i = 0; i < 2; i++) {
        hs_vec_clear(&p.side[i].owners);
        hs_vec_clear(&p.side[i].lists);
    }
    hs_renames_clear(&p.renames);
    hs_map_clear(&p.links);
    hs_map_clear(&p.seen);
    return r;
}

/* ---- a target that was thought absent ---- */
static const char *claimed(const struct hs_route *route, const struct hs_candidate_row *row)
{
    char *key = hub_pool_printf(route->pool, "%s\n%s", route->to_hub, row->target_id);

    for (char *c = key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return hs_map_get(route->claims, key)
               ? hub_pool_printf(route->pool, "%s:%s is claimed by another source", route->to_hub, row->target_id)
               : NULL;
}

struct hs_candidate_row hs_pair_turn(struct hs_route **route, const struct hs_candidate_row *row,
                                     const struct hs_repo *target)
{
    const struct hs_rule *rule = (*route)->rule;
    struct hs_candidate_row turned = *row;

    turned.direction = rule->files.mode == HS_MODE_AUTHORITY ? HS_FROM_SOURCE : HS_BOTH;
    turned.target = target;
    if (strcmp((*route)->from_hub, rule->between[0]) == 0 && turned.direction == HS_BOTH)
        return turned;
    *route = (*route)->other;
    turned.source_id = row->target_id;
    turned.target_id = row->source_id;
    turned.source = target;
    turned.target = row->source;
    turned.from = row->to;
    turned.to = row->from;
    turned.bad_name = claimed(*route, &turned);
    return turned;
}
