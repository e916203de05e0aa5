#include "content.h"
#include "hub.h"
#include "site.h"
#include "util.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUCKETS = 4096, HASH_STEP = 256 << 10 };

static struct th_blob *buckets[BUCKETS];

static uint64_t word_at(uint64_t base, uint64_t index)
{
    uint64_t z = base + (index + 1) * 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void generate(uint64_t seed, uint64_t offset, unsigned char *out, size_t length)
{
    uint64_t base = seed * 0xD1342543DE82EF95u, index = offset / 8, word;
    size_t skip = offset % 8, n;

    if (skip && length) {
        word = word_at(base, index++);
        n = 8 - skip < length ? 8 - skip : length;
        memcpy(out, (unsigned char *)&word + skip, n);
        out += n;
        length -= n;
    }
    for (; length >= 8; length -= 8, out += 8) {
        word = word_at(base, index++);
        memcpy(out, &word, 8);
    }
    if (length) {
        word = word_at(base, index);
        memcpy(out, &word, length);
    }
}

long th_blob_read(const struct th_blob *blob, uint64_t offset, void *out, size_t length)
{
    if (offset >= blob->size)
        return 0;
    if (length > blob->size - offset)
        length = (size_t)(blob->size - offset);
    switch (blob->kind) {
    case TH_BLOB_GENERATED:
        generate(blob->seed, offset, out, length);
        return (long)length;
    case TH_BLOB_LITERAL:
        memcpy(out, blob->bytes + offset, length);
        return (long)length;
    case TH_BLOB_DISK:
        return pread(blob->fd, out, length, (off_t)offset);
    case TH_BLOB_HASH_ONLY:
        break;
    }
    return -1;
}

static void hash_blob(const EVP_MD *type, const char *head, size_t head_bytes,
                      const struct th_blob *blob, char *out)
{
    unsigned char digest[EVP_MAX_MD_SIZE], *step = th_alloc(HASH_STEP);
    unsigned count = 0;
    uint64_t offset = 0;
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    long n;

    if (!md || EVP_DigestInit_ex(md, type, NULL) != 1 ||
        EVP_DigestUpdate(md, head, head_bytes) != 1)
        abort();
    while ((n = th_blob_read(blob, offset, step, HASH_STEP)) > 0) {
        if (EVP_DigestUpdate(md, step, (size_t)n) != 1)
            abort();
        offset += (uint64_t)n;
    }
    if (EVP_DigestFinal_ex(md, digest, &count) != 1)
        abort();
    EVP_MD_CTX_free(md);
    free(step);
    th_hex(digest, count, out);
}

void th_blob_git_sha1(const struct th_blob *blob, char out[41])
{
    char head[40];
    int n = snprintf(head, sizeof(head), "blob %llu", (unsigned long long)blob->size);

    hash_blob(EVP_sha1(), head, (size_t)n + 1, blob, out);
}

char *th_blob_pointer(const struct th_blob *blob)
{
    return th_format("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %llu\n",
                     blob->sha256, (unsigned long long)blob->size);
}

void th_blob_pointer_sha1(const struct th_blob *blob, char out[41])
{
    char *text = th_blob_pointer(blob);

    th_git_blob_sha1(text, strlen(text), out);
    free(text);
}

static struct th_blob **bucket_of(const char *sha256)
{
    char head[4] = {0};

    memcpy(head, sha256, 3);
    return &buckets[strtoul(head, NULL, 16) % BUCKETS];
}

struct th_blob *th_blob_find(const char *sha256, uint64_t size)
{
    if (!th_is_hex(sha256, 64))
        return NULL;
    for (struct th_blob *blob = *bucket_of(sha256); blob; blob = blob->next)
        if ((blob->size == size || size == UINT64_MAX) && !strcmp(blob->sha256, sha256))
            return blob;
    return NULL;
}

static void free_blob(struct th_blob *blob)
{
    if (blob->kind == TH_BLOB_DISK)
        (void)close(blob->fd);
    free(blob->bytes);
    free(blob);
}

/* Takes made; gives back the one of the same content that was there first, if any. A readable one
 * replaces what was only hashed, in place, so that older pointers become readable too. */
struct th_blob *th_content_adopt(struct th_blob *made)
{
    struct th_blob *known = th_blob_find(made->sha256, made->size);
    struct th_blob **bucket;

    if (!known) {
        bucket = bucket_of(made->sha256);
        made->next = *bucket;
        *bucket = made;
        return made;
    }
    if (known->kind == TH_BLOB_HASH_ONLY && made->kind != TH_BLOB_HASH_ONLY) {
        known->seed = made->seed;
        known->bytes = made->bytes;
        known->fd = made->fd;
        known->kind = made->kind;
        free(made);
    } else {
        free_blob(made);
    }
    return known;
}

struct th_blob *th_blob_literal(const void *bytes, size_t length)
{
    struct th_blob *blob = th_alloc(sizeof(*blob));

    blob->kind = TH_BLOB_LITERAL;
    blob->size = length;
    blob->bytes = th_alloc(length);
    memcpy(blob->bytes, bytes, length);
    th_sha256_hex(bytes, length, blob->sha256);
    return th_content_adopt(blob);
}

/* Saves hashing large content again for a second site. */
static struct th_blob *find_generated(uint64_t seed, uint64_t size)
{
    enum { WORTH_A_SEARCH = 1 << 20 };

    for (size_t i = 0; size >= WORTH_A_SEARCH && i < BUCKETS; i++)
        for (struct th_blob *blob = buckets[i]; blob; blob = blob->next)
            if (blob->kind == TH_BLOB_GENERATED && blob->seed == seed && blob->size == size)
                return blob;
    return NULL;
}

struct th_blob *th_blob_generated(uint64_t seed, uint64_t size, const char *sha256)
{
    struct th_blob *blob = find_generated(seed, size);

    if (blob)
        return blob;
    blob = th_alloc(sizeof(*blob));
    blob->kind = TH_BLOB_GENERATED;
    blob->seed = seed;
    blob->size = size;
    if (th_is_hex(sha256, 64))
        memcpy(blob->sha256, sha256, 65);
    else
        hash_blob(EVP_sha256(), "", 0, blob, blob->sha256);
    return th_content_adopt(blob);
}

struct th_blob *th_blob_from_file(const char *path)
{
    struct th_blob *blob;
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return NULL;
    if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        (void)close(fd);
        return NULL;
    }
    blob = th_alloc(sizeof(*blob));
    blob->kind = TH_BLOB_DISK;
    blob->fd = fd;
    blob->size = (uint64_t)facts.st_size;
    hash_blob(EVP_sha256(), "", 0, blob, blob->sha256);
    return th_content_adopt(blob);
}

bool th_blob_on_site(const struct th_blob *blob, const struct th_site *site)
{
    return blob && (blob->sites >> th_site_index(site) & 1);
}

void th_blob_put_on_site(struct th_blob *blob, const struct th_site *site)
{
    blob->sites |= 1u << th_site_index(site);
}

void th_blob_drop_from_site(struct th_blob *blob, const struct th_site *site)
{
    blob->sites &= ~(1u << th_site_index(site));
}

void th_content_clear(void)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        while (buckets[i]) {
            struct th_blob *blob = buckets[i];

            buckets[i] = blob->next;
            free_blob(blob);
        }
    }
}
