/* What libcurl's results mean for us, in words for people. */
#ifndef HS_NET_FAULT_H
#define HS_NET_FAULT_H
#include "net/stream.h"
/* Fails the stream for a code other than CURLE_OK. Returns the status. */
int hs_fault(struct hs_stream *stream, CURLcode code);
#endif
