/* Content: immutable byte strings, found again by (sha256, size). A blob lives as long as the
 * program, so a borrowed pointer never dies; reading needs no lock.
 *
 * What a blob holds is global; which site *has* it is not: a site must be given the bytes (or the
 * seed) before th_blob_on_site says true. */
#ifndef TH_CONTENT_H
#define TH_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct th_site;

enum th_blob_kind {
    TH_BLOB_GENERATED, /* (seed, size) */
    TH_BLOB_LITERAL,   /* bytes in memory */
    TH_BLOB_DISK,      /* a file on disk, or an unlinked temporary one */
    TH_BLOB_HASH_ONLY, /* received and hashed, not kept: cannot be read */
};

struct th_blob {
    enum th_blob_kind kind;
    uint64_t size;
    char sha256[65];
    uint64_t seed;        /* GENERATED */
    unsigned char *bytes; /* LITERAL */
    int fd;               /* DISK */
    uint32_t sites;       /* one bit a site */
    struct th_blob *next;
};

/* Reads up to length bytes at offset. Returns how many, 0 at the end, -1 when it cannot. Needs no
 * lock. */
long th_blob_read(const struct th_blob *blob, uint64_t offset, void *out, size_t length);
/* Git blob id of the content, and of the LFS pointer that stands for it. Hashes every time. */
void th_blob_git_sha1(const struct th_blob *blob, char out[41]);
void th_blob_pointer_sha1(const struct th_blob *blob, char out[41]);
char *
th_blob_pointer(const struct th_blob *blob); /* the canonical LFS pointer text; caller frees */

/* All of these need the hub's lock (handlers hold it). Results are borrowed. */
/* size UINT64_MAX: whatever its size. */
struct th_blob *th_blob_find(const char *sha256, uint64_t size);
struct th_blob *th_blob_literal(const void *bytes, size_t length);
/* sha256 may be NULL: then it is computed now. */
struct th_blob *th_blob_generated(uint64_t seed, uint64_t size, const char *sha256);
struct th_blob *th_blob_from_file(const char *path); /* NULL when it cannot be read */

bool th_blob_on_site(const struct th_blob *blob, const struct th_site *site);
void th_blob_put_on_site(struct th_blob *blob, const struct th_site *site);
void th_blob_drop_from_site(struct th_blob *blob, const struct th_site *site);

/* For assembly.c: registers a blob made elsewhere; takes it, gives the one to use. */
struct th_blob *th_content_adopt(struct th_blob *made);
void th_content_clear(void); /* at exit */

/* Receiving an object, in one piece or in parts that may come in any order and at once.
 * If (sha256, size) is content that is known already, the bytes are compared with it as they come;
 * else they are hashed and kept in memory (up to 1 MiB) or in an unlinked file in $TMPDIR. */
struct th_assembly;

/* sha256 NULL: unknown beforehand, whatever comes gets accepted. size UINT64_MAX: likewise.
 * discard: do not keep the bytes where that is possible. */
struct th_assembly *th_assembly_new(const char *sha256, uint64_t size, bool discard);
/* Thread-safe; needs no lock. Bytes beyond size are only counted as "too many". */
void th_assembly_write(struct th_assembly *assembly, uint64_t offset, const void *data,
                       size_t length);
/* The object, when exactly size bytes of the right content have come; else NULL. Does not free the
 * assembly. Must be called with the hub's lock held; lets go of it while hashing. */
struct th_blob *th_assembly_finish(struct th_assembly *assembly);
uint64_t th_assembly_received(const struct th_assembly *assembly);
void th_assembly_free(struct th_assembly *assembly);

#endif
