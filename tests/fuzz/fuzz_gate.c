/* fuzz: sdk core/base core/data core/net -lcurl -lcrypto -lyaml -lcjson */
/* Any text as an address of a public, a loopback and a local hub. What passes is what its own parts
 * say, and libcurl, which will connect to it, reads the same host and port. */
#include "net/gate.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

enum { LIMIT_BYTES = 1 << 12 };
static const char *const HOSTS[] = {"hub.example", "lfs.hub.example:*", NULL};

static void require(bool promise)
{
    if (!promise)
        abort();
}

/* As the engine hands it over: the origin and the path, put together anew. */
static void compare_with_libcurl(struct hub_pool *pool, const struct hs_url *url)
{
    char *text = hub_pool_printf(pool, "%s%s", hs_url_origin(pool, url), url->path);
    CURLU *theirs = curl_url();
    char *host = NULL, *port = NULL, *user = NULL, own[8];

    require(theirs != NULL);
    if (curl_url_set(theirs, CURLUPART_URL, text, CURLU_PATH_AS_IS) == CURLUE_OK) {
        require(curl_url_get(theirs, CURLUPART_HOST, &host, 0) == CURLUE_OK);
        require(curl_url_get(theirs, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK);
        require(curl_url_get(theirs, CURLUPART_USER, &user, 0) != CURLUE_OK);
        (void)snprintf(own, sizeof own, "%u", url->port);
        require(strcmp(port, own) == 0);
        require(hs_host_place(host) == hs_host_place(url->host));
        require(strchr(url->host, ':') || hs_host_place(host) != HS_PUBLIC_PLACE ||
                strcasecmp(host, url->host) == 0 || strspn(host, "0123456789.") == strlen(host));
    }
    curl_free(host);
    curl_free(port);
    curl_free(user);
    curl_url_cleanup(theirs);
}

static void try_gate(const struct hs_gate *gate, const char *text)
{
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_url url = {0};

    if (hs_gate_pass(gate, text, false, &url, &pool, &err) < 0) {
        require(err.status == HUB_ECORRUPT && err.message);
        require(!strstr(err.message, "?"));
        require(hs_gate_pass(gate, text, true, &url, &pool, NULL) < 0);
        return;
    }
    if (gate->is_local) {
        require(url.scheme == HS_FILE && strncmp(url.path, "/srv/hub/", 9) == 0);
        require(!strstr(url.path, "/../") && !strstr(url.path, "//"));
        return;
    }
    require(url.scheme != HS_FILE && !url.has_userinfo && *url.host && *url.path == '/');
    require(url.scheme == HS_HTTPS || gate->endpoint.scheme == HS_HTTP);
    require(gate->place != HS_PUBLIC_PLACE || hs_host_place(url.host) == HS_PUBLIC_PLACE);
    require((hs_gate_pass(gate, text, true, &url, &pool, NULL) == 0) ==
            hs_gate_is_credential_host(gate, &url));
    compare_with_libcurl(&pool, &url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    static const struct hs_gate gates[] = {
        {.endpoint = {HS_HTTPS, "hub.example", 443, "/", false},
         .ca_file = "",
         .has_secret = true,
         .credential_hosts = HOSTS},
        {.endpoint = {HS_HTTP, "127.0.0.1", 80, "/", false},
         .place = HS_LOOPBACK_PLACE,
         .ca_file = "",
         .credential_hosts = HOSTS},
        {.is_local = true, .root = "/srv/hub", .ca_file = ""},
    };
    char *text;

    if (n_bytes > LIMIT_BYTES)
        return 0;
    text = calloc(1, n_bytes + 1);
    if (!text)
        return 0;
    memcpy(text, data, n_bytes);
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        try_gate(&gates[i], text);
    free(text);
    return 0;
}
