#include "utf8.h"
#include <hubsync/kit.h>

/* The bytes that may come second differ for a few first bytes; all later ones are 80..BF. */
struct lead {
    unsigned char first, last, second_min, second_max;
    unsigned char length;
};
static const struct lead LEADS[] = {
    {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct lead *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < sizeof LEADS / sizeof *LEADS; i++)
        if (byte >= LEADS[i].first && byte <= LEADS[i].last)
            return &LEADS[i];
    return NULL;
}

size_t hs_utf8_length(const char *text, size_t n_bytes)
{
    const unsigned char *byte = (const unsigned char *)text;
    const struct lead *lead = n_bytes > 0 ? lead_of(byte[0]) : NULL;

    if (!lead || lead->length > n_bytes)
        return 0;
    if (lead->length > 1 && (byte[1] < lead->second_min || byte[1] > lead->second_max))
        return 0;
    for (size_t i = 2; i < lead->length; i++)
        if (byte[i] < 0x80 || byte[i] > 0xbf)
            return 0;
    return lead->length;
}

bool hub_utf8_ok(const char *text, size_t n_bytes)
{
    size_t at = 0;

    if (!text)
        return n_bytes == 0;
    while (at < n_bytes) {
        size_t length = hs_utf8_length(text + at, n_bytes - at);

        if (length == 0)
            return false;
        at += length;
    }
    return true;
}
