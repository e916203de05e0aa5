/* What a running daemon tells the outside by itself: alerts on webhooks, from a thread of its own,
 * and /metrics, /livez, /readyz where daemon.listen is set. */
#ifndef HS_DAEMON_WATCH_H
#define HS_DAEMON_WATCH_H
#include "daemon/daemon.h"

/* One for a process; lives as long as it. */
const struct hs_daemon_hooks *hs_watch_hooks(void);
#endif
