#include "provider/name_rule.h"

#include <hubsync/kit.h>

#include "base/banned.h"

void hs_name_rule_init(struct hs_name_rule *rule, const char *pattern)
{
    HUB_POOL(pool);

    rule->is_set = *pattern && regcomp(&rule->regex, hub_pool_printf(&pool, "^(%s)$", pattern),
                                       REG_EXTENDED | REG_NOSUB) == 0;
}

void hs_name_rule_clear(struct hs_name_rule *rule)
{
    if (rule->is_set)
        regfree(&rule->regex);
    rule->is_set = false;
}

bool hs_name_rule_takes(const struct hs_name_rule *rule, const char *name)
{
    return !rule->is_set || regexec(&rule->regex, name, 0, NULL, 0) == 0;
}
