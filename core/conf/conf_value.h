/* One value of the file into its place. */
#ifndef HS_CONF_VALUE_H
#define HS_CONF_VALUE_H
#include "conf/conf_fail.h"

/* name is for messages: "hubs.ms.owner". base: the struct that key.at is counted from. */
int hs_value_read(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                  const struct hs_yaml *node, void *base);
/* The fallback, or the empty value of its kind. */
int hs_value_default(const struct hs_reader *reader, const struct hs_key *key, void *base);
#endif
