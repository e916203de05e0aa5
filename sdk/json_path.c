/* Where in its document a node is. cJSON has no way up, so a document is searched from its root:
 * only for the message of a failure. */
#include "json_node.h"
#include "json_scan.h"

struct trail { /* from the root to a node: each level's node, a scalar innermost */
    const cJSON *nodes[HS_JSON_DEPTH_MAX + 1];
    size_t n;
};

/* The next node in the order of the text; false after the last one. */
static bool trail_step(struct trail *trail)
{
    const cJSON *node = trail->nodes[trail->n - 1];

    if (node->child) {
        trail->nodes[trail->n++] = node->child;
        return true;
    }
    while (trail->n > 0 && !trail->nodes[trail->n - 1]->next)
        trail->n--;
    if (trail->n == 0)
        return false;
    trail->nodes[trail->n - 1] = trail->nodes[trail->n - 1]->next;
    return true;
}

static bool trail_find(struct trail *trail, const cJSON *root, const cJSON *node)
{
    trail->nodes[0] = root;
    trail->n = 1;
    do {
        if (trail->nodes[trail->n - 1] == node)
            return true;
    } while (trail_step(trail));
    return false;
}

static size_t index_of(const cJSON *array, const cJSON *element)
{
    size_t index = 0;

    for (const cJSON *child = array->child; child != element; child = child->next)
        index++;
    return index;
}

static void trail_print(const struct trail *trail, struct hub_text *path)
{
    for (size_t i = 1; i < trail->n; i++) {
        const cJSON *node = trail->nodes[i];

        if (node->string)
            hub_text_printf(path, "%s%s", i > 1 ? "." : "", node->string);
        else
            hub_text_printf(path, "[%zu]", index_of(trail->nodes[i - 1], node));
    }
}

const char *hs_json_path(struct hub_pool *pool, const struct hub_json *node)
{
    const struct hub_pool_block *at = NULL;
    const char *path;
    const cJSON *root;
    struct trail trail;
    HUB_TEXT(text);

    if (!node)
        return "";
    while ((root = hs_pool_next_owned(pool, hs_json_end, &at)))
        if (trail_find(&trail, root, (const cJSON *)(const void *)node)) {
            trail_print(&trail, &text);
            break;
        }
    path = hub_pool_strdup(pool, text.data);
    return path ? path : "";
}
