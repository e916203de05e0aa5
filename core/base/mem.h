/* Memory, growing arrays, string maps. The pool and the growing text are the kit's. */
#ifndef HS_BASE_MEM_H
#define HS_BASE_MEM_H
#include <hubsync/kit.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Out of memory in the engine is a failure like any other where it can be told; these few abort
 * for want of some hundred bytes, which no caller could survive either. */
void *hs_xcalloc(size_t n, size_t each);
void *hs_xrealloc(void *old, size_t n, size_t each);
char *hs_xstrdup(const char *text); /* NULL for NULL */
char *hs_xprintf(const char *fmt, ...) HUB_PRINTF(1, 2);

void hs_free_cleanup(void *pointer_to_pointer);
#define HS_FREE __attribute__((cleanup(hs_free_cleanup)))

/* HS_VEC(struct hs_file) files = {0}; *hs_vec_add(&files) = …; */
#define HS_VEC(type)    \
    struct {            \
        type *items;    \
        size_t n, room; \
    }
/* items with room for need of them; *room follows. */
void *hs_vec_grow(void *items, size_t *room, size_t need, size_t each);
/* A new zeroed item at the end; its address is good until the next add. */
#define hs_vec_add(vec)                                                                         \
    ((vec)->items = hs_vec_grow((vec)->items, &(vec)->room, (vec)->n + 1, sizeof *(vec)->items), \
     memset(&(vec)->items[(vec)->n], 0, sizeof *(vec)->items), &(vec)->items[(vec)->n++])
#define hs_vec_clear(vec) (free((vec)->items), (vec)->items = NULL, (vec)->n = (vec)->room = 0)

/* A map from text to a pointer. Keys are copied, values borrowed. NULL-safe to clear. */
struct hs_map {
    struct hs_map_slot *slots;
    size_t n, room;
};
void hs_map_clear(struct hs_map *map);
void *hs_map_get(const struct hs_map *map, const char *key); /* NULL if not there */
/* Returns the value that was there before, NULL if none. value may not be NULL. */
void *hs_map_put(struct hs_map *map, const char *key, void *value);
void *hs_map_remove(struct hs_map *map, const char *key);
/* Visits in no order: for (size_t i = 0; hs_map_each(map, &i, &key, &value);) */
int hs_map_each(const struct hs_map *map, size_t *at, const char **key, void **value);
#endif
