#include "sync/window.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

int hs_window_init(struct hs_window *w, uint64_t file_bytes, size_t window_bytes)
{
    uint64_t need = file_bytes / HS_CHUNK_BYTES + 2;
    uint64_t n = window_bytes / HS_CHUNK_BYTES;

    n = n < 2 ? 2 : n;
    *w = (struct hs_window){.end = file_bytes, .n_chunks = (size_t)(n < need ? n : need)};
    w->chunks = calloc(w->n_chunks, sizeof *w->chunks);
    return w->chunks ? 0 : -1;
}

void hs_window_clear(struct hs_window *w)
{
    for (size_t i = 0; w->chunks && i < w->n_chunks; i++)
        free(w->chunks[i].bytes);
    free(w->chunks);
    *w = (struct hs_window){0};
}

static struct hs_chunk *chunk_at(const struct hs_window *w, uint64_t offset)
{
    return &w->chunks[offset / HS_CHUNK_BYTES % w->n_chunks];
}

static uint64_t chunk_start(uint64_t offset)
{
    return offset - offset % HS_CHUNK_BYTES;
}

void hs_window_seek(struct hs_window *w, uint64_t offset)
{
    w->base = offset;
    for (size_t i = 0; i < w->n_chunks; i++)
        w->chunks[i].from = w->chunks[i].filled = 0;
}

uint64_t hs_window_limit(const struct hs_window *w)
{
    uint64_t limit = chunk_start(w->base) + (uint64_t)w->n_chunks * HS_CHUNK_BYTES;

    return limit < w->end ? limit : w->end;
}

/* Does the chunk hold bytes of the part of the file that offset lies in? */
static bool is_of(const struct hs_chunk *chunk, uint64_t offset)
{
    return chunk->filled > chunk->from && chunk_start(chunk->from) == chunk_start(offset);
}

unsigned char *hs_window_space(struct hs_window *w, uint64_t offset, size_t *n)
{
    struct hs_chunk *chunk = chunk_at(w, offset);
    uint64_t start = chunk_start(offset);
    uint64_t stop = start + HS_CHUNK_BYTES;
    size_t need;

    *n = 0;
    if (offset < w->base || offset >= hs_window_limit(w))
        return NULL;
    if (is_of(chunk, offset) && chunk->filled != offset)
        return NULL;
    stop = stop < w->end ? stop : w->end;
    need = (size_t)(stop - start);
    if (chunk->room_bytes < need) {
        free(chunk->bytes);
        chunk->bytes = malloc(need);
        chunk->room_bytes = chunk->bytes ? need : 0;
        if (!chunk->bytes)
            return NULL;
    }
    *n = (size_t)(stop - offset);
    return chunk->bytes + (offset - start);
}

void hs_window_wrote(struct hs_window *w, uint64_t offset, size_t n)
{
    struct hs_chunk *chunk = chunk_at(w, offset);

    if (!is_of(chunk, offset))
        chunk->from = offset;
    chunk->filled = offset + n;
}

size_t hs_window_put(struct hs_window *w, uint64_t offset, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    size_t taken = 0;

    while (taken < n) {
        size_t room;
        unsigned char *space = hs_window_space(w, offset + taken, &room);
        if (!space)
            break;
        room = room < n - taken ? room : n - taken;
        memcpy(space, at + taken, room);
        hs_window_wrote(w, offset + taken, room);
        taken += room;
    }
    return taken;
}

size_t hs_window_peek(const struct hs_window *w, uint64_t offset, const unsigned char **bytes)
{
    const struct hs_chunk *chunk = chunk_at(w, offset);

    if (offset < w->base || !is_of(chunk, offset) || offset < chunk->from || offset >= chunk->filled)
        return 0;
    *bytes = chunk->bytes + (offset - chunk_start(offset));
    return (size_t)(chunk->filled - offset);
}

void hs_window_cut(struct hs_window *w, uint64_t offset)
{
    for (size_t i = 0; i < w->n_chunks; i++) {
        struct hs_chunk *chunk = &w->chunks[i];
        if (chunk->from >= offset)
            chunk->from = chunk->filled = 0;
        else if (chunk->filled > offset)
            chunk->filled = offset;
    }
}

void hs_window_release(struct hs_window *w, uint64_t offset)
{
    while (w->base < offset) {
        uint64_t stop = chunk_start(w->base) + HS_CHUNK_BYTES;
        if (stop <= offset)
            chunk_at(w, w->base)->from = chunk_at(w, w->base)->filled = 0;
        w->base = stop < offset ? stop : offset;
    }
}
