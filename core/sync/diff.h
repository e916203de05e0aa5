/* Two listings side by side: what is missing, changed, extra, the same, or not known. Pure. */
#ifndef HS_SYNC_DIFF_H
#define HS_SYNC_DIFF_H
#include "provider/facts.h"

enum hs_diff_kind { HS_DIFF_SAME = 0, HS_DIFF_MISSING, HS_DIFF_CHANGED, HS_DIFF_EXTRA, HS_DIFF_UNKNOWN };
struct hs_diff_row {
    enum hs_diff_kind kind;
    const struct hs_file *from, *to; /* NULL where it is not there */
};
struct hs_diff {
    HS_VEC(struct hs_diff_row) rows; /* in path order */
    size_t n_same, n_missing, n_changed, n_extra, n_unknown;
};
void hs_diff_make(const struct hs_listing *from, const struct hs_listing *to, struct hs_diff *out);
void hs_diff_clear(struct hs_diff *diff);
/* What somebody knows better about a path that both sides, or the source, have. from: what would be
 * put. */
void hs_diff_settle(struct hs_diff *diff, const char *path, enum hs_diff_kind kind,
                    const struct hs_file *from);
/* Nobody is to speak of this path. */
void hs_diff_drop(struct hs_diff *diff, const char *path);

/* What the deletions of the extra files would cost, against what is added (decision 14). */
struct hs_loss {
    uint64_t deletes;                 /* extra files, README.md at the root never counted */
    uint64_t net_files, net_bytes;    /* deleted minus added, not below 0 */
    uint64_t net_percent;             /* of the target's visible files, rounded up */
    uint64_t target_files;
};
struct hs_loss hs_diff_loss(const struct hs_diff *diff, size_t n_target_files);
/* Is this one never deleted, whatever a rule says? */
bool hs_diff_is_kept(const char *path);
#endif
