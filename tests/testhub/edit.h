/* Fault actions that spoil a good answer, or the site behind it: docs/testhub.md. */
#ifndef TH_EDIT_H
#define TH_EDIT_H

struct th_exchange;

/* After the handler, with the hub's lock: does what the request's effect says, if it is one of
 * these. Only answers that are not streamed can be edited. */
void th_edit_reply(struct th_exchange *exchange);

#endif
