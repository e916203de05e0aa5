/* Which changes go into which commit, and in which order. Pure. */
#ifndef HS_SYNC_ORDER_H
#define HS_SYNC_ORDER_H
#include "base/mem.h"

struct hs_order_item { /* a put or a deletion */
    const char *path;
    uint64_t inline_bytes; /* of a put that goes inline; 0 else */
    bool is_delete;
    size_t index; /* the caller's */
    const struct hs_order_item *before; /* order.c's: the put that this deletion must precede */
};
struct hs_order_limits {
    uint64_t items, inline_bytes; /* of one commit; 0: no limit */
};
struct hs_order_group { /* one commit: items [first, first + n) of the ordered array */
    size_t first, n;
};
/* Sorts items (weights, the rest, shard indexes, configs, README, then deletions; a deletion that
 * clashes with a put goes right before it) and cuts them into groups. One group if it fits. */
void hs_order_make(struct hs_order_item *items, size_t n, const struct hs_order_limits *limits,
                   struct hs_order_group **groups, size_t *n_groups, struct hub_pool *pool);
#endif
