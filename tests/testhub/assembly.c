#include "content.h"
#include "hub.h"
#include "util.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { IN_MEMORY_MAX = 1 << 20, COMPARE_STEP = 64 << 10 };

enum how {
    BY_COMPARING, /* the content is known and readable */
    BY_HASHING,   /* kept in memory or a file, hashed as far as it comes in order */
};

struct span { /* bytes that came and were not those of the known content; length 0: none */
    uint64_t from, end;
};

struct th_assembly {
    pthread_mutex_t lock;
    enum how how;
    struct th_blob *known;
    char sha256[65]; /* "" when unknown beforehand */
    uint64_t size;   /* UINT64_MAX when unknown beforehand */
    bool must_keep;
    bool is_wrong; /* for good */
    struct span *wrong; /* until the right bytes come there */
    size_t n_wrong;
    bool has_overlap;       /* a range that had been hashed came again */
    uint64_t received, end; /* bytes counted; highest end seen */
    EVP_MD_CTX *md;
    uint64_t hashed;
    unsigned char *memory;
    int fd;
};

static int temporary_file(void)
{
    const char *folder = getenv("TMPDIR");
    char *name = th_format("%s/hubsync-testhub-object-XXXXXX", folder ? folder : "/tmp");
    int fd = mkostemp(name, O_CLOEXEC);

    if (fd >= 0)
        (void)unlink(name);
    free(name);
    return fd;
}

struct th_assembly *th_assembly_new(const char *sha256, uint64_t size, bool discard)
{
    struct th_assembly *assembly = th_alloc(sizeof(*assembly));
    struct th_blob *known = th_blob_find(sha256, size);

    (void)pthread_mutex_init(&assembly->lock, NULL);
    assembly->size = size;
    assembly->fd = -1;
    if (sha256)
        memcpy(assembly->sha256, sha256, strnlen(sha256, 64));
    if (known && known->kind != TH_BLOB_HASH_ONLY) {
        assembly->known = known;
        return assembly;
    }
    assembly->how = BY_HASHING;
    assembly->must_keep = !discard;
    assembly->md = EVP_MD_CTX_new();
    if (!assembly->md || EVP_DigestInit_ex(assembly->md, EVP_sha256(), NULL) != 1)
        abort();
    if (size <= IN_MEMORY_MAX)
        assembly->memory = th_alloc((size_t)size);
    return assembly;
}

static bool equals_known(const struct th_blob *known, uint64_t offset, const unsigned char *data,
                         size_t length)
{
    unsigned char expected[COMPARE_STEP];

    while (length) {
        size_t step = length < COMPARE_STEP ? length : COMPARE_STEP;

        if (th_blob_read(known, offset, expected, step) != (long)step ||
            memcmp(expected, data, step) != 0)
            return false;
        offset += step;
        data += step;
        length -= step;
    }
    return true;
}

static void add_wrong(struct th_assembly *assembly, uint64_t from, uint64_t end)
{
    if (from >= end)
        return;
    assembly->wrong = th_grow(assembly->wrong, (assembly->n_wrong + 1) * sizeof(*assembly->wrong));
    assembly->wrong[assembly->n_wrong++] = (struct span){from, end};
}

/* What comes later counts. */
static void take_wrong_back(struct th_assembly *assembly, uint64_t from, uint64_t end)
{
    size_t n = assembly->n_wrong, kept = 0;
    struct span *old = assembly->wrong;

    assembly->wrong = NULL;
    assembly->n_wrong = 0;
    for (; kept < n; kept++) {
        add_wrong(assembly, old[kept].from, old[kept].end < from ? old[kept].end : from);
        add_wrong(assembly, old[kept].from > end ? old[kept].from : end, old[kept].end);
    }
    free(old);
}

/* Discarded bytes need no file as long as they come in order. */
static void keep(struct th_assembly *assembly, uint64_t offset, const unsigned char *data,
                 size_t length, bool in_order)
{
    if (assembly->memory) {
        memcpy(assembly->memory + offset, data, length);
        return;
    }
    if (!assembly->must_keep && in_order)
        return;
    if (assembly->fd < 0)
        assembly->fd = temporary_file();
    while (length) {
        ssize_t n = pwrite(assembly->fd, data, length, (off_t)offset);

        if (n <= 0) {
            assembly->is_wrong = true;
            return;
        }
        offset += (uint64_t)n;
        data += n;
        length -= (size_t)n;
    }
}

void th_assembly_write(struct th_assembly *assembly, uint64_t offset, const void *data,
                       size_t length)
{
    bool fits = offset <= assembly->size && length <= assembly->size - offset;
    bool in_order, is_equal = true;

    if (assembly->how == BY_COMPARING && fits)
        is_equal = equals_known(assembly->known, offset, data, length);
    (void)pthread_mutex_lock(&assembly->lock);
    assembly->received += length;
    if (!fits) {
        assembly->is_wrong = true;
    } else {
        if (assembly->how == BY_COMPARING)
            take_wrong_back(assembly, offset, offset + length);
        if (!is_equal)
            add_wrong(assembly, offset, offset + length);
        if (offset + length > assembly->end)
            assembly->end = offset + length;
        if (assembly->how == BY_HASHING) {
            in_order = offset == assembly->hashed;
            assembly->has_overlap |= offset < assembly->hashed;
            keep(assembly, offset, data, length, in_order);
            if (in_order && EVP_DigestUpdate(assembly->md, data, length) == 1)
                assembly->hashed += length;
        }
    }
    (void)pthread_mutex_unlock(&assembly->lock);
}

/* Hashes what came out of order. A range that was sent again was hashed once and stored twice; the
 * newer bytes count, so the whole is hashed anew (not when bytes are discarded: then they are not
 * all there, and the second sending is believed to equal the first). */
static bool hash_rest(struct th_assembly *assembly, char out[65])
{
    unsigned char digest[32], *step;
    bool is_all_kept = assembly->memory || assembly->must_keep;
    long n = 1;

    if (assembly->has_overlap && is_all_kept) {
        assembly->hashed = 0;
        if (EVP_DigestInit_ex(assembly->md, EVP_sha256(), NULL) != 1)
            abort();
    }
    step = th_alloc(COMPARE_STEP * 4);
    while (assembly->hashed < assembly->end && n > 0) {
        size_t want = COMPARE_STEP * 4;

        if (want > assembly->end - assembly->hashed)
            want = (size_t)(assembly->end - assembly->hashed);
        if (assembly->memory) {
            memcpy(step, assembly->memory + assembly->hashed, want);
            n = (long)want;
        } else {
            n = pread(assembly->fd, step, want, (off_t)assembly->hashed);
        }
        if (n > 0 && EVP_DigestUpdate(assembly->md, step, (size_t)n) == 1)
            assembly->hashed += (uint64_t)n;
    }
    free(step);
    if (assembly->hashed != assembly->end || EVP_DigestFinal_ex(assembly->md, digest, NULL) != 1)
        return false;
    th_hex(digest, sizeof(digest), out);
    return true;
}

static struct th_blob *blob_from_bytes(struct th_assembly *assembly, const char *sha256)
{
    struct th_blob *blob = th_alloc(sizeof(*blob));

    memcpy(blob->sha256, sha256, 65);
    blob->size = assembly->end;
    blob->fd = -1;
    if (assembly->memory) {
        blob->kind = TH_BLOB_LITERAL;
        blob->bytes = assembly->memory;
        assembly->memory = NULL;
    } else if (assembly->fd >= 0 && assembly->must_keep) {
        blob->kind = TH_BLOB_DISK;
        blob->fd = assembly->fd;
        assembly->fd = -1;
    } else if (blob->size == 0) {
        blob->kind = TH_BLOB_LITERAL;
    } else {
        blob->kind = TH_BLOB_HASH_ONLY;
    }
    return th_content_adopt(blob);
}

struct th_blob *th_assembly_finish(struct th_assembly *assembly)
{
    char sha256[65];
    bool is_whole = assembly->size == UINT64_MAX || assembly->end == assembly->size;
    bool is_good;

    if (assembly->is_wrong || assembly->n_wrong || !is_whole || assembly->received < assembly->end)
        return NULL;
    if (assembly->how == BY_COMPARING)
        return assembly->known;
    th_unlock();
    is_good =
        hash_rest(assembly, sha256) && (!assembly->sha256[0] || !strcmp(sha256, assembly->sha256));
    th_lock();
    return is_good ? blob_from_bytes(assembly, sha256) : NULL;
}

uint64_t th_assembly_received(const struct th_assembly *assembly)
{
    return assembly ? assembly->received : 0;
}

void th_assembly_free(struct th_assembly *assembly)
{
    if (!assembly)
        return;
    if (assembly->fd >= 0)
        (void)close(assembly->fd);
    EVP_MD_CTX_free(assembly->md);
    free(assembly->memory);
    free(assembly->wrong);
    (void)pthread_mutex_destroy(&assembly->lock);
    free(assembly);
}
