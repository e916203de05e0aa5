#include "pool.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One block an allocation: a sanitizer sees every overrun, and blocks can be of any size. */
struct hub_pool_block {
    struct hub_pool_block *older;
    hs_pool_end_fn *end; /* NULL: plain memory, in bytes */
    void *object;        /* what end ends */
    max_align_t bytes[];
};

void hub_pool_clear(struct hub_pool *pool)
{
    if (!pool)
        return;
    while (pool->newest) {
        struct hub_pool_block *block = pool->newest;

        pool->newest = block->older;
        if (block->end)
            block->end(block->object);
        free(block);
    }
    pool->held_bytes = 0;
}

void *hub_pool_alloc(struct hub_pool *pool, size_t n, size_t each)
{
    struct hub_pool_block *block;
    size_t n_bytes;

    if (!pool || __builtin_mul_overflow(n, each, &n_bytes) || n_bytes > SIZE_MAX - sizeof *block)
        return NULL;
    block = calloc(1, sizeof *block + n_bytes);
    if (!block)
        return NULL;
    block->older = pool->newest;
    pool->newest = block;
    pool->held_bytes += sizeof *block + n_bytes;
    return block->bytes;
}

bool hs_pool_own(struct hub_pool *pool, void *object, hs_pool_end_fn *end)
{
    if (!hub_pool_alloc(pool, 0, 1)) {
        end(object);
        return false;
    }
    pool->newest->end = end;
    pool->newest->object = object;
    return true;
}

void *hs_pool_next_owned(const struct hub_pool *pool, hs_pool_end_fn *end,
                         const struct hub_pool_block **at)
{
    const struct hub_pool_block *block = *at ? (*at)->older : pool->newest;

    while (block && block->end != end)
        block = block->older;
    *at = block;
    return block ? block->object : NULL;
}

char *hub_pool_strdup(struct hub_pool *pool, const char *text)
{
    return text ? hub_pool_strndup(pool, text, strlen(text)) : NULL;
}

char *hub_pool_strndup(struct hub_pool *pool, const char *text, size_t n_bytes)
{
    size_t length;
    char *copy;

    if (!text)
        return NULL;
    length = strnlen(text, n_bytes);
    copy = hub_pool_alloc(pool, length + 1, 1);
    if (copy)
        memcpy(copy, text, length);
    return copy;
}

char *hub_pool_vprintf(struct hub_pool *pool, const char *fmt, va_list args)
{
    va_list again;
    char *text;
    int length;

    va_copy(again, args);
    length = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (length < 0)
        return NULL;
    text = hub_pool_alloc(pool, (size_t)length + 1, 1);
    if (text)
        (void)vsnprintf(text, (size_t)length + 1, fmt, args);
    return text;
}

char *hub_pool_printf(struct hub_pool *pool, const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = hub_pool_vprintf(pool, fmt, args);
    va_end(args);
    return text;
}
