#include "json_scan.h"
#include "utf8.h"
#include <string.h>

enum want { WANT_VALUE, WANT_VALUE_OR_END, WANT_KEY, WANT_KEY_OR_END, WANT_COMMA_OR_END };

struct scan {
    const char *at, *end;
    struct hub_text *copy;
    const char *fault;
    enum want want;
    unsigned depth;
    unsigned n_values;
    bool is_object[HS_JSON_DEPTH_MAX];
};

static const char SYNTAX[] = "bad syntax";

static bool refuse(struct scan *scan, const char *what)
{
    scan->fault = what;
    return false;
}

static char peek(const struct scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

static size_t left(const struct scan *scan)
{
    return (size_t)(scan->end - scan->at);
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end && strchr(" \t\n\r", *scan->at) && *scan->at != '\0')
        scan->at++;
}

static void skip_digits(struct scan *scan)
{
    while (peek(scan) >= '0' && peek(scan) <= '9')
        scan->at++;
}

/* The four hex digits of \uXXXX at text; -1 if it is no such escape. */
static int32_t escaped_unit(const char *text, size_t n_bytes)
{
    int32_t unit = 0;

    if (n_bytes < 6 || text[0] != '\\' || text[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

static bool scan_unicode(struct scan *scan)
{
    int32_t unit = escaped_unit(scan->at, left(scan));
    size_t length = 6;

    if (unit < 0)
        return refuse(scan, "bad escape");
    if (is_high(unit) && is_low(escaped_unit(scan->at + 6, left(scan) - 6)))
        length = 12;
    else if (unit == 0 || is_high(unit) || is_low(unit) || unit >= 0xfffe)
        length = 0;
    if (length)
        hub_text_add(scan->copy, scan->at, length);
    else
        hub_text_puts(scan->copy, HS_JSON_UNREADABLE);
    scan->at += length ? length : 6;
    return true;
}

static bool scan_escape(struct scan *scan)
{
    if (left(scan) < 2)
        return refuse(scan, "an open string");
    if (scan->at[1] == 'u')
        return scan_unicode(scan);
    if (scan->at[1] == '\0' || !strchr("\"\\/bfnrt", scan->at[1]))
        return refuse(scan, "bad escape");
    hub_text_add(scan->copy, scan->at, 2);
    scan->at += 2;
    return true;
}

/* Characters up to the next quote or backslash. */
static bool scan_plain(struct scan *scan)
{
    const char *from = scan->at;

    while (scan->at < scan->end && *scan->at != '"' && *scan->at != '\\') {
        size_t length = hs_utf8_length(scan->at, left(scan));

        if (length == 0)
            return refuse(scan, "invalid UTF-8");
        if ((unsigned char)*scan->at < 0x20)
            return refuse(scan, "a control character in a string");
        if (length == 3 && memcmp(scan->at, HS_JSON_NUMBER, 3) == 0) {
            hub_text_add(scan->copy, from, (size_t)(scan->at - from));
            hub_text_puts(scan->copy, HS_JSON_UNREADABLE);
            from = scan->at + length;
        }
        scan->at += length;
    }
    hub_text_add(scan->copy, from, (size_t)(scan->at - from));
    return true;
}

static bool scan_string(struct scan *scan)
{
    scan->at++;
    hub_text_puts(scan->copy, "\"");
    while (scan->at < scan->end && *scan->at != '"')
        if (!(*scan->at == '\\' ? scan_escape(scan) : scan_plain(scan)))
            return false;
    if (scan->at == scan->end)
        return refuse(scan, "an open string");
    scan->at++;
    hub_text_puts(scan->copy, "\"");
    return true;
}

/* One or more digits. */
static bool scan_digits(struct scan *scan)
{
    const char *from = scan->at;

    skip_digits(scan);
    return scan->at > from || refuse(scan, "a broken number");
}

static bool scan_number(struct scan *scan)
{
    const char *from = scan->at;

    if (peek(scan) == '-')
        scan->at++;
    if (peek(scan) == '0')
        scan->at++;
    else if (!scan_digits(scan))
        return false;
    if (peek(scan) == '.') {
        scan->at++;
        if (!scan_digits(scan))
            return false;
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->at++;
        if (peek(scan) == '+' || peek(scan) == '-')
            scan->at++;
        if (!scan_digits(scan))
            return false;
    }
    hub_text_puts(scan->copy, "\"" HS_JSON_NUMBER);
    hub_text_add(scan->copy, from, (size_t)(scan->at - from));
    hub_text_puts(scan->copy, "\"");
    return true;
}

static bool scan_word(struct scan *scan)
{
    static const char *const WORDS[] = {"true", "false", "null"};

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t length = strlen(WORDS[i]);

        if (left(scan) < length || memcmp(scan->at, WORDS[i], length) != 0)
            continue;
        hub_text_add(scan->copy, scan->at, length);
        scan->at += length;
        return true;
    }
    return refuse(scan, SYNTAX);
}

static bool open_level(struct scan *scan, bool is_object)
{
    if (scan->depth == HS_JSON_DEPTH_MAX)
        return refuse(scan, "more than 64 levels");
    hub_text_add(scan->copy, scan->at++, 1);
    scan->is_object[scan->depth++] = is_object;
    scan->want = is_object ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
    return true;
}

static bool close_level(struct scan *scan)
{
    hub_text_add(scan->copy, scan->at++, 1);
    scan->depth--;
    scan->want = WANT_COMMA_OR_END;
    return true;
}

static bool scan_value(struct scan *scan)
{
    char c = peek(scan);

    if (scan->n_values++ == HS_JSON_VALUES_MAX)
        return refuse(scan, "too many values");
    scan->want = WANT_COMMA_OR_END;
    if (c == '{' || c == '[')
        return open_level(scan, c == '{');
    if (c == '"')
        return scan_string(scan);
    if (c == '-' || (c >= '0' && c <= '9'))
        return scan_number(scan);
    return scan_word(scan);
}

static bool scan_key(struct scan *scan)
{
    if (peek(scan) != '"')
        return refuse(scan, SYNTAX);
    if (!scan_string(scan))
        return false;
    skip_blanks(scan);
    if (peek(scan) != ':')
        return refuse(scan, SYNTAX);
    hub_text_add(scan->copy, scan->at++, 1);
    scan->want = WANT_VALUE;
    return true;
}

static bool scan_comma(struct scan *scan)
{
    if (peek(scan) != ',')
        return refuse(scan, SYNTAX);
    hub_text_add(scan->copy, scan->at++, 1);
    scan->want = scan->is_object[scan->depth - 1] ? WANT_KEY : WANT_VALUE;
    return true;
}

static bool is_end(const struct scan *scan)
{
    if (scan->depth == 0 || scan->want == WANT_VALUE || scan->want == WANT_KEY)
        return false;
    return peek(scan) == (scan->is_object[scan->depth - 1] ? '}' : ']');
}

static bool scan_step(struct scan *scan)
{
    skip_blanks(scan);
    if (scan->at == scan->end)
        return refuse(scan, "it ends too early");
    if (is_end(scan))
        return close_level(scan);
    switch (scan->want) {
    case WANT_KEY:
    case WANT_KEY_OR_END:
        return scan_key(scan);
    case WANT_COMMA_OR_END:
        return scan_comma(scan);
    default:
        return scan_value(scan);
    }
}

struct hs_json_fault hs_json_scan(const char *text, size_t n_bytes, bool alone,
                                  struct hub_text *copy)
{
    struct scan scan = {.at = text, .end = text + n_bytes, .copy = copy};

    do {
        if (!scan_step(&scan))
            break;
    } while (scan.depth > 0 || scan.want != WANT_COMMA_OR_END);
    if (!scan.fault && alone) {
        skip_blanks(&scan);
        if (scan.at < scan.end)
            scan.fault = "something behind the document";
    }
    return (struct hs_json_fault){scan.fault, (size_t)(scan.at - text)};
}
