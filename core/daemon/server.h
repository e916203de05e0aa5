/* The control socket: one line of JSON in, one out, a few clients at once, on the daemon's own
 * thread. Only the same user and root are answered. */
#ifndef HS_DAEMON_SERVER_H
#define HS_DAEMON_SERVER_H
#include "base/err.h"
#include <hubsync/kit.h>
#include <poll.h>

/* Answers one line: 0 and an object appended to result, or a failure. Must not block for long. */
typedef int hs_answer_fn(void *ctx, const struct hub_json *request, struct hub_pool *pool,
                         struct hub_text *result, struct hs_err *err);
struct hs_server;
/* Makes the socket (0600). A socket that nobody listens on is replaced, one that is in use is
 * HS_EBUSY, any other file is left alone and refused. */
int hs_server_new(const char *path, hs_answer_fn *answer, void *ctx, struct hs_server **out,
                  struct hs_err *err);
void hs_server_free(struct hs_server *server); /* removes the socket */

enum { HS_SERVER_FDS = 17 };
/* Fills fds with what to poll, then works off what poll said. */
size_t hs_server_fds(const struct hs_server *server, struct pollfd *fds);
void hs_server_serve(struct hs_server *server, const struct pollfd *fds, size_t n);
#endif
