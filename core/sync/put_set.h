/* The files that a repo's publication puts, on their way. Private to core/sync's publish*.c. */
#ifndef HS_SYNC_PUT_SET_H
#define HS_SYNC_PUT_SET_H
#include "sync/publish.h"

struct hs_put_file {
    struct hs_file file;            /* the source's, sha256 filled in */
    const char *made;               /* its bytes as we made them; NULL: the source's */
    const struct hs_made *fallback; /* goes in its place if the hub refuses it; or NULL */
    bool was_refused;               /* the fallback went */
    const struct hs_file *old;      /* at the target, or NULL */
    enum hub_mode mode;
    const char *ticket, *resume;
    bool was_moved; /* by us now: its upload is forgotten after the commit */
    struct hub_text content; /* HUB_INLINE, while its commit is under way */
    char git_sha1[HS_SHA1_HEX]; /* of inline content */
};
struct hs_put_set {
    HS_VEC(struct hs_put_file) puts; /* sorted by sha256, then path: twins are neighbours */
    HS_VEC(const struct hs_file *) deletes;
};
void hs_put_set_clear(struct hs_put_set *set);

/* publish.c: what of the plan is put and deleted, held against the target's limits. */
int hs_publish_prepare(struct hs_publish *p, struct hs_put_set *set, bool was_created, struct hs_err *err);
/* The change mark that the next scan will see, asked before the reading back: an edit in between
 * shows there, a later one moves the mark. Into plan->target. */
int hs_publish_ask_mark(struct hs_publish *p, struct hs_err *err);
void hs_publish_settle_readme(struct hs_publish *p, const struct hs_put_set *set);
/* Who could read it, as a baseline remembers: 0 for one that asks for a grant. */
uint32_t hs_publish_openness(const struct hs_repo *repo);
void hs_publish_forget_uploads(struct hs_publish *p, const struct hs_put_set *set);
struct hs_file_row *hs_publish_rows(struct hub_pool *pool, const struct hs_listing *listing);
/* A mark that can be trusted: 0 for one that is younger than 2 s at the listing. Sites tell whole
 * seconds, so a second change could follow with the same mark; the files are then listed once more. */
int64_t hs_publish_mark(int64_t modified_ms, int64_t listed_ms);

/* objects.c: hashes that are missing, plans, and all objects to the target. */
int hs_publish_objects(struct hs_publish *p, struct hs_put_set *set, struct hs_err *err);
/* commit.c: all commits, each read back when its outcome is not clear. */
int hs_publish_commits(struct hs_publish *p, struct hs_put_set *set, struct hs_err *err);
/* readback.c: waits until the target shows what was put, at commit head ("" newest). listing gets
 * the target's files. HUB_ECORRUPT: it shows something else; HUB_EAGAIN: it does not show it yet. */
int hs_publish_read_back(struct hs_publish *p, const struct hs_put_set *set, const char *head,
                         struct hs_listing *listing, struct hs_err *err);
/* Does listing hold every put, and none of the deletes? 0, HUB_EAGAIN or HUB_ECORRUPT. */
struct hs_put_range {
    const struct hs_put_file *const *puts;
    size_t n_puts;
    const struct hs_file *const *deletes;
    size_t n_deletes;
};
int hs_publish_shows(const struct hs_put_range *range, const struct hs_listing *listing,
                     struct hs_err *err);
#endif
