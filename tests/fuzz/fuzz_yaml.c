/* fuzz: sdk core/base core/data -lyaml -lcrypto -lcjson */
/* Any bytes as YAML: a tree whose nodes know their places, or a message that names the file. */
#include "data/yaml.h"
#include <stdlib.h>
#include <string.h>

enum { LIMIT_BYTES = 1 << 15, DEPTH_MAX = 40 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void check_node(const struct hs_yaml *node, bool has_key)
{
    require(node->line > 0 && node->column > 0);
    require((node->key != NULL) == has_key && (!has_key || node->key_line > 0));
    require((node->kind == HS_YAML_SCALAR) == (node->text != NULL));
    require(node->kind != HS_YAML_SCALAR || !node->first);
}

static void check_tree(const struct hs_yaml *root)
{
    const struct hs_yaml *next[DEPTH_MAX] = {root};
    bool has_key[DEPTH_MAX] = {false};
    size_t depth = 1;

    while (depth > 0) {
        const struct hs_yaml *node = next[depth - 1];

        if (!node) {
            depth--;
            continue;
        }
        check_node(node, has_key[depth - 1]);
        next[depth - 1] = node->next;
        if (!node->first)
            continue;
        require(depth < DEPTH_MAX);
        has_key[depth] = node->kind == HS_YAML_MAP;
        next[depth++] = node->first;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_yaml *root = NULL;

    if (n_bytes > LIMIT_BYTES)
        return 0;
    if (hs_yaml_parse(&pool, "f", (const char *)data, n_bytes, &root, &err) == 0)
        check_tree(root);
    else
        require(!root && err.status == HS_ECONFIG && strncmp(hs_err_text(&err), "f:", 2) == 0);
    return 0;
}
