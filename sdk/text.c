#include <hubsync/kit.h>
#include "utf8.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM_BYTES = 64 };
static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

void hub_text_clear(struct hub_text *text)
{
    if (!text)
        return;
    free(text->data);
    text->data = NULL;
    text->n_bytes = text->room_bytes = 0;
    text->failed = false;
}

/* Nothing half-written is left to be used by mistake. */
static void fail(struct hub_text *text)
{
    hub_text_clear(text);
    text->failed = true;
}

/* Room for n_bytes more and the final NUL. */
static bool grow(struct hub_text *text, size_t n_bytes)
{
    size_t room = text->room_bytes ? text->room_bytes : FIRST_ROOM_BYTES;
    size_t need;
    char *data;

    if (__builtin_add_overflow(text->n_bytes, n_bytes, &need) || need > SIZE_MAX / 2 - 1)
        return false;
    if (text->limit_bytes && need > text->limit_bytes)
        return false;
    if (need < text->room_bytes)
        return true;
    while (room <= need)
        room *= 2;
    if (text->limit_bytes && room > text->limit_bytes + 1)
        room = text->limit_bytes + 1;
    data = realloc(text->data, room);
    if (!data)
        return false;
    text->data = data;
    text->room_bytes = room;
    return true;
}

void hub_text_add(struct hub_text *text, const void *bytes, size_t n_bytes)
{
    if (text->failed)
        return;
    if ((!bytes && n_bytes > 0) || !grow(text, n_bytes)) {
        fail(text);
        return;
    }
    if (n_bytes > 0)
        memcpy(text->data + text->n_bytes, bytes, n_bytes);
    text->n_bytes += n_bytes;
    text->data[text->n_bytes] = '\0';
}

void hub_text_puts(struct hub_text *text, const char *string)
{
    if (string)
        hub_text_add(text, string, strlen(string));
    else
        fail(text);
}

void hub_text_printf(struct hub_text *text, const char *fmt, ...)
{
    va_list args;
    int length;

    va_start(args, fmt);
    length = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (text->failed)
        return;
    if (length < 0 || !grow(text, (size_t)length)) {
        fail(text);
        return;
    }
    va_start(args, fmt);
    (void)vsnprintf(text->data + text->n_bytes, (size_t)length + 1, fmt, args);
    va_end(args);
    text->n_bytes += (size_t)length;
}

/* JSON's escape of an ASCII byte into out (8 bytes); NULL if it stands for itself. */
static const char *json_escape(unsigned char byte, char *out)
{
    static const char LETTERS[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* byte, letter, byte, letter … */

    for (size_t i = 0; LETTERS[i]; i += 2) {
        if (byte != (unsigned char)LETTERS[i])
            continue;
        out[0] = '\\';
        out[1] = LETTERS[i + 1];
        out[2] = '\0';
        return out;
    }
    if (byte >= 0x20)
        return NULL;
    (void)snprintf(out, 8, "\\u%04x", byte);
    return out;
}

void hub_text_json(struct hub_text *text, const char *string)
{
    size_t n_bytes, from = 0, at = 0;

    if (!string) {
        fail(text);
        return;
    }
    n_bytes = strlen(string);
    hub_text_add(text, "\"", 1);
    while (at < n_bytes) {
        size_t length = hs_utf8_length(string + at, n_bytes - at);
        const char *instead = NULL;
        char escape[8];

        if (length == 0)
            instead = REPLACEMENT;
        else if (length == 1)
            instead = json_escape((unsigned char)string[at], escape);
        if (instead) {
            hub_text_add(text, string + from, at - from);
            hub_text_puts(text, instead);
        }
        at += length ? length : 1;
        if (instead)
            from = at;
    }
    hub_text_add(text, string + from, at - from);
    hub_text_add(text, "\"", 1);
}

void hub_text_base64(struct hub_text *text, const void *bytes, size_t n_bytes)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = bytes;

    if (text->failed)
        return;
    if ((!bytes && n_bytes > 0) || n_bytes > SIZE_MAX / 2 || !grow(text, (n_bytes + 2) / 3 * 4)) {
        fail(text);
        return;
    }
    for (size_t at = 0; at < n_bytes; at += 3) {
        size_t left = n_bytes - at;
        uint32_t group = (uint32_t)in[at] << 16 | (left > 1 ? (uint32_t)in[at + 1] << 8 : 0) |
                         (left > 2 ? in[at + 2] : 0);
        char *out = text->data + text->n_bytes;

        out[0] = DIGITS[group >> 18];
        out[1] = DIGITS[group >> 12 & 63];
        out[2] = left > 1 ? DIGITS[group >> 6 & 63] : '=';
        out[3] = left > 2 ? DIGITS[group & 63] : '=';
        text->n_bytes += 4;
    }
    text->data[text->n_bytes] = '\0';
}
