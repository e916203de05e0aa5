#include "sync/card.h"

#include "base/banned.h"

static const char BOM[] = "\xef\xbb\xbf";
enum { BOM_BYTES = sizeof BOM - 1, MAX_KEYS = 4096 /* cards of people have a dozen */ };

/* ---- spans ---- */
bool hs_span_line(struct hs_span *rest, struct hs_span *line)
{
    const char *newline;

    if (rest->n == 0)
        return false;
    newline = memchr(rest->at, '\n', rest->n);
    line->at = rest->at;
    line->n = newline ? (size_t)(newline + 1 - rest->at) : rest->n;
    rest->at += line->n;
    rest->n -= line->n;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct hs_span hs_span_trim(struct hs_span span)
{
    while (span.n && is_blank(span.at[span.n - 1]))
        span.n--;
    while (span.n && is_blank(*span.at)) {
        span.at++;
        span.n--;
    }
    return span;
}

static bool is_blank_line(struct hs_span line)
{
    return hs_span_trim(line).n == 0;
}

struct hs_span hs_span_paragraphs(struct hs_span span)
{
    struct hs_span rest = span, line;
    const char *end = span.at;

    while (hs_span_line(&rest, &line)) {
        if (is_blank_line(line))
            continue;
        if (end == span.at)
            span.at = line.at;
        end = line.at + line.n;
    }
    span.n = (size_t)(end - span.at);
    if (span.n && span.at[span.n - 1] == '\n')
        span.n--;
    if (span.n && span.at[span.n - 1] == '\r')
        span.n--;
    return span;
}

bool hs_span_is(struct hs_span span, const char *text)
{
    return span.n == strlen(text) && memcmp(span.at, text, span.n) == 0;
}

bool hs_span_equal(struct hs_span a, struct hs_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

/* ---- keys ---- */
static bool is_fence(struct hs_span line)
{
    struct hs_span text = hs_span_trim(line);

    return text.at == line.at && hs_span_is(text, "---");
}

/* The colon that ends the key which starts the line; NULL: it starts none. */
static const char *find_colon(struct hs_span line)
{
    const char *at = line.at, *end = line.at + line.n;

    if (*at == '"' || *at == '\'') {
        const char *quote = memchr(at + 1, *at, (size_t)(end - at - 1));
        at = quote ? quote + 1 : end;
        while (at < end && (*at == ' ' || *at == '\t'))
            at++;
        return at < end && *at == ':' ? at : NULL;
    }
    for (; at < end; at++)
        if (*at == ':' && (at + 1 == end || is_blank(at[1])))
            return at;
    return NULL;
}

static struct hs_span unquoted(struct hs_span name)
{
    if (name.n >= 2 && (*name.at == '"' || *name.at == '\'') && name.at[name.n - 1] == *name.at)
        return (struct hs_span){name.at + 1, name.n - 2};
    return name;
}

static bool starts_key(struct hs_span line, struct hs_card_key *key)
{
    bool is_item = *line.at == '-' && (line.n == 1 || is_blank(line.at[1]));
    const char *colon;

    if (is_blank(*line.at) || is_item)
        return false;
    colon = find_colon(line);
    if (!colon)
        return false;
    key->name = unquoted(hs_span_trim((struct hs_span){line.at, (size_t)(colon - line.at)}));
    key->value = hs_span_trim((struct hs_span){colon + 1, (size_t)(line.at + line.n - colon - 1)});
    key->lines = line;
    return true;
}

/* False: too many to be a card. */
static bool find_keys(struct hs_card *card)
{
    struct hs_span rest = card->block, line;
    struct hs_card_key key;

    while (card->keys.n <= MAX_KEYS && hs_span_line(&rest, &line)) {
        if (is_blank_line(line) || *line.at == '#')
            continue; /* of a key only if more of it follows */
        if (starts_key(line, &key)) {
            *hs_vec_add(&card->keys) = key;
        } else if (card->keys.n) {
            struct hs_span *lines = &card->keys.items[card->keys.n - 1].lines;
            lines->n = (size_t)(line.at + line.n - lines->at);
        }
    }
    return card->keys.n <= MAX_KEYS;
}

/* ---- the document ---- */
static bool ends_in_crlf(struct hs_span line)
{
    return line.n >= 2 && line.at[line.n - 2] == '\r' && line.at[line.n - 1] == '\n';
}

static bool find_close(struct hs_span rest, struct hs_card *out)
{
    struct hs_span line;

    out->block = (struct hs_span){rest.at, 0};
    while (hs_span_line(&rest, &line)) {
        if (is_fence(line)) {
            out->close = line;
            out->body = rest;
            return true;
        }
        out->block.n += line.n;
    }
    return false;
}

void hs_card_split(const char *bytes, size_t n_bytes, struct hs_card *out)
{
    struct hs_span rest = {n_bytes ? bytes : "", n_bytes}, whole = rest, line = {NULL, 0};

    *out = (struct hs_card){.has_card = false};
    if (rest.n >= BOM_BYTES && memcmp(rest.at, BOM, BOM_BYTES) == 0) {
        rest.at += BOM_BYTES;
        rest.n -= BOM_BYTES;
    }
    while (hs_span_line(&rest, &line) && is_blank_line(line))
        ;
    if (line.n && is_fence(line) && find_close(rest, out)) {
        out->has_card = find_keys(out);
        out->head = (struct hs_span){whole.at, (size_t)(line.at - whole.at)};
        out->open = line;
        out->is_crlf = ends_in_crlf(line);
    }
    if (out->has_card)
        return;
    hs_card_clear(out);
    *out = (struct hs_card){.block = {whole.at, 0}, .body = whole};
    rest = whole;
    out->is_crlf = hs_span_line(&rest, &line) && ends_in_crlf(line);
}

void hs_card_clear(struct hs_card *card)
{
    if (card)
        hs_vec_clear(&card->keys);
}

const struct hs_card_key *hs_card_find(const struct hs_card *card, const char *name)
{
    for (size_t i = 0; i < card->keys.n; i++)
        if (hs_span_is(card->keys.items[i].name, name))
            return &card->keys.items[i];
    return NULL;
}

bool hs_card_is_empty(const char *bytes, size_t n_bytes)
{
    struct hs_card card;
    bool is_empty;

    hs_card_split(bytes, n_bytes, &card);
    is_empty = hs_span_paragraphs(card.body).n == 0;
    hs_card_clear(&card);
    return is_empty;
}
