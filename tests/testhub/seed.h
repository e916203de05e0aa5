/* The seed file and POST /seed: docs/testhub.md. Needs the hub's lock. */
#ifndef TH_SEED_H
#define TH_SEED_H

#include <stdbool.h>

struct cJSON;
struct th_site;

/* Adds to what is there. False with *why (the caller frees it) at the first mistake; what came
 * before it stays. */
bool th_seed_apply(const struct cJSON *seed, char **why);
/* The built-in one. */
bool th_seed_default(char **why);
bool th_seed_discards(void); /* the "discard" member */

void th_knob_set(const struct th_site *site, const char *name, const struct cJSON *value);
void th_knobs_clear(void);

#endif
