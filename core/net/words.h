/* What a site said about a failure, for a message. */
#ifndef HS_NET_WORDS_H
#define HS_NET_WORDS_H
#include <hubsync/kit.h>
/* The message member of a JSON body, else the beginning of a text; one line of at most 200 bytes of
 * valid UTF-8; "" if there are none. */
const char *hs_words_of(struct hub_pool *pool, const struct hub_reply *reply);
#endif
