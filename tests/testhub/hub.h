/* The hub's one lock, its clock, and the wish to stop. Lock order: only this one is ever held. */
#ifndef TH_HUB_H
#define TH_HUB_H

#include <stdbool.h>
#include <stdint.h>

void th_lock(void);
void th_unlock(void);

int64_t th_now(void);
int64_t th_clock_offset(void);
void th_clock_set(int64_t offset_s); /* with the lock held */
int64_t th_ticks_ms(void);           /* monotonic, real */

/* Set once at the end; every wait ends then. */
void th_stop(void);
bool th_is_stopping(void);
/* Waits for ms (UINT32_MAX: for ever), until the program stops, or until the peer of the socket
 * leaves. True when the whole time has passed. Call without the lock. */
bool th_wait_ms(int socket_fd, uint32_t ms);

#endif
