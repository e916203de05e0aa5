/* The service manager's end of the bargain (sd_notify), without its library: datagrams to
 * $NOTIFY_SOCKET, a path or an abstract name. Without the variable nothing is sent. */
#ifndef HS_DAEMON_NOTIFY_H
#define HS_DAEMON_NOTIFY_H
#include <hubsync/kit.h>
#include <stdint.h>
void hs_notify(const char *fmt, ...) HUB_PRINTF(1, 2); /* "READY=1\nSTATUS=…" */
/* How often the manager wants WATCHDOG=1, halved; 0: never. */
int64_t hs_notify_watchdog_ms(void);
#endif
