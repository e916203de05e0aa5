/* One repo being looked at. Private to core/sync/consider.c and look_*.c. */
#ifndef HS_SYNC_LOOK_H
#define HS_SYNC_LOOK_H
#include "sync/consider.h"
#include "sync/diff.h"
#include "sync/judge.h"
#include "sync/readme.h"

enum hs_way { HS_WAY_NONE = 0, HS_WAY_TO_RIGHT, HS_WAY_TO_LEFT }; /* right: from the source to the target */
struct hs_look {
    const struct hs_consider *ctx;
    const struct hs_candidate *candidate;
    struct hs_repo_plan *plan;
    struct hs_facts facts;
    const char *skip_reason; /* finer than the table's "filtered" */
    struct hs_diff diff;
    struct hs_loss loss;
    struct hs_readme readme;
    enum hs_way readme_way;      /* three-way: which way readme goes */
    const struct hs_file *readme_made; /* three-way: readme's, of the plan's pool; NULL: goes as it is */
    enum hs_same readme_same;    /* three-way: by what they say; HS_UNKNOWN: compared like any file */
    bool drops_license;
    bool has_detail, has_target_detail;
    bool is_in_step; /* by the marks of both sides: no file need be listed */
    bool may_not_recall; /* both sides' files are to be listed, whatever is remembered */
    struct hs_err err;
};

/* look_memory.c: what the store remembers, so that nothing need be asked. */
bool hs_look_in_step(struct hs_look *look);             /* by the marks of both sides alone */
const char *hs_look_old_verdict(struct hs_look *look);  /* why it was skipped, NULL if it was not */
void hs_look_keep_verdict(struct hs_look *look, const char *reason);
/* Fills the side's listing from the baseline if it cannot have moved. */
bool hs_look_recall(struct hs_look *look, bool is_from);

/* look_repo.c: the detail calls. */
enum hs_j_sight hs_look_sight(const struct hs_session *s, const struct hs_repo *repo, bool is_asked);
void hs_look_note_source(struct hs_look *look);
int hs_look_ask_source(struct hs_look *look);
int hs_look_ask_target(struct hs_look *look);

/* look_files.c: both listings, what they do not tell, and the difference. */
int hs_look_read_files(struct hs_look *look);
/* Lists both sides, or recalls one; facts say how complete. */
int hs_look_list_both(struct hs_look *look);
bool hs_look_was_not_empty(struct hs_look *look, const char *hub, const char *repo);
/* look->loss against the caps; the share of files counts if by_percent. */
enum hs_j_loss hs_look_weigh(const struct hs_look *look, bool by_percent);

/* look_gone.c: a repo that is gone from its source. */
void hs_look_start_gone(struct hs_look *look);
int hs_look_prove(struct hs_look *look);
int hs_look_delete_repo(struct hs_look *look);

/* look_readme.c: what is compared by its meaning; then that is brought into the difference. */
int hs_look_license(struct hs_look *look);
int hs_look_readme(struct hs_look *look);
void hs_look_settle_diff(struct hs_look *look);

/* look_actions.c */
int hs_look_actions(struct hs_look *look);
/* Has a target with these files that object? by_sha is filled from them at the first question. */
bool hs_look_has_object(const struct hs_listing *in, const struct hs_file *file, struct hs_map *by_sha);

/* look_both.c: three-way, with both sides listed: what they do not tell is learned, each path is
 * judged, and the facts get the loss. */
int hs_look_compare_both(struct hs_look *look);
void hs_look_leave_out(struct hs_look *look, bool is_from, const char *path); /* as if not there; path stays the caller's */
/* look_both_readme.c: what the two README.md are to each other, before the merge; and what is put
 * where the merge puts one. */
int hs_look_agree_readme(struct hs_look *look);
enum hs_same hs_look_same(void *look, const struct hs_file *left, const struct hs_file *right);
int hs_look_make_readme(struct hs_look *look);
/* look_merge.c */
void hs_look_weigh_both(struct hs_look *look);
int hs_look_merge(struct hs_look *look); /* actions of both directions, and the verdict */
#endif
