/* The gate: where a session may connect to, and who may see its credential. Pure but for the
 * redactor: it never resolves a name (net/loop checks resolved addresses with the same rule). */
#ifndef HS_NET_GATE_H
#define HS_NET_GATE_H
#include "base/err.h"
#include "data/url.h"
struct hs_gate {
    struct hs_url endpoint;
    enum hs_place place;  /* of the endpoint */
    bool allow_http;      /* from the config; loopback names never need it */
    bool has_secret;      /* the session has a token */
    bool is_local;        /* HUB_LOCAL: file: only, nothing else */
    const char *root;     /* is_local: beneath this folder only */
    const char *ca_file;  /* "" : the system's */
    const char *const *credential_hosts; /* "name" or "name:*"; ends in NULL, may be NULL */
};
/* May this URL be asked at all? https where the endpoint is https; http only where the endpoint is
 * http; loopback, link-local and private literals only where the endpoint is one of that kind (a
 * loopback endpoint may go to any loopback, a private one to private and loopback); no userinfo;
 * file: only if is_local and beneath root. with_secret: the host must be a credential host.
 * Fails with HUB_ECORRUPT, naming the origin (never the path or query). */
int hs_gate_pass(const struct hs_gate *gate, const char *url, bool with_secret,
                 struct hs_url *parsed, struct hub_pool *pool, struct hs_err *err);
bool hs_gate_is_credential_host(const struct hs_gate *gate, const struct hs_url *url);
/* May a connection go to this resolved address? */
struct sockaddr;
bool hs_gate_place_ok(const struct hs_gate *gate, enum hs_place place);
#endif
