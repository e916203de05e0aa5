/* Fault rules: docs/testhub.md, "Fault file". Everything here needs the hub's lock. */
#ifndef TH_FAULT_H
#define TH_FAULT_H

#include <stdbool.h>

struct cJSON;
struct th_req;

enum th_action {
    TH_ACT_NONE,
    TH_ACT_STATUS,
    TH_ACT_HTML,
    TH_ACT_EMPTY_BODY,
    TH_ACT_RESET,
    TH_ACT_CLOSE,
    TH_ACT_HANG,
    TH_ACT_EARLY,
    TH_ACT_APPLY_THEN_DROP,
    TH_ACT_AFTER_APPLY_STATUS,
    TH_ACT_DELAY,
    TH_ACT_CUT_AFTER,
    TH_ACT_STALL,
    TH_ACT_SLOW,
    TH_ACT_FLIP,
    TH_ACT_WRONG_LENGTH,
    TH_ACT_IGNORE_RANGE,
    TH_ACT_CLAMP_RANGE,
    TH_ACT_SHIFT_RANGE,
    TH_ACT_LIE_RANGE,
    TH_ACT_RANGE_200,
    TH_ACT_DROP_HEADER,
    TH_ACT_TEXT,
    TH_ACT_ROWS,
    TH_ACT_THEN_SEED,
    TH_ACT_HOLD,
    TH_ACT_UNKNOWN,
};

/* What one request suffers: the action and a copy of its rule. */
struct th_effect {
    enum th_action action;
    struct cJSON *rule;
    unsigned round; /* of the rules that it comes from */
};

/* The first due rule for the request; action NONE when there is none. */
void th_fault_match(const struct th_req *req, struct th_effect *effect);
void th_effect_clear(struct th_effect *effect);
/* Borrowed until the lock is let go. */
const struct cJSON *th_fault_behaviour(const struct th_req *req, const char *name);

/* Takes nothing; rules is one rule or an array. False with *why (static text) on a bad rule: then
 * none is added. */
bool th_fault_add(const struct cJSON *rules, const char **why);
struct cJSON *th_fault_list(void); /* caller deletes */
void th_fault_clear(void);
unsigned th_fault_round(void); /* another number after each th_fault_clear */

#endif
