/* Decisions of one rule in the order in which its repos were begun, whatever is quicker: what the
 * sums over a run allow then never depends on the workers' luck. Thread-safe. */
#ifndef HS_JOB_TURNS_H
#define HS_JOB_TURNS_H
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

enum { HS_TURNS_MAX = 66 };
struct hs_turns {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    uint64_t last, open[HS_TURNS_MAX]; /* tickets that have not decided */
    size_t n_open;
};
void hs_turns_init(struct hs_turns *turns);
void hs_turns_clear(struct hs_turns *turns);
/* The next ticket. Each one is given back with hs_turns_end. */
uint64_t hs_turns_begin(struct hs_turns *turns);
/* Waits until every ticket before this one has been given back. */
void hs_turns_wait(struct hs_turns *turns, uint64_t ticket);
void hs_turns_end(struct hs_turns *turns, uint64_t ticket); /* once more is harmless */
#endif
