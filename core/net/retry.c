#include "net/retry.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "base/banned.h"

enum {
    ATTEMPTS_DEFAULT = 5,
    MAX_WAIT_DEFAULT_MS = 10 * 60 * 1000,
    OWN_WAIT_MAX_MS = 60 * 1000,
    DOUBLINGS_MAX = 16,
    SECONDS_DIGITS_MAX = 9
};

static double first_wait_ms(int status)
{
    switch (status) {
    case HUB_ETHROTTLED:
        return 2000;
    case HUB_EFIREWALL:
        return 3000;
    default:
        return 500;
    }
}

uint32_t hs_retry_attempts(const struct hs_retry *retry)
{
    return retry->attempts ? retry->attempts : ATTEMPTS_DEFAULT;
}

int64_t hs_retry_wait(const struct hs_retry *retry, int status, uint32_t tried,
                      int64_t retry_after_ms, double random)
{
    int64_t max_ms = retry->max_wait_ms ? retry->max_wait_ms : MAX_WAIT_DEFAULT_MS;
    uint32_t doublings = tried > 0 ? tried - 1 : 0;
    double wait_ms;

    if (tried >= hs_retry_attempts(retry))
        return -1;
    if (retry_after_ms >= 0)
        return retry_after_ms > max_ms ? -1 : retry_after_ms;
    if (doublings > DOUBLINGS_MAX)
        doublings = DOUBLINGS_MAX;
    if (max_ms > OWN_WAIT_MAX_MS)
        max_ms = OWN_WAIT_MAX_MS;
    wait_ms = first_wait_ms(status) * (double)(1u << doublings) * (0.8 + 0.4 * random);
    return wait_ms > (double)max_ms ? max_ms : (int64_t)wait_ms;
}

static int64_t read_seconds(const char *value)
{
    size_t n = strspn(value, "0123456789");
    int64_t seconds = 0;

    if (n == 0 || value[n + strspn(value + n, " \t")])
        return -1;
    if (n > SECONDS_DIGITS_MAX) /* longer than anyone waits: it gives up */
        return INT64_MAX;
    for (size_t i = 0; i < n; i++)
        seconds = seconds * 10 + (value[i] - '0');
    return seconds * 1000;
}

/* 0..11, or -1. */
static int month_of(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; i < 12; i++)
        if (strncasecmp(name, names + (size_t)i * 3, 3) == 0)
            return i;
    return -1;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT": the one form of HTTP dates that is still sent. */
static int64_t read_date(const char *value)
{
    char month[4] = "", zone[4] = "";
    struct tm tm = {0};
    int end = 0;

    if (sscanf(value, "%*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d %3s%n", &tm.tm_mday, month, &tm.tm_year,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, zone, &end) != 7)
        return -1;
    tm.tm_mon = month_of(month);
    if (tm.tm_mon < 0 || strcmp(zone, "GMT") != 0 || value[end + (int)strspn(value + end, " \t")])
        return -1;
    if (tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 ||
        tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60 || tm.tm_year < 1970)
        return -1;
    tm.tm_year -= 1900;
    return (int64_t)timegm(&tm) * 1000;
}

int64_t hs_retry_after(const char *value, int64_t now_ms)
{
    int64_t at_ms;

    if (!value)
        return -1;
    value += strspn(value, " \t");
    if (*value >= '0' && *value <= '9')
        return read_seconds(value);
    at_ms = read_date(value);
    if (at_ms < 0)
        return -1;
    return at_ms > now_ms ? at_ms - now_ms : 0;
}
