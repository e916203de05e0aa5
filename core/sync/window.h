/* A bounded piece of one file in memory: chunks of 1 MiB that slide forward. Pure bookkeeping. */
#ifndef HS_SYNC_WINDOW_H
#define HS_SYNC_WINDOW_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HS_CHUNK_BYTES = 1024 * 1024 };
struct hs_chunk {
    unsigned char *bytes; /* NULL: not held */
    size_t room_bytes;
    uint64_t from, filled; /* file offsets: [from, filled) is there */
};
struct hs_window {
    uint64_t base;  /* bytes before it are gone */
    uint64_t end;   /* of the file */
    size_t n_chunks;
    struct hs_chunk *chunks; /* ring, by offset / HS_CHUNK_BYTES */
};
int hs_window_init(struct hs_window *w, uint64_t file_bytes, size_t window_bytes);
void hs_window_clear(struct hs_window *w);
/* Forgets all bytes; the next ones come at offset. Buffers are kept. */
void hs_window_seek(struct hs_window *w, uint64_t offset);
/* The first offset that there is no room for now. */
uint64_t hs_window_limit(const struct hs_window *w);
/* Puts n bytes at offset, which follow what the chunk has: how many were taken (no room: fewer). */
size_t hs_window_put(struct hs_window *w, uint64_t offset, const void *bytes, size_t n);
/* Where the next up to n bytes at offset may be written in place; then hs_window_wrote. */
unsigned char *hs_window_space(struct hs_window *w, uint64_t offset, size_t *n);
void hs_window_wrote(struct hs_window *w, uint64_t offset, size_t n);
/* Bytes at offset that lie together. */
size_t hs_window_peek(const struct hs_window *w, uint64_t offset, const unsigned char **bytes);
/* Forgets all bytes from offset on. */
void hs_window_cut(struct hs_window *w, uint64_t offset);
void hs_window_release(struct hs_window *w, uint64_t offset);
#endif
