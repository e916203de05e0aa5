#include "net/guess.h"
#include <hubsync/kit.h>
#include <string.h>
#include <strings.h>
#include "base/banned.h"

static bool has_prefix(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

bool hs_is_html(const struct hub_reply *reply)
{
    const char *type = hub_header(reply, "content-type");
    const char *body = reply->body ? reply->body : "";

    if (*type)
        return has_prefix(type, "text/html") || has_prefix(type, "application/xhtml+xml");
    body += strspn(body, " \t\r\n");
    return has_prefix(body, "<!doctype html") || has_prefix(body, "<html");
}

static bool is_good(uint32_t http_status)
{
    return http_status >= 200 && http_status <= 299;
}

static bool is_firewall(const struct hub_reply *reply, unsigned flags)
{
    if (reply->http_status == 418)
        return true;
    if (reply->http_status >= 500 || !hs_is_html(reply))
        return false;
    return !(is_good(reply->http_status) && (flags & HS_GUESS_DOWNLOAD));
}

int hs_guess(const struct hub_reply *reply, unsigned flags)
{
    if (is_firewall(reply, flags))
        return HUB_EFIREWALL;
    if (is_good(reply->http_status))
        return HUB_OK;
    if (reply->http_status >= 500)
        return flags & HS_GUESS_ONCE ? HUB_EUNSURE : HUB_EAGAIN;
    switch (reply->http_status) {
    case 401:
        return flags & HS_GUESS_LAPSES ? HUB_EEXPIRED : HUB_EAUTH;
    case 403:
        return flags & HS_GUESS_LAPSES ? HUB_EEXPIRED : HUB_EDENIED;
    case 404:
    case 410:
        return HUB_ENOTFOUND;
    case 408:
        return HUB_EAGAIN;
    case 409:
    case 412:
        return HUB_ECONFLICT;
    case 413:
        return HUB_ETOOBIG;
    case 429:
        return HUB_ETHROTTLED;
    default:
        return HUB_EREFUSED;
    }
}
