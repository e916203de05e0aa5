/* Nodes of a document, judged without a reader, for the JSON files of the kit. */
#ifndef HS_SDK_JSON_NODE_H
#define HS_SDK_JSON_NODE_H
#include "pool.h"
#include <cjson/cJSON.h>

/* What a pool ends a document with: marks the documents among the things a pool owns. */
void hs_json_end(void *document);
/* The member, whatever its type; NULL if missing, null, or of no object. */
const struct hub_json *hs_json_member(const struct hub_json *object, const char *key, bool *twice);
/* A number's characters as they came; NULL if it is none. */
const char *hs_json_digits(const struct hub_json *node);
/* A string's text; NULL if it is none, or holds what no C string in UTF-8 can hold. */
const char *hs_json_readable(const struct hub_json *node);
enum hub_truth hs_json_bool(const struct hub_json *node);
/* "data.files[3]" of a node, in the pool that owns its document; "" for a root, a stranger or for
 * want of memory. */
const char *hs_json_path(struct hub_pool *pool, const struct hub_json *node);
#endif
