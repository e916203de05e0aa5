/* ${VAR} and ${VAR:-default} in the scalars of a tree, after YAML parsing: a value is never parsed
 * as YAML. "$${" is a plain "${". */
#ifndef HS_CONF_SUBST_H
#define HS_CONF_SUBST_H
#include "conf/conf_value.h"

/* An unset variable is an error with file, line and name. ":-" is for unset and empty ones. */
int hs_substitute(const struct hs_reader *reader, struct hs_yaml *root, hs_env_fn *env, void *ctx);
#endif
