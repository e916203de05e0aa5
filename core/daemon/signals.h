/* Signals as bytes in a pipe that the daemon's loop polls. */
#ifndef HS_DAEMON_SIGNALS_H
#define HS_DAEMON_SIGNALS_H
#include "base/err.h"
/* SIGTERM, SIGINT, SIGHUP, SIGUSR1; SIGPIPE is ignored. *fd: to poll. Once for a process. */
int hs_signals_catch(int *fd, struct hs_err *err);
int hs_signals_next(int fd); /* 0: none */
#endif
