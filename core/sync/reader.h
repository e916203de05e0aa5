/* The source's half of the relay: one file's bytes, in order, through a bounded window.
 *
 * Slices of at most 4 MiB are fetched side by side into chunks of 1 MiB; what has arrived without a
 * gap is hashed (SHA-256, and git's id when asked) and can then be taken. The signed address that
 * the first answer redirected to is used by all slices until it lapses. Nothing is believed by
 * status alone: Content-Range and length decide (R8, R9 of docs/adr/0001-relay.md).
 *
 * Used by one relay thread. hs_reader_pump may call the provider; the stream callbacks never do. */
#ifndef HS_SYNC_READER_H
#define HS_SYNC_READER_H
#include "data/hash.h"
#include "provider/session.h"

struct hs_reader;
struct hs_reader_conf {
    struct hs_session *session;
    struct hs_loop *loop;
    const struct hs_repo *repo;
    const char *revision;
    const struct hs_file *file;
    const char *made;      /* the file's bytes, borrowed: nothing is asked of the hub; or NULL */
    size_t window_bytes;   /* at least 1 MiB is used */
    bool wants_git_sha1;   /* only for a reading from 0 to the end */
    uint64_t *read_bytes;  /* counter, atomic; may be NULL */
};
struct hs_reader *hs_reader_new(const struct hs_reader_conf *conf);
void hs_reader_free(struct hs_reader *reader); /* cuts what is under way */

/* Goes to offset, whose hash state is given (NULL: offset is 0, a fresh hash). Drops the window. */
void hs_reader_seek(struct hs_reader *reader, uint64_t offset, const struct hs_sha256 *state);
/* Starts what can start, takes what has come, hashes up to hash_limit. 0: goes on (turn the loop);
 * negative: failed for good, tries used up. */
int hs_reader_pump(struct hs_reader *reader, uint64_t hash_limit, struct hs_err *err);
/* Milliseconds until pump has something to do by itself; -1: only when the loop has moved. */
int64_t hs_reader_due_ms(const struct hs_reader *reader);
/* Bytes before it are hashed; those from the last release on are in the window. */
uint64_t hs_reader_hashed(const struct hs_reader *reader);
const struct hs_sha256 *hs_reader_hash(const struct hs_reader *reader);
void hs_reader_git_sha1(const struct hs_reader *reader, char *hex);
/* Hashed bytes at offset that lie together: how many, 0 if none is there yet. */
size_t hs_reader_peek(const struct hs_reader *reader, uint64_t offset, const void **bytes);
/* Bytes before offset are not needed any more. */
void hs_reader_release(struct hs_reader *reader, uint64_t offset);
/* The bytes were wrong (hash): forgets the address and counts a try. Negative: tries are used up.
 * After it: seek. */
int hs_reader_distrust(struct hs_reader *reader, struct hs_err *err);
/* Has the local file changed since it was opened? Never for a site. */
bool hs_reader_changed(struct hs_reader *reader);
#endif
