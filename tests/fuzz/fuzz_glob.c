/* fuzz: sdk core/base core/data -lyaml -lcrypto -lcjson */
/* A pattern and a text, a line each: plain text matches itself, a double star everything, and
 * matching ends in time that does not explode. */
#include "data/glob.h"
#include <hubsync/kit.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_BYTES = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

static void require(bool promise)
{
    if (!promise)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    HUB_POOL(pool);
    char *pattern, *text;

    if (n_bytes > LIMIT_BYTES)
        return 0;
    pattern = hub_pool_strndup(&pool, (const char *)data, n_bytes);
    text = strchr(pattern, '\n');
    if (!text)
        return 0;
    *text++ = '\0';
    (void)hs_glob_excludes(pattern, text);
    (void)hs_glob_includes(pattern, text);
    (void)hs_glob_repo(pattern, text);
    require(hs_glob("**", text));
    require(hs_glob("*", text) == !strchr(text, '/'));
    if (!strpbrk(pattern, "*?[\\"))
        require(hs_glob(pattern, text) == (strcmp(pattern, text) == 0));
    return 0;
}
