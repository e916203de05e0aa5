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
/* A copy from the other side to the authority is about to begin there (false: its repo could not be
 * made): that repo does not lead until hs_base_put tells that all of it has arrived. Nothing for
 * other links. */
int hs_base_fill(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                 bool is_filling, struct hs_err *err);
/* Is the link's from side the authority, and its repo not whole yet by what hs_base_fill noted? */
bool hs_base_is_filling(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link);
/* The repo on the link's from side was seen not to be public: a baseline must not say so any more. */
int hs_base_hide(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                 struct hs_err *err);
/* All that is remembered of a pair that is gone: baseline, verdict, absence. */
int hs_base_forget(struct hs_store *store, const struct hs_rule *rule, const struct hs_link *link,
                   struct hs_err *err);
/* The files of a side of a baseline as a listing (to be cleared). */
void hs_base_listing(struct hub_pool *pool, const struct hs_side_row *side, struct hs_listing *out);
/* What a detail call told, kept with the change mark it was told at; nothing if mark is "" or store
 * is NULL. A cache: that it cannot be written fails nothing. */
void hs_base_note_repo(struct hs_store *store, const char *hub, const struct hs_repo *repo,
                       const char *mark, int64_t now_ms);
#endif
