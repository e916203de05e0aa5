/* The callbacks that libcurl calls for a hop: the head, the bytes, the address. */
#ifndef HS_NET_MOVE_H
#define HS_NET_MOVE_H
#include "net/stream.h"
void hs_move_setup(struct hs_stream *stream);
/* Asks read or write again after a pause. */
void hs_move_resume(struct hs_stream *stream);
#endif
