#include "sync/move_state.h"

#include "base/banned.h"

struct row {
    enum hs_move_state from;
    enum hs_move_event event;
    enum hs_move_state to;
};
static const struct row rows[] = {
    {HS_MOVE_ASK, HS_ON_PLAN, HS_MOVE_PLANNED},
    {HS_MOVE_ASK, HS_ON_HAVE, HS_MOVE_STORED},
    {HS_MOVE_PLANNED, HS_ON_SEND, HS_MOVE_SENDING},
    {HS_MOVE_PLANNED, HS_ON_CHECK, HS_MOVE_CHECKING},
    {HS_MOVE_PLANNED, HS_ON_ALL, HS_MOVE_FINISHING},
    {HS_MOVE_PLANNED, HS_ON_EXPIRED, HS_MOVE_ASK},
    {HS_MOVE_PLANNED, HS_ON_WRONG, HS_MOVE_REPAIRING},
    {HS_MOVE_SENDING, HS_ON_LAST, HS_MOVE_HOLDING},
    {HS_MOVE_SENDING, HS_ON_ACK, HS_MOVE_PARTED},
    {HS_MOVE_SENDING, HS_ON_BROKEN, HS_MOVE_PLANNED},
    {HS_MOVE_SENDING, HS_ON_EXPIRED, HS_MOVE_ASK},
    {HS_MOVE_SENDING, HS_ON_WRONG, HS_MOVE_REPAIRING},
    {HS_MOVE_CHECKING, HS_ON_ACK, HS_MOVE_PARTED},
    {HS_MOVE_CHECKING, HS_ON_WRONG, HS_MOVE_REPAIRING},
    {HS_MOVE_PARTED, HS_ON_SEND, HS_MOVE_SENDING},
    {HS_MOVE_PARTED, HS_ON_CHECK, HS_MOVE_CHECKING},
    {HS_MOVE_PARTED, HS_ON_ALL, HS_MOVE_FINISHING},
    {HS_MOVE_PARTED, HS_ON_WRONG, HS_MOVE_REPAIRING},
    {HS_MOVE_HOLDING, HS_ON_RIGHT, HS_MOVE_SENDING},
    {HS_MOVE_HOLDING, HS_ON_WRONG, HS_MOVE_REPAIRING},
    {HS_MOVE_HOLDING, HS_ON_BROKEN, HS_MOVE_PLANNED},
    {HS_MOVE_HOLDING, HS_ON_EXPIRED, HS_MOVE_ASK},
    {HS_MOVE_REPAIRING, HS_ON_REPAIRED, HS_MOVE_PLANNED},
    {HS_MOVE_REPAIRING, HS_ON_EXPIRED, HS_MOVE_ASK},
    {HS_MOVE_FINISHING, HS_ON_DONE, HS_MOVE_STORED},
    {HS_MOVE_FINISHING, HS_ON_EXPIRED, HS_MOVE_ASK},
};
static const char *const states[] = {"ask",     "planned",   "sending",   "checking", "parted",
                                     "holding", "finishing", "repairing", "stored",   "failed"};
static const char *const events[] = {"plan",   "have",    "send", "check",    "last", "right", "wrong",
                                     "ack",    "broken",  "expired", "all", "repaired", "done", "fail"};

int hs_move_next(enum hs_move_state state, enum hs_move_event event)
{
    if (event == HS_ON_FAIL && state != HS_MOVE_STORED && state != HS_MOVE_FAILED)
        return HS_MOVE_FAILED;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].from == state && rows[i].event == event)
            return rows[i].to;
    return -1;
}

const char *hs_move_state_name(enum hs_move_state state)
{
    return state < HS_MOVE_STATES ? states[state] : "";
}

const char *hs_move_event_name(enum hs_move_event event)
{
    return event < HS_MOVE_EVENTS ? events[event] : "";
}
