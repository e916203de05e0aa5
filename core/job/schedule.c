#include "job/schedule.h"

#include "data/cron.h"

#include "base/banned.h"

static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static int64_t jitter_of(const struct hs_rule *rule, uint64_t round)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    if (rule->schedule.jitter_ms <= 0)
        return 0;
    hash = mix(hash, rule->name, strlen(rule->name));
    hash = mix(hash, &round, sizeof round);
    return (int64_t)((hash ^ hash >> 29) % ((uint64_t)rule->schedule.jitter_ms + 1));
}

static int64_t after(const struct hs_rule *rule, int64_t start_ms)
{
    struct hs_cron cron;
    const char *why;

    if (!*rule->schedule.cron)
        return start_ms + rule->schedule.every_ms;
    return hs_cron_parse(rule->schedule.cron, &cron, &why) == 0 ? hs_cron_next(&cron, start_ms) : -1;
}

int64_t hs_schedule_next(const struct hs_rule *rule, const struct hs_rounds *rounds, int64_t now_ms)
{
    int64_t due, latest;

    if (rounds->last_start_ms == 0)
        return now_ms;
    if (!*rule->schedule.cron && rule->schedule.every_ms <= 0)
        return -1;
    due = after(rule, rounds->last_start_ms);
    latest = after(rule, now_ms);
    if (latest >= 0 && due > latest)
        due = latest;
    return due < 0 ? -1 : due + jitter_of(rule, rounds->n);
}

int64_t hs_retry_ladder_ms(uint32_t attempts)
{
    static const int64_t minutes[] = {1, 5, 30, 120, 360};
    enum { N = sizeof minutes / sizeof *minutes };

    if (attempts == 0)
        return 0;
    return minutes[attempts < N ? attempts - 1 : N - 1] * 60 * 1000;
}
