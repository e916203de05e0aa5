/* Time, injected: tests put their own clock in before any thread starts. */
#ifndef HS_BASE_CLOCK_H
#define HS_BASE_CLOCK_H
#include <stdint.h>

struct hs_clock {
    int64_t (*now_ms)(void);  /* since 1970 UTC */
    int64_t (*mono_ms)(void); /* never goes back */
};
void hs_clock_set(const struct hs_clock *clock); /* NULL: the system's */
int64_t hs_now_ms(void);
int64_t hs_mono_ms(void);
/* "2026-11-24T13:25:06Z" (with_ms: .123) into out, which holds HS_TIME_BYTES. */
enum { HS_TIME_BYTES = 32 };
const char *hs_time_rfc3339(int64_t ms, char *out);
const char *hs_time_rfc3339_ms(int64_t ms, char *out);
/* Local time is that of this zone from now on ("Asia/Shanghai"); "" : the system's. -1: there is no
 * such zone. Before any thread starts, or while none asks for local time. */
int hs_zone_set(const char *name);
/* 0..1, for jitter; not for secrets. Thread-safe. */
double hs_random(void);
#endif
