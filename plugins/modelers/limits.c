/* What the site is like: pace, sizes, names, licenses, and what only a person can do. */
#include "modelers.h"
#include <string.h>
#include <strings.h>

/* "[A-Za-z0-9._-]{1,100}", but no name that ends in ".git". */
#define C "A-Za-z0-9._-"
#define NAME_PATTERN                                                                               \
    "([" C "]{0,99}[A-Za-su-z0-9._-]|[" C "]{0,98}[A-Za-hj-z0-9._-]t|"                             \
    "[" C "]{0,97}[A-Za-fh-z0-9._-]it|[" C "]{0,96}[A-Za-z0-9_-]git|g?i?t)"

#define LICENSE(word)                                                                              \
    &(const struct hub_license)                                                                    \
    {                                                                                              \
        sizeof(struct hub_license), 0, word, word, word, NULL                                      \
    }
static const struct hub_license *const LICENSES[] = {
    LICENSE("apache-2.0"),
    LICENSE("mit"),
    LICENSE("cc-by-sa-3.0"),
    LICENSE("afl-3.0"),
    LICENSE("cc-by-sa-4.0"),
    LICENSE("lgpl-3.0"),
    LICENSE("lgpl-lr"),
    LICENSE("cc-by-nc-3.0"),
    LICENSE("bsd-2-clause"),
    LICENSE("ecl-2.0"),
    LICENSE("cc-by-nc-sa-4.0"),
    LICENSE("cc-by-nc-4.0"),
    LICENSE("gpl-3.0"),
    LICENSE("cc0-1.0"),
    LICENSE("cc"),
    LICENSE("bsd-3-clause"),
    LICENSE("agpl-3.0"),
    LICENSE("wtfpl"),
    LICENSE("artistic-2.0"),
    LICENSE("postgresql"),
    LICENSE("gpl-2.0"),
    LICENSE("isc"),
    LICENSE("eupl-1.1"),
    LICENSE("pddl"),
    LICENSE("bsd-3-clause-clear"),
    LICENSE("mpl-2.0"),
    LICENSE("odbl-1.0"),
    LICENSE("cc-by-4.0"),
    LICENSE("other"),
    NULL,
};

const char *mo_license_word(const char *id)
{
    for (size_t i = 0; LICENSES[i]; i++)
        if (strcasecmp(LICENSES[i]->id, id) == 0)
            return LICENSES[i]->create;
    return "other";
}

/* The endpoint's host without its port, as hub_limits wants it. */
static char *host_name(struct hub_pool *pool, const char *endpoint)
{
    char *host = hub_url_host(pool, endpoint);
    char *colon = host ? strrchr(host, ':') : NULL;

    if (colon && !strchr(colon, ']'))
        *colon = '\0';
    return host;
}

int mo_say_limits(struct hub_op *op, struct hub_pool *pool, const char *endpoint)
{
    const char *const hosts[] = {host_name(pool, endpoint), NULL};
    struct hub_manual visibility = {.size = sizeof visibility, .what = HUB_SET_VISIBILITY};
    const struct hub_manual *const manual[] = {&visibility, NULL};
    struct hub_limits limits = {
        .size = sizeof limits,
        .flags = HUB_CARD_LICENSE,
        .requests = 8,
        .window_ms = 1000,
        .burst = 1,
        .parallel = 1,
        .batch_items = OM_ITEMS_MAX,
        .commit_bytes = OM_COMMIT_BYTES_MAX,
        .inline_bytes = OM_INLINE_BYTES_MAX,
        .file_bytes = OM_FILE_BYTES_MAX,
        .part_bytes = OM_PART_BYTES,
        .path_bytes = OM_PATH_BYTES_MAX,
        .name_pattern = NAME_PATTERN,
        .credential_hosts = hosts,
        .licenses = LICENSES,
        .manual = manual,
    };

    visibility.text = hub_pool_printf(
        pool, "sign in at %s, open the model {id} and change its visibility in its settings",
        endpoint);
    if (!hosts[0] || !visibility.text)
        return om_no_memory(op);
    return hub_say(op, limits, &limits);
}
