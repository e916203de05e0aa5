/* The files of one side of a baseline as one compact text of bytes, hashes in binary. */
#ifndef HS_STORE_FILES_H
#define HS_STORE_FILES_H
#include "store/store.h"

struct hs_packed {
    unsigned char *bytes;
    size_t n_bytes;
};
void hs_packed_clear(struct hs_packed *packed);
/* Fails with HUB_EBUG for a hash that is neither "" nor lower hex of its length, HUB_ENOMEM. */
int hs_files_pack(const struct hs_file_row *files, size_t n_files, struct hs_packed *packed,
                  struct hs_err *err);
/* Rows and texts in the pool. Fails with HUB_ECORRUPT if the bytes are not what pack wrote (the
 * caller knows whose they are and says so), HUB_ENOMEM. */
int hs_files_unpack(const void *bytes, size_t n_bytes, struct hub_pool *pool,
                    struct hs_file_row **files, size_t *n_files);
#endif
