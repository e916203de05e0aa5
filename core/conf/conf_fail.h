/* How the errors of the configuration are worded. */
#ifndef HS_CONF_FAIL_H
#define HS_CONF_FAIL_H
#include "conf/conf.h"
#include "conf/conf_table.h"
#include "data/yaml.h"

struct hs_reader {
    struct hs_conf *conf;
    struct hs_err *err;
};
/* HS_ECONFIG: "file:line:column: " and the words; of the value, or of its key. */
int hs_fail_at(const struct hs_reader *reader, const struct hs_yaml *node, const char *fmt, ...)
    HUB_PRINTF(3, 4);
int hs_fail_key(const struct hs_reader *reader, const struct hs_yaml *node, const char *fmt, ...)
    HUB_PRINTF(3, 4);
int hs_fail_memory(const struct hs_reader *reader);
/* "; did you mean \"x\"?", or "; expected one of …", from the reader's pool. */
const char *hs_suggest(const struct hs_reader *reader, const char *word, const char *const *words,
                       size_t n);
/* A key without a value. */
bool hs_is_null(const struct hs_yaml *node);
/* What was found, for messages: "a list", "\"x\"", "what ${X} holds". From the pool. */
const char *hs_describe(const struct hs_reader *reader, const struct hs_yaml *node);
/* "NAME: found THIS, WHY; expected THAT", by the key's kind. */
int hs_fail_value(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                  const struct hs_yaml *node, const char *why);
#endif
