/* How commands reach the daemon: a record in the state directory says whether one runs and where
 * its socket is; on the socket, one line of JSON each way (docs/control-socket.md). */
#ifndef HS_JOB_CONTROL_H
#define HS_JOB_CONTROL_H
#include "base/err.h"
#include <hubsync/kit.h>
#include <stdbool.h>

enum { HS_ASK_MAX = 64 * 1024, HS_ANSWER_MAX = 64 * 1024 * 1024 };

struct hs_daemon_record {
    bool is_running;
    long pid;           /* 0: not running */
    const char *socket; /* "" : not running */
};
/* Of the daemon on that state; texts in the pool. Changes nothing and disturbs nobody. */
void hs_daemon_find(struct hub_pool *pool, const char *state_dir, struct hs_daemon_record *record);
/* Written by the daemon, which holds *fd as long as it runs. HS_EBUSY if another holds it. */
int hs_daemon_announce(const char *state_dir, const char *socket, int *fd, struct hs_err *err);

/* Sends the line and reads the answer: the text of its "result" (an object) in the pool. An error
 * that the daemon answers is returned as it was there. HS_EFAILED if it cannot be reached. */
int hs_control_ask(struct hub_pool *pool, const char *socket_path, const char *line,
                   const char **result, struct hs_err *err);
/* A socket's address. HS_ECONFIG if the path is too long for one. */
struct sockaddr_un;
int hs_control_address(const char *path, struct sockaddr_un *address, struct hs_err *err);
#endif
