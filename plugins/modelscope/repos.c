/* repos.c - the repos of an owner, and one repo by its name on both surfaces. */
#include "modelscope.h"
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#define PAGE_REPOS   50   /* more is HTTP 400 */
#define WINDOW_REPOS 3000 /* page_number * page_size may not pass it */

/* ---- the list ---- */

struct list {
    struct hub_op *op;
    const char *owner;
    struct ms_seen seen;
    uint64_t total;  /* as the newest page says; HUB_UNKNOWN */
    uint64_t n_seen; /* different repos, also those of somebody else */
};

static bool is_owned(const char *id, const char *owner)
{
    size_t n = strlen(owner);

    return strncasecmp(id, owner, n) == 0 && id[n] == '/' && id[n + 1] != '\0';
}

/* `private: false` is no promise: an internal repo says so too. The display name is nobody's id. */
static void read_open(struct hub_pool *pool, struct ms_answer *answer, const struct hub_json *item,
                      struct hub_repo *repo)
{
    if (hub_json_truth(&answer->read, item, "private", HUB_MAY) == HUB_YES)
        repo->visibility = HUB_PRIVATE;
    repo->gated = hub_json_truth(&answer->read, item, "gated", HUB_MAY);
    repo->license = ms_license_id(pool, hub_json_word(&answer->read, item, "license"));
    repo->modified_ms = ms_time(hub_json_word(&answer->read, item, "last_modified"));
}

static int say_listed(struct list *list, struct hub_pool *pool, struct ms_answer *answer,
                      const struct hub_json *item)
{
    struct hub_repo repo = {.size = sizeof(repo)};
    int r;

    repo.id = hub_json_string(&answer->read, item, "id", HUB_MUST);
    read_open(pool, answer, item, &repo);
    r = ms_check(list->op, answer);
    if (r < 0)
        return r;
    r = ms_seen_add(&list->seen, repo.id, NULL);
    if (r < 0)
        return ms_no_memory(list->op);
    if (r == 0) /* pages shift while the list changes */
        return 0;
    list->n_seen++;
    return is_owned(repo.id, list->owner) ? hub_say(list->op, repo, &repo) : 0;
}

/* *n_items: how many entries the page had. */
static int read_page(struct list *list, uint64_t page, size_t *n_items)
{
    HUB_POOL(pool);
    struct ms_answer answer;
    const struct hub_json *models;
    char *owner = hub_url_segment(&pool, list->owner), *url;
    int r;

    if (!owner)
        return ms_no_memory(list->op);
    url =
        ms_url(list->op, &pool, "/openapi/v1/models?owner=%s&page_number=%" PRIu64 "&page_size=%d",
               owner, page, PAGE_REPOS);
    r = ms_get(list->op, &pool, url, &answer);
    if (r < 0)
        return r;
    models = hub_json_array(&answer.read, answer.data, "models", HUB_MAY);
    list->total = hub_json_uint(&answer.read, answer.data, "total_count", HUB_MAY, HUB_UNKNOWN);
    r = ms_check(list->op, &answer);
    *n_items = hub_json_count(models);
    for (const struct hub_json *item = hub_json_first(models); r == 0 && item;
         item = hub_json_next(item))
        r = say_listed(list, &pool, &answer, item);
    return r;
}

static bool is_last(const struct list *list, uint64_t page, size_t n_items)
{
    bool is_told = list->total != HUB_UNKNOWN && list->total >= list->n_seen;

    if (n_items == 0 || page * PAGE_REPOS >= WINDOW_REPOS)
        return true;
    return is_told ? page * PAGE_REPOS >= list->total : n_items < PAGE_REPOS;
}

/* A search index: it lags, and it ends at a window. What is absent here may well be there. */
int ms_list_repos(struct hub_op *op, const char *owner)
{
    HUB_POOL(pool);
    struct list list = {.op = op, .owner = owner, .seen = {.pool = &pool}};
    size_t n_items = 0;
    uint64_t page = 0;
    int r;

    do {
        r = read_page(&list, ++page, &n_items);
    } while (r == 0 && !is_last(&list, page, n_items));
    if (r < 0)
        return r;
    if (page * PAGE_REPOS >= WINDOW_REPOS && n_items >= PAGE_REPOS)
        return hub_fail(op, HUB_EPARTIAL, "%s: the site lists %d repos and no more", owner,
                        WINDOW_REPOS);
    if (list.total != HUB_UNKNOWN && list.n_seen < list.total)
        return hub_fail(op, HUB_EPARTIAL, "%s: %" PRIu64 " of %" PRIu64 " repos are shown", owner,
                        list.n_seen, list.total);
    return 0;
}

/* ---- one repo ---- */

static uint32_t visibility_of(uint64_t number)
{
    switch (number) {
    case 1:
        return HUB_PRIVATE;
    case 3:
        return HUB_INTERNAL;
    case 5:
        return HUB_PUBLIC;
    default:
        return 0;
    }
}

static uint32_t gated_of(uint64_t protected_mode)
{
    if (protected_mode == 1)
        return HUB_YES;
    return protected_mode == 2 ? HUB_NO : HUB_MAYBE;
}

/* Empty in a repo without safetensors. So it holds weights if there is something, but weights have
 * other forms too: if there is nothing, its files must tell. */
static uint32_t weights_of(struct ms_answer *answer)
{
    const struct hub_json *infos =
        hub_json_object(&answer->read, answer->data, "ModelInfos", HUB_MAY);

    return hub_json_first_member(infos) ? HUB_YES : HUB_MAYBE;
}

/* The name as the site has it now, which differs from the asked one after a rename. */
static const char *id_of(struct hub_pool *pool, struct ms_answer *answer, const char *asked)
{
    const char *owner = hub_json_word(&answer->read, answer->data, "Path");
    const char *name = hub_json_word(&answer->read, answer->data, "Name");

    if (!*owner || !*name || strchr(owner, '/') || strchr(name, '/'))
        return asked;
    return hub_pool_printf(pool, "%s/%s", owner, name);
}

static int stat_legacy(struct hub_op *op, struct hub_pool *pool, const char *id,
                       struct hub_repo *repo)
{
    struct ms_answer answer;
    int r = ms_get(op, pool, ms_repo_url(op, pool, "/api/v1/models/", id, ""), &answer);

    if (r < 0)
        return r;
    repo->id = id_of(pool, &answer, id);
    repo->stable_id = hub_json_word(&answer.read, answer.data, "Id");
    repo->visibility =
        visibility_of(hub_json_uint_loose(&answer.read, answer.data, "Visibility", HUB_MAY, 0));
    repo->gated =
        gated_of(hub_json_uint_loose(&answer.read, answer.data, "ProtectedMode", HUB_MAY, 0));
    repo->license = ms_license_id(pool, hub_json_word(&answer.read, answer.data, "License"));
    repo->modified_ms = ms_time(hub_json_word(&answer.read, answer.data, "LastUpdatedTime"));
    repo->weights = weights_of(&answer);
    return ms_check(op, &answer);
}

static int stat_open(struct hub_op *op, struct hub_pool *pool, const char *id,
                     struct hub_repo *repo)
{
    struct ms_answer answer;
    int r = ms_get(op, pool, ms_repo_url(op, pool, "/openapi/v1/models/", id, ""), &answer);

    if (r < 0)
        return r;
    repo->id = id;
    read_open(pool, &answer, answer.data, repo);
    return ms_check(op, &answer);
}

/* Either surface can lack a repo that the other one shows: only both together say "not there". */
static int stat_other(struct hub_op *op, struct hub_pool *pool, const char *id, int first,
                      struct hub_repo *repo)
{
    int r = stat_open(op, pool, id, repo);

    if (r == HUB_ENOTFOUND && first == HUB_EDENIED)
        return hub_fail(op, HUB_EDENIED, "%s: no access, or not there", id);
    if (r == HUB_ENOTFOUND)
        return hub_fail(op, HUB_ENOTFOUND, "no repo %s", id);
    return r;
}

/* Whether it is gated, where the first surface does not tell. Not worth failing for. */
static int ask_gated(struct hub_op *op, struct hub_pool *pool, struct hub_repo *repo)
{
    struct hub_repo other = {.size = sizeof(other)};
    int r = stat_open(op, pool, repo->id, &other);

    if (r <= HUB_EAUTH) /* the session or everything is over */
        return r;
    if (r == 0)
        repo->gated = other.gated;
    return 0;
}

int ms_stat_repo(struct hub_op *op, const struct hub_repo *asked)
{
    HUB_POOL(pool);
    struct hub_repo repo = {.size = sizeof(repo), .branch = MS_BRANCH};
    int r = stat_legacy(op, &pool, asked->id, &repo);

    if (r == HUB_ENOTFOUND || r == HUB_EDENIED)
        r = stat_other(op, &pool, asked->id, r, &repo);
    else if (r == 0 && repo.gated == HUB_MAYBE)
        r = ask_gated(op, &pool, &repo);
    if (r < 0)
        return r;
    repo.clone_url = ms_repo_url(op, &pool, "/models/", repo.id, ".git");
    if (!repo.clone_url || !repo.id || !repo.license)
        return ms_no_memory(op);
    return hub_say(op, repo, &repo);
}
