/* The one place that decides about mirrors, which a hub keeps by itself: two pure functions over
 * small enums. Their tables are mirror.tbl and mirror_alarms.tbl, which the test enumerates and
 * docs/rules.md is made from. Asked again as more is known, as judge.h. */
#ifndef HS_SYNC_MIRROR_H
#define HS_SYNC_MIRROR_H

enum hs_m_source { M_PUBLIC = 0, M_PRIVATE, M_GATED, M_UNSEEN, M_VANISHED };
enum hs_m_select { M_SELECTED = 0, M_ONLY_PUBLIC, M_FILTERED }; /* M_ONLY_PUBLIC: if it is public */
enum hs_m_name { M_NAME_OK = 0, M_NAME_BAD };
/* What is remembered, and what the hub now says about it. */
enum hs_m_import {
    M_NONE = 0, /* nothing is known of it */
    M_STRANGER, /* a repo that is no copy of the source */
    M_RUNNING,
    M_DONE,
    M_FAILED,      /* seen for the first time */
    M_FAILED_KNOWN, /* told to people in an earlier run */
    M_FAILED_KEPT  /* and its repo was still there afterwards */
};
enum hs_m_target {
    M_PRESENT = 0, /* and public */
    M_HIDDEN,      /* present, not public */
    M_LISTED,      /* present, visibility not told */
    M_UNCLEAR,     /* not listed, not asked */
    M_LAGGING,     /* asked for a moment ago and not shown yet */
    M_ABSENT
};
enum hs_m_ready { M_READY = 0, M_MAY_NOT, M_CONTENT_UNKNOWN, M_ADDRESS_UNKNOWN }; /* to import */
enum hs_m_due { M_NOT_DUE = 0, M_DUE };
enum hs_m_heads { M_NOT_READ = 0, M_EQUAL, M_DIFFER, M_TARGET_EMPTY, M_SOURCE_EMPTY };
enum hs_m_commit { M_OURS = 0, M_COMMIT_UNKNOWN, M_STRANGE }; /* target's head in the source */
enum hs_m_switch { M_ON = 0, M_OFF, M_NOT_TOLD, M_NOT_ASKED }; /* does the hub keep following? */
enum hs_m_objects { M_HELD = 0, M_MISSING, M_NOT_CHECKED };

struct hs_mirror_facts {
    enum hs_m_source source;
    enum hs_m_select select;
    enum hs_m_name name;
    enum hs_m_import import;
    enum hs_m_target target;
    enum hs_m_ready ready;
    enum hs_m_due due;
    enum hs_m_heads heads;
    enum hs_m_commit commit;
    enum hs_m_switch pull;
    enum hs_m_objects objects;
};
enum hs_m_action {
    M_ASK_SOURCE = 1, /* the detail call of the source repo */
    M_ASK_TARGET,     /* the detail call of the target repo */
    M_ASK_CONTENT,    /* the source's files, for `select` */
    M_ASK_ADDRESS,    /* the detail call of the source repo, fresh: where to import from */
    M_READ_HEADS,     /* both default branches */
    M_ASK_COMMIT,     /* the source's files at the target's head */
    M_ASK_PROGRESS,   /* what the hub says about import and pull switch */
    M_CHECK_OBJECTS,  /* the source's LFS files, and whether the target has their objects */
    /* ends */
    M_IMPORT,
    M_WAIT, /* the hub is at it */
    M_IN_STEP,
    M_BEHIND,
    M_REST, /* nothing is due */
    M_FAIL,
    M_SKIP,
    M_BLOCK,
    M_EXPOSED /* left alone: the mirror shows what the source hides */
};
struct hs_mirror_judgement {
    enum hs_m_action action;
    const char *reason; /* contract word for skip, block and exposed, "" else */
    const char *words;  /* for people */
    int row;            /* of mirror.tbl */
};
struct hs_mirror_judgement hs_mirror_judge(const struct hs_mirror_facts *facts);

/* ---- alarms, once the decision stands ---- */
enum hs_m_kind {
    M_K_MANUAL = 0,
    M_K_STALE,
    M_K_LFS,
    M_K_FAILED,
    M_K_VISIBILITY,
    M_K_GATED,
    M_K_VANISHED
};
enum { HS_M_KINDS = M_K_VANISHED + 1 };
enum hs_m_age { M_FRESH = 0, M_STALE };
enum hs_m_told { M_NOT_TOLD_YET = 0, M_TOLD }; /* to start the mirror by hand */
struct hs_mirror_end {
    enum hs_m_action action; /* an end */
    enum hs_m_source source;
    enum hs_m_switch pull;
    enum hs_m_objects objects;
    enum hs_m_age age; /* since it was last in step, or first seen */
    enum hs_m_told told;
};
enum hs_m_alarm { M_LEAVE = 0, M_OPEN, M_RESOLVE };
enum hs_m_alarm hs_mirror_alarm(enum hs_m_kind kind, const struct hs_mirror_end *end, int *row);
const char *hs_mirror_kind_name(enum hs_m_kind kind); /* "mirror_manual", … */
#endif
