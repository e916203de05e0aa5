/* A .env file: KEY=VALUE lines, "export " before them or not, '…' as it stands, "…" with \n, \t,
 * \" \\ \$, comments after " #". The last of two equal names counts. */
#ifndef HS_CONF_DOTENV_H
#define HS_CONF_DOTENV_H
#include "base/err.h"
#include "base/mem.h"

struct hs_dotenv {
    struct hub_pool pool;
    struct hs_map values;
};
void hs_dotenv_clear(struct hs_dotenv *env);
/* file is for messages: "file:line: …" (HS_ECONFIG); a message never holds a value. */
int hs_dotenv_parse(struct hs_dotenv *env, const char *file, const char *text, struct hs_err *err);
const char *hs_dotenv_get(const struct hs_dotenv *env, const char *name); /* or NULL */
#endif
