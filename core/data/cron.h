/* Cron's five fields: minute 0-59, hour 0-23, day 1-31, month 1-12 or JAN-DEC, weekday 0-7 or
 * SUN-SAT (0 and 7 are Sunday); each a star, numbers, ranges a-b, steps (a star or a-b, then /n;
 * a/n runs to the end) and lists of these. Where day and weekday are both restricted (neither
 * begins with a star), one of them is enough.
 *
 * Times are local ones (TZ). Where the clock skips time, what was due in the skipped minutes is due
 * once, in the first minute after them. Where it repeats time, the first pass counts; a cron whose
 * hour is a plain star counts both, as it goes by the minute. */
#ifndef HS_DATA_CRON_H
#define HS_DATA_CRON_H
#include <stdbool.h>
#include <stdint.h>
struct hs_cron { /* bit n: the value n is meant */
    uint64_t minutes;
    uint32_t hours, days, months, weekdays;
    bool any_day, any_weekday, any_hour;
};
/* -1 if text is none: *why then says what is wrong, in a static text. */
int hs_cron_parse(const char *text, struct hs_cron *cron, const char **why);
/* The first due minute after after_ms (ms since 1970 UTC), -1 if there is none in eight years. */
int64_t hs_cron_next(const struct hs_cron *cron, int64_t after_ms);
#endif
