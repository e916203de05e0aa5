/* The inside of the service. Locks: the scheduler's before this one's, never the other way. */
#ifndef HS_JOB_SERVICE_OWN_H
#define HS_JOB_SERVICE_OWN_H
#include "job/engine.h"
#include "job/schedule.h"
#include "job/service.h"

enum { HS_FRESH_MS = 60 * 1000, HS_SURVIVED_MS = 10 * 60 * 1000, HS_JUMP_MS = 60 * 1000 };

struct hs_generation { /* a configuration and the sessions that were opened with it */
    struct hs_conf *conf;
    struct hs_sessions *sessions;
    unsigned refs; /* under the service's lock */
};
struct hs_spot { /* where a job's repos stand in a round */
    struct hs_route *route;
    struct hs_candidate_row *row;
};
struct hs_round { /* a rule's scan; its rows live while it is the newest or a job of it runs */
    struct hs_generation *generation;
    struct hub_pool pool;
    struct hs_scan scan;
    struct hs_report report;
    struct hs_route *routes;
    size_t n_routes;
    struct hs_map places; /* link → struct hs_spot */
    int64_t scanned_ms;   /* monotonic */
    unsigned refs;
};
struct hs_rule_state {
    char *name;
    struct hs_round *newest; /* NULL: not scanned with this configuration */
    struct hs_rounds rounds;
    int64_t next_ms, success_ms; /* next_ms 0: not by itself */
    bool is_wanted, is_by_hand, is_scanning;
};
struct hs_slot { /* a worker's */
    struct hs_engine *hand;
    struct hs_round *round;
    struct hs_route *route;
    struct hs_candidate_row row;
    struct hs_report report; /* of its last job: the scheduler borrows its error */
    uint64_t ticket;
    int64_t job, began_ms;
    bool is_canceled; /* by hand */
    char rule[256];
};
struct hs_service {
    struct hs_engine *engine;
    struct hs_store *store;
    struct hs_generation *generation;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    HS_VEC(struct hs_rule_state *) rules;
    struct hs_slot slots[HS_HANDS_MAX];
    struct hs_scheduler *scheduler;
    pthread_t scanner;
    bool has_scanner, is_over, is_paused;
    int64_t wall_ms, mono_ms; /* of the last tick */
};

/* service.c: with the lock */
struct hs_rule_state *hs_service_rule(struct hs_service *service, const char *name);
void hs_generation_drop(struct hs_generation *generation);
/* service_scan.c */
void *hs_service_scan(void *service);
void hs_round_drop(struct hs_round *round); /* with the lock */
char *hs_spot_key(const char *from_hub, const char *from_repo, const char *to_hub,
                   const char *to_repo); /* malloc'd */
/* service_work.c */
extern const struct hs_job_ops hs_service_ops;
#endif
