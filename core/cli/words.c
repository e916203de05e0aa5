/* Numbers and names in few columns. */
#include "cli/cli.h"

#include "base/banned.h"

char *hs_bytes_text(struct hub_pool *pool, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = (double)bytes;
    size_t unit = 0;

    if (bytes == HUB_UNKNOWN)
        return hub_pool_strdup(pool, "?");
    while (value >= 1024 && unit < 5) {
        value /= 1024;
        unit++;
    }
    if (unit == 0)
        return hub_pool_printf(pool, "%llu B", (unsigned long long)bytes);
    return hub_pool_printf(pool, value < 10 ? "%.2f %s" : "%.1f %s", value, units[unit]);
}

char *hs_rate_text(struct hub_pool *pool, uint64_t bytes_per_s)
{
    return hub_pool_printf(pool, "%s/s", hs_bytes_text(pool, bytes_per_s));
}

char *hs_span_text(struct hub_pool *pool, int64_t ms)
{
    long long s = (ms + 999) / 1000;

    if (s < 60)
        return hub_pool_printf(pool, "%lld s", s);
    if (s < 3600)
        return hub_pool_printf(pool, "%lld min %02lld s", s / 60, s % 60);
    return hub_pool_printf(pool, "%lld h %02lld min", s / 3600, s % 3600 / 60);
}

/* The character at text, its bytes in *n_bytes; what is no UTF-8 is taken byte by byte. */
static uint32_t next_char(const char *text, size_t *n_bytes)
{
    unsigned char first = (unsigned char)*text;
    size_t n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    uint32_t code = first & (0xffu >> (n + 1));

    *n_bytes = 1;
    if (n == 1 || strnlen(text, n) < n || !hub_utf8_ok(text, n))
        return first;
    for (size_t i = 1; i < n; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    *n_bytes = n;
    return code;
}

/* East Asian wide characters take two columns, combining ones none. */
static size_t columns_of(uint32_t code)
{
    static const struct {
        uint32_t first, last;
        size_t columns;
    } ranges[] = {
        {0x0300, 0x036f, 0}, {0x200b, 0x200f, 0}, {0xfe00, 0xfe0f, 0},   {0x1100, 0x115f, 2},
        {0x2e80, 0xa4cf, 2}, {0xac00, 0xd7a3, 2}, {0xf900, 0xfaff, 2},   {0xfe30, 0xfe6f, 2},
        {0xff00, 0xff60, 2}, {0xffe0, 0xffe6, 2}, {0x1f300, 0x1faff, 2}, {0x20000, 0x3fffd, 2},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return ranges[i].columns;
    return 1;
}

size_t hs_columns(const char *text)
{
    size_t columns = 0, n;

    for (; *text; text += n)
        columns += columns_of(next_char(text, &n));
    return columns;
}

/* Bytes of the longest start of text that is at most so wide. */
static size_t head_bytes(const char *text, size_t columns)
{
    size_t at = 0, n;

    while (text[at]) {
        size_t wide = columns_of(next_char(text + at, &n));

        if (wide > columns)
            break;
        columns -= wide;
        at += n;
    }
    return at;
}

/* Where the longest end of text begins that is at most so wide. */
static const char *tail_of(const char *text, size_t columns)
{
    size_t left = hs_columns(text), n;

    while (left > columns) {
        left -= columns_of(next_char(text, &n));
        text += n;
    }
    return text;
}

char *hs_middle_cut(struct hub_pool *pool, const char *text, size_t columns)
{
    if (columns < 5 || hs_columns(text) <= columns)
        return hub_pool_strdup(pool, text);
    return hub_pool_printf(pool, "%.*s\xe2\x80\xa6%s", (int)head_bytes(text, columns / 2), text,
                           tail_of(text, columns - columns / 2 - 1));
}
