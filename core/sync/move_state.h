/* The states of one file on its way to one target, and what may follow what. Pure; the table stands
 * in docs/adr/0001-relay.md too, and unit_sync_move_state holds this code against that page. */
#ifndef HS_SYNC_MOVE_STATE_H
#define HS_SYNC_MOVE_STATE_H

enum hs_move_state {
    HS_MOVE_ASK = 0,  /* the target has not been asked how to take it */
    HS_MOVE_PLANNED,  /* parts are known, none is on its way */
    HS_MOVE_SENDING,  /* a part is on its way */
    HS_MOVE_CHECKING, /* a part that the target holds is read from the source and compared */
    HS_MOVE_PARTED,   /* the newest part is there and known to be what we sent */
    HS_MOVE_HOLDING,  /* the last bytes are held back until the whole hash is right */
    HS_MOVE_FINISHING,/* all parts are there */
    HS_MOVE_REPAIRING,/* the hash was wrong: the source is read again, parts are compared */
    HS_MOVE_STORED,   /* the object is the target's */
    HS_MOVE_FAILED,
    HS_MOVE_STATES
};
enum hs_move_event {
    HS_ON_PLAN = 0,  /* the target planned parts */
    HS_ON_HAVE,      /* the target says it has the object */
    HS_ON_SEND,      /* the next part's request starts */
    HS_ON_CHECK,     /* the next part is stored without our answer: compare it */
    HS_ON_LAST,      /* all but the held-back bytes of the last part have left */
    HS_ON_RIGHT,     /* the whole file's hash and length are the listing's */
    HS_ON_WRONG,     /* they are not */
    HS_ON_ACK,       /* the target acknowledged the part, or the compared part is right */
    HS_ON_BROKEN,    /* the part's request failed, to be tried again */
    HS_ON_EXPIRED,   /* addresses or the upload lapsed: ask again */
    HS_ON_ALL,       /* no part is left */
    HS_ON_REPAIRED,  /* the source reads right now; changed parts are known */
    HS_ON_DONE,      /* finish succeeded, or there is nothing to finish */
    HS_ON_FAIL,      /* for good */
    HS_MOVE_EVENTS
};
/* The next state; -1 if the event cannot happen there. */
int hs_move_next(enum hs_move_state state, enum hs_move_event event);
const char *hs_move_state_name(enum hs_move_state state);
const char *hs_move_event_name(enum hs_move_event event);
#endif
