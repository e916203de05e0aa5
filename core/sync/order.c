#include "sync/order.h"

#include <strings.h>

#include "base/banned.h"

enum rank { RANK_WEIGHTS = 0, RANK_REST, RANK_INDEX, RANK_CONFIG, RANK_README, RANK_DELETE };

static bool ends_with(const char *text, const char *tail)
{
    size_t n = strlen(text), k = strlen(tail);

    return n >= k && strcasecmp(text + n - k, tail) == 0;
}

static bool is_weights(const char *path)
{
    static const char *const tails[] = {".safetensors", ".bin", ".pt", ".pth", ".gguf", ".onnx", ".ckpt", ".h5"};

    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (ends_with(path, tails[i]))
            return true;
    return false;
}

static enum rank rank_of(const struct hs_order_item *item)
{
    const char *slash = strrchr(item->path, '/');
    const char *name = slash ? slash + 1 : item->path;

    if (item->is_delete)
        return RANK_DELETE;
    if (strcmp(item->path, "README.md") == 0)
        return RANK_README;
    if (is_weights(name))
        return RANK_WEIGHTS;
    if (ends_with(name, ".index.json"))
        return RANK_INDEX;
    if (ends_with(name, "config.json") || ends_with(name, "configuration.json"))
        return RANK_CONFIG;
    return RANK_REST;
}

/* A deletion that clashes with a put sorts as that put, just before it. */
struct key {
    enum rank rank;
    const char *path;
    int second;
};

static struct key key_of(const struct hs_order_item *item)
{
    if (item->before)
        return (struct key){rank_of(item->before), item->before->path, 0};
    return (struct key){rank_of(item), item->path, 1};
}

static int by_key(const void *a, const void *b)
{
    struct key x = key_of(a), y = key_of(b);
    int order = (int)x.rank - (int)y.rank;

    if (!order)
        order = strcmp(x.path, y.path);
    return order ? order : x.second - y.second;
}

/* With an item: notes it under each folder above the path. Without: what the map has for the
 * nearest one. */
static void *each_folder(struct hs_map *map, const char *path, void *item)
{
    char *copy = hs_xstrdup(path);
    void *found = NULL;

    for (char *slash = strrchr(copy, '/'); slash && !found; slash = strrchr(copy, '/')) {
        *slash = '\0';
        if (item)
            (void)hs_map_put(map, copy, item);
        else
            found = hs_map_get(map, copy);
    }
    free(copy);
    return found;
}

/* "a" against "a/b", either way: the deletion must be in the put's commit. puts: copies to point
 * at, since sorting moves the items. */
static void find_clashes(struct hs_order_item *items, const struct hs_order_item *puts, size_t n)
{
    struct hs_map by_path = {NULL, 0, 0}, by_folder = {NULL, 0, 0};

    for (size_t i = 0; i < n; i++) {
        if (puts[i].is_delete)
            continue;
        (void)hs_map_put(&by_path, puts[i].path, (void *)&puts[i]);
        (void)each_folder(&by_folder, puts[i].path, (void *)&puts[i]);
    }
    for (size_t i = 0; by_path.n && i < n; i++) {
        if (!items[i].is_delete)
            continue;
        items[i].before = hs_map_get(&by_folder, items[i].path);
        if (!items[i].before)
            items[i].before = each_folder(&by_path, items[i].path, NULL);
    }
    hs_map_clear(&by_path);
    hs_map_clear(&by_folder);
}

static bool fits(const struct hs_order_limits *limits, size_t n, uint64_t inline_bytes)
{
    return (!limits->items || n <= limits->items) &&
           (!limits->inline_bytes || inline_bytes <= limits->inline_bytes || n == 1);
}

void hs_order_make(struct hs_order_item *items, size_t n, const struct hs_order_limits *limits,
                   struct hs_order_group **groups, size_t *n_groups, struct hub_pool *pool)
{
    struct hs_order_group *out = hub_pool_alloc(pool, n + 1, sizeof *out);
    uint64_t inline_bytes = 0;
    size_t made = 0;

    struct hs_order_item *puts = hub_pool_alloc(pool, n + 1, sizeof *puts);

    if (n && puts) {
        memcpy(puts, items, n * sizeof *items);
        find_clashes(items, puts, n);
        qsort(items, n, sizeof *items, by_key);
    }
    for (size_t i = 0; out && i < n; i++) {
        bool starts = !made || !fits(limits, out[made - 1].n + 1, inline_bytes + items[i].inline_bytes);
        if (starts) {
            out[made++] = (struct hs_order_group){i, 0};
            inline_bytes = 0;
        }
        out[made - 1].n++;
        inline_bytes += items[i].inline_bytes;
    }
    *groups = out;
    *n_groups = made;
}
