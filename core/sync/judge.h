/* The one place that decides to create, change, delete, skip or block: a pure function over small
 * enums. Its decision tables are in judge.tbl, which the test enumerates and docs/rules.md is made
 * from. Asked again as more is known; while something is missing the answer is what to ask next. */
#ifndef HS_SYNC_JUDGE_H
#define HS_SYNC_JUDGE_H

enum hs_j_source { J_LISTED = 0, J_VANISHED }; /* vanished: the table of those that are gone */
enum hs_j_role { J_LEADS = 0, J_IF_ALONE, J_MERGES }; /* as enum hs_direction */
enum hs_j_select { J_SELECTED = 0, J_FILTERED, J_NOT_PUBLIC /* select.visibility: public */ };
enum hs_j_gated { J_OPEN = 0, J_GATED };
enum hs_j_name { J_NAME_OK = 0, J_NAME_BAD };
enum hs_j_sight { J_SEEN_PUBLIC = 0, J_SEEN_PRIVATE, J_SEEN_NOT, J_SEEN_LOCAL }; /* visibility */
enum hs_j_target { J_PRESENT = 0, J_ABSENT, J_UNCLEAR };
enum hs_j_create { J_MAY_CREATE = 0, J_MAY_NOT, J_PRIVATELY /* create.visibility: private */ };
enum hs_j_files { J_COMPLETE = 0, J_NOT_READ, J_INCOMPLETE, J_SUSPECT, J_TOO_MANY };
enum hs_j_loss { J_NO_LOSS = 0, J_LOSS_OK, J_LOSS_FILES, J_LOSS_PERCENT, J_LOSS_BYTES, J_LOSS_RUN, J_LOSS_REFUSED };
enum hs_j_asked { J_BY_RULE = 0, J_BY_NAME }; /* by a rule, or named on the command line */

/* ---- of a repo that is gone from the source ---- */
enum hs_j_mirror { J_KEEP_REPOS = 0, J_MIRROR_REPOS }; /* delete.repos */
enum hs_j_grace { J_GRACE_RUNS = 0, J_GRACE_OVER };
enum hs_j_proof {
    J_PROVED = 0,   /* public when last seen; the target is what was made, and as it was made */
    J_NOT_PROVED,   /* not looked at yet */
    J_WAS_HIDDEN,   /* private, gated or unknown when last seen: it may only be hidden */
    J_EDITED,       /* someone changed the target since it was in step */
    J_ANOTHER,      /* the target is another repo of that name */
    J_UNREADABLE    /* the target's file listing is not complete */
};
enum hs_j_hand { J_BY_API = 0, J_BY_HAND }; /* how the target hub deletes a repo */

struct hs_facts {
    enum hs_j_source source;
    enum hs_j_role role;
    enum hs_j_select select;
    enum hs_j_gated gated;
    enum hs_j_name name;
    enum hs_j_sight source_sight;
    enum hs_j_target target;
    enum hs_j_sight target_sight; /* of a target that is there */
    enum hs_j_create create;
    enum hs_j_files source_files, target_files;
    enum hs_j_loss loss;
    enum hs_j_asked asked;
    enum hs_j_mirror mirror;
    enum hs_j_grace grace;
    enum hs_j_proof proof;
    enum hs_j_hand hand;
};
enum hs_j_action {
    J_ASK_SOURCE = 1, /* the detail call of the source repo */
    J_ASK_TARGET,     /* the detail call of the target repo */
    J_READ_FILES,     /* both file listings (the source's alone when the target is absent) */
    J_TURN,           /* the target is there: it is the other side that is to be asked for */
    J_PROVE,          /* hold the target of a vanished source against its baseline */
    J_SYNC,           /* create if absent; put, and delete what the rule lets go */
    J_MERGE,          /* what each side changed goes to the other */
    J_DELETE_REPO,    /* the target repo */
    J_FORGET,         /* gone on both sides: what is remembered of it goes */
    J_SKIP,
    J_BLOCK
};
struct hs_judgement {
    enum hs_j_action action;
    const char *reason; /* contract word for skip and block, "" else */
    const char *alert;  /* kind of the alert that is open while this holds, "" for none */
    const char *words;  /* for people */
    int row;            /* of its table */
};
struct hs_judgement hs_judge(const struct hs_facts *facts);
#endif
