/* The branches of a repo and which of them is the default. */
#include "gitcode.h"
#include <string.h>

struct branch {
    struct branch *next;
    const char *name, *commit;
    bool is_default;
};
struct heads {
    struct hub_op *op;
    const struct hub_repo *repo;
    struct hub_pool *pool;
    struct branch *first, **last;
    size_t n;
};

/* The hash is commit.sha in the list and commit.id in the answer about one. */
static int take_branch(struct heads *heads, struct hub_read *read, const struct hub_json *node)
{
    const struct hub_json *commit = hub_json_object(read, node, "commit", HUB_MUST);
    struct branch *branch = hub_pool_alloc(heads->pool, 1, sizeof *branch);
    const char *id = hub_json_word(read, commit, "sha");

    if (!branch)
        return om_no_memory(heads->op);
    branch->name = hub_pool_strdup(heads->pool, hub_json_string(read, node, "name", HUB_MUST));
    branch->commit = hub_hex_lower(heads->pool, id[0] ? id : hub_json_word(read, commit, "id"),
                                   GC_COMMIT_DIGITS);
    branch->is_default = om_truth(read, node, "default") == HUB_YES;
    if (read->status < 0)
        return om_check_read(heads->op, heads->repo->id, read);
    if (!branch->commit)
        return hub_fail(heads->op, HUB_ECORRUPT, "%s: branch \"%s\" has no commit", heads->repo->id,
                        branch->name);
    *heads->last = branch;
    heads->last = &branch->next;
    heads->n++;
    return 0;
}

static int take_page(struct heads *heads, unsigned page, size_t *n_rows)
{
    HUB_POOL(pool);
    struct gc_answer answer;
    char *tail = hub_pool_printf(&pool, "/branches?page=%u&per_page=%d", page, GC_PAGE_ROWS);
    int r =
        gc_get(heads->op, &pool, tail ? gc_repo_url(heads->op, &pool, heads->repo->id, tail) : NULL,
               gc_classify, &answer);

    if (r < 0)
        return r;
    if (!hub_json_is_array(answer.top))
        return hub_fail(heads->op, HUB_ECORRUPT, "%s: the branches are no list", heads->repo->id);
    for (const struct hub_json *n = hub_json_first(answer.top); n && r == 0; n = hub_json_next(n))
        r = take_branch(heads, &answer.read, n);
    *n_rows = hub_json_count(answer.top);
    return r;
}

static int take_pages(struct heads *heads)
{
    size_t n_rows = GC_PAGE_ROWS;
    int r = 0;

    for (unsigned page = 1; n_rows == GC_PAGE_ROWS && page <= GC_PAGES_MAX && r == 0; page++)
        r = take_page(heads, page, &n_rows);
    return r;
}

static int take_one(struct heads *heads, const char *name)
{
    HUB_POOL(pool);
    struct gc_answer answer;
    char *segment = hub_url_segment(&pool, name);
    char *tail = segment ? hub_pool_printf(&pool, "/branches/%s", segment) : NULL;
    int r =
        gc_get(heads->op, &pool, tail ? gc_repo_url(heads->op, &pool, heads->repo->id, tail) : NULL,
               gc_classify, &answer);

    return r == 0 ? take_branch(heads, &answer.read, answer.top) : r;
}

static struct branch *find(const struct heads *heads, const char *name)
{
    struct branch *branch = heads->first;

    while (branch && strcmp(branch->name, name) != 0)
        branch = branch->next;
    return branch;
}

static bool has_default(const struct heads *heads)
{
    for (const struct branch *branch = heads->first; branch; branch = branch->next)
        if (branch->is_default)
            return true;
    return false;
}

/* The list need not say it: the engine may know, a lone branch is it, else the detail call tells.
 */
static int find_default(struct heads *heads)
{
    const char *name = heads->repo->branch;
    struct hub_repo told;
    int r = 0;

    if (has_default(heads) || heads->n == 0)
        return 0;
    if (name[0] == '\0' && heads->n == 1) {
        heads->first->is_default = true;
        return 0;
    }
    if (name[0] == '\0') {
        r = gc_ask_repo(heads->op, heads->pool, heads->repo->id, &told);
        name = r == 0 ? told.branch : "";
    }
    if (r == 0 && name[0] && !find(heads, name))
        r = take_one(heads, name);
    if (r == 0 && name[0] && find(heads, name))
        find(heads, name)->is_default = true;
    return r == HUB_ENOTFOUND ? 0 : r;
}

int gc_branch_heads(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    struct heads heads = {.op = op, .repo = repo, .pool = &pool};
    int r;

    heads.last = &heads.first;
    r = take_pages(&heads);
    if (r == 0)
        r = find_default(&heads);
    for (const struct branch *branch = heads.first; branch && r == 0; branch = branch->next) {
        struct hub_head head = {
            .size = sizeof head,
            .flags = branch->is_default ? HUB_DEFAULT_BRANCH : 0,
            .branch = branch->name,
            .commit = branch->commit,
        };

        r = hub_say(op, head, &head);
    }
    return r;
}
