/* The engine's insides. Private to core/job. */
#ifndef HS_JOB_ENGINE_H
#define HS_JOB_ENGINE_H
#include "job/job.h"
#include "sync/consider.h"
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
