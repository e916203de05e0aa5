#include <hubsync/kit.h>
#include <inttypes.h>
#include <string.h>

enum { POINTER_BYTES_MAX = 1024, SHA256_DIGITS = 64 };
#define VERSION_LINE "version https://git-lfs.github.com/spec/v1\n"

struct rest { /* of a text that is being read */
    const char *at, *end;
};

char *hub_lfs_pointer(struct hub_pool *pool, const char *sha256, uint64_t object_bytes)
{
    const char *oid = hub_hex_lower(pool, sha256, SHA256_DIGITS);

    if (!oid)
        return NULL;
    return hub_pool_printf(pool, VERSION_LINE "oid sha256:%s\nsize %" PRIu64, oid, object_bytes);
}

static bool take(struct rest *rest, const char *text)
{
    size_t length = strlen(text);

    if ((size_t)(rest->end - rest->at) < length || memcmp(rest->at, text, length) != 0)
        return false;
    rest->at += length;
    return true;
}

/* Lines of extensions, such as "ext-0-foo sha256:…", stand between version and oid. */
static void skip_extensions(struct rest *rest)
{
    while (take(rest, "ext-")) {
        const char *newline = memchr(rest->at, '\n', (size_t)(rest->end - rest->at));

        rest->at = newline ? newline + 1 : rest->end;
    }
}

static const char *take_oid(struct rest *rest)
{
    const char *oid = rest->at;

    if (rest->end - rest->at < SHA256_DIGITS)
        return NULL;
    for (int i = 0; i < SHA256_DIGITS; i++)
        if (!oid[i] || !strchr("0123456789abcdef", oid[i]))
            return NULL;
    rest->at += SHA256_DIGITS;
    return oid;
}

static bool take_size(struct rest *rest, uint64_t *out)
{
    const char *from = rest->at;
    uint64_t value = 0;

    for (; rest->at < rest->end && *rest->at >= '0' && *rest->at <= '9'; rest->at++) {
        uint64_t digit = (uint64_t)(*rest->at - '0');

        if (value > (INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return rest->at > from;
}

bool hub_lfs_is_pointer(const void *bytes, size_t n_bytes, char *sha256, uint64_t *object_bytes)
{
    const char *oid;
    uint64_t value;
    struct rest rest;

    if (!bytes || n_bytes > POINTER_BYTES_MAX)
        return false;
    rest = (struct rest){bytes, (const char *)bytes + n_bytes};
    if (!take(&rest, VERSION_LINE))
        return false;
    skip_extensions(&rest);
    if (!take(&rest, "oid sha256:") || !(oid = take_oid(&rest)))
        return false;
    if (!take(&rest, "\nsize ") || !take_size(&rest, &value))
        return false;
    (void)take(&rest, "\n");
    if (rest.at != rest.end)
        return false;
    memcpy(sha256, oid, SHA256_DIGITS);
    sha256[SHA256_DIGITS] = '\0';
    *object_bytes = value;
    return true;
}

/* The engine hands puts of one object in a row, so a look at the one before is enough. */
static bool is_repeated(const struct hub_put *const *puts, size_t i)
{
    return i > 0 && strcmp(puts[i]->file->sha256, puts[i - 1]->file->sha256) == 0;
}

char *hub_lfs_batch_body(struct hub_pool *pool, const char *operation, const char *extra,
                         const struct hub_put *const *puts, size_t n_puts)
{
    HUB_TEXT(body);

    hub_text_puts(&body, "{\"operation\":");
    hub_text_json(&body, operation);
    hub_text_puts(&body, ",");
    hub_text_puts(&body, extra);
    hub_text_puts(&body, "\"objects\":[");
    for (size_t i = 0; i < n_puts; i++) {
        const struct hub_file *file = puts[i]->file;

        if (!hub_is_hex(file->sha256, SHA256_DIGITS))
            return NULL;
        if (!is_repeated(puts, i))
            hub_text_printf(&body, "%s{\"oid\":\"%s\",\"size\":%" PRIu64 "}", i > 0 ? "," : "",
                            file->sha256, file->file_bytes);
    }
    hub_text_puts(&body, "]}");
    return hub_pool_strdup(pool, body.data);
}
