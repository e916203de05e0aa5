#include "mem.h"
#include <stdio.h>
#include "banned.h"

enum { VEC_FIRST_ROOM = 8 };

static _Noreturn void out_of_memory(void)
{
    (void)fputs("hubsync: out of memory\n", stderr);
    abort();
}

void *hs_xcalloc(size_t n, size_t each)
{
    void *memory = calloc(n ? n : 1, each ? each : 1);

    if (!memory)
        out_of_memory();
    return memory;
}

void *hs_xrealloc(void *old, size_t n, size_t each)
{
    size_t n_bytes;
    void *memory;

    if (__builtin_mul_overflow(n, each, &n_bytes))
        out_of_memory();
    memory = realloc(old, n_bytes ? n_bytes : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

char *hs_xstrdup(const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy)
        out_of_memory();
    return copy;
}

char *hs_xprintf(const char *fmt, ...)
{
    va_list args;
    char *text;
    int length;

    va_start(args, fmt);
    length = vasprintf(&text, fmt, args);
    va_end(args);
    if (length < 0)
        out_of_memory();
    return text;
}

void hs_free_cleanup(void *pointer_to_pointer)
{
    void *memory;

    memcpy(&memory, pointer_to_pointer, sizeof memory);
    free(memory);
}

void *hs_vec_grow(void *items, size_t *room, size_t need, size_t each)
{
    size_t larger = *room;

    if (need <= *room)
        return items;
    while (larger < need) {
        if (larger > SIZE_MAX / 2)
            out_of_memory();
        larger = larger ? larger * 2 : VEC_FIRST_ROOM;
    }
    items = hs_xrealloc(items, larger, each);
    *room = larger;
    return items;
}
