/* The names that a hub takes: its limits' pattern, compiled once for a session. Reading is thread-safe. */
#ifndef HS_PROVIDER_NAME_RULE_H
#define HS_PROVIDER_NAME_RULE_H
#include <regex.h>
#include <stdbool.h>

struct hs_name_rule {
    regex_t regex;
    bool is_set; /* false: every name */
};

/* pattern: POSIX extended, of all of a name; "" or one that is none: every name. */
void hs_name_rule_init(struct hs_name_rule *rule, const char *pattern);
void hs_name_rule_clear(struct hs_name_rule *rule);
bool hs_name_rule_takes(const struct hs_name_rule *rule, const char *name);
#endif
