#include "net/words.h"
#include <string.h>
#include "net/guess.h"
#include "base/banned.h"

enum { WORDS_BYTES_MAX = 200, LOOK_BYTES_MAX = 64 * 1024 };

static const char *member_of(struct hub_read *read, const struct hub_json *at)
{
    static const char *const keys[] = {"message",   "Message",           "msg",    "error_message",
                                       "error_msg", "error_description", "detail", "error"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *word = hub_json_word(read, at, keys[i]);

        if (*word)
            return word;
    }
    return "";
}

static const char *json_words(struct hub_pool *pool, const struct hub_reply *reply)
{
    struct hub_read read = {.pool = pool, .why = ""};
    const char *why = "", *words;
    const struct hub_json *root =
        hub_json_parse_first(pool, reply->body, reply->body_bytes, LOOK_BYTES_MAX, &why);

    words = member_of(&read, root);
    if (!*words)
        words = member_of(&read, hub_json_get(&read, root, "error", HUB_MAY));
    return words;
}

/* Blanks and control characters become one blank; the cut falls between characters. */
static const char *one_line(struct hub_pool *pool, const char *text)
{
    size_t n = strnlen(text, WORDS_BYTES_MAX + 1);
    char *out, *to;

    if (n > WORDS_BYTES_MAX)
        for (n = WORDS_BYTES_MAX; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    out = hub_pool_strndup(pool, text, n);
    if (!out)
        return "";
    to = out;
    for (const char *p = out; *p; p++) {
        if ((unsigned char)*p > ' ' && *p != 0x7F)
            *to++ = *p;
        else if (to > out && to[-1] != ' ')
            *to++ = ' ';
    }
    *to = '\0';
    for (; to > out && to[-1] == ' '; to--)
        to[-1] = '\0';
    for (to = out; !hub_utf8_ok(out, strlen(out)) && *to; to++)
        if ((unsigned char)*to >= 0x80)
            *to = '?';
    return out;
}

const char *hs_words_of(struct hub_pool *pool, const struct hub_reply *reply)
{
    const char *body = reply->body ? reply->body : "", *words;

    body += strspn(body, " \t\r\n");
    if (!*body || hs_is_html(reply))
        return "";
    words = *body == '{' ? json_words(pool, reply) : "";
    return one_line(pool, *words ? words : body);
}
