/* The engine's insides. Private to core/job. */
#ifndef HS_JOB_ENGINE_H
#define HS_JOB_ENGINE_H
#include "job/job.h"
#include "sync/consider.h"
#include "sync/mirror.h"
#include "sync/publish.h"

#include "job/scheduler.h"
#include "job/turns.h"

#include <pthread.h>

enum { HS_HANDS_MAX = 66 };
/* An engine belongs to one thread. Each further thread gets a hand: an engine with a loop, counters
 * and a display of its own that shares everything else with the first one. */
struct hs_hands { /* what is common to the first engine and its hands */
    pthread_mutex_t lock; /* of what follows, and of calls of progress */
    struct hs_engine *all[HS_HANDS_MAX]; /* by number; NULL: free */
    uint64_t repos_done, repos_total;
    struct hs_traffic gone;       /* counted by hands that are no more */
    pthread_mutex_t heavy; /* held while much inline content is in memory */
};
struct hs_engine {
    struct hs_engine_conf conf;
    struct hs_store *store;
    struct hs_net *net;
    struct hs_loop *loop; /* own */
    struct hs_sessions *sessions;
    struct hs_crew *crew;
    struct hs_hands *hands;
    struct hs_traffic traffic; /* own */
    struct hs_learn learn;     /* own */
    size_t window_bytes;
    uint64_t inline_budget;
    int64_t began_ms;        /* monotonic */
    struct hs_progress view; /* own; under hands->lock */
    uint64_t sent_before;    /* own traffic when the repo in hand began */
    unsigned number;         /* 0: the first one, which owns what is shared */
};
/* hands.c. A hand is made and freed by any thread while the first engine lives. */
int hs_hand_new(struct hs_engine *first, struct hs_engine **out, struct hs_err *err);
void hs_hand_free(struct hs_engine *hand);
/* What it does now ends with HUB_ECANCELED; taken back before its next job. From any thread. */
void hs_hand_cancel(struct hs_engine *hand, bool is_canceled);
/* The sums over all hands. */
void hs_hands_traffic(struct hs_hands *hands, struct hs_traffic *sum);
void hs_hands_count(struct hs_hands *hands, uint64_t done, uint64_t total); /* added */
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
    struct hs_turns turns;
    uint64_t files, bytes; /* whose turn it is */
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
    bool is_whole; /* rows are all that there are, with --repo all of that name */
    char *refusal; /* why the hub takes no credential of this rule; under sums->turns.lock */
};
void hs_route_clear(struct hs_route *route);
/* The rule's credential is not accepted: its other repos need not ask. NULL: it is. */
const char *hs_route_refusal(struct hs_route *route);
void hs_route_refuse(struct hs_route *route, const char *why);

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

/* one.c */
struct hs_publish hs_run_publish(struct hs_engine *engine, const struct hs_route *route,
                                 struct hs_repo_plan *plan);
/* run_merge.c: does both directions of a three-way plan, and writes its baseline. */
void hs_run_merge(struct hs_engine *engine, const struct hs_route *route, struct hs_repo_plan *plan,
                  struct hs_report *report, struct hs_result *result);
void hs_run_start_view(struct hs_engine *engine, const struct hs_repo_plan *plan);
/* What a publication did is added to result; its failure or block becomes the status. */
void hs_run_take_outcome(struct hs_report *report, struct hs_result *result, struct hs_publish *p,
                         int r, const struct hs_err *err);
/* run.c */
void hs_route_run(struct hs_engine *engine, const struct hs_what *what, struct hs_route *route,
                  bool is_plan, struct hs_report *report);
/* Tells the display where we are. route and repo NULL: as before; repo "": with nothing. */
void hs_engine_look(struct hs_engine *engine, enum hs_phase phase, const struct hs_route *route,
                    const char *repo);

void hs_report_end(struct hs_engine *engine, struct hs_report *report, int64_t began_ms);

/* queue.c: between rows of a scan and rows of the queue. */
struct hs_job_row hs_job_of_row(struct hub_pool *pool, const struct hs_route *route,
                                const struct hs_candidate_row *row, int64_t due_ms,
                                const char *reason);
/* It is in step or skipped: a job that waits for it goes. */
void hs_job_settled(struct hs_store *store, const struct hs_route *route,
                    const struct hs_candidate_row *row);
enum hs_outcome hs_outcome_of(const struct hs_result *result);
/* Writes what came of a rule's round. next_ms NULL: as it was. */
void hs_round_note(struct hs_engine *engine, const char *rule, const struct hs_report *report,
                   const int64_t *next_ms);
/* vanished.c: after a repo was considered in a run: what may be forgotten, what must not be trusted. */
void hs_vanished_settle(struct hs_engine *engine, const struct hs_repo_plan *plan);

/* result.c: rows of the report; texts are copied. */
struct hs_result *hs_report_add(struct hs_report *report, const struct hs_route *route,
                                const char *repo, enum hs_status_word status);
struct hs_result *hs_report_fail(struct hs_report *report, const char *rule, const char *hub,
                                 const char *repo, const struct hs_err *err);
/* part's rows become report's; part is freed with it. */
void hs_report_join(struct hs_report *report, struct hs_report *part);
void hs_report_sort(struct hs_report *report); /* by order */
const char *hs_report_text(struct hs_report *report, const char *text);
void hs_result_take_plan(struct hs_report *report, struct hs_result *result,
                         const struct hs_repo_plan *plan);
/* alert.c: opens and resolves what a result says. */
void hs_alert_of(struct hs_engine *engine, const struct hs_result *result, bool is_poisoned);
#endif
