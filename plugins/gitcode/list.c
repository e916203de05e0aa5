/* The models of an organisation or of a user, page by page to an empty one: a short page can be
 * followed by more. */
#include "gitcode.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct list {
    struct hub_op *op;
    const char *owner;
    struct hub_pool *pool; /* owns the keys, which outlive their page */
    const char *query;     /* the address up to the number of the page */
    const char **keys;
    size_t n_keys;
    uint64_t total;   /* the largest that a header told; 0: none did */
    bool is_unsteady; /* a row came twice: another one may have been missed */
};

static bool is_known(const struct list *list, const char *key)
{
    for (size_t i = 0; i < list->n_keys; i++)
        if (strcmp(list->keys[i], key) == 0)
            return true;
    return false;
}

/* Room for one more: doubles at each power of two. */
static int remember(struct list *list, const char *key)
{
    size_t n = list->n_keys;

    if ((n & (n - 1)) == 0) {
        const char **more = hub_pool_alloc(list->pool, n ? 2 * n : 1, sizeof *more);

        if (!more)
            return om_no_memory(list->op);
        if (n > 0)
            memcpy(more, list->keys, n * sizeof *more);
        list->keys = more;
    }
    list->keys[n] = hub_pool_strdup(list->pool, key);
    if (!list->keys[n])
        return om_no_memory(list->op);
    list->n_keys++;
    return 0;
}

static bool is_wanted(const struct list *list, struct hub_read *read, const struct hub_json *row,
                      const struct hub_repo *repo)
{
    const char *type = hub_json_word(read, row, "repo_type");
    size_t n = strlen(list->owner);

    if (type[0] && strcasecmp(type, "model") != 0)
        return false;
    return strncasecmp(repo->id, list->owner, n) == 0 && repo->id[n] == '/';
}

static int take_row(struct list *list, struct hub_read *read, const struct hub_json *row)
{
    struct hub_repo repo;
    int r;

    gc_read_repo(list->op, read, row, list->owner, "", &repo);
    r = om_check_read(list->op, list->owner, read);
    if (r < 0)
        return r;
    if (is_known(list, repo.id)) {
        list->is_unsteady = true;
        return 0;
    }
    r = remember(list, repo.id);
    return r == 0 && is_wanted(list, read, row, &repo) ? hub_say(list->op, repo, &repo) : r;
}

static int take_page(struct list *list, unsigned page, size_t *n_rows)
{
    HUB_POOL(pool);
    struct gc_answer answer;
    uint64_t total;
    int r =
        gc_get(list->op, &pool,
               hub_pool_printf(&pool, "%s&page=%u&per_page=%d", list->query, page, GC_PAGE_ROWS),
               gc_classify, &answer);

    if (r < 0)
        return r;
    if (!hub_json_is_array(answer.top))
        return hub_fail(list->op, HUB_ECORRUPT, "%s: page %u of the list is no list", list->owner,
                        page);
    total = strtoull(hub_header(answer.reply, "total_count"), NULL, 10);
    if (total > list->total)
        list->total = total;
    for (const struct hub_json *row = hub_json_first(answer.top); row && r == 0;
         row = hub_json_next(row))
        r = take_row(list, &answer.read, row);
    *n_rows = hub_json_count(answer.top);
    return r;
}

/* ENOTFOUND only from the first page. */
static int take_pages(struct list *list)
{
    size_t n_rows = 1;
    unsigned page = 0;

    while (n_rows > 0) {
        int r = page < GC_PAGES_MAX ? take_page(list, ++page, &n_rows)
                                    : hub_fail(list->op, HUB_EPARTIAL, "%s: more than %d pages",
                                               list->owner, GC_PAGES_MAX);

        if (r == HUB_ENOTFOUND && page > 1)
            return hub_fail(list->op, HUB_EPARTIAL, "%s: page %u is not there", list->owner, page);
        if (r < 0)
            return r;
    }
    if (list->is_unsteady)
        return hub_fail(list->op, HUB_EPARTIAL, "%s: the list moved while it was read",
                        list->owner);
    if (list->n_keys < list->total)
        return hub_fail(list->op, HUB_EPARTIAL, "%s: %zu of %llu repos are shown", list->owner,
                        list->n_keys, (unsigned long long)list->total);
    return 0;
}

/* No organisation of that name. Of the token's own repos all can be seen, of another user's only
 * some, and no parameter is documented that would show the models among them. */
static int list_user(struct list *list, const char *owner)
{
    const char *login = NULL;
    int r = gc_ask_login(list->op, &login);

    if (r < 0 && r != HUB_EDENIED)
        return r;
    if (login && strcasecmp(login, list->owner) == 0) {
        list->query = gc_url(list->op, list->pool, "/api/v5/user/repos?repo_type=model");
        return take_pages(list);
    }
    list->query =
        gc_url(list->op, list->pool, "/api/v5/users/%s/repos?type=all&repo_type=model", owner);
    r = take_pages(list);
    return r < 0 ? r
                 : hub_fail(list->op, HUB_EPARTIAL,
                            "%s is a user, of whom the site may not show every model", list->owner);
}

int gc_list_repos(struct hub_op *op, const char *owner)
{
    HUB_POOL(pool);
    char *segment = hub_url_segment(&pool, owner);
    struct list list = {.op = op, .owner = owner, .pool = &pool};
    int r;

    if (owner[0] == '\0')
        return hub_fail(op, HUB_ENOTSUP, "a list of all owners' models is not asked for");
    list.query =
        gc_url(op, &pool, "/api/v5/orgs/%s/repos?type=all&repo_type=model", segment ? segment : "");
    if (!segment || !list.query)
        return om_no_memory(op);
    r = take_pages(&list);
    if (r == HUB_ENOTFOUND && list.n_keys == 0)
        return list_user(&list, segment);
    return r;
}
