/* When a rule's next round and a job's next try are due. Pure; times are ms since 1970 UTC. */
#ifndef HS_JOB_SCHEDULE_H
#define HS_JOB_SCHEDULE_H
#include "conf/conf.h"

struct hs_rounds {          /* what is known about a rule's rounds */
    int64_t last_start_ms;  /* of the newest one; 0: there was none */
    uint64_t n;             /* how many there were */
};
/* -1: by itself never (neither every nor cron, and it has had its first round).
 *
 * A rule without a round is due now. Then: every counts from the start of the last round; cron
 * from there, too, so that what fell into a time without a daemon is made up once. Jitter is added,
 * the same for the same rule and round. A result in the past means now: however much was missed,
 * it is one round. A clock that was put back cannot push the next round farther than one period
 * from now. */
int64_t hs_schedule_next(const struct hs_rule *rule, const struct hs_rounds *rounds, int64_t now_ms);

/* The wait after the nth failure in a row (from 1): 1, 5, 30 minutes, 2 hours, then 6 hours. */
int64_t hs_retry_ladder_ms(uint32_t attempts);
#endif
