/* The README.md that the target is to have, and whether the one it has says the same. Pure.
 *
 * Two laws hold, for every text: the target's README made again, of itself or of the same source, is
 * the same byte for byte; and with front_matter keep or merge what was brought to an empty target is
 * the same as the source's on the way back (strip and replace drop keys at the first passing). */
#ifndef HS_SYNC_CARD_TARGET_H
#define HS_SYNC_CARD_TARGET_H
#include "sync/card_license.h"

/* Appends to out. dst: the target's README as it is; NULL, 0 if it has none. *is_unknown (may be
 * NULL): license.unknown stands in for a licence that the target does not know. */
void hs_card_target(const struct hs_card_terms *terms, struct hs_span src, struct hs_span dst,
                    struct hub_text *out, bool *is_unknown);
/* Bodies equal after trimming blank lines at both ends, and the same keys with the same lines,
 * license by its canonical name. made: of hs_card_target; there: on the target now. */
bool hs_card_same(const struct hs_card_terms *terms, struct hs_span made, struct hs_span there);
/* Would nothing be written, one way or the other? For a comparison without a direction. */
bool hs_card_agree(const struct hs_card_terms *terms, struct hs_span from, struct hs_span to);
#endif
