#include "conf/conf.h"
#include <string.h>
#include "base/banned.h"

struct unit {
    const char *name;
    uint64_t factor;
};
static const struct unit byte_units[] = {
    {"B", 1},
    {"KiB", 1ULL << 10},
    {"MiB", 1ULL << 20},
    {"GiB", 1ULL << 30},
    {"TiB", 1ULL << 40},
    {"kB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
    {"TB", 1000000000000},
    {NULL, 0},
};
static const struct unit time_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}, {NULL, 0},
};
static const struct unit rate_units[] = {
    {"/s", 1000},
    {"/min", 60000},
    {"/h", 3600000},
    {NULL, 0},
};

/* Plain digits at *text, which then stands behind them. "007" is none. */
static int take_number(const char **text, uint64_t *value)
{
    const char *p = *text;
    uint64_t n = 0;

    if (*p < '0' || *p > '9' || (*p == '0' && p[1] >= '0' && p[1] <= '9'))
        return -1;
    for (; *p >= '0' && *p <= '9'; p++) {
        unsigned digit = (unsigned)(*p - '0');

        if (n > (UINT64_MAX - digit) / 10)
            return -1;
        n = n * 10 + digit;
    }
    *text = p;
    *value = n;
    return 0;
}

/* A number and its unit of n_bytes; "0" needs none. */
static int take_amount(const char *text, const char *suffix, const struct unit *units,
                       uint64_t *number, uint64_t *factor)
{
    if (take_number(&text, number) < 0)
        return -1;
    *factor = 1;
    if (*number == 0 && !*text)
        return 0;
    for (const struct unit *unit = units; unit->name; unit++) {
        size_t n = strlen(unit->name);

        *factor = unit->factor;
        if (strncmp(text, unit->name, n) == 0 && strcmp(text + n, suffix) == 0)
            return 0;
    }
    return -1;
}

static int take_product(const char *text, const char *suffix, const struct unit *units,
                        uint64_t limit, uint64_t *value)
{
    uint64_t number, factor;

    if (take_amount(text, suffix, units, &number, &factor) < 0 || number > limit / factor)
        return -1;
    *value = number * factor;
    return 0;
}

int hs_parse_bytes(const char *text, uint64_t *bytes)
{
    return take_product(text, "", byte_units, INT64_MAX, bytes);
}

int hs_parse_bps(const char *text, uint64_t *bps)
{
    return take_product(text, "/s", byte_units, INT64_MAX, bps);
}

int hs_parse_ms(const char *text, int64_t *ms)
{
    uint64_t value;

    if (take_product(text, "", time_units, INT64_MAX, &value) < 0)
        return -1;
    *ms = (int64_t)value;
    return 0;
}

int hs_parse_rate(const char *text, struct hs_rate *rate)
{
    uint64_t number, window;

    if (take_amount(text, "", rate_units, &number, &window) < 0 || number > UINT32_MAX)
        return -1;
    *rate = (struct hs_rate){true, (uint32_t)number, number ? (uint32_t)window : 0, 0};
    return 0;
}

int hs_parse_uint(const char *text, uint64_t *value)
{
    uint64_t number;

    if (take_number(&text, &number) < 0 || *text)
        return -1;
    *value = number;
    return 0;
}

int hs_parse_bool(const char *text, bool *value)
{
    bool is_true = strcmp(text, "true") == 0;

    if (!is_true && strcmp(text, "false") != 0)
        return -1;
    *value = is_true;
    return 0;
}
