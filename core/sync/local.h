/* Files beneath a local hub's root, by file: URL. No link is followed, inside or out (openat2). */
#ifndef HS_SYNC_LOCAL_H
#define HS_SYNC_LOCAL_H
#include "net/gate.h"

/* O_RDONLY, a regular file only. Kernel without openat2: HS_EFAILED naming it. */
int hs_local_open_read(const struct hs_gate *gate, const char *url, int *fd, struct hs_err *err);
/* O_RDWR | O_CREAT (0666 & ~umask); the folder must be there. */
int hs_local_open_write(const struct hs_gate *gate, const char *url, int *fd, struct hs_err *err);
#endif
