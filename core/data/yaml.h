/* YAML as a tree with positions: mappings, sequences and scalars only. Duplicate keys, aliases,
 * anchors and tags are errors, and an unquoted ${…} or *… says: put it in quotes. */
#ifndef HS_DATA_YAML_H
#define HS_DATA_YAML_H
#include "base/err.h"
#include <hubsync/kit.h>

enum hs_yaml_kind { HS_YAML_SCALAR = 1, HS_YAML_LIST, HS_YAML_MAP };
struct hs_yaml {
    enum hs_yaml_kind kind;
    unsigned line, column; /* from 1 */
    const char *text;      /* scalar */
    bool is_quoted;        /* scalar: '…', "…" or a block: never null, bool or number */
    const char *key;       /* in a mapping: its key, and where that stands */
    unsigned key_line, key_column;
    struct hs_yaml *first, *next; /* children, siblings */
};
/* file is for messages: "file:line:column: …". The tree lives in the pool. */
int hs_yaml_parse(struct hub_pool *pool, const char *file, const char *bytes, size_t n_bytes,
                  struct hs_yaml **out, struct hs_err *err);
const struct hs_yaml *hs_yaml_get(const struct hs_yaml *map, const char *key);
#endif
