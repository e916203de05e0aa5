/* Which proxy the environment names for an address, by libcurl's rules: only who decides it can say
 * whether a connection goes to the address itself, where the gate has a say. */
#ifndef HS_NET_PROXY_H
#define HS_NET_PROXY_H
#include "data/url.h"
/* NULL: none, it is reached directly. The environment's own text. */
const char *hs_proxy_for(const struct hs_url *url);
/* Does a no_proxy list ("a.b,.c,10.0.0.0/8", "*") hold this host? */
bool hs_proxy_is_excepted(const char *no_proxy, const char *host);
#endif
