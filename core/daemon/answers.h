/* What the control socket's verbs do. docs/control-socket.md is their manual. */
#ifndef HS_DAEMON_ANSWERS_H
#define HS_DAEMON_ANSWERS_H
#include "daemon/server.h"
#include "job/service.h"

struct hs_answers {
    struct hs_service *service;
    struct hs_store *store;
};
hs_answer_fn hs_answer; /* ctx: struct hs_answers */
#endif
