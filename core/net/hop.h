/* One request on one libcurl handle: how it is set up. */
#ifndef HS_NET_HOP_H
#define HS_NET_HOP_H
#include "net/stream.h"
/* Takes a handle and starts moving; a failure ends the stream. */
void hs_hop_begin(struct hs_stream *stream);
/* The handle leaves the loop. */
void hs_hop_drop(struct hs_stream *stream);
#endif
