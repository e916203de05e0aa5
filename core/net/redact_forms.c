#include "net/redact_forms.h"
#include <string.h>
#include "base/banned.h"

enum { BASE64_BYTES_MIN = 6 }; /* a shorter run of base64 would hit anything */

static void add_form(struct hs_forms *forms, char *text)
{
    for (size_t i = 0; text && i < forms->n; i++)
        if (strcmp(forms->text[i], text) == 0)
            return;
    if (text && forms->n < HS_FORMS_MAX)
        forms->text[forms->n++] = text;
}

/* Percent-encodings differ in the case of their digits and in what they leave alone. */
static void add_percent(struct hub_pool *pool, const char *secret, struct hs_forms *forms)
{
    char *upper[2] = {hub_url_segment(pool, secret), hub_url_path(pool, secret)};

    for (size_t i = 0; i < 2; i++) {
        char *lower = hub_pool_strdup(pool, upper[i]);

        for (char *p = lower; p && (p = strchr(p, '%')) != NULL; p += 3)
            for (int k = 1; k <= 2; k++)
                if (p[k] >= 'A' && p[k] <= 'F')
                    p[k] = (char)(p[k] - 'A' + 'a');
        add_form(forms, upper[i]);
        add_form(forms, lower);
    }
}

static void add_json(struct hub_pool *pool, const char *secret, struct hs_forms *forms)
{
    char *plain = hub_pool_alloc(pool, strlen(secret) * 2 + 1, 1);
    char *slashed = hub_pool_alloc(pool, strlen(secret) * 2 + 1, 1);
    char *to = plain, *to_slashed = slashed;

    if (!plain || !slashed)
        return;
    for (const char *p = secret; *p; p++) {
        if (*p == '"' || *p == '\\')
            *to++ = '\\';
        if (*p == '"' || *p == '\\' || *p == '/')
            *to_slashed++ = '\\';
        *to++ = *p;
        *to_slashed++ = *p;
    }
    add_form(forms, plain);
    add_form(forms, slashed);
}

static char *url_alphabet(struct hub_pool *pool, const char *base64)
{
    char *out = hub_pool_strdup(pool, base64);

    for (char *p = out; p && *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    return out;
}

/* A secret inside a longer text ("user:secret") starts at one of three places of a base64 group;
 * the characters that it shares with its neighbours are left out. */
static void add_base64(struct hub_pool *pool, const char *secret, struct hs_forms *forms)
{
    size_t n = strlen(secret);

    for (size_t before = 0; before < 3; before++) {
        static const size_t first[3] = {0, 2, 3};
        HUB_TEXT(coded);
        char *raw = hub_pool_alloc(pool, n + before, 1), *text;
        size_t end = (n + before) * 8 / 6;

        if (!raw)
            return;
        memcpy(raw + before, secret, n);
        hub_text_base64(&coded, raw, n + before);
        if (coded.failed || end - first[before] < BASE64_BYTES_MIN)
            continue;
        text = hub_pool_strndup(pool, coded.data + first[before], end - first[before]);
        add_form(forms, text);
        if (text && strpbrk(text, "+/"))
            add_form(forms, url_alphabet(pool, text));
    }
}

void hs_forms_make(struct hub_pool *pool, const char *secret, struct hs_forms *out)
{
    out->n = 0;
    add_form(out, hub_pool_strdup(pool, secret));
    add_percent(pool, secret, out);
    add_json(pool, secret, out);
    add_base64(pool, secret, out);
}
