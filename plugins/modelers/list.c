/* The models of an owner, page by page. */
#include "modelers.h"
#include <inttypes.h>
#include <string.h>

enum { PAGE_ROWS = 100, PAGES_MAX = 1000 };

struct list {
    struct hub_op *op;
    const char *owner;
    struct hub_pool *pool; /* owns the ids, which outlive their page */
    const char **ids;
    size_t n_ids;
    uint64_t total; /* of the first page: an empty one forgets it */
};

static bool is_known(const struct list *list, const char *id)
{
    for (size_t i = 0; i < list->n_ids; i++)
        if (strcmp(list->ids[i], id) == 0)
            return true;
    return false;
}

/* Room for one more: doubles at each power of two. */
static int remember(struct list *list, const char *id)
{
    size_t n = list->n_ids;

    if ((n & (n - 1)) == 0) {
        const char **more = hub_pool_alloc(list->pool, n ? 2 * n : 1, sizeof *more);

        if (!more)
            return om_no_memory(list->op);
        if (n > 0)
            memcpy(more, list->ids, n * sizeof *more);
        list->ids = more;
    }
    list->ids[n] = hub_pool_strdup(list->pool, id);
    if (!list->ids[n])
        return om_no_memory(list->op);
    list->n_ids++;
    return 0;
}

/* Rows can come twice when the set moves between two pages: then another one has been missed. */
static int take_row(struct list *list, struct hub_read *read, const struct hub_json *row)
{
    struct mo_model model;
    int r;

    mo_read_model(read, row, list->owner, &model);
    r = om_check_read(list->op, list->owner, read);
    if (r == 0 && is_known(list, model.repo.id))
        return 0;
    if (r == 0)
        r = remember(list, model.repo.id);
    return r == 0 ? hub_say(list->op, repo, &model.repo) : r;
}

static int ask_page(struct list *list, struct hub_pool *pool, unsigned page,
                    struct om_reply *answer)
{
    const struct om_plane *plane = &list->op->session->plane;
    const struct hub_reply *reply = NULL;
    char *owner = hub_url_segment(pool, list->owner);
    char *url = owner ? hub_pool_printf(pool,
                                        "%s/api/v1/model?owner=%s&count=true&sort_by=alphabetical"
                                        "&page_num=%u&count_per_page=%d",
                                        plane->base, owner, page, PAGE_ROWS)
                      : NULL;
    int r = hub_get(list->op, url, plane->secrets, plane->classify, &reply);

    return r == 0 ? om_open_reply(list->op, pool, reply, answer) : r;
}

/* *n_rows: how many the page held, 0 at the end. */
static int take_page(struct list *list, unsigned page, size_t *n_rows)
{
    HUB_POOL(pool);
    const struct hub_json *rows;
    struct om_reply answer;
    uint64_t total;
    int r = ask_page(list, &pool, page, &answer);

    if (r < 0)
        return r;
    rows = hub_json_array(&answer.read, answer.data, "models", HUB_MAY);
    total = hub_json_uint_loose(&answer.read, answer.data, "total", HUB_MAY, 0);
    if (!answer.data)
        return hub_fail(list->op, HUB_ECORRUPT, "%s: a list without data", list->owner);
    for (const struct hub_json *row = hub_json_first(rows); row && r == 0; row = hub_json_next(row))
        r = take_row(list, &answer.read, row);
    if (r == 0)
        r = om_check_read(list->op, list->owner, &answer.read);
    if (page == 1)
        list->total = total;
    *n_rows = hub_json_count(rows);
    return r;
}

int mo_list_repos(struct hub_op *op, const char *owner)
{
    HUB_POOL(pool);
    struct list list = {.op = op, .owner = owner, .pool = &pool};
    size_t n_rows = 1;
    unsigned page = 0;
    int r = 0;

    if (owner[0] == '\0')
        return hub_fail(op, HUB_ENOTSUP, "a list of all owners' models is not asked for");
    do {
        r = take_page(&list, ++page, &n_rows);
        if (r == 0 && n_rows == 0 && page == 1)
            r = take_page(&list, page, &n_rows); /* a failure of the site looks like that as well */
        if (r < 0)
            return r;
    } while (n_rows > 0 && page < PAGES_MAX && (list.total == 0 || list.n_ids < list.total));
    if (list.n_ids < list.total || (list.total == 0 && list.n_ids > 0))
        return hub_fail(op, HUB_EPARTIAL, "%s: %zu of %" PRIu64 " models are shown", owner,
                        list.n_ids, list.total);
    return 0;
}
