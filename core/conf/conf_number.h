/* Values that are not texts: numbers with and without units, rates, truths. */
#ifndef HS_CONF_NUMBER_H
#define HS_CONF_NUMBER_H
#include "conf/conf_fail.h"

/* Into at, by the key's kind: uint64_t, uint32_t or int64_t. */
int hs_read_number(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                   const struct hs_yaml *node, void *at);
/* Leaves rate->burst as it was. */
int hs_read_rate(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                 const struct hs_yaml *node, struct hs_rate *rate);
int hs_read_bool(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                 const struct hs_yaml *node, bool *out);
#endif
