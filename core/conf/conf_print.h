/* A value as text, for `config show`: YAML in flow style, or JSON; secrets as ***. */
#ifndef HS_CONF_PRINT_H
#define HS_CONF_PRINT_H
#include "conf/conf_object.h"

enum hs_print { HS_PRINT_YAML = 0, HS_PRINT_JSON };
/* key NULL: an option. node NULL: the key's fallback. */
void hs_print_value(const struct hs_conf *conf, const struct hs_key *key, const char *name,
                    const struct hs_yaml *node, enum hs_print form, struct hub_text *out);
/* A key of a mapping, in quotes where it must be. */
void hs_print_key(const char *key, enum hs_print form, struct hub_text *out);
#endif
