#define OPENSSL_API_COMPAT 0x10101000L /* the context whose state can be saved */
#include "data/hash.h"
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

enum { WORDS_BYTES = 32, COUNT_BYTES = 8, BLOCK_BYTES = 64, MARK_BYTES = 8 };
enum { COUNT_AT = WORDS_BYTES, TAIL_AT = COUNT_AT + COUNT_BYTES, MARK_AT = TAIL_AT + BLOCK_BYTES };
static const char state_mark[MARK_BYTES] = {'h', 's', 's', 'h', 'a', '2', '5', '6'};

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct hs_sha256), "struct hs_sha256 is too small");
_Static_assert(sizeof(SHA_CTX) <= sizeof(struct hs_gitsha1), "struct hs_gitsha1 is too small");
_Static_assert(MARK_AT + MARK_BYTES == HS_STATE_BYTES, "the saved state has another size");

/* Only the library writes through these; what is read here is copied out first (aliasing). */
static SHA256_CTX *sha256_ctx(struct hs_sha256 *hash)
{
    return (SHA256_CTX *)(void *)hash->opaque;
}

static SHA_CTX *sha1_ctx(struct hs_gitsha1 *hash)
{
    return (SHA_CTX *)(void *)hash->opaque;
}

static void put_hex(const unsigned char *bytes, size_t n_bytes, char *hex)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n_bytes; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * n_bytes] = '\0';
}

static void put_be(unsigned char *to, uint64_t value, size_t n_bytes)
{
    for (size_t i = n_bytes; i-- > 0; value >>= 8)
        to[i] = (unsigned char)(value & 255);
}

static uint64_t get_be(const unsigned char *from, size_t n_bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < n_bytes; i++)
        value = value << 8 | from[i];
    return value;
}

void hs_sha256_init(struct hs_sha256 *hash)
{
    memset(hash, 0, sizeof *hash);
    (void)SHA256_Init(sha256_ctx(hash));
}

void hs_sha256_update(struct hs_sha256 *hash, const void *bytes, size_t n_bytes)
{
    if (n_bytes > 0)
        (void)SHA256_Update(sha256_ctx(hash), bytes, n_bytes);
}

void hs_sha256_hex(const struct hs_sha256 *hash, char *hex)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256_CTX ctx;

    memcpy(&ctx, hash->opaque, sizeof ctx);
    (void)SHA256_Final(digest, &ctx);
    put_hex(digest, sizeof digest, hex);
}

void hs_sha256_save(const struct hs_sha256 *hash, unsigned char *state)
{
    SHA256_CTX ctx;
    uint64_t n_bits;

    memcpy(&ctx, hash->opaque, sizeof ctx);
    n_bits = (uint64_t)ctx.Nh << 32 | ctx.Nl;
    memset(state, 0, HS_STATE_BYTES);
    for (size_t i = 0; i < 8; i++)
        put_be(state + 4 * i, ctx.h[i], 4);
    put_be(state + COUNT_AT, n_bits / 8, COUNT_BYTES);
    /* What lies behind num is left over from earlier blocks: it stays zero here. */
    memcpy(state + TAIL_AT, ctx.data, ctx.num);
    memcpy(state + MARK_AT, state_mark, MARK_BYTES);
}

static int is_state(const unsigned char *state, uint64_t count)
{
    if (memcmp(state + MARK_AT, state_mark, MARK_BYTES) != 0 || count > UINT64_MAX / 8)
        return 0;
    for (size_t i = count % BLOCK_BYTES; i < BLOCK_BYTES; i++)
        if (state[TAIL_AT + i] != 0)
            return 0;
    return 1;
}

int hs_sha256_load(struct hs_sha256 *hash, const unsigned char *state)
{
    uint64_t count = get_be(state + COUNT_AT, COUNT_BYTES);
    SHA256_CTX ctx;

    if (!is_state(state, count))
        return -1;
    (void)SHA256_Init(&ctx);
    for (size_t i = 0; i < 8; i++)
        ctx.h[i] = (SHA_LONG)get_be(state + 4 * i, 4);
    ctx.Nl = (SHA_LONG)(count * 8);
    ctx.Nh = (SHA_LONG)(count * 8 >> 32);
    ctx.num = (unsigned)(count % BLOCK_BYTES);
    memcpy(ctx.data, state + TAIL_AT, ctx.num);
    memset(hash, 0, sizeof *hash);
    memcpy(hash->opaque, &ctx, sizeof ctx);
    return 0;
}

void hs_gitsha1_init(struct hs_gitsha1 *hash, uint64_t content_bytes)
{
    char header[32];
    int n = snprintf(header, sizeof header, "blob %llu", (unsigned long long)content_bytes);

    memset(hash, 0, sizeof *hash);
    (void)SHA1_Init(sha1_ctx(hash));
    hs_gitsha1_update(hash, header, (size_t)n + 1); /* the NUL is part of it */
}

void hs_gitsha1_update(struct hs_gitsha1 *hash, const void *bytes, size_t n_bytes)
{
    if (n_bytes > 0)
        (void)SHA1_Update(sha1_ctx(hash), bytes, n_bytes);
}

void hs_gitsha1_hex(const struct hs_gitsha1 *hash, char *hex)
{
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA_CTX ctx;

    memcpy(&ctx, hash->opaque, sizeof ctx);
    (void)SHA1_Final(digest, &ctx);
    put_hex(digest, sizeof digest, hex);
}

void hs_sha256_of(const void *bytes, size_t n_bytes, char *hex)
{
    struct hs_sha256 hash;

    hs_sha256_init(&hash);
    hs_sha256_update(&hash, bytes, n_bytes);
    hs_sha256_hex(&hash, hex);
}

void hs_gitsha1_of(const void *bytes, size_t n_bytes, char *hex)
{
    struct hs_gitsha1 hash;

    hs_gitsha1_init(&hash, n_bytes);
    hs_gitsha1_update(&hash, bytes, n_bytes);
    hs_gitsha1_hex(&hash, hex);
}
