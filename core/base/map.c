/* A hash map with linear probing. Keys come from hubs, so the hash starts from a secret: nobody can
 * choose keys that collide. */
#include "mem.h"
#include <pthread.h>
#include <sys/random.h>
#include "banned.h"

enum { FIRST_ROOM = 16 }; /* a power of two, like every room */

struct hs_map_slot {
    char *key; /* NULL: free */
    void *value;
    uint64_t hash;
};

static uint64_t seed;
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void seed_draw(void)
{
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = (uint64_t)(uintptr_t)&seed; /* early at boot: the address space layout must do */
}

static uint64_t hash_of(const char *key)
{
    uint64_t hash;

    (void)pthread_once(&seed_once, seed_draw);
    hash = seed ^ UINT64_C(0xcbf29ce484222325);
    for (; *key; key++) {
        hash = (hash ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
        hash ^= hash >> 29;
    }
    return hash ^ hash >> 32;
}

void hs_map_clear(struct hs_map *map)
{
    if (!map)
        return;
    for (size_t i = 0; i < map->room; i++)
        free(map->slots[i].key);
    free(map->slots);
    *map = (struct hs_map){NULL, 0, 0};
}

/* The slot of the key, or the free one where it belongs. There is always a free one. */
static struct hs_map_slot *slot_of(const struct hs_map *map, const char *key, uint64_t hash)
{
    size_t i = hash & (map->room - 1);

    while (map->slots[i].key && (map->slots[i].hash != hash || strcmp(map->slots[i].key, key) != 0))
        i = (i + 1) & (map->room - 1);
    return &map->slots[i];
}

static void grow(struct hs_map *map)
{
    struct hs_map larger = {NULL, map->n, map->room ? map->room * 2 : FIRST_ROOM};

    larger.slots = hs_xcalloc(larger.room, sizeof *larger.slots);
    for (size_t i = 0; i < map->room; i++)
        if (map->slots[i].key)
            *slot_of(&larger, map->slots[i].key, map->slots[i].hash) = map->slots[i];
    free(map->slots);
    *map = larger;
}

void *hs_map_get(const struct hs_map *map, const char *key)
{
    return map->n > 0 ? slot_of(map, key, hash_of(key))->value : NULL;
}

void *hs_map_put(struct hs_map *map, const char *key, void *value)
{
    uint64_t hash = hash_of(key);
    struct hs_map_slot *slot;
    void *before;

    if (map->n + 1 > map->room / 4 * 3)
        grow(map);
    slot = slot_of(map, key, hash);
    before = slot->value;
    if (!slot->key) {
        slot->key = hs_xstrdup(key);
        slot->hash = hash;
        map->n++;
    }
    slot->value = value;
    return before;
}

/* Closes the hole at i: what was pushed past it by collisions moves back. */
static void close_hole(struct hs_map *map, size_t hole)
{
    size_t mask = map->room - 1;

    for (size_t i = (hole + 1) & mask; map->slots[i].key; i = (i + 1) & mask) {
        size_t home = map->slots[i].hash & mask;

        if (((i - home) & mask) < ((i - hole) & mask))
            continue;
        map->slots[hole] = map->slots[i];
        hole = i;
    }
    map->slots[hole] = (struct hs_map_slot){NULL, NULL, 0};
}

void *hs_map_remove(struct hs_map *map, const char *key)
{
    struct hs_map_slot *slot = map->n > 0 ? slot_of(map, key, hash_of(key)) : NULL;
    void *value;

    if (!slot || !slot->key)
        return NULL;
    value = slot->value;
    free(slot->key);
    map->n--;
    close_hole(map, (size_t)(slot - map->slots));
    return value;
}

int hs_map_each(const struct hs_map *map, size_t *at, const char **key, void **value)
{
    while (*at < map->room) {
        const struct hs_map_slot *slot = &map->slots[(*at)++];

        if (!slot->key)
            continue;
        *key = slot->key;
        *value = slot->value;
        return 1;
    }
    return 0;
}
