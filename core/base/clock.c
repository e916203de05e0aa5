#include "clock.h"
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "banned.h"

static const int64_t LAST_MS = INT64_C(253402300799999); /* of the year 9999 */

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_now_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

static int64_t system_mono_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static const struct hs_clock SYSTEM = {system_now_ms, system_mono_ms};
static const struct hs_clock *current = &SYSTEM;

void hs_clock_set(const struct hs_clock *clock)
{
    current = clock ? clock : &SYSTEM;
}

int64_t hs_now_ms(void)
{
    return current->now_ms();
}

int64_t hs_mono_ms(void)
{
    return current->mono_ms();
}

int hs_zone_set(const char *name)
{
    char path[128] = "/usr/share/zoneinfo/";

    if (!*name)
        return 0;
    if (*name == '/' || strstr(name, "..") || strlen(name) > 63)
        return -1;
    memcpy(path + strlen(path), name, strlen(name) + 1);
    if (strcmp(name, "UTC") != 0 && access(path, R_OK) != 0)
        return -1;
    if (setenv("TZ", name, 1) != 0)
        return -1;
    tzset();
    return 0;
}

static const char *print_time(int64_t ms, int with_ms, char *out)
{
    char fraction[8] = "";
    struct tm tm;
    time_t seconds;

    ms = ms < 0 ? 0 : ms > LAST_MS ? LAST_MS : ms;
    seconds = (time_t)(ms / 1000);
    (void)gmtime_r(&seconds, &tm);
    if (with_ms)
        (void)snprintf(fraction, sizeof fraction, ".%03d", (int)(ms % 1000));
    (void)strftime(out, HS_TIME_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out + 19, HS_TIME_BYTES - 19, "%sZ", fraction);
    return out;
}

const char *hs_time_rfc3339(int64_t ms, char *out)
{
    return print_time(ms, 0, out);
}

const char *hs_time_rfc3339_ms(int64_t ms, char *out)
{
    return print_time(ms, 1, out);
}

double hs_random(void)
{
    static _Thread_local uint64_t state;

    if (state == 0 && getrandom(&state, sizeof state, GRND_NONBLOCK) != (ssize_t)sizeof state)
        state = (uint64_t)read_clock(CLOCK_REALTIME) ^ (uint64_t)(uintptr_t)&state;
    state |= state == 0;
    state ^= state << 13; /* xorshift64 */
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) / 9007199254740992.0;
}
