#include "job/names.h"

#include "job/engine.h"
#include "provider/check.h"

#include "base/banned.h"

const char *hs_owner_of(struct hub_pool *pool, const char *id)
{
    return hub_pool_strndup(pool, id, strcspn(id, "/"));
}

const char *hs_name_of(const char *id)
{
    const char *slash = strchr(id, '/');

    return slash ? slash + 1 : id;
}

int hs_target_owner(const struct hs_rule *rule, const char *owner, const struct hs_session *to,
                    const char *source_owner, const char **out, struct hs_err *err)
{
    if (*owner) {
        *out = owner;
        return 0;
    }
    if (!hs_hub_owners(to, 1) && hs_hub_owners(to, 0)) {
        *out = hs_hub_owners(to, 0);
        return 0;
    }
    for (size_t i = 0; hs_hub_owners(to, i); i++)
        if (strcmp(hs_hub_owners(to, i), source_owner) == 0) {
            *out = source_owner;
            return 0;
        }
    (void)hs_fail(err, HS_ECONFIG, "rule '%s': hub '%s' has no owner that '%s' goes to", rule->name,
                  to->conf->name, source_owner);
    return hs_hint(err, "set map.owner, or name '%s' under hubs.%s.owner", source_owner,
                   to->conf->name);
}

char *hs_name_map(struct hub_pool *pool, const char *pattern, const char *name)
{
    HUB_TEXT(text);

    while (*pattern) {
        const char *at = strstr(pattern, "{name}");
        size_t n = at ? (size_t)(at - pattern) : strlen(pattern);
        hub_text_add(&text, pattern, n);
        if (at)
            hub_text_puts(&text, name);
        pattern += n + (at ? strlen("{name}") : 0);
    }
    return hub_pool_strdup(pool, text.data ? text.data : "");
}

char *hs_name_unmap(struct hub_pool *pool, const char *pattern, const char *name)
{
    size_t n_marks = 0, fixed = strlen(pattern), n = strlen(name);
    const char *first = strstr(pattern, "{name}");
    char *found, *again;

    for (const char *at = first; at; at = strstr(at + strlen("{name}"), "{name}"))
        n_marks++;
    if (!n_marks)
        return NULL;
    fixed -= n_marks * strlen("{name}");
    if (n <= fixed || (n - fixed) % n_marks != 0)
        return NULL;
    found = hub_pool_strndup(pool, name + (first - pattern), (n - fixed) / n_marks);
    again = found ? hs_name_map(pool, pattern, found) : NULL;
    return again && strcmp(again, name) == 0 ? found : NULL;
}

const char *hs_judge_name(struct hub_pool *pool, const struct hs_session *to, const char *id)
{
    HS_ERR(bad);

    if (hs_check_repo_id(id, &bad) < 0)
        return hub_pool_strdup(pool, hs_err_text(&bad));
    if (hs_session_takes_name(to, hs_name_of(id)))
        return NULL;
    return hub_pool_printf(pool, "'%s' is no name that %s takes (%s); set map.name", hs_name_of(id),
                           to->conf->name, to->limits.name_pattern);
}
