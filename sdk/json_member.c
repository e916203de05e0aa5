/* Members of an object whose keys are data, such as headers. */
#include "json_node.h"
#include "json_scan.h"
#include <string.h>

const struct hub_json *hub_json_first_member(const struct hub_json *object)
{
    if (!hub_json_is_object(object))
        return NULL;
    return (const struct hub_json *)(const void *)((const cJSON *)(const void *)object)->child;
}

const char *hub_json_key(const struct hub_json *member)
{
    const char *key = member ? ((const cJSON *)(const void *)member)->string : NULL;

    return key && !strstr(key, HS_JSON_UNREADABLE) ? key : "";
}
