/* The baseline of a pair of repos. A bidirectional rule has one for each pair, whichever way its last
 * change went: it is found from either side, with from and to as the asker sees them. */
#ifndef HS_SYNC_BASE_H
#define HS_SYNC_BASE_H
#include "conf/conf.h"
#include "provider/facts.h"
#include "store/store.h"

/* As hs_store_baseline_get and _put. */
int hs_base_get(struct hs_store *store, struct hub_pool *pool, const struct hs_rule *rule,
                const struct hs_link *link, bool with_files, struct hs_baseline_row *row,
                struct hs_err *err);
int hs_base_put(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                const struct hs_baseline_row *row, struct hs_err *err);
int hs_base_drop(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                 struct hs_err *err);
/* What a detail call told, kept with the change mark it was told at; nothing if mark is "" or store
 * is NULL. A cache: that it cannot be written fails nothing. */
void hs_base_note_repo(struct hs_store *store, const char *hub, const struct hs_repo *repo,
                       const char *mark, int64_t now_ms);
#endif
