#include "conf/conf_fail.h"
#include <string.h>
#include "base/banned.h"

enum { SHOWN_BYTES = 60, SUGGESTED_MAX = 16 };

static int fail_in(const struct hs_reader *reader, unsigned line, unsigned column, const char *fmt,
                   va_list args) HUB_PRINTF(4, 0);

static int fail_in(const struct hs_reader *reader, unsigned line, unsigned column, const char *fmt,
                   va_list args)
{
    (void)hs_vfail(reader->err, HS_ECONFIG, fmt, args);
    (void)hs_prefix(reader->err, "%s:%u:%u: ", reader->conf->file, line, column);
    return HS_ECONFIG;
}

int hs_fail_at(const struct hs_reader *reader, const struct hs_yaml *node, const char *fmt, ...)
{
    va_list args;
    int r;

    va_start(args, fmt);
    r = fail_in(reader, node->line, node->column, fmt, args);
    va_end(args);
    return r;
}

int hs_fail_key(const struct hs_reader *reader, const struct hs_yaml *node, const char *fmt, ...)
{
    bool has_key = node->key != NULL;
    va_list args;
    int r;

    va_start(args, fmt);
    r = fail_in(reader, has_key ? node->key_line : node->line,
                has_key ? node->key_column : node->column, fmt, args);
    va_end(args);
    return r;
}

int hs_fail_memory(const struct hs_reader *reader)
{
    return hs_fail(reader->err, HUB_ENOMEM, "out of memory");
}

const char *hs_suggest(const struct hs_reader *reader, const char *word, const char *const *words,
                       size_t n)
{
    const char *near = hs_nearest(word, words, n);
    HUB_TEXT(text);
    char *copy;

    if (near) {
        hub_text_printf(&text, "; did you mean \"%s\"?", near);
    } else if (n > 0) {
        hub_text_puts(&text, n > 1 ? "; expected one of " : "; expected ");
        for (size_t i = 0; i < n && i < SUGGESTED_MAX; i++)
            hub_text_printf(&text, "%s%s", i ? ", " : "", words[i]);
        if (n > SUGGESTED_MAX)
            hub_text_puts(&text, ", ...");
    }
    copy = hub_pool_strdup(&reader->conf->pool, text.data);
    return copy ? copy : "";
}

bool hs_is_null(const struct hs_yaml *node)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};

    if (node->kind != HS_YAML_SCALAR || node->is_quoted || node->variables)
        return false;
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        if (strcmp(node->text, nulls[i]) == 0)
            return true;
    return false;
}

const char *hs_describe(const struct hs_reader *reader, const struct hs_yaml *node)
{
    struct hub_pool *pool = &reader->conf->pool;
    char *text;

    if (node->kind == HS_YAML_LIST)
        return "a list";
    if (node->kind == HS_YAML_MAP)
        return "a mapping";
    if (hs_is_null(node))
        return "nothing";
    if (node->variables) /* perhaps a secret */
        text = hub_pool_printf(pool, "what %s holds", node->variables);
    else
        text = hub_pool_printf(pool, "\"%.*s\"%s", SHOWN_BYTES, node->text,
                               strlen(node->text) > SHOWN_BYTES ? "..." : "");
    return text ? text : "";
}

static const char *expected(const struct hs_reader *reader, const struct hs_key *key)
{
    char *text = NULL;

    switch (key->kind) {
    case HS_KIND_BOOL:
        return "true or false";
    case HS_KIND_BYTES:
        return "a size such as 500GiB (B KiB MiB GiB TiB kB MB GB TB), or 0 for unlimited";
    case HS_KIND_MS:
        return "a time such as 12h (ms s m h d), or 0";
    case HS_KIND_BPS:
        return "a speed such as 50MiB/s, or 0 for unlimited";
    case HS_KIND_RATE:
        return "a rate such as 6/s, 45/min or 1000/h, or 0 for unlimited";
    case HS_KIND_UINT:
    case HS_KIND_UINT32:
        text = key->max
                   ? hub_pool_printf(&reader->conf->pool, "a number from %llu to %llu",
                                     (unsigned long long)key->min, (unsigned long long)key->max)
                   : NULL;
        return text ? text : "a number";
    case HS_KIND_LIST:
        return "a list of texts";
    case HS_KIND_LIST_OR_ONE:
        return "a text or a list of texts";
    case HS_KIND_HUB:
        return "the name of a hub";
    case HS_KIND_HUBS:
        return "the name of a hub or a list of them";
    case HS_KIND_PAIR:
        return "a list of two hubs";
    case HS_KIND_ALIASES:
        return "a mapping of words to licences";
    case HS_KIND_CONFLICT:
        return "hold, newest or {prefer: HUB}";
    case HS_KIND_URL:
    case HS_KIND_WEBHOOK:
        return "an address such as https://example.org";
    default:
        return "a text";
    }
}

int hs_fail_value(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                  const struct hs_yaml *node, const char *why)
{
    return hs_fail_at(reader, node, "%s: found %s%s; expected %s", name,
                      key->kind == HS_KIND_WEBHOOK && node->kind == HS_YAML_SCALAR
                          ? "something else"
                          : hs_describe(reader, node),
                      why, expected(reader, key));
}
