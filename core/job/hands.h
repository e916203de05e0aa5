/* The life of an engine's own part, between engine.c and hands.c. */
#ifndef HS_JOB_HANDS_H
#define HS_JOB_HANDS_H
#include "job/engine.h"
/* first NULL: e is the first one. */
void hs_hand_start(struct hs_engine *e, struct hs_engine *first);
void hs_hand_ready(struct hs_engine *e); /* once it has its parts */
void hs_hand_end(struct hs_engine *e);
#endif
