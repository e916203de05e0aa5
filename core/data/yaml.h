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
    const char *variables;        /* NULL; conf/ notes here which ${…} the text came from */
};
/* file is for messages: "file:line:column: …" (HS_ECONFIG). The tree lives in the pool; an empty
 * file is an empty mapping. At most 32 levels and 10,000 items in one list or mapping. */
int hs_yaml_parse(struct hub_pool *pool, const char *file, const char *bytes, size_t n_bytes,
                  struct hs_yaml **out, struct hs_err *err);
const struct hs_yaml *hs_yaml_get(const struct hs_yaml *map, const char *key);
#endif
