/* How a hop ends and what becomes of its stream: the answer, the next hop, a failure. */
#ifndef HS_NET_STREAM_END_H
#define HS_NET_STREAM_END_H
#include "net/stream.h"
/* The end of a hop by libcurl's word: follows a redirect or ends the stream. */
void hs_stream_hop_end(struct hs_stream *stream, CURLcode code);
/* Ends it for want of time ("no byte for" ms), unless an answer is there that will do. */
void hs_stream_give_up(struct hs_stream *stream, const char *words, int64_t ms);
/* May bytes of this hop's request have left? */
bool hs_stream_has_left(const struct hs_stream *stream);
#endif
