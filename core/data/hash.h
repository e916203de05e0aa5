/* SHA-256 with a state that can be saved at any offset, git blob ids, hex. OpenSSL's one door. */
#ifndef HS_DATA_HASH_H
#define HS_DATA_HASH_H
#include <stddef.h>
#include <stdint.h>

enum { HS_SHA256_BYTES = 32, HS_SHA256_HEX = 65, HS_SHA1_HEX = 41, HS_STATE_BYTES = 112 };
struct hs_sha256 {
    uint64_t opaque[16]; /* big enough for the library's context, checked at compile time */
};
void hs_sha256_init(struct hs_sha256 *hash);
void hs_sha256_update(struct hs_sha256 *hash, const void *bytes, size_t n_bytes);
/* hex: HS_SHA256_HEX bytes. The hash can go on afterwards (a copy is finished). */
void hs_sha256_hex(const struct hs_sha256 *hash, char *hex);
/* The running state: 8 words, the count, up to 63 tail bytes; the same bytes hashed give the same
 * state, so states are compared with memcmp. state: HS_STATE_BYTES. */
void hs_sha256_save(const struct hs_sha256 *hash, unsigned char *state);
/* -1 if the state is not one. */
int hs_sha256_load(struct hs_sha256 *hash, const unsigned char *state);

/* The git blob id needs the length first. */
struct hs_gitsha1 {
    uint64_t opaque[16];
};
void hs_gitsha1_init(struct hs_gitsha1 *hash, uint64_t content_bytes);
void hs_gitsha1_update(struct hs_gitsha1 *hash, const void *bytes, size_t n_bytes);
void hs_gitsha1_hex(const struct hs_gitsha1 *hash, char *hex); /* HS_SHA1_HEX */
/* Short cuts. */
void hs_sha256_of(const void *bytes, size_t n_bytes, char *hex);
void hs_gitsha1_of(const void *bytes, size_t n_bytes, char *hex);
#endif
