/* Documents and their nodes: struct hub_json is cJSON under another name. */
#include "json_node.h"
#include "json_scan.h"
#include <string.h>

static const cJSON *node_of(const struct hub_json *json)
{
    return (const cJSON *)(const void *)json;
}

static const struct hub_json *json_of(const cJSON *node)
{
    return (const struct hub_json *)(const void *)node;
}

void hs_json_end(void *document)
{
    cJSON_Delete(document);
}

static const char *check(const char *text, size_t n_bytes, size_t limit_bytes)
{
    if (!text)
        return "no text";
    return limit_bytes && n_bytes > limit_bytes ? "over the limit of its size" : NULL;
}

static const struct hub_json *parse(struct hub_pool *pool, const char *text, size_t n_bytes,
                                    bool alone, const char **why)
{
    HUB_TEXT(copy);
    struct hs_json_fault fault = hs_json_scan(text, n_bytes, alone, &copy);
    cJSON *document;

    if (fault.what) {
        *why = hub_pool_printf(pool, "%s at byte %zu", fault.what, fault.at);
        return NULL;
    }
    *why = NULL;
    document = copy.failed ? NULL : cJSON_ParseWithLength(copy.data, copy.n_bytes + 1);
    if (!document || !hs_pool_own(pool, document, hs_json_end))
        return NULL;
    *why = "";
    return json_of(document);
}

static const struct hub_json *parse_checked(struct hub_pool *pool, const char *text, size_t n_bytes,
                                            size_t limit_bytes, bool alone, const char **why)
{
    const char *fault = check(text, n_bytes, limit_bytes);
    const struct hub_json *document = fault ? NULL : parse(pool, text, n_bytes, alone, &fault);

    if (why)
        *why = fault ? fault : "out of memory";
    return document;
}

const struct hub_json *hub_json_parse(struct hub_pool *pool, const char *text, size_t n_bytes,
                                      size_t limit_bytes, const char **why)
{
    return parse_checked(pool, text, n_bytes, limit_bytes, true, why);
}

const struct hub_json *hub_json_parse_first(struct hub_pool *pool, const char *text, size_t n_bytes,
                                            size_t limit_bytes, const char **why)
{
    return parse_checked(pool, text, n_bytes, limit_bytes, false, why);
}

bool hub_json_is_object(const struct hub_json *node)
{
    return cJSON_IsObject(node_of(node));
}

bool hub_json_is_array(const struct hub_json *node)
{
    return cJSON_IsArray(node_of(node));
}

static bool has_mark(const cJSON *node)
{
    return strncmp(node->valuestring, HS_JSON_NUMBER, strlen(HS_JSON_NUMBER)) == 0;
}

bool hub_json_is_string(const struct hub_json *node)
{
    return cJSON_IsString(node_of(node)) && !has_mark(node_of(node));
}

const char *hs_json_digits(const struct hub_json *node)
{
    if (!cJSON_IsString(node_of(node)) || !has_mark(node_of(node)))
        return NULL;
    return node_of(node)->valuestring + strlen(HS_JSON_NUMBER);
}

const char *hs_json_readable(const struct hub_json *node)
{
    const char *text = hub_json_is_string(node) ? node_of(node)->valuestring : NULL;

    return text && !strstr(text, HS_JSON_UNREADABLE) ? text : NULL;
}

enum hub_truth hs_json_bool(const struct hub_json *node)
{
    if (cJSON_IsTrue(node_of(node)))
        return HUB_YES;
    return cJSON_IsFalse(node_of(node)) ? HUB_NO : HUB_MAYBE;
}

const struct hub_json *hs_json_member(const struct hub_json *object, const char *key, bool *twice)
{
    const cJSON *found = NULL;

    *twice = false;
    if (!hub_json_is_object(object))
        return NULL;
    for (const cJSON *child = node_of(object)->child; child; child = child->next) {
        if (strcmp(child->string, key) != 0)
            continue;
        *twice = *twice || found;
        found = child;
    }
    return cJSON_IsNull(found) ? NULL : json_of(found);
}

const struct hub_json *hub_json_first(const struct hub_json *array)
{
    return hub_json_is_array(array) ? json_of(node_of(array)->child) : NULL;
}

const struct hub_json *hub_json_next(const struct hub_json *node)
{
    return node ? json_of(node_of(node)->next) : NULL;
}

size_t hub_json_count(const struct hub_json *array)
{
    size_t n = 0;

    for (const struct hub_json *node = hub_json_first(array); node; node = hub_json_next(node))
        n++;
    return n;
}
