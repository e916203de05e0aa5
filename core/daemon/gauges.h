/* The text of /metrics and the answer of /readyz, from the state and the service at that moment.
 * Thread-safe as far as service and store are. */
#ifndef HS_DAEMON_GAUGES_H
#define HS_DAEMON_GAUGES_H
#include "job/service.h"

struct hs_gauges {
    struct hs_service *service;
    struct hs_store *store;
    const char *state_dir;
    int64_t started_ms;
};
void hs_gauges_print(const struct hs_gauges *gauges, struct hub_text *out);
/* 0: the state can be written and the queue is at work; else *why. */
int hs_gauges_ready(const struct hs_gauges *gauges, struct hub_text *why);
#endif
