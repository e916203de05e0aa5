#include <hubsync/kit.h>

enum { MS_PER_SECOND = 1000, SECONDS_PER_DAY = 86400 };

struct reader {
    const char *at;
    bool failed;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly n digits, of a number within min..max. */
static int64_t take_number(struct reader *reader, int n, int64_t min, int64_t max)
{
    int64_t value = 0;

    for (int i = 0; i < n && !reader->failed; i++) {
        if (!is_digit(*reader->at)) {
            reader->failed = true;
            return min;
        }
        value = value * 10 + (*reader->at++ - '0');
    }
    if (value < min || value > max)
        reader->failed = true;
    return reader->failed ? min : value;
}

/* One of two characters: a letter may be written small. */
static void take_either(struct reader *reader, char one, char other)
{
    if (!reader->failed && (*reader->at == one || *reader->at == other))
        reader->at++;
    else
        reader->failed = true;
}

static int64_t take_fraction_ms(struct reader *reader)
{
    int64_t ms = 0, weight = 100;

    if (reader->failed || *reader->at != '.')
        return 0;
    reader->at++;
    if (!is_digit(*reader->at))
        reader->failed = true;
    for (; is_digit(*reader->at); reader->at++, weight /= 10)
        ms += (*reader->at - '0') * weight;
    return ms;
}

static int64_t take_offset_seconds(struct reader *reader)
{
    int64_t hours, minutes;
    char sign;

    if (reader->failed)
        return 0;
    sign = *reader->at;
    if (sign != '+' && sign != '-') {
        take_either(reader, 'Z', 'z');
        return 0;
    }
    reader->at++;
    hours = take_number(reader, 2, 0, 23);
    take_either(reader, ':', ':');
    minutes = take_number(reader, 2, 0, 59);
    return (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t month_days(int64_t year, int64_t month)
{
    static const char DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return DAYS[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01, of a year from 1 on. */
static int64_t days_since_epoch(int64_t year, int64_t month, int64_t day)
{
    int64_t before = year - 1;
    int64_t days = before * 365 + before / 4 - before / 100 + before / 400 - 719162;

    for (int64_t m = 1; m < month; m++)
        days += month_days(year, m);
    return days + day - 1;
}

int64_t hub_time_rfc3339(const char *text)
{
    struct reader reader = {text, !text};
    int64_t year, month, day, seconds, ms;

    year = take_number(&reader, 4, 1, 9999);
    take_either(&reader, '-', '-');
    month = take_number(&reader, 2, 1, 12);
    take_either(&reader, '-', '-');
    day = take_number(&reader, 2, 1, month_days(year, month));
    if (!reader.failed && *reader.at == ' ')
        reader.at++;
    else
        take_either(&reader, 'T', 't');
    seconds = take_number(&reader, 2, 0, 23) * 3600;
    take_either(&reader, ':', ':');
    seconds += take_number(&reader, 2, 0, 59) * 60;
    take_either(&reader, ':', ':');
    seconds += take_number(&reader, 2, 0, 60); /* 60: a leap second, counted into the next minute */
    ms = take_fraction_ms(&reader);
    seconds -= take_offset_seconds(&reader);
    if (reader.failed || *reader.at != '\0')
        return 0;
    seconds += days_since_epoch(year, month, day) * SECONDS_PER_DAY;
    return seconds < 0 ? 0 : seconds * MS_PER_SECOND + ms;
}

int64_t hub_time_epoch(uint64_t value)
{
    static const uint64_t SECONDS_MAX = UINT64_C(100000000000);

    if (value > INT64_MAX)
        return 0;
    return value > SECONDS_MAX ? (int64_t)value : (int64_t)value * MS_PER_SECOND;
}
