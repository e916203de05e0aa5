/* What no table can say: how the values of a hub, a rule, all rules fit together. */
#ifndef HS_CONF_CHECK_H
#define HS_CONF_CHECK_H
#include "conf/conf_object.h"

int hs_check_hub(const struct hs_reader *reader, const struct hs_hub_conf *hub,
                 const struct hs_object *object);
/* Of a rule or of `defaults`, by what the mapping itself says. */
int hs_check_sections(const struct hs_reader *reader, const struct hs_object *object,
                      const struct hs_rule *rule);
/* Of the newest rule, with what it inherits; all hubs are read. */
int hs_check_rule(const struct hs_reader *reader, const struct hs_object *object,
                  const struct hs_rule *rule);
/* One-way rules that lead back to where they started, one of them deleting. */
int hs_check_circles(const struct hs_reader *reader);
#endif
