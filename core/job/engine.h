/* The engine's insides. Private to core/job. */
#ifndef HS_JOB_ENGINE_H
#define HS_JOB_ENGINE_H
#include "job/job.h"
#include "sync/consider.h"
#include "sync/mirror.h"
#include "sync/publish.h"

struct hs_engine {
    struct hs_engine_conf conf;
    struct hs_store *store;
    struct hs_net *net;
    struct hs_loop *loop;
    struct hs_sessions *sessions;
    struct hs_crew *crew;
    struct hs_traffic traffic;
    struct hs_learn learn;
    size_t window_bytes;
    uint64_t inline_budget;
    int64_t began_ms;       /* monotonic */
    struct hs_progress view;
    uint64_t sent_before;   /* traffic when the repo in hand began */
};
/* One repo of a route: what is known of both sides when the lists are in. */
struct hs_candidate_row {
    const char *source_id, *target_id;
    const struct hs_repo *source, *target;
    const char *bad_name;
    struct hs_session *from, *to; /* of that owner */
    enum hs_direction direction;
    const char *renamed_from; /* what one of the two was called before, NULL or "" if neither was */
    uint64_t absent_scans; /* source NULL: as in struct hs_candidate */
    int64_t absent_ms;
};
struct hs_sums { /* net loss of all repos of a rule in this run */
    uint64_t files, bytes;
};
/* A rule and one of its target hubs. A bidirectional rule is two routes, one each way; each of its
 * repos is in one of them, and what is to be merged is in the first. */
struct hs_route {
    const struct hs_rule *rule;
    const char *rule_name;
    const char *from_hub, *to_hub;
    bool is_by_name;
    char settings[65];
    struct hub_pool *pool; /* of the run */
    HS_VEC(struct hs_candidate_row) rows;
    struct hs_sums *sums;
    struct hs_route *other;      /* the way back; NULL if there is none */
    const struct hs_renames *renames; /* while it is scanned */
    const struct hs_map *claims; /* of the run: "hub\ntarget id in lower case" */
};

/* scan*.c, lists.c: who is there. Failures become rows of the report. */
struct hs_scan {
    struct hs_engine *engine;
    const struct hs_what *what;
    struct hs_report *report;
    struct hub_pool *pool;
    struct hs_map lists;  /* "hub\nowner" → struct hs_list */
    struct hs_map claims; /* "hub\ntarget id in lower case" → struct hs_candidate_row */
    bool may_note;        /* a run: list lengths are remembered */
};
void hs_scan_rule(struct hs_scan *scan, const struct hs_rule *rule, struct hs_route **routes,
                  size_t *n_routes);
void hs_scan_clear(struct hs_scan *scan);
/* The hub's owners, NULL behind the last: its configured ones, else its provider's own default. */
const char *hs_hub_owners(const struct hs_session *s, size_t i);
/* What the row becomes once its target, thought absent, was found: *route and the row that decides
 * for it now. */
struct hs_candidate_row hs_pair_turn(struct hs_route **route, const struct hs_candidate_row *row,
                                     const struct hs_repo *target);

/* mirror.c: a repo of a mirror-import rule, planned or run. */
void hs_mirror_repo(struct hs_engine *engine, const struct hs_what *what,
                    const struct hs_route *route, const struct hs_candidate_row *row, bool is_plan,
                    struct hs_report *report);
/* mirror_wait.c: waits for the imports that were asked for since began_ms, for all routes together
 * at most 10 s, so that what a hub finishes at once is settled in the same run. Fails for nothing. */
void hs_mirror_wait(struct hs_engine *engine, struct hs_route *const *routes, size_t n,
                    int64_t began_ms);
/* mirror_note.c: memory and alarms of a mirror, once decided. In a run only. */
struct hs_follow;
int hs_mirror_note(struct hs_engine *engine, const struct hs_repo_plan *plan,
                   const struct hs_follow *follow, struct hs_mirror_row *row, struct hs_err *err);
/* The hub would not even begin: an alarm, as of a failed import. */
void hs_mirror_refused(struct hs_engine *engine, const struct hs_repo_plan *plan, const char *why);
/* What that alarm says, from the pool. NULL: nothing can be said. */
char *hs_mirror_words(const struct hs_repo_plan *plan, const struct hs_follow *follow,
                      struct hub_pool *pool, enum hs_m_kind kind);
/* The links of a rule's mirrors; missing ones are no failure. */
int hs_mirror_links(struct hs_store *store, struct hub_pool *pool, const char *rule,
                    struct hs_link **links, size_t *n, struct hs_err *err);
/* Can these hubs do what a mirror-import rule needs? HS_ECONFIG. */
int hs_mirror_check(const struct hs_session *from, const struct hs_session *to, const char *rule,
                    struct hs_err *err);

/* run.c */
struct hs_publish hs_run_publish(struct hs_engine *engine, const struct hs_route *route,
                                 struct hs_repo_plan *plan);
/* run_merge.c: does both directions of a three-way plan, and writes its baseline. */
void hs_run_merge(struct hs_engine *engine, const struct hs_route *route, struct hs_repo_plan *plan,
                  struct hs_report *report, struct hs_result *result);
void hs_run_start_view(struct hs_engine *engine, const struct hs_repo_plan *plan);
/* What a publication did is added to result; its failure or block becomes the status. */
void hs_run_take_outcome(struct hs_report *report, struct hs_result *result, struct hs_publish *p,
                         int r, const struct hs_err *err);
void hs_route_run(struct hs_engine *engine, const struct hs_what *what, struct hs_route *route,
                  bool is_plan, struct hs_report *report);
void hs_engine_look(struct hs_engine *engine, enum hs_phase phase, const struct hs_route *route,
                    const char *repo);

/* vanished.c: after a repo was considered in a run: what may be forgotten, what must not be trusted. */
void hs_vanished_settle(struct hs_engine *engine, const struct hs_repo_plan *plan);

/* result.c: rows of the report; texts are copied. */
struct hs_result *hs_report_add(struct hs_report *report, const struct hs_route *route,
                                const char *repo, enum hs_status_word status);
struct hs_result *hs_report_fail(struct hs_report *report, const char *rule, const char *hub,
                                 const char *repo, const struct hs_err *err);
const char *hs_report_text(struct hs_report *report, const char *text);
void hs_result_take_plan(struct hs_report *report, struct hs_result *result,
                         const struct hs_repo_plan *plan);
/* alert.c: opens and resolves what a result says. */
void hs_alert_of(struct hs_engine *engine, const struct hs_result *result, bool is_poisoned);
#endif
