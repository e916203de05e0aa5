#include "conf/conf_check.h"
#include "data/url.h"
#include "base/banned.h"

static bool is_name(const char *name, const char *letters)
{
    return *name && *name != '-' && strspn(name, letters) == strlen(name);
}

static int check_names(const struct hs_reader *reader, const struct hs_hub_conf *hub,
                       const struct hs_object *object)
{
    if (!is_name(hub->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"))
        return hs_fail_key(reader, object->node,
                           "\"%.60s\": not a name for a hub; expected letters, digits, . _ -",
                           hub->name);
    if (!is_name(hub->plugin, "abcdefghijklmnopqrstuvwxyz0123456789-"))
        return hs_fail_at(reader, hs_object_get(object, "plugin"),
                          "%s.plugin: found %s; expected a name of small letters, digits and -",
                          object->label, hs_describe(reader, hs_object_get(object, "plugin")));
    return 0;
}

static int check_owners(const struct hs_reader *reader, const struct hs_hub_conf *hub,
                        const struct hs_object *object)
{
    const struct hs_yaml *node = hs_object_get(object, "owner");

    for (size_t i = 0; i < hub->owners.n; i++) {
        const char *owner = hub->owners.items[i];
        const struct hs_yaml *item = hs_item_at(node, i);

        if (strchr(owner, '/'))
            return hs_fail_at(reader, item, "%s.owner: an owner with a slash; expected a name",
                              object->label);
        for (size_t j = 0; j < i; j++)
            if (strcmp(owner, hub->owners.items[j]) == 0)
                return hs_fail_at(reader, item, "%s.owner: %s is here twice", object->label,
                                  hs_describe(reader, item));
    }
    return 0;
}

static int check_endpoint(const struct hs_reader *reader, const struct hs_hub_conf *hub,
                          const struct hs_object *object)
{
    const struct hs_yaml *node = hs_object_get(object, "endpoint");
    HUB_POOL(pool);
    struct hs_url url;

    if (!*hub->endpoint)
        return 0;
    if (hs_url_parse(&pool, hub->endpoint, &url, NULL) < 0) /* read_url had no objection */
        return hs_fail_memory(reader);
    if (strchr(url.path, '?'))
        return hs_fail_at(reader, node, "%s.endpoint: an address with a query; expected none",
                          object->label);
    if (url.scheme == HS_HTTP && !hub->allow_http && hs_host_place(url.host) != HS_LOOPBACK_PLACE)
        return hs_fail_at(reader, node,
                          "%s.endpoint: an http: address, over which a token would be readable; "
                          "expected https:, or allow_http: true",
                          object->label);
    return 0;
}

int hs_check_hub(const struct hs_reader *reader, const struct hs_hub_conf *hub,
                 const struct hs_object *object)
{
    const struct hs_yaml *burst = hs_object_get(object, "limits.burst");
    int r = check_names(reader, hub, object);

    if (r == 0)
        r = check_owners(reader, hub, object);
    if (r == 0)
        r = check_endpoint(reader, hub, object);
    if (r == 0 && burst && hub->requests.requests == 0)
        r = hs_fail_key(reader, burst, "%s.limits.burst: it needs requests beside it",
                        object->label);
    return r;
}
