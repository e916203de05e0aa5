#include "data/cron.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/banned.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 86400, YEARS_MAX = 8, LOOK_BACK_S = 3 * HOUR_S };

static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
static const char *const day_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct field {
    const char *why;
    unsigned min, max;
    const char *const *names; /* of min, min + 1, …; NULL: none */
    unsigned n_names;
};
enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, N_FIELDS };
static const struct field fields[N_FIELDS] = {
    {"the minute is not 0-59", 0, 59, NULL, 0},
    {"the hour is not 0-23", 0, 23, NULL, 0},
    {"the day is not 1-31", 1, 31, NULL, 0},
    {"the month is not 1-12 or JAN-DEC", 1, 12, month_names, 12},
    {"the weekday is not 0-7 or SUN-SAT", 0, 7, day_names, 7},
};

/* ---- reading ---- */

static bool read_number(const char **at, unsigned max, unsigned *out)
{
    unsigned value = 0;

    if (!isdigit((unsigned char)**at))
        return false;
    for (; isdigit((unsigned char)**at); (*at)++) {
        value = value * 10 + (unsigned)(**at - '0');
        if (value > max)
            return false;
    }
    *out = value;
    return true;
}

static bool read_value(const char **at, const struct field *field, unsigned *out)
{
    for (unsigned i = 0; i < field->n_names; i++)
        if (strncasecmp(*at, field->names[i], 3) == 0) {
            *at += 3;
            *out = field->min + i;
            return true;
        }
    return read_number(at, field->max, out) && *out >= field->min;
}

/* One of a list: a star, a value or a range, and a step. */
static bool read_item(const char **at, const struct field *field, uint64_t *bits)
{
    unsigned first = field->min, last = field->max, step = 1;
    bool is_one = false;

    if (**at == '*') {
        (*at)++;
    } else {
        if (!read_value(at, field, &first))
            return false;
        last = first;
        is_one = true;
        if (**at == '-') {
            (*at)++;
            is_one = false;
            if (!read_value(at, field, &last) || last < first)
                return false;
        }
    }
    if (**at == '/') {
        (*at)++;
        if (!read_number(at, field->max, &step) || step == 0)
            return false;
        last = is_one ? field->max : last;
    }
    for (unsigned i = first; i <= last; i += step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool read_field(const char **at, const struct field *field, uint64_t *bits)
{
    *bits = 0;
    do {
        if (**at == ',')
            (*at)++;
        if (!read_item(at, field, bits))
            return false;
    } while (**at == ',');
    return **at == '\0' || **at == ' ' || **at == '\t';
}

int hs_cron_parse(const char *text, struct hs_cron *cron, const char **why)
{
    uint64_t bits[N_FIELDS];
    bool has_star[N_FIELDS], is_plain_hour = false;

    for (int i = 0; i < N_FIELDS; i++) {
        text += strspn(text, " \t");
        *why = *text ? fields[i].why : "it has fewer than five fields";
        has_star[i] = *text == '*';
        if (i == HOUR)
            is_plain_hour = text[0] == '*' && (text[1] == ' ' || text[1] == '\t');
        if (!read_field(&text, &fields[i], &bits[i]))
            return -1;
    }
    *why = "it has more than five fields";
    if (text[strspn(text, " \t")])
        return -1;
    if (bits[WEEKDAY] & (1U << 7))
        bits[WEEKDAY] |= 1;
    *cron = (struct hs_cron){.minutes = bits[MINUTE],
                             .hours = (uint32_t)bits[HOUR],
                             .days = (uint32_t)bits[DAY],
                             .months = (uint32_t)bits[MONTH],
                             .weekdays = (uint32_t)bits[WEEKDAY],
                             .any_day = has_star[DAY],
                             .any_weekday = has_star[WEEKDAY],
                             .any_hour = is_plain_hour};
    return 0;
}

/* ---- when ---- */

static bool fits_day(const struct hs_cron *cron, const struct tm *at)
{
    bool day = cron->days & (1U << at->tm_mday), weekday = cron->weekdays & (1U << at->tm_wday);

    if (!(cron->months & (1U << (at->tm_mon + 1))))
        return false;
    return cron->any_day || cron->any_weekday ? day && weekday : day || weekday;
}

static bool fits(const struct hs_cron *cron, const struct tm *at)
{
    return fits_day(cron, at) && cron->hours & (1U << at->tm_hour) &&
           cron->minutes & (UINT64_C(1) << at->tm_min);
}

static struct tm local(time_t at)
{
    struct tm out = {0};

    (void)localtime_r(&at, &out);
    return out;
}

/* A minute that the clock showed before already. */
static bool is_second_pass(time_t at, const struct tm *now)
{
    struct tm before = local(at - LOOK_BACK_S), first;
    long back = before.tm_gmtoff - now->tm_gmtoff;

    if (back <= 0)
        return false;
    first = local(at - back);
    return first.tm_gmtoff == before.tm_gmtoff;
}

/* Was one of the minutes meant that the clock skipped right before at? */
static bool skipped_fits(const struct hs_cron *cron, time_t at, const struct tm *now)
{
    struct tm before = local(at - MINUTE_S);
    long skipped_s = now->tm_gmtoff - before.tm_gmtoff;

    for (long s = MINUTE_S; s <= skipped_s; s += MINUTE_S) {
        time_t shown = at - MINUTE_S + before.tm_gmtoff + s;
        struct tm minute = {0};
        (void)gmtime_r(&shown, &minute);
        if (fits(cron, &minute))
            return true;
    }
    return false;
}

static bool is_due(const struct hs_cron *cron, time_t at, const struct tm *now)
{
    if (fits(cron, now))
        return cron->any_hour || !is_second_pass(at, now);
    return skipped_fits(cron, at, now);
}

/* How far the next minute that may be due is at least; no change of the clock is jumped over. */
static time_t stride(const struct hs_cron *cron, time_t at, const struct tm *now)
{
    time_t day = DAY_S - (now->tm_hour * HOUR_S + now->tm_min * MINUTE_S);
    time_t hour = HOUR_S - now->tm_min * MINUTE_S;

    if (!fits_day(cron, now) && local(at + day).tm_gmtoff == now->tm_gmtoff)
        return day;
    if (!(fits_day(cron, now) && cron->hours & (1U << now->tm_hour)) &&
        local(at + hour).tm_gmtoff == now->tm_gmtoff)
        return hour;
    return MINUTE_S;
}

int64_t hs_cron_next(const struct hs_cron *cron, int64_t after_ms)
{
    time_t at = (time_t)(after_ms / 1000), end;

    at = at - at % MINUTE_S + MINUTE_S;
    end = at + (time_t)YEARS_MAX * 366 * DAY_S;
    while (at < end) {
        struct tm now = local(at);
        if (is_due(cron, at, &now))
            return (int64_t)at * 1000;
        at += stride(cron, at, &now);
    }
    return -1;
}
