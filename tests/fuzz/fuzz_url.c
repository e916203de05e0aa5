/* fuzz: sdk core/base core/data -lyaml -lcrypto -lcjson */
/* A URL and a Location, a line each. What is taken is exactly what its origin says, and holds
 * nothing that another reader of URLs could take for something else. */
#include "data/url.h"
#include <stdlib.h>
#include <string.h>

enum { LIMIT_BYTES = 1 << 12 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

static void require(bool promise)
{
    if (!promise)
        abort();
}

static void check_url(struct hub_pool *pool, const char *text)
{
    struct hs_url url, again;
    char *origin;

    if (hs_url_parse(pool, text, &url, NULL) < 0)
        return;
    require(url.path[0] == '/');
    if (url.scheme == HS_FILE) {
        require(!url.host[0]);
        return;
    }
    require(url.host[0] && url.port > 0 && !strpbrk(url.host, "/\\@?# \t\r\n%[]"));
    origin = hs_url_origin(pool, &url);
    require(hs_url_parse(pool, origin, &again, NULL) == 0);
    require(again.scheme == url.scheme && again.port == url.port && !again.has_userinfo);
    require(strcmp(again.host, url.host) == 0);
    require(hs_host_place(again.host) == hs_host_place(url.host));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    HUB_POOL(pool);
    char *text, *location, *joined;

    if (n_bytes > LIMIT_BYTES)
        return 0;
    text = hub_pool_strndup(&pool, (const char *)data, n_bytes);
    location = strchr(text, '\n');
    if (location)
        *location++ = '\0';
    (void)hs_host_place(text);
    check_url(&pool, text);
    joined = location ? hs_url_join(&pool, text, location) : NULL;
    if (joined)
        check_url(&pool, joined);
    return 0;
}
