/* Content identity: what is known of some bytes, and whether two are the same. Pure. */
#ifndef HS_SYNC_IDENT_H
#define HS_SYNC_IDENT_H
#include "provider/facts.h"

enum hs_same { HS_SAME = 0, HS_DIFFERENT, HS_UNKNOWN };
/* Same: a common kind of hash is equal and the sizes agree where both are known. Different: a
 * common kind or the size differs. Else unknown; the size alone never makes two the same. */
enum hs_same hs_ident_compare(const struct hs_file *a, const struct hs_file *b);
/* "sha256:…", "git:…" or "N bytes", for people. */
char *hs_ident_text(struct hub_pool *pool, const struct hs_file *file);
#endif
