/* fuzz: sdk core/base core/data core/net -lcurl -lcrypto -lyaml -lcjson */
/* Any text through the redactor: no known secret and no query is left, and what was redacted is not
 * redacted again. The first line, if it is long enough, is a second secret. */
#include "net/redact.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes);

enum { LIMIT_BYTES = 1 << 14 };
static const char SECRET[] = "S3cretOfTheFuzzer";

static void require(bool promise)
{
    if (!promise)
        abort();
}

static bool is_inside(char c)
{
    return (unsigned char)c > ' ' && c != 0x7F && !strchr("\"<>`\\", c);
}

/* Does a plain address with something behind its '?' or '#' remain? */
static bool has_query(const char *text)
{
    for (const char *at = text; (at = strstr(at, "https://")) != NULL;) {
        for (at += 8; is_inside(*at) && *at != '?' && *at != '#';)
            at++;
        if ((*at == '?' || *at == '#') && is_inside(at[1]) && strncmp(at + 1, "***", 3) != 0)
            return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    char *text, *once, *twice;
    size_t line;

    if (n_bytes > LIMIT_BYTES)
        return 0;
    text = calloc(1, n_bytes + 1);
    if (!text)
        return 0;
    memcpy(text, data, n_bytes);
    hs_redact_forget();
    hs_redact_add(SECRET);
    line = strcspn(text, "\n");
    if (text[line] == '\n' && line >= 6) {
        text[line] = '\0';
        hs_redact_add_header(text);
        text[line] = '\n';
    }
    once = hs_redact(text);
    require(!strstr(once ? once : text, SECRET));
    require(once || !has_query(text));
    twice = once ? hs_redact(once) : NULL;
    if (!twice || line < 6) /* a secret may be made of stars */
        require(!twice);
    free(twice);
    free(once);
    free(text);
    return 0;
}
