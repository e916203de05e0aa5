/* What a stream needs between libcurl's turns: its start, its resumption, its time limits. */
#ifndef HS_NET_TEND_H
#define HS_NET_TEND_H
#include "net/stream.h"
enum { HS_NAP_MAX_MS = 100 }; /* how soon a cancellation is seen */
void hs_tend(struct hs_stream *stream);
/* ms until it wants to be looked at again, HS_NAP_MAX_MS at most. */
int64_t hs_tend_nap(const struct hs_stream *stream);
#endif
