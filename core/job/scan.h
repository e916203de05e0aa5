/* What scan.c, lists.c and scan_pair.c share. Private to core/job. */
#ifndef HS_JOB_SCAN_H
#define HS_JOB_SCAN_H
#include "job/engine.h"

/* ---- lists.c: the repos of one owner of a hub, asked once in a run ---- */
struct hs_list {
    struct hs_session *session; /* of that owner */
    struct hs_repos repos;
    bool is_whole;            /* complete and not suspect: absence may be concluded */
    const char *reason, *why; /* of one that is not: "incomplete", "listing_suspect" */
    struct hs_err err;        /* why it could not be asked for */
};
/* is_source: the credential is proved first, and the list's length is judged and remembered. The
 * list belongs to the scan. */
int hs_scan_list(struct hs_scan *scan, const struct hs_rule *rule, const char *hub,
                 const char *owner, bool is_source, const struct hs_list **out, struct hs_err *err);
/* Asks who we are on the hub; a provider that cannot tell is no failure. */
int hs_scan_whoami(struct hs_scan *scan, struct hs_session *session, struct hs_err *err);
/* A row of the report for an owner whose list proves no absence. */
void hs_scan_block_owner(struct hs_scan *scan, const struct hs_route *route, const char *owner,
                         const struct hs_list *list);

/* ---- renames.c: a repo whose stable id is under another name is the same repo ---- */
struct hs_renames {
    struct hs_map there, back; /* id of a repo → the other side's, where `map` does not tell it */
    struct hs_map was;         /* "from id\nto id": baselines that are under new names now */
    struct hs_map news;        /* "hub\nid" → the old id, if this scan found it */
};
/* Lists whatever the baselines of the rule between the two hubs need; what cannot be listed is not
 * renamed. A run keeps what it finds. */
int hs_renames_find(struct hs_scan *scan, const struct hs_rule *rule, const char *from_hub,
                    const char *to_hub, struct hs_renames *out, struct hs_err *err);
void hs_renames_clear(struct hs_renames *renames);
/* What the repo was called before, "" if this scan did not find it renamed. */
const char *hs_renamed_from(const struct hs_scan *scan, const struct hs_renames *renames,
                            const char *hub, const char *id);

/* ---- scan.c ---- */
struct hs_route *hs_scan_new_route(struct hs_scan *scan, const struct hs_rule *rule,
                                   const char *from_hub, const char *to_hub, struct hs_route *route);
/* Does --repo let it through? Of a bidirectional rule either side's name counts. */
bool hs_scan_is_asked_for(const struct hs_scan *scan, const struct hs_rule *rule,
                          const char *source_id, const char *target_id);
/* Two sources for one target, in this rule or another, without regard to case: both are blocked. */
void hs_scan_claim(struct hs_scan *scan, const struct hs_route *route, struct hs_candidate_row *row);
/* A failure of one owner or of all: a row of the report, or the end of the run (true). */
bool hs_scan_failed(struct hs_scan *scan, const struct hs_route *route, const char *what,
                    const struct hs_err *err);

/* ---- vanished.c ---- */
/* The row's source is gone: this scan counts (a plan counts it only for itself). */
void hs_vanished_note(struct hs_scan *scan, const struct hs_route *route, struct hs_candidate_row *row);
/* Absences of repos that are listed again end; and of one that was found by asking. */
void hs_vanished_back(struct hs_scan *scan, const struct hs_rule *rule);
void hs_vanished_found(struct hs_scan *scan, const struct hs_rule *rule, const char *hub, const char *id);

/* ---- scan_pair.c: a bidirectional rule. routes[0] leads from between[0], routes[1] back. ---- */
int hs_scan_pair(struct hs_scan *scan, struct hs_route *routes, struct hs_err *err);
#endif
