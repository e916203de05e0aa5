/* seen.c - a set of texts: open addressing, never more than half full. */
#include "modelscope.h"
#include <string.h>

static size_t hash(const char *text) /* FNV-1a */
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (size_t)(h ^ h >> 32);
}

static const char **slot_of(const char **slots, size_t room, const char *text)
{
    size_t at = hash(text) & (room - 1);

    while (slots[at] && strcmp(slots[at], text) != 0)
        at = (at + 1) & (room - 1);
    return &slots[at];
}

/* The old slots stay in the pool: all of them together are less than the new ones. */
static bool grow(struct ms_seen *seen)
{
    size_t room = seen->room ? seen->room * 2 : 64;
    const char **slots = hub_pool_alloc(seen->pool, room, sizeof(*slots));

    if (!slots)
        return false;
    for (size_t i = 0; i < seen->room; i++)
        if (seen->slots[i])
            *slot_of(slots, room, seen->slots[i]) = seen->slots[i];
    seen->slots = slots;
    seen->room = room;
    return true;
}

int ms_seen_add(struct ms_seen *seen, const char *text, const char **kept)
{
    const char **slot;

    if (2 * (seen->n + 1) > seen->room && !grow(seen))
        return HUB_ENOMEM;
    slot = slot_of(seen->slots, seen->room, text);
    if (*slot)
        return 0;
    *slot = hub_pool_strdup(seen->pool, text);
    if (!*slot)
        return HUB_ENOMEM;
    seen->n++;
    if (kept)
        *kept = *slot;
    return 1;
}
