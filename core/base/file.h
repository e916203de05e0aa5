/* Files, folders, locks: bounded reads, durable writes. */
#ifndef HS_BASE_FILE_H
#define HS_BASE_FILE_H
#include "err.h"
#include <hubsync/kit.h>
#include <sys/types.h>

/* Whole file into text (NUL-terminated, appended). More than limit_bytes: HUB_ETOOBIG; missing:
 * HUB_ENOTFOUND; else HS_EFAILED. */
int hs_file_read(const char *path, size_t limit_bytes, struct hub_text *text, struct hs_err *err);
/* Beside it, fsync, rename, fsync of the folder. */
int hs_file_write(const char *path, const void *bytes, size_t n_bytes, mode_t mode,
                  struct hs_err *err);
/* Makes the folder and its parents; the last one gets mode (exactly). Fine if it is there. */
int hs_folder_make(const char *path, mode_t mode, struct hs_err *err);
/* Tries to take an exclusive flock on path (made with 0600). *fd stays open while it is held.
 * Held by another: HS_EBUSY. */
int hs_lock_take(const char *path, int *fd, struct hs_err *err);
char *hs_path_join(struct hub_pool *pool, const char *folder, const char *name);
#endif
