/* The engine's insides. Private to core/job. */
#ifndef HS_JOB_ENGINE_H
#define HS_JOB_ENGINE_H
#include "job/job.h"
#include "sync/consider.h"
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
/* A rule and one of its target hubs, with sessions and lists. */
struct hs_candidate_row {
    const char *source_id, *target_id;
    const struct hs_repo *source, *target;
    const char *bad_name;
    struct hs_session *from, *to; /* of that owner */
};
struct hs_route {
    const struct hs_rule *rule;
    const char *rule_name;
    const char *from_hub, *to_hub;
    bool is_by_name;
    char settings[65];
    struct hub_pool *pool; /* of the run */
    HS_VEC(struct hs_candidate_row) rows;
    bool is_whole; /* rows are all that there are, with --repo all of that name */
    struct hs_turns turns;
    uint64_t net_files, net_bytes; /* whose turn it is */
    char *refusal; /* why the hub takes no credential of this rule; under turns.lock */
};
void hs_route_init(struct hs_route *route); /* of zeroed memory */
void hs_route_clear(struct hs_route *route);
/* The rule's credential is not accepted: its other repos need not ask. NULL: it is. */
const char *hs_route_refusal(struct hs_route *route);
void hs_route_refuse(struct hs_route *route, const char *why);

/* scan.c: who is there. Failures become rows of the report. */
struct hs_scan {
    struct hs_engine *engine;
    const struct hs_what *what;
    struct hs_report *report;
    struct hub_pool *pool;
    struct hs_map lists;  /* "hub\nowner" → struct hs_repos */
    struct hs_map claims; /* "hub\ntarget id in lower case" → struct hs_candidate_row */
    bool may_note;        /* a run: list lengths are remembered */
};
void hs_scan_rule(struct hs_scan *scan, const struct hs_rule *rule, struct hs_route **routes,
                  size_t *n_routes);
void hs_scan_clear(struct hs_scan *scan);
/* The only owner of a hub, or NULL: its configured ones, else its provider's own default. */
const char *hs_hub_owners(const struct hs_session *s, size_t i);

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
