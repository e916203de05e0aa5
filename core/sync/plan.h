/* What would be done for one repo and why: the pure middle's result, plus the snapshots it rests
 * on. Computed, shown, never stored as work. */
#ifndef HS_SYNC_PLAN_H
#define HS_SYNC_PLAN_H
#include "conf/conf.h"
#include "provider/session.h"
#include "sync/merge.h"

enum hs_op {
    HS_OP_CREATE_REPO = 1,
    HS_OP_PUT,   /* bytes will move */
    HS_OP_REUSE, /* the object is in the target repo already, under another path */
    HS_OP_DELETE,
    HS_OP_DELETE_REPO, /* the target repo, after the proof that the source's is gone */
    HS_OP_IMPORT,      /* the target hub is asked to copy the repo by itself */
    HS_OP_NOTICE       /* something for people; does nothing */
};
const char *hs_op_name(enum hs_op op); /* "create_repo", "put", … */

struct hs_made { /* a file of ours, of the plan's pool */
    struct hs_file file;
    const char *bytes;
};
struct hs_action {
    enum hs_op op;
    const char *path;   /* "" for the repo */
    const char *reason; /* "missing", "changed", "extra", … */
    const char *from;   /* "hub:owner/name@commit", "" for a deletion */
    uint64_t file_bytes;
    const char *sha256;         /* "" if not known (yet) */
    const struct hs_file *file; /* put, reuse: the source's; NULL else */
    const char *made; /* put, reuse: file's bytes as we made them, of the plan's pool; NULL: the source's */
    const struct hs_made *fallback; /* what is put if the hub refuses made; NULL: nothing */
    const struct hs_file *old;      /* what it replaces or deletes; NULL if new */
    const char *hub, *repo; /* where, if that is not the plan's target; else NULL */
};
enum hs_verdict {
    HS_PLAN_UNCHANGED = 0, /* in step */
    HS_PLAN_ACT,           /* actions */
    HS_PLAN_SKIP,          /* reason */
    HS_PLAN_BLOCK,         /* reason, message: refused for safety */
    HS_PLAN_FAIL,          /* status, message */
    HS_PLAN_TURN           /* the target is there after all (plan.target): consider it the other way */
};
struct hs_repo_plan {
    struct hub_pool pool; /* of all texts here */
    const struct hs_rule *rule;
    const char *rule_name, *hub, *repo; /* hub and repo: the target's */
    const char *from_hub, *from_repo;
    enum hs_verdict verdict;
    const char *reason, *message;
    const char *renamed_from; /* a notice; "" none */
    const char *alert, *alert_message; /* kind of alert that is open while this holds; "" none */
    int status; /* HS_PLAN_FAIL: negative */
    HS_VEC(struct hs_action) actions;
    uint64_t commits, requests; /* estimates */
    uint64_t net_files, net_bytes; /* what it adds to the rule's sums of loss */

    /* ---- what it rests on ---- */
    struct hs_session *from, *to;
    struct hs_repo source, target; /* target.id is set, the rest when it exists */
    bool target_exists;
    uint32_t create_visibility;
    const char *create_license; /* the target's word */
    const char *readme_settled; /* judged true once the README made here is the target's; NULL: none */
    struct hs_listing from_files, to_files; /* only what the rule sees */
    struct hs_listing from_all, to_all;     /* all that was listed */
    int64_t listed_ms;   /* when the source's files were listed */
    bool is_forgotten;   /* gone on both sides: what is remembered of the pair goes in a run */
    bool from_recalled;  /* the source's files are the baseline's: its mark has not moved */
    bool to_recalled;    /* so are the target's */
    bool from_unchanged; /* HS_PLAN_UNCHANGED by marks alone: nothing was listed */

    /* ---- three-way: the verdict and what it rests on are of both directions ---- */
    struct hs_repo_plan *back; /* what goes from the target to the source; NULL if not three-way */
    struct hs_merge merge;     /* left: the source. Its files are those of from_files and to_files */
    struct hs_listing from_then, to_then; /* when last in step */
    HS_VEC(const char *) from_left_out;   /* files that count as not there: made by the site, or a */
    HS_VEC(const char *) to_left_out;     /* link on one side */
};
void hs_repo_plan_clear(struct hs_repo_plan *plan);
#endif
