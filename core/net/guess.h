/* The engine's reading of an answer's status, exactly as hub_classify_fn promises it. Pure. */
#ifndef HS_NET_GUESS_H
#define HS_NET_GUESS_H
#include <hubsync/provider.h>
#include <stdbool.h>
enum hs_guess_flags {
    HS_GUESS_ONCE = 1,     /* the request was HUB_ONCE */
    HS_GUESS_DOWNLOAD = 2, /* HTML under 2xx is content */
    HS_GUESS_LAPSES = 4    /* the host was shown no secret although the session has a token */
};
int hs_guess(const struct hub_reply *reply, unsigned flags); /* enum hs_guess_flags, or-ed */
bool hs_is_html(const struct hub_reply *reply);
#endif
