/* What loops need of the process-wide struct hs_net. */
#ifndef HS_NET_PROCESS_H
#define HS_NET_PROCESS_H
#include "net/net.h"
int64_t hs_net_stall_ms(const struct hs_net *net);
const char *hs_net_user_agent(const struct hs_net *net);
void hs_net_count_request(struct hs_net *net);
#endif
