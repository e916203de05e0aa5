/* Credentials of a hub: {text}, {file: …}, {command: […]}. */
#ifndef HS_CONF_TOKEN_H
#define HS_CONF_TOKEN_H
#include "conf/conf_value.h"

/* No token, no NULL string. */
void hs_token_clear(struct hs_token *token);
int hs_token_read(const struct hs_reader *reader, const char *name, const struct hs_yaml *node,
                  struct hs_token *token);
int hs_tokens_read(const struct hs_reader *reader, const char *name, const struct hs_yaml *node,
                   struct hs_hub_conf *hub);
#endif
