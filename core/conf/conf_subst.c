#include "conf/conf_subst.h"
#include <string.h>
#include "base/banned.h"

enum { DEPTH_MAX = 40, VALUE_BYTES_MAX = 65536 }; /* deeper than data/yaml.c lets a tree be */

struct filling {
    const struct hs_reader *reader;
    struct hs_yaml *node;
    hs_env_fn *env;
    void *ctx;
    struct hub_text *text, *variables; /* the new text, and "${A}, ${B}" */
};

static size_t name_bytes(const char *text)
{
    size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");

    return *text >= '0' && *text <= '9' ? 0 : n;
}

/* One ${…}: inner stands behind "${" and has n_bytes up to the '}'. */
static int put_variable(struct filling *fill, const char *inner, size_t n_bytes)
{
    const struct hs_reader *reader = fill->reader;
    size_t n = name_bytes(inner);
    bool has_default = n_bytes >= n + 2 && inner[n] == ':' && inner[n + 1] == '-';
    const char *value;
    char *name;

    if (n == 0 || (n < n_bytes && !has_default))
        return hs_fail_at(reader, fill->node,
                          "${%.*s}: not a variable; expected ${NAME} or ${NAME:-default}",
                          (int)n_bytes, inner);
    name = hub_pool_strndup(&reader->conf->pool, inner, n);
    if (!name)
        return hs_fail_memory(reader);
    hub_text_printf(fill->variables, "%s${%s}", fill->variables->n_bytes ? ", " : "", name);
    value = fill->env ? fill->env(fill->ctx, name) : NULL;
    if (has_default && (!value || !*value))
        hub_text_add(fill->text, inner + n + 2, n_bytes - n - 2);
    else if (value)
        hub_text_puts(fill->text, value);
    else
        return hs_fail_at(reader, fill->node, "${%s} is not set", name);
    return 0;
}

static int fill_text(struct filling *fill)
{
    const char *at = fill->node->text, *dollar;

    for (; (dollar = strchr(at, '$')); at = dollar) {
        const char *end;
        int r;

        hub_text_add(fill->text, at, (size_t)(dollar - at));
        if (strncmp(dollar, "$${", 3) == 0) {
            hub_text_puts(fill->text, "${");
            dollar += 3;
            continue;
        }
        if (dollar[1] != '{') {
            hub_text_puts(fill->text, "$");
            dollar++;
            continue;
        }
        end = strchr(dollar, '}');
        if (!end)
            return hs_fail_at(fill->reader, fill->node, "\"${\" without its \"}\"");
        r = put_variable(fill, dollar + 2, (size_t)(end - dollar - 2));
        if (r < 0)
            return r;
        dollar = end + 1;
    }
    hub_text_puts(fill->text, at);
    return 0;
}

static int fill_node(const struct hs_reader *reader, struct hs_yaml *node, hs_env_fn *env,
                     void *ctx)
{
    struct hub_pool *pool = &reader->conf->pool;
    HUB_TEXT(text);
    HUB_TEXT(variables);
    struct filling fill = {reader, node, env, ctx, &text, &variables};
    int r;

    text.limit_bytes = variables.limit_bytes = VALUE_BYTES_MAX;
    r = fill_text(&fill);
    if (r < 0)
        return r;
    if (text.failed || variables.failed)
        return hs_fail_at(reader, node, "a value of more than %d bytes", VALUE_BYTES_MAX);
    node->text = hub_pool_strdup(pool, text.data ? text.data : "");
    if (variables.n_bytes)
        node->variables = hub_pool_strdup(pool, variables.data);
    if (!node->text || (variables.n_bytes && !node->variables))
        return hs_fail_memory(reader);
    return 0;
}

int hs_substitute(const struct hs_reader *reader, struct hs_yaml *root, hs_env_fn *env, void *ctx)
{
    struct hs_yaml *path[DEPTH_MAX] = {root}; /* the node at each level that comes next */
    size_t depth = 1;

    while (depth > 0) {
        struct hs_yaml *node = path[depth - 1];

        if (!node) {
            depth--;
            continue;
        }
        path[depth - 1] = node->next;
        if (node->kind == HS_YAML_SCALAR && strchr(node->text, '$')) {
            int r = fill_node(reader, node, env, ctx);

            if (r < 0)
                return r;
        }
        if (node->first && depth < DEPTH_MAX)
            path[depth++] = node->first;
    }
    return 0;
}
