/* What the site is like: pace, sizes, licenses, hosts, and what only a person can do. */
#include "gitcode.h"
#include <string.h>
#include <strings.h>

/* Cards are written with lowercase identifiers; the detail call says "Apache_License_v2.0". */
#define LICENSE(word, ...)                                                                         \
    &(const struct hub_license)                                                                    \
    {                                                                                              \
        sizeof(struct hub_license), 0, word, word, word, (const char *const[])                     \
        {                                                                                          \
            __VA_ARGS__ NULL                                                                       \
        }                                                                                          \
    }
static const struct hub_license *const LICENSES[] = {
    LICENSE("apache-2.0", "Apache_License_v2.0", "Apache License 2.0", "Apache 2.0", ),
    LICENSE("mit", "MIT License", "MIT_License", ),
    LICENSE("bsd-2-clause", ),
    LICENSE("bsd-3-clause", ),
    LICENSE("bsd-3-clause-clear", ),
    LICENSE("gpl-2.0", "GNU_General_Public_License_v2.0", ),
    LICENSE("gpl-3.0", "GNU_General_Public_License_v3.0", ),
    LICENSE("lgpl-3.0", "GNU_Lesser_General_Public_License_v3.0", ),
    LICENSE("lgpl-lr", ),
    LICENSE("agpl-3.0", "GNU_Affero_General_Public_License_v3.0", ),
    LICENSE("mpl-2.0", "Mozilla_Public_License_v2.0", ),
    LICENSE("afl-3.0", ),
    LICENSE("ecl-2.0", ),
    LICENSE("artistic-2.0", ),
    LICENSE("eupl-1.1", ),
    LICENSE("isc", ),
    LICENSE("wtfpl", ),
    LICENSE("postgresql", ),
    LICENSE("pddl", ),
    LICENSE("odbl-1.0", ),
    LICENSE("cc", ),
    LICENSE("cc0-1.0", ),
    LICENSE("cc-by-4.0", ),
    LICENSE("cc-by-sa-3.0", ),
    LICENSE("cc-by-sa-4.0", ),
    LICENSE("cc-by-nc-3.0", ),
    LICENSE("cc-by-nc-4.0", ),
    LICENSE("cc-by-nc-sa-4.0", ),
    LICENSE("other", ),
    NULL,
};

static bool is_word(const struct hub_license *license, const char *word)
{
    if (strcasecmp(license->id, word) == 0)
        return true;
    for (const char *const *alias = license->aliases; *alias; alias++)
        if (strcasecmp(*alias, word) == 0)
            return true;
    return false;
}

const char *gc_license_id(struct hub_pool *pool, const char *word)
{
    char *copy;

    for (size_t i = 0; LICENSES[i]; i++)
        if (is_word(LICENSES[i], word))
            return LICENSES[i]->id;
    copy = hub_pool_strdup(pool, word);
    for (char *c = copy; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

/* Where the port begins in "host:port", or its end. */
static const char *port_of(const char *host)
{
    const char *bracket = strchr(host, ']');
    const char *colon = strchr(bracket ? bracket : host, ':');

    return colon ? colon : host + strlen(host);
}

/* "" is the scheme's own. */
static bool is_same_port(struct hub_pool *pool, const char *a, const char *b)
{
    const char *port[2] = {port_of(hub_url_host(pool, a)), port_of(hub_url_host(pool, b))};
    const char *url[2] = {a, b};

    for (int i = 0; i < 2; i++)
        if (*port[i] == '\0')
            port[i] = strncmp(url[i], "https:", 6) == 0 ? ":443" : ":80";
    return strcmp(port[0], port[1]) == 0;
}

/* A plane at another port than the endpoint's can only be named with all its ports. */
static char *credential_host(struct hub_pool *pool, const char *plane, const char *endpoint)
{
    const char *host = hub_url_host(pool, plane);

    if (!host || !hub_url_host(pool, endpoint))
        return NULL;
    return hub_pool_printf(pool, "%.*s%s", (int)(port_of(host) - host), host,
                           is_same_port(pool, plane, endpoint) ? "" : ":*");
}

static bool name_hosts(struct hub_session *session, const char *hosts[4])
{
    const char *const planes[] = {session->api, session->plane.base, session->git};
    size_t n = 0;

    for (size_t i = 0; i < 3; i++) {
        char *host = credential_host(&session->pool, planes[i], session->api);
        size_t k = 0;

        if (!host)
            return false;
        while (k < n && strcmp(hosts[k], host) != 0)
            k++;
        if (k == n)
            hosts[n++] = host;
    }
    hosts[n] = NULL;
    return true;
}

int gc_say_limits(struct hub_op *op, struct hub_session *session)
{
    static const struct hub_manual MIRROR = {
        .size = sizeof MIRROR,
        .what = HUB_START_MIRROR,
        .text = "open https://ai.gitcode.com/{id}/setting/mirror and switch pull mirroring on",
    };
    static const struct hub_manual VISIBILITY = {
        .size = sizeof VISIBILITY,
        .what = HUB_SET_VISIBILITY,
        .text = "open https://ai.gitcode.com/{id}, its settings, and change its visibility there",
    };
    static const struct hub_manual *const MANUAL[] = {&MIRROR, &VISIBILITY, NULL};
    const char *hosts[4];
    struct hub_limits limits = {
        .size = sizeof limits,
        .flags = HUB_CARD_LICENSE,
        .requests = 45, /* the site counts 50 a minute, over all its planes */
        .window_ms = 60000,
        .burst = 5,
        .parallel = 1,
        .batch_items = OM_ITEMS_MAX,
        .commit_bytes = OM_COMMIT_BYTES_MAX,
        .inline_bytes = OM_INLINE_BYTES_MAX,
        .file_bytes = OM_FILE_BYTES_MAX,
        .part_bytes = OM_PART_BYTES,
        .path_bytes = OM_PATH_BYTES_MAX,
        .credential_hosts = hosts,
        .licenses = LICENSES,
        .manual = MANUAL,
    };

    if (!name_hosts(session, hosts))
        return om_no_memory(op);
    return hub_say(op, limits, &limits);
}
