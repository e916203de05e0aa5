/* The end of a run: imports that a hub finishes within seconds are settled at once. */
#include "base/clock.h"
#include "job/engine.h"
#include "sync/follow.h"

#include "base/banned.h"

enum { WAIT_MS = 8000, PAUSES = 5 }; /* with the last answers below 10 s */

struct waiting {
    const struct hs_route *route;
    const struct hs_candidate_row *row;
    struct hs_mirror_row was;
    bool is_over;
};

static struct hs_link link_of(const struct hs_route *route, const struct hs_candidate_row *row)
{
    return (struct hs_link){route->rule_name, route->from_hub, row->source_id, route->to_hub, row->target_id};
}

static struct hs_repo target_of(const struct waiting *w)
{
    struct hs_repo none = {.head = "", .branch = "", .stable_id = "", .license = "", .clone_url = ""};
    struct hs_repo repo = w->row->target ? *w->row->target : none;

    repo.id = w->row->target_id;
    return repo;
}

/* It has commits: looked at as the next run would. A failed import is left to that one to tell. */
static void settle(struct hs_engine *engine, const struct waiting *w, const char *to_head)
{
    struct hs_repo target = target_of(w);
    struct hs_consider ctx = {.rule = w->route->rule,
                              .rule_name = w->route->rule_name,
                              .from = w->row->from,
                              .to = w->row->to,
                              .loop = engine->loop,
                              .store = engine->store,
                              .learn = &engine->learn,
                              .settings = w->route->settings,
                              .now_ms = hs_now_ms()};
    struct hs_candidate candidate = {.source = w->row->source,
                                     .source_id = w->row->source_id,
                                     .target_id = w->row->target_id,
                                     .target = &target,
                                     .revision = ""};
    struct hs_follow follow = {
        .ctx = &ctx, .candidate = &candidate, .is_known = true, .row = w->was, .to_head = to_head};
    struct hs_repo_plan plan = {.hub = ""};
    HS_ERR(ignored);

    if (hs_follow_look(&follow, &plan, &ignored) == 0 &&
        (follow.end.action == M_IN_STEP || follow.end.action == M_BEHIND)) {
        struct hs_mirror_row row = hs_follow_row(&follow);
        (void)hs_mirror_note(engine, &plan, &follow, &row, &ignored);
    }
    hs_repo_plan_clear(&plan);
}

static void poll(struct hs_engine *engine, struct waiting *w)
{
    HUB_POOL(pool);
    struct hs_repo target = target_of(w);
    const char *head = "";
    HS_ERR(ignored);

    if (hs_ask_default_head(w->row->to, engine->loop, &pool, &target, &head, &ignored) < 0) {
        w->is_over = ignored.status != HUB_ENOTFOUND; /* the next run hears what is wrong */
        return;
    }
    w->is_over = *head != '\0';
    if (w->is_over)
        settle(engine, w, head);
}

static bool is_asked_now(struct hs_engine *engine, struct waiting *w, int64_t began_ms)
{
    struct hs_link link = link_of(w->route, w->row);
    HS_ERR(ignored);

    return hs_store_mirror_get(engine->store, &link, &w->was, &ignored) == 0 &&
           w->was.state == HS_MIRROR_RUNNING && w->was.asked_ms >= began_ms;
}

void hs_mirror_wait(struct hs_engine *engine, struct hs_route *const *routes, size_t n, int64_t began_ms)
{
    static const int64_t pauses_ms[PAUSES] = {0, 1000, 2000, 2000, 3000};
    int64_t end_ms = hs_mono_ms() + WAIT_MS;
    HS_VEC(struct waiting) all = {NULL, 0, 0};
    HS_ERR(err);
    size_t n_left;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; routes[i]->rule->type == HS_MIRROR_IMPORT && k < routes[i]->rows.n; k++) {
            struct waiting w = {.route = routes[i], .row = &routes[i]->rows.items[k]};
            if (is_asked_now(engine, &w, began_ms))
                *hs_vec_add(&all) = w;
        }
    n_left = all.n;
    for (int i = 0; n_left && i < PAUSES && hs_mono_ms() + pauses_ms[i] <= end_ms; i++) {
        if (hs_loop_wait(engine->loop, pauses_ms[i], &err) < 0)
            break;
        n_left = 0;
        for (size_t k = 0; k < all.n && hs_mono_ms() < end_ms; k++) {
            if (!all.items[k].is_over)
                poll(engine, &all.items[k]);
            n_left += !all.items[k].is_over;
        }
    }
    hs_vec_clear(&all);
}
