/* Members of a document, read strictly: the reader keeps the first thing that went wrong. */
#include "json_node.h"
#include <string.h>

static const uint64_t UINT_MAX_EXACT = UINT64_C(1) << 53;
static const char NOT_TEXT[] = "holds a NUL or half a character";

/* key NULL: the node at itself. */
static void refuse(struct hub_read *read, const struct hub_json *at, const char *key,
                   const char *what)
{
    const char *path, *dot;

    if (read->status < 0)
        return;
    path = hs_json_path(read->pool, at);
    dot = key && path[0] ? "." : "";
    read->status = HUB_ECORRUPT;
    read->why = hub_pool_printf(read->pool, "%s%s%s: %s", path, dot, key ? key : "", what);
    if (!read->why)
        read->why = what;
}

const struct hub_json *hub_json_get(struct hub_read *read, const struct hub_json *at,
                                    const char *key, enum hub_need need)
{
    bool twice;
    const struct hub_json *member = hs_json_member(at, key, &twice);

    if (twice) {
        refuse(read, at, key, "more than once");
        return NULL;
    }
    if (!member && need == HUB_MUST)
        refuse(read, at, key, "missing");
    return member;
}

const struct hub_json *hub_json_object(struct hub_read *read, const struct hub_json *at,
                                       const char *key, enum hub_need need)
{
    const struct hub_json *member = hub_json_get(read, at, key, need);

    if (!member || hub_json_is_object(member))
        return member;
    refuse(read, at, key, "not an object");
    return NULL;
}

const struct hub_json *hub_json_array(struct hub_read *read, const struct hub_json *at,
                                      const char *key, enum hub_need need)
{
    const struct hub_json *member = hub_json_get(read, at, key, need);

    if (!member || hub_json_is_array(member))
        return member;
    refuse(read, at, key, "not an array");
    return NULL;
}

const char *hub_json_string(struct hub_read *read, const struct hub_json *at, const char *key,
                            enum hub_need need)
{
    const struct hub_json *member = hub_json_get(read, at, key, need);
    const char *text = hs_json_readable(member);

    if (member && !text)
        refuse(read, at, key, hub_json_is_string(member) ? NOT_TEXT : "not a string");
    return text ? text : "";
}

const char *hub_json_string_value(struct hub_read *read, const struct hub_json *node)
{
    const char *text = hs_json_readable(node);

    if (node && !text)
        refuse(read, node, NULL, hub_json_is_string(node) ? NOT_TEXT : "not a string");
    return text ? text : "";
}

/* Judged by the digits: no double comes near it. NULL, or what is wrong. */
static const char *parse_uint(const char *digits, uint64_t *out)
{
    uint64_t value = 0;

    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0')
        return "not an integer of plain digits";
    for (const char *digit = digits; *digit; digit++) {
        value = value * 10 + (uint64_t)(*digit - '0');
        if (value > UINT_MAX_EXACT)
            return "larger than 2^53";
    }
    *out = value;
    return NULL;
}

static uint64_t read_uint(struct hub_read *read, const struct hub_json *at, const char *key,
                          enum hub_need need, uint64_t fallback, bool is_loose)
{
    const struct hub_json *member = hub_json_get(read, at, key, need);
    const char *digits = hs_json_digits(member);
    uint64_t value = fallback;
    const char *fault;

    if (!member)
        return fallback;
    if (!digits && is_loose)
        digits = hs_json_readable(member);
    fault = digits ? parse_uint(digits, &value) : "not a number";
    if (fault)
        refuse(read, at, key, fault);
    return value;
}

uint64_t hub_json_uint(struct hub_read *read, const struct hub_json *at, const char *key,
                       enum hub_need need, uint64_t fallback)
{
    return read_uint(read, at, key, need, fallback, false);
}

uint64_t hub_json_uint_loose(struct hub_read *read, const struct hub_json *at, const char *key,
                             enum hub_need need, uint64_t fallback)
{
    return read_uint(read, at, key, need, fallback, true);
}

const char *hub_json_word(struct hub_read *read, const struct hub_json *at, const char *key)
{
    bool twice;
    const struct hub_json *member = hs_json_member(at, key, &twice);
    const char *word = hs_json_digits(member);

    (void)read;
    if (!word)
        word = hs_json_readable(member);
    return word && !twice ? word : "";
}

enum hub_truth hub_json_truth(struct hub_read *read, const struct hub_json *at, const char *key,
                              enum hub_need need)
{
    const struct hub_json *member = hub_json_get(read, at, key, need);
    enum hub_truth truth = hs_json_bool(member);

    if (member && truth == HUB_MAYBE && need == HUB_MUST)
        refuse(read, at, key, "not true or false");
    return truth;
}
