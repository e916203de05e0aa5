/* The pool's inside, for the other files of the kit. */
#ifndef HS_SDK_POOL_H
#define HS_SDK_POOL_H
#include <hubsync/kit.h>

/* Ends what the pool was given to own. */
typedef void hs_pool_end_fn(void *object);

/* From now on the pool owns object, and ends it when it is cleared; at once, with false, when there
 * is no memory to remember it. */
bool hs_pool_own(struct hub_pool *pool, void *object, hs_pool_end_fn *end);
/* The objects owned with that end, newest first: *at starts as NULL; NULL when there are no more.
 */
void *hs_pool_next_owned(const struct hub_pool *pool, hs_pool_end_fn *end,
                         const struct hub_pool_block **at);
#endif
