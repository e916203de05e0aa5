#include <hubsync/kit.h>
#include <string.h>

static bool is_hex_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool hub_is_hex(const char *text, size_t n_digits)
{
    if (!text)
        return false;
    for (size_t i = 0; i < n_digits; i++)
        if (!is_hex_digit(text[i]))
            return false;
    return text[n_digits] == '\0';
}

char *hub_hex_lower(struct hub_pool *pool, const char *text, size_t n_digits)
{
    char *lower = hub_is_hex(text, n_digits) ? hub_pool_strdup(pool, text) : NULL;

    for (size_t i = 0; lower && i < n_digits; i++)
        if (lower[i] >= 'A' && lower[i] <= 'F')
            lower[i] = (char)(lower[i] - 'A' + 'a');
    return lower;
}

char *hub_etag_bare(struct hub_pool *pool, const char *etag)
{
    size_t length;

    if (!etag)
        return NULL;
    etag += strspn(etag, " \t");
    length = strlen(etag);
    while (length > 0 && strchr(" \t\r\n", etag[length - 1]))
        length--;
    if (length >= 4 && memcmp(etag, "W/\"", 3) == 0) {
        etag += 2;
        length -= 2;
    }
    if (length >= 2 && etag[0] == '"' && etag[length - 1] == '"') {
        etag++;
        length -= 2;
    }
    return hub_pool_strndup(pool, etag, length);
}
