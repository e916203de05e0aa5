/* What the state directory tells of rules and queue, whether or not a daemon runs. */
#ifndef HS_JOB_OVERVIEW_H
#define HS_JOB_OVERVIEW_H
#include "conf/conf.h"

struct hs_status_rule {
    const char *name;
    int64_t last_run_ms, last_success_ms, next_run_ms, lag_s; /* lag -1: not known */
    uint64_t in_sync, behind, blocked, failed;
};
struct hs_overview { /* what the state directory tells */
    bool is_running;
    long pid;
    const char *socket;
    HS_VEC(struct hs_status_rule) rules;
    uint64_t queued, running, waiting, failed;
    int64_t oldest_s; /* how long the oldest job that is due has waited */
};
/* conf may be NULL: then the rules that have run. Texts in the pool. */
int hs_status_read(struct hub_pool *pool, const char *state_dir, const struct hs_conf *conf,
                   struct hs_overview *status, struct hs_err *err);
void hs_status_clear(struct hs_overview *status);
#endif
