/* limits.c - what the site is like: pace, sizes, licences, and what only a person can do there. */
#include "modelscope.h"
#include <string.h>
#include <strings.h>

/* id; the word that create takes (never the long display names); the word of a README's card, where
 * the site itself writes display names. The site publishes no list: these are its client's. */
#define LICENSE(name, id_, create_, card_, ...)                                                    \
    static const char *const name##_words[] = {__VA_ARGS__ NULL};                                  \
    static const struct hub_license name = {.size = sizeof(struct hub_license),                    \
                                            .id = id_,                                             \
                                            .create = create_,                                     \
                                            .card = card_,                                         \
                                            .aliases = name##_words};
LICENSE(apache_2_0, "apache-2.0", "Apache-2.0", "Apache License 2.0", "Apache 2.0", "Apache-2",
        "apache2.0", )
LICENSE(mit, "mit", "MIT", "MIT License", )
LICENSE(bsd_2_clause, "bsd-2-clause", "BSD-2-Clause", "BSD-2-Clause", )
LICENSE(bsd_3_clause, "bsd-3-clause", "BSD-3-Clause", "BSD-3-Clause", )
LICENSE(gpl_2_0, "gpl-2.0", "GPL-2.0", "GPL-2.0", "GPL-2.0-only", "GPL-2.0+", )
LICENSE(gpl_3_0, "gpl-3.0", "GPL-3.0", "GPL-3.0", "GPL-3.0-only", "GPL-3.0+", )
LICENSE(lgpl_2_1, "lgpl-2.1", "LGPL-2.1", "LGPL-2.1", )
LICENSE(lgpl_3_0, "lgpl-3.0", "LGPL-3.0", "LGPL-3.0", )
LICENSE(mpl_2_0, "mpl-2.0", "MPL-2.0", "MPL-2.0", )
LICENSE(afl_3_0, "afl-3.0", "AFL-3.0", "AFL-3.0", )
LICENSE(ecl_2_0, "ecl-2.0", "ECL-2.0", "ECL-2.0", )
LICENSE(cc_by_4_0, "cc-by-4.0", "CC-BY-4.0", "CC-BY-4.0", )
LICENSE(cc_by_sa_4_0, "cc-by-sa-4.0", "CC-BY-SA-4.0", "CC-BY-SA-4.0", )
LICENSE(cc_by_nc_4_0, "cc-by-nc-4.0", "CC-BY-NC-4.0", "CC-BY-NC-4.0", )
LICENSE(cc0_1_0, "cc0-1.0", "CC0-1.0", "CC0-1.0", )
LICENSE(unlicense, "unlicense", "Unlicense", "Unlicense", )
LICENSE(other, "other", "Other", "other", )

static const struct hub_license *const licenses[] = {
    &apache_2_0,   &mit,          &bsd_2_clause, &bsd_3_clause, &gpl_2_0, &gpl_3_0,
    &lgpl_2_1,     &lgpl_3_0,     &mpl_2_0,      &afl_3_0,      &ecl_2_0, &cc_by_4_0,
    &cc_by_sa_4_0, &cc_by_nc_4_0, &cc0_1_0,      &unlicense,    &other,   NULL,
};

static bool is_word(const struct hub_license *license, const char *word)
{
    if (strcasecmp(license->id, word) == 0 || strcasecmp(license->create, word) == 0 ||
        strcasecmp(license->card, word) == 0)
        return true;
    for (const char *const *alias = license->aliases; *alias; alias++)
        if (strcasecmp(*alias, word) == 0)
            return true;
    return false;
}

static const struct hub_license *find(const char *word)
{
    for (const struct hub_license *const *license = licenses; *license; license++)
        if (is_word(*license, word))
            return *license;
    return NULL;
}

const char *ms_license_id(struct hub_pool *pool, const char *word)
{
    const struct hub_license *license = find(word);
    char *lower = license ? NULL : hub_pool_strdup(pool, word);

    if (license)
        return license->id;
    for (char *at = lower; at && *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at += 'a' - 'A';
    return lower;
}

/* The engine asks for ids of our table only. Another identifier goes as it is, since the site is
 * said to take lowercase ones; what looks like a display name would be refused. */
const char *ms_license_word(struct hub_pool *pool, const char *id)
{
    const struct hub_license *license = *id ? find(id) : NULL;

    if (license)
        return license->create;
    return strchr(id, ' ') ? other.create : ms_license_id(pool, id);
}

/* The host alone, as a name of credential_hosts. */
static char *bare_host(struct hub_pool *pool, const char *host)
{
    const char *bracket = strchr(host, ']');
    const char *colon = strchr(bracket ? bracket : host, ':');

    return hub_pool_strndup(pool, host, colon ? (size_t)(colon - host) : strlen(host));
}

static bool name_hosts(struct hub_session *session, const char *hosts[3])
{
    char *name = bare_host(&session->pool, session->host);
    const char *domain = name && strncasecmp(name, "www.", 4) == 0 ? name + 4 : name;

    hosts[0] = name;
    hosts[1] = domain ? hub_pool_printf(&session->pool, "lfs.%s:*", domain) : NULL;
    hosts[2] = NULL;
    return hosts[0] && hosts[1];
}

int ms_limits_say(struct hub_op *op, struct hub_session *session)
{
    struct hub_manual delete_repo = {.size = sizeof(delete_repo), .what = HUB_DELETE_REPO};
    struct hub_manual visibility = {.size = sizeof(visibility), .what = HUB_SET_VISIBILITY};
    const struct hub_manual *manual[] = {&delete_repo, &visibility, NULL};
    const char *hosts[3];
    struct hub_limits limits = {
        .size = sizeof(limits),
        .flags = HUB_ONE_PUT,
        .requests = 6,
        .window_ms = 1000,
        .parallel = 1,
        .batch_items = MS_BATCH_OBJECTS,
        .commit_items = 256,
        .commit_gap_ms = MS_COMMIT_GAP_MS,
        .commit_bytes = 6u << 20, /* about 8 MiB of body in base64 */
        .inline_bytes = MS_INLINE_BYTES,
        .file_bytes = UINT64_C(100) << 30,
        .credential_hosts = hosts,
        .licenses = licenses,
        .manual = manual,
    };

    delete_repo.text = hub_pool_printf(&session->pool,
                                       "open %s/models/{id}, its settings, and delete the model: "
                                       "the site refuses this to access tokens",
                                       session->base);
    visibility.text = hub_pool_printf(&session->pool,
                                      "open %s/models/{id}, its settings, and change the "
                                      "visibility there",
                                      session->base);
    if (!name_hosts(session, hosts) || !delete_repo.text || !visibility.text)
        return ms_no_memory(op);
    return hub_say(op, limits, &limits);
}
