#include "sync/card_target.h"

#include "base/banned.h"

static const char FENCE[] = "---";

struct maker {
    const struct hs_card_terms *terms;
    struct hs_card src, dst;
    struct hs_license_choice license;
    struct hub_pool *pool;
    struct hub_text *out;
};

static void put(struct maker *m, struct hs_span span)
{
    hub_text_add(m->out, span.n ? span.at : "", span.n);
}

static void end_line(struct maker *m)
{
    hub_text_puts(m->out, m->src.is_crlf ? "\r\n" : "\n");
}

static void put_fence(struct maker *m)
{
    hub_text_puts(m->out, FENCE);
    end_line(m);
}

/* The lines of the other side's card end as ours do. */
static void put_lines(struct maker *m, struct hs_span lines)
{
    struct hs_span line;

    while (hs_span_line(&lines, &line)) {
        while (line.n && (line.at[line.n - 1] == '\n' || line.at[line.n - 1] == '\r'))
            line.n--;
        put(m, line);
        end_line(m);
    }
}

/* Each word of a list becomes the target's, where it has one; all else stays. */
static void put_words(struct maker *m, const struct hs_card_key *key)
{
    struct hs_card_license license;
    const char *at = key->lines.at;

    hs_card_license_read(key, &license);
    for (size_t i = 0; i < license.words.n; i++) {
        struct hs_span old = license.written.items[i];
        const char *word = hs_license_word(m->terms, m->pool, license.words.items[i]);
        bool is_same = word && hs_span_is(license.words.items[i], word);
        put(m, (struct hs_span){at, (size_t)(old.at - at)});
        if (word && !is_same)
            hub_text_puts(m->out, word);
        else
            put(m, old);
        at = old.at + old.n;
    }
    put(m, (struct hs_span){at, (size_t)(key->lines.at + key->lines.n - at)});
    hs_card_license_clear(&license);
}

static void put_license(struct maker *m)
{
    const struct hs_card_key *src = hs_card_find(&m->src, "license");
    const struct hs_card_key *dst = hs_card_find(&m->dst, "license");

    switch (m->license.source) {
    case HS_LICENSE_NOTHING:
        break;
    case HS_LICENSE_OF_SOURCE:
        put_lines(m, src->lines);
        break;
    case HS_LICENSE_OF_TARGET:
        put_lines(m, dst->lines);
        break;
    case HS_LICENSE_WORD:
        hs_license_write(m->out, m->license.word);
        end_line(m);
        break;
    case HS_LICENSE_WORDS:
        put_words(m, src);
        break;
    }
}

/* The source's own lines, its license aside. */
static void put_block(struct maker *m)
{
    const struct hs_card_key *license = hs_card_find(&m->src, "license");
    struct hs_span block = m->src.block;
    const char *after;

    if (!license || m->license.source == HS_LICENSE_OF_SOURCE) {
        put(m, block);
        return;
    }
    after = license->lines.at + license->lines.n;
    put(m, (struct hs_span){block.at, (size_t)(license->lines.at - block.at)});
    put_license(m);
    put(m, (struct hs_span){after, (size_t)(block.at + block.n - after)});
}

/* Does this key of the target's card come along? */
static bool is_kept(const struct maker *m, const struct hs_card_key *key)
{
    for (size_t i = 0; i < m->src.keys.n; i++)
        if (hs_span_equal(m->src.keys.items[i].name, key->name))
            return false;
    if (!hs_span_is(key->name, "license"))
        return true;
    return m->license.source == HS_LICENSE_OF_TARGET && m->license.is_added && !m->license.is_first;
}

static bool keeps_any(const struct maker *m)
{
    for (size_t i = 0; i < m->dst.keys.n; i++)
        if (is_kept(m, &m->dst.keys.items[i]))
            return true;
    return false;
}

static void put_kept(struct maker *m)
{
    for (size_t i = 0; i < m->dst.keys.n; i++)
        if (is_kept(m, &m->dst.keys.items[i]))
            put_lines(m, m->dst.keys.items[i].lines);
}

/* Bytes of the block that a key may not come before: what belongs to no key would become its. */
static size_t stray_bytes(const struct hs_card *card)
{
    struct hs_span rest = card->block, line;
    const char *keys = card->keys.n ? card->keys.items[0].lines.at : rest.at + rest.n;

    while (hs_span_line(&rest, &line) && line.at < keys)
        if (hs_span_trim(line).n && *line.at != '#')
            return (size_t)(keys - card->block.at);
    return 0;
}

static void put_added(struct maker *m)
{
    struct hs_span block = m->src.block;
    size_t n = stray_bytes(&m->src);

    put(m, (struct hs_span){block.at, n});
    put_license(m);
    put(m, (struct hs_span){block.at + n, block.n - n});
}

/* keep, merge */
static void put_whole_card(struct maker *m)
{
    bool leads = m->license.is_added && m->license.is_first && m->license.source != HS_LICENSE_NOTHING;
    bool is_merge = m->terms->front_matter == HS_FM_MERGE;

    if (!m->src.has_card && !leads && !(is_merge && keeps_any(m)))
        return;
    if (m->src.has_card && !m->terms->to.wants_license)
        put(m, m->src.head); /* who reads cards strictly wants the fence first */
    if (m->src.has_card)
        put(m, m->src.open);
    else
        put_fence(m);
    if (leads)
        put_added(m);
    else
        put_block(m);
    if (is_merge)
        put_kept(m);
    if (m->src.has_card)
        put(m, m->src.close);
    else
        put_fence(m);
}

/* A body that would pass for a card of its own stays below one. */
static bool looks_like_card(struct hs_span body)
{
    struct hs_card card;
    bool looks;

    hs_card_split(body.at, body.n, &card);
    looks = card.has_card;
    hs_card_clear(&card);
    return looks;
}

/* strip, replace */
static void put_license_card(struct maker *m)
{
    bool has = m->license.source != HS_LICENSE_NOTHING &&
               (m->terms->front_matter == HS_FM_REPLACE || m->terms->to.wants_license);

    if (!has && !looks_like_card(m->src.body))
        return;
    put_fence(m);
    if (has)
        put_license(m);
    put_fence(m);
}

void hs_card_target(const struct hs_card_terms *terms, struct hs_span src, struct hs_span dst,
                    struct hub_text *out, bool *is_unknown)
{
    HUB_POOL(pool);
    struct maker m = {.terms = terms, .pool = &pool, .out = out};

    hs_card_split(src.at, src.n, &m.src);
    hs_card_split(dst.at, dst.n, &m.dst);
    hs_license_choose(terms, &pool, &m.src, &m.dst, &m.license);
    hub_text_add(out, "", 0);
    if (terms->front_matter == HS_FM_KEEP || terms->front_matter == HS_FM_MERGE)
        put_whole_card(&m);
    else
        put_license_card(&m);
    put(&m, m.src.body);
    if (is_unknown)
        *is_unknown = m.license.is_unknown;
    hs_card_clear(&m.src);
    hs_card_clear(&m.dst);
}

/* ---- comparing ---- */
static bool is_same_lines(struct hs_span a, struct hs_span b)
{
    struct hs_span left = {NULL, 0}, right = {NULL, 0};

    while (a.n && b.n) {
        (void)hs_span_line(&a, &left);
        (void)hs_span_line(&b, &right);
        left = hs_span_paragraphs(left); /* the line without its end */
        right = hs_span_paragraphs(right);
        if (!hs_span_equal(left, right))
            return false;
    }
    return a.n == b.n;
}

/* The n-th key of that name. */
static const struct hs_card_key *nth(const struct hs_card *card, struct hs_span name, size_t n)
{
    for (size_t i = 0; i < card->keys.n; i++)
        if (hs_span_equal(card->keys.items[i].name, name) && n-- == 0)
            return &card->keys.items[i];
    return NULL;
}

static bool has_same_keys(const struct hs_card *a, const struct hs_card *b)
{
    size_t n_left = 0, n_right = 0;

    for (size_t i = 0; i < b->keys.n; i++)
        n_right += !hs_span_is(b->keys.items[i].name, "license");
    for (size_t i = 0; i < a->keys.n; i++) {
        const struct hs_card_key *key = &a->keys.items[i], *other;
        size_t before = 0;
        if (hs_span_is(key->name, "license"))
            continue;
        n_left++;
        for (size_t k = 0; k < i; k++)
            before += hs_span_equal(a->keys.items[k].name, key->name);
        other = nth(b, key->name, before);
        if (!other || !is_same_lines(key->lines, other->lines))
            return false;
    }
    return n_left == n_right;
}

bool hs_card_same(const struct hs_card_terms *terms, struct hs_span made, struct hs_span there)
{
    struct hs_card a, b;
    bool is_same;

    hs_card_split(made.at, made.n, &a);
    hs_card_split(there.at, there.n, &b);
    is_same = hs_span_equal(hs_span_paragraphs(a.body), hs_span_paragraphs(b.body)) && has_same_keys(&a, &b) &&
              hs_license_same(terms, hs_card_find(&a, "license"), hs_card_find(&b, "license"));
    hs_card_clear(&a);
    hs_card_clear(&b);
    return is_same;
}

static bool is_silent(const struct hs_card_terms *terms, struct hs_span src, struct hs_span dst)
{
    HUB_TEXT(made);

    hs_card_target(terms, src, dst, &made, NULL);
    return !made.failed && hs_card_same(terms, (struct hs_span){made.data, made.n_bytes}, dst);
}

bool hs_card_agree(const struct hs_card_terms *terms, struct hs_span from, struct hs_span to)
{
    struct hs_card_terms back = hs_card_back(terms);

    return is_silent(terms, from, to) || is_silent(&back, to, from);
}
