#include "site_modelers.h"
#include "site_modelers_record.h"
#include "site_modelers_reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PAGE_MAX = 100 };

struct listing {
    const struct th_repo **repos;
    size_t count;
};

typedef int compare_repos(const void *, const void *);

static const struct th_repo *repo_at(const void *slot)
{
    return *(const struct th_repo *const *)slot;
}

static int compare_int(int64_t left, int64_t right)
{
    return (left > right) - (left < right);
}

static int by_name(const void *left, const void *right)
{
    const struct th_repo *a = repo_at(left), *b = repo_at(right);
    int order = strcmp(a->name, b->name);

    return order ? order : strcmp(a->owner, b->owner);
}

static int by_update(const void *left, const void *right)
{
    int order = compare_int(repo_at(right)->updated, repo_at(left)->updated);

    return order ? order : by_name(left, right);
}

static int by_creation(const void *left, const void *right)
{
    int order = compare_int(repo_at(right)->created, repo_at(left)->created);

    return order ? order : by_name(left, right);
}

static int by_likes(const void *left, const void *right)
{
    int order = compare_int(mo_likes(repo_at(right)), mo_likes(repo_at(left)));

    return order ? order : by_update(left, right);
}

static int by_downloads(const void *left, const void *right)
{
    int order = compare_int(mo_downloads(repo_at(right)), mo_downloads(repo_at(left)));

    return order ? order : by_likes(left, right);
}

static const struct order {
    const char *name;
    compare_repos *compare;
    bool is_moving; /* its keys change while a client pages */
} orders[] = {
    {"global", by_downloads, true},           {"most_downloads", by_downloads, true},
    {"most_likes", by_likes, true},           {"most_visits", by_downloads, true},
    {"alphabetical", by_name, false},         {"recently_updated", by_update, false},
    {"recently_created", by_creation, false},
};

static const struct order *order_named(const char *name)
{
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (!strcmp(orders[i].name, name))
            return &orders[i];
    return NULL;
}

/* One wanted value out of a list separated by commas. */
static bool is_wanted(const char *wanted, const char *value)
{
    size_t length = strlen(value);

    for (const char *at = wanted; *at;) {
        size_t part = strcspn(at, ",");

        if (part == length && !strncmp(at, value, length))
            return true;
        at += part + (at[part] == ',');
    }
    return false;
}

static bool has_wanted(const struct th_repo *repo, const char *member, const char *wanted)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(repo->extra, member), *item;

    if (cJSON_IsString(list))
        return is_wanted(wanted, list->valuestring);
    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && is_wanted(wanted, item->valuestring))
            return true;
    }
    return false;
}

static bool matches_labels(const struct th_req *req, const struct th_repo *repo)
{
    static const char *const labels[] = {"task", "frameworks", "hardwares", "language"};
    const char *license = th_req_query(req, "license");

    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const char *wanted = th_req_query(req, labels[i]);

        if (wanted && *wanted && !has_wanted(repo, labels[i], wanted))
            return false;
    }
    return !license || !*license || is_wanted(license, repo->license);
}

static bool matches_name(const struct th_req *req, const struct th_repo *repo)
{
    const char *part = th_req_query(req, "name");
    char *id;
    bool is_match;

    if (!part || !*part)
        return strcmp(repo->name, "README") != 0; /* an owner's profile page */
    id = th_format("%s/%s", repo->owner, repo->name);
    is_match = strcasestr(id, part) || strcasestr(repo->display_name, part);
    free(id);
    return is_match;
}

static bool is_listed(const struct th_req *req, const struct th_repo *repo,
                      const struct th_token *token)
{
    const char *owner = th_req_query(req, "owner");

    if (owner && *owner && strcmp(owner, repo->owner))
        return false;
    if (!mo_may_read(repo, token))
        return false;
    return matches_name(req, repo) && matches_labels(req, repo);
}

static struct listing collect(const struct th_req *req, const struct th_token *token)
{
    struct listing found = {0};
    size_t room = 0;

    for (const struct th_repo *repo = th_repo_first(req->site); repo; repo = repo->next) {
        if (!is_listed(req, repo, token))
            continue;
        if (found.count == room) {
            room = room ? room * 2 : 64;
            found.repos = th_grow(found.repos, room * sizeof *found.repos);
        }
        found.repos[found.count++] = repo;
    }
    return found;
}

/* Sorted by keys that move: every call sees another order, so pages overlap and miss rows. */
static void stir(struct listing *found)
{
    static size_t calls;
    size_t by = found->count ? calls++ % found->count : 0;
    const struct th_repo **turned = th_alloc((found->count + 1) * sizeof *turned);

    for (size_t i = 0; i < found->count; i++)
        turned[i] = found->repos[(i + by) % found->count];
    free(found->repos);
    found->repos = turned;
}

/* False when the parameter is no number or too large for one. Absent: 0. */
static bool read_number(const struct th_req *req, const char *name, long *out)
{
    const char *text = th_req_query(req, name);
    char *end;

    *out = 0;
    if (!text || !*text)
        return true;
    errno = 0;
    *out = strtol(text, &end, 10);
    return errno == 0 && !*end && *out <= INT32_MAX && *out >= INT32_MIN;
}

static void reply_page(struct th_req *req, const struct listing *found, long page, long per_page)
{
    const char *counted = th_req_query(req, "count");
    bool has_total = counted && (!strcmp(counted, "true") || !strcmp(counted, "1"));
    size_t first = (size_t)(page - 1) * (size_t)per_page;
    cJSON *data = cJSON_CreateObject(), *list;

    if (first >= found->count || th_behave(req, "list_internal_error")) {
        cJSON_AddNumberToObject(data, "total", 0);
        cJSON_AddNullToObject(data, "models");
        mo_reply_data(req, 200, data);
        return;
    }
    cJSON_AddNumberToObject(data, "total", has_total ? (double)found->count : 0);
    list = cJSON_AddArrayToObject(data, "models");
    for (size_t i = first; i < found->count && i < first + (size_t)per_page; i++)
        cJSON_AddItemToArray(list, mo_record_listed(req, found->repos[i]));
    mo_reply_data(req, 200, data);
}

void mo_list(struct th_req *req)
{
    const char *sort = th_req_query(req, "sort_by");
    const struct order *order = order_named(sort && *sort ? sort : "global");
    const struct th_token *token;
    struct listing found;
    long page, per_page;

    if (!mo_authenticate(req, MO_OPTIONAL, &token) || !mo_limit(req, token))
        return;
    if (!order || !read_number(req, "page_num", &page) ||
        !read_number(req, "count_per_page", &per_page)) {
        mo_reply_error(req, 400, "bad_request_param", "invalid sort_by or page");
        return;
    }
    found = collect(req, token);
    if (found.count)
        qsort(found.repos, found.count, sizeof *found.repos, order->compare);
    if (order->is_moving && th_knob_bool(req, "moving_order", true))
        stir(&found);
    reply_page(req, &found, page > 0 ? page : 1,
               per_page > 0 && per_page <= PAGE_MAX ? per_page : PAGE_MAX);
    free(found.repos);
}
