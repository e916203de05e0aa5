/* Private to core/sync's merge*.c. */
#ifndef HS_SYNC_MERGE_CLASH_H
#define HS_SYNC_MERGE_CLASH_H
#include "sync/merge.h"

/* What a side must have of that path once the merge is done, NULL if nothing. */
const struct hs_file *hs_merge_expected(const struct hs_merge_row *row, bool is_left);
/* Puts that would make a file of a folder that stays, or the other way round, become conflicts. */
void hs_merge_hold_clashes(struct hs_merge *merge);
#endif
