#include "net/gate.h"
#include <string.h>
#include <strings.h>
#include "base/banned.h"

bool hs_gate_place_ok(const struct hs_gate *gate, enum hs_place place)
{
    switch (place) {
    case HS_PUBLIC_PLACE:
        return true;
    case HS_LOOPBACK_PLACE:
        return gate->place != HS_PUBLIC_PLACE;
    case HS_PRIVATE_PLACE:
        return gate->place == HS_PRIVATE_PLACE;
    }
    return false;
}

/* "name", "name:*", "[::1]" or "[::1]:*" of the list against a host without brackets. */
static bool is_entry(const char *entry, const char *host, bool is_endpoint_port)
{
    size_t n = strlen(entry);
    bool any_port = n > 2 && strcmp(entry + n - 2, ":*") == 0;

    if (any_port)
        n -= 2;
    if (n > 2 && entry[0] == '[' && entry[n - 1] == ']') {
        entry++;
        n -= 2;
    }
    return (any_port || is_endpoint_port) && strlen(host) == n && strncasecmp(entry, host, n) == 0;
}

bool hs_gate_is_credential_host(const struct hs_gate *gate, const struct hs_url *url)
{
    for (size_t i = 0; gate->credential_hosts && gate->credential_hosts[i]; i++)
        if (is_entry(gate->credential_hosts[i], url->host, url->port == gate->endpoint.port))
            return true;
    return false;
}

static bool is_climbing(const char *path)
{
    while (*path) {
        size_t n = strcspn(path, "/");

        if (n == 0 || (n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
            return true;
        path += n;
        if (*path == '/' && !*++path)
            return true;
    }
    return false;
}

static bool is_beneath(const char *root, const char *path)
{
    size_t n = root ? strlen(root) : 0;

    if (n == 0)
        return false;
    while (n > 0 && root[n - 1] == '/')
        n--;
    return strncmp(path, root, n) == 0 && path[n] == '/' && path[n + 1] &&
           !is_climbing(path + n + 1);
}

static const char *why_not_file(const struct hs_gate *gate, const struct hs_url *url)
{
    if (!gate->is_local)
        return "only a local hub may name files";
    if (!is_beneath(gate->root, url->path))
        return "it is not beneath the hub's folder";
    return NULL;
}

static const char *why_not_http(const struct hs_gate *gate, const struct hs_url *url)
{
    enum hs_place place = hs_host_place(url->host);

    if (gate->is_local)
        return "a local hub has no site";
    if (url->has_userinfo)
        return "it holds a user name";
    if (url->scheme == HS_HTTP && gate->endpoint.scheme != HS_HTTP)
        return "it is not https";
    if (!hs_gate_place_ok(gate, place))
        return place == HS_LOOPBACK_PLACE ? "it is on this machine and the hub is not"
                                          : "it is on a private network and the hub is not";
    if (url->scheme == HS_HTTP && place != HS_LOOPBACK_PLACE && !gate->allow_http)
        return "http needs allow_http";
    return NULL;
}

int hs_gate_pass(const struct hs_gate *gate, const char *url, bool with_secret,
                 struct hs_url *parsed, struct hub_pool *pool, struct hs_err *err)
{
    HS_ERR(hidden); /* the parser's words may quote the path */
    struct hs_url at = {0};
    const char *why, *origin;

    if (!url || hs_url_parse(pool, url, &at, &hidden) < 0)
        return hs_fail(err, HUB_ECORRUPT, "the hub gave an address that is none");
    origin = hs_url_origin(pool, &at);
    if (!origin)
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    why = at.scheme == HS_FILE ? why_not_file(gate, &at) : why_not_http(gate, &at);
    if (why)
        return hs_fail(err, HUB_ECORRUPT, "%s: not allowed: %s", origin, why);
    if (with_secret && !hs_gate_is_credential_host(gate, &at))
        return hs_fail(err, HUB_ECORRUPT, "%s: not a host that may see the credential", origin);
    *parsed = at;
    return 0;
}
