/* Addresses in a text lose their user name, query and fragment. Pure. */
#ifndef HS_NET_REDACT_URL_H
#define HS_NET_REDACT_URL_H
#include <hubsync/kit.h>
/* Appends text to out. Did anything have to go? */
bool hs_redact_urls(const char *text, struct hub_text *out);
#endif
