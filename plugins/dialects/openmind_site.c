/* What the site itself writes into a new model: a README that is nothing but its front matter. */
#include "openmind.h"
#include <string.h>

struct text {
    const char *at, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct text *text)
{
    while (text->at < text->end && is_blank(*text->at))
        text->at++;
}

/* Takes a line; true if it is "---". */
static bool take_fence(struct text *text)
{
    const char *line = text->at;
    const char *newline = memchr(line, '\n', (size_t)(text->end - line));
    const char *end = newline ? newline : text->end;

    text->at = newline ? newline + 1 : text->end;
    while (end > line && is_blank(end[-1]))
        end--;
    return end - line == 3 && memcmp(line, "---", 3) == 0;
}

int om_site_made(const char *path, const void *content, uint64_t n_bytes)
{
    struct text text;

    if (strcmp(path, "README.md") != 0 || n_bytes == 0)
        return HUB_NO;
    text = (struct text){content, (const char *)content + n_bytes};
    if (n_bytes >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0)
        text.at += 3;
    skip_blanks(&text);
    if (!take_fence(&text))
        return HUB_NO;
    while (text.at < text.end)
        if (take_fence(&text)) {
            skip_blanks(&text);
            return text.at == text.end ? HUB_YES : HUB_NO;
        }
    return HUB_NO;
}
