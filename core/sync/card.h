/* A README.md as two parts, its card (front matter) and its body, and what becomes of it on another
 * hub. Pure. Work is on lines: nothing is written anew by a YAML writer, the body stays byte for
 * byte.
 *
 * card  optional BOM, blank lines, a line "---", lines, a line "---", at the very start; LF or CRLF;
 *       blanks may follow a fence. Whatever does not begin so, or does not end so, is body.
 * key   a line "name: …" at the first column, with the lines that belong to it: indented ones, "- "
 *       ones, and what stands between those. Comments and blank lines alone belong to no key. */
#ifndef HS_SYNC_CARD_H
#define HS_SYNC_CARD_H
#include "base/mem.h"
#include "conf/conf.h"

struct hs_span { /* borrowed bytes */
    const char *at;
    size_t n;
};
struct hs_card_key {
    struct hs_span name;  /* without quotes */
    struct hs_span lines; /* whole lines, the first one too */
    struct hs_span value; /* what follows the colon on the first line, without its line end */
};
struct hs_card { /* spans of the bytes that were split; head to close are empty without a card */
    bool has_card, is_crlf; /* is_crlf: how its lines end, or the body's first one */
    struct hs_span head;    /* BOM and blank lines */
    struct hs_span open, block, close;
    struct hs_span body;
    HS_VEC(struct hs_card_key) keys;
};
void hs_card_split(const char *bytes, size_t n_bytes, struct hs_card *out);
void hs_card_clear(struct hs_card *card);
/* NULL if there is none of that name; of several, the first. */
const struct hs_card_key *hs_card_find(const struct hs_card *card, const char *name);
/* Nothing but blank lines below the card: as good as no README. */
bool hs_card_is_empty(const char *bytes, size_t n_bytes);

/* Takes the next line, with its end, off the front of rest; false when rest is empty. */
bool hs_span_line(struct hs_span *rest, struct hs_span *line);
/* Without blanks, tabs and line ends at either end. */
struct hs_span hs_span_trim(struct hs_span span);
/* Without the blank lines at both ends, and without the last line's end. */
struct hs_span hs_span_paragraphs(struct hs_span span);
bool hs_span_is(struct hs_span span, const char *text);
bool hs_span_equal(struct hs_span a, struct hs_span b);
#endif
