/* Filling in what listings do not tell: local files are hashed, equal sizes without a common kind of
 * hash are settled by pairs (remembered or fetched once), README and LICENSE are asked about. */
#ifndef HS_SYNC_LEARN_H
#define HS_SYNC_LEARN_H
#include "sync/plan.h"
#include "sync/task.h"

struct hs_learn {
    struct hs_store *store; /* may be NULL: nothing is remembered */
    struct hs_crew *crew;
    struct hs_traffic *traffic;
    size_t window_bytes;
    void (*tick)(void *ctx);
    void *ctx;
    uint64_t requests; /* counted: fetches */
};
/* Gives every file of a local hub's listing both hashes (cached by etag). wanted(ctx, file) may
 * leave some out; NULL: all. */
int hs_learn_local(struct hs_learn *learn, const struct hs_source *source,
                   struct hs_listing *listing, bool (*wanted)(void *ctx, const struct hs_file *file),
                   void *ctx, struct hs_err *err);
/* Pairs: for every path on both sides with equal size and no common kind, the missing kind is
 * filled in on the source's row, from the store or by reading the source. */
int hs_learn_pairs(struct hs_learn *learn, const struct hs_source *source,
                   struct hs_listing *from, const struct hs_listing *to, struct hs_err *err);
/* The sha256 of each of these source files, which their rows lack. A file that fails gets its own
 * status and the call still returns 0. */
struct hs_need {
    struct hs_file *file;
    int status;
    const char *why;
};
int hs_learn_sha256(struct hs_learn *learn, const struct hs_source *source, struct hub_pool *pool,
                    struct hs_need *needs, size_t n, struct hs_err *err);
/* A small file whole: its bytes are appended to content, its row gets both hashes, the pair is
 * remembered. */
int hs_learn_fetch(struct hs_learn *learn, const struct hs_source *source, struct hub_pool *pool,
                   struct hs_file *file, struct hub_text *content, struct hs_err *err);
/* The same content's other name, from the store alone; false if it is not known. */
bool hs_learn_known(struct hs_learn *learn, struct hub_pool *pool, struct hs_file *file);
enum { HS_LEARN_SMALL_BYTES = 8 * 1024 * 1024 }; /* nothing larger is read for its meaning */
/* Did the source's site write this README.md or LICENSE itself? Reads it once, remembers. */
int hs_learn_site_made(struct hs_learn *learn, const struct hs_source *source,
                       const struct hs_file *file, bool *is_site_made, struct hs_err *err);
#endif
