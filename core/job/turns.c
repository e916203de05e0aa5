#include "job/turns.h"

#include <assert.h>
#include <stdbool.h>

#include "base/banned.h"

void hs_turns_init(struct hs_turns *turns)
{
    pthread_mutex_init(&turns->lock, NULL);
    pthread_cond_init(&turns->moved, NULL);
    turns->last = 0;
    turns->n_open = 0;
}

void hs_turns_clear(struct hs_turns *turns)
{
    pthread_mutex_destroy(&turns->lock);
    pthread_cond_destroy(&turns->moved);
}

uint64_t hs_turns_begin(struct hs_turns *turns)
{
    uint64_t ticket;

    pthread_mutex_lock(&turns->lock);
    assert(turns->n_open < HS_TURNS_MAX);
    ticket = ++turns->last;
    turns->open[turns->n_open++] = ticket;
    pthread_mutex_unlock(&turns->lock);
    return ticket;
}

static bool is_first(const struct hs_turns *turns, uint64_t ticket)
{
    for (size_t i = 0; i < turns->n_open; i++)
        if (turns->open[i] < ticket)
            return false;
    return true;
}

void hs_turns_wait(struct hs_turns *turns, uint64_t ticket)
{
    pthread_mutex_lock(&turns->lock);
    while (!is_first(turns, ticket))
        pthread_cond_wait(&turns->moved, &turns->lock);
    pthread_mutex_unlock(&turns->lock);
}

void hs_turns_end(struct hs_turns *turns, uint64_t ticket)
{
    pthread_mutex_lock(&turns->lock);
    for (size_t i = 0; i < turns->n_open; i++)
        if (turns->open[i] == ticket) {
            turns->open[i] = turns->open[--turns->n_open];
            break;
        }
    pthread_cond_broadcast(&turns->moved);
    pthread_mutex_unlock(&turns->lock);
}
