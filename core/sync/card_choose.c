/* Which licence the target's card names, and whether two cards name the same. */
#include "sync/card_license.h"

#include "base/banned.h"

struct side { /* of one way: a card's license, read */
    const struct hs_card_key *key;
    struct hs_card_license license;
};

static struct side read_side(const struct hs_card_key *key)
{
    struct side side = {.key = key};

    hs_card_license_read(key, &side.license);
    return side;
}

static bool has_table(const struct hs_card_site *site)
{
    return site->licenses && site->licenses[0];
}

/* Whatever it is that the card says, it must be one of the site's words. */
static bool is_strict(const struct hs_card_site *site)
{
    return (site->wants_license || site->refuses_unknown) && has_table(site);
}

static struct hs_span span_of(const char *text)
{
    return (struct hs_span){text, strlen(text)};
}

/* ---- comparing ---- */
static bool is_same_words(const struct hs_card_terms *terms, struct hub_pool *pool,
                          const struct hs_card_license *a, const struct hs_card_license *b)
{
    if (a->words.n != b->words.n)
        return false;
    for (size_t i = 0; i < a->words.n; i++)
        if (strcmp(hs_license_canonical(terms, pool, a->words.items[i]),
                   hs_license_canonical(terms, pool, b->words.items[i])) != 0)
            return false;
    return true;
}

static bool is_named(const struct hs_card_license *license)
{
    return license->form == HS_LICENSE_ONE || license->form == HS_LICENSE_SOME;
}

static bool is_unknown_word(const struct hs_card_terms *terms, struct hub_pool *pool,
                            const struct hs_card_license *license)
{
    return license->form == HS_LICENSE_ONE &&
           strcmp(hs_license_canonical(terms, pool, license->words.items[0]),
                  hs_license_canonical(terms, pool, span_of(terms->unknown))) == 0;
}

/* The source takes only licences that it knows, and says license.unknown for one that it does not know:
 * that is what the target's once became there. */
static bool is_image(const struct hs_card_terms *terms, struct hub_pool *pool,
                     const struct hs_card_license *src, const char *canonical)
{
    return is_strict(&terms->from) && is_unknown_word(terms, pool, src) && !hs_license_find(terms->from.licenses, canonical);
}

static bool is_image_of_all(const struct hs_card_terms *terms, struct hub_pool *pool,
                            const struct hs_card_license *src, const struct hs_card_license *dst)
{
    for (size_t i = 0; i < dst->words.n; i++)
        if (!is_image(terms, pool, src, hs_license_canonical(terms, pool, dst->words.items[i])))
            return false;
    return is_named(dst);
}

/* Does the target say that without a license in its card? */
static bool is_implied(const struct hs_card_terms *terms, struct hub_pool *pool,
                       const struct hs_card_license *made)
{
    const char *silent = *terms->to.license ? terms->to.license : terms->unknown;
    const char *canonical = hs_license_canonical(terms, pool, span_of(silent));

    return strcmp(hs_license_canonical(terms, pool, made->words.items[0]), canonical) == 0 ||
           is_image(terms, pool, made, canonical);
}

static bool is_raw_same(const struct hs_card_key *a, const struct hs_card_key *b)
{
    struct hs_span x = a->lines, y = b->lines, left = {NULL, 0}, right = {NULL, 0};
    bool has_left, has_right;

    do {
        has_left = hs_span_line(&x, &left);
        has_right = hs_span_line(&y, &right);
        if (has_left != has_right)
            return false;
        if (has_left && !hs_span_equal(hs_span_trim(left), hs_span_trim(right)))
            return false;
    } while (has_left);
    return true;
}

bool hs_license_same(const struct hs_card_terms *terms, const struct hs_card_key *made,
                     const struct hs_card_key *there)
{
    HUB_POOL(pool);
    struct side a = read_side(made), b = read_side(there);
    bool is_same;

    if (is_named(&a.license) && is_named(&b.license))
        is_same = is_same_words(terms, &pool, &a.license, &b.license);
    else if (a.license.form == HS_LICENSE_ONE && b.license.form == HS_LICENSE_NONE && !terms->to.wants_license)
        is_same = is_implied(terms, &pool, &a.license);
    else
        is_same = !made == !there && (!made || is_raw_same(made, there));
    hs_card_license_clear(&a.license);
    hs_card_license_clear(&b.license);
    return is_same;
}

/* ---- choosing ---- */
const char *hs_license_word(const struct hs_card_terms *terms, struct hub_pool *pool, struct hs_span word)
{
    const struct hub_license *license =
        hs_license_find(terms->to.licenses, hs_license_canonical(terms, pool, word));

    return license ? license->card : NULL;
}

static const char *unknown_word(const struct hs_card_terms *terms, struct hub_pool *pool)
{
    const char *word = hs_license_word(terms, pool, span_of(terms->unknown));

    return word ? word : terms->unknown;
}

static void say_word(struct hs_license_choice *out, const char *word)
{
    out->source = HS_LICENSE_WORD;
    out->word = word;
}

/* The card names none, and the target wants one. */
static void choose_missing(const struct hs_card_terms *terms, struct hub_pool *pool, const struct side *src,
                           const struct side *dst, bool is_dst_first, struct hs_license_choice *out)
{
    const char *word = *terms->from.license ? hs_license_word(terms, pool, span_of(terms->from.license)) : NULL;
    bool is_merge = terms->front_matter == HS_FM_MERGE;
    const char *id;

    out->is_added = !src->key;
    out->is_first = true;
    out->is_unknown = *terms->from.license && !word && has_table(&terms->to);
    if (!word && *terms->from.license && !has_table(&terms->to))
        word = terms->from.license;
    say_word(out, word ? word : unknown_word(terms, pool));
    if (!is_named(&dst->license))
        return;
    id = hs_license_canonical(terms, pool, span_of(out->word));
    if (dst->license.form == HS_LICENSE_ONE &&
        strcmp(hs_license_canonical(terms, pool, dst->license.words.items[0]), id) == 0) {
        out->source = HS_LICENSE_OF_TARGET;
        out->is_first = !is_merge || is_dst_first;
    } else if (is_merge) { /* a key that only the target's card has */
        out->source = HS_LICENSE_OF_TARGET;
        out->is_first = out->is_unknown = false;
    }
}

static void choose_mapped(const struct hs_card_terms *terms, struct hub_pool *pool, const struct side *src,
                          const struct side *dst, struct hs_license_choice *out)
{
    const char *word = NULL;

    for (size_t i = 0; i < src->license.words.n && !word; i++)
        word = hs_license_word(terms, pool, src->license.words.items[i]);
    if (dst->license.form == HS_LICENSE_OPAQUE && terms->from.wants_license && !terms->to.wants_license &&
        src->license.form == HS_LICENSE_ONE && is_implied(terms, pool, &src->license)) {
        out->source = HS_LICENSE_OF_TARGET; /* it was not read on the way there */
    } else if (is_named(&dst->license) && (is_same_words(terms, pool, &src->license, &dst->license) ||
                                    is_image_of_all(terms, pool, &src->license, &dst->license))) {
        out->source = HS_LICENSE_OF_TARGET;
    } else if (!word && is_strict(&terms->to)) {
        out->is_unknown = true;
        say_word(out, unknown_word(terms, pool));
        if (is_unknown_word(terms, pool, &dst->license))
            out->source = HS_LICENSE_OF_TARGET;
    } else if (!word) {
        out->source = HS_LICENSE_OF_SOURCE;
    } else if (src->license.form == HS_LICENSE_SOME) {
        out->source = HS_LICENSE_WORDS;
    } else {
        say_word(out, word);
    }
}

void hs_license_choose(const struct hs_card_terms *terms, struct hub_pool *pool,
                       const struct hs_card *src_card, const struct hs_card *dst_card,
                       struct hs_license_choice *out)
{
    struct side src = read_side(hs_card_find(src_card, "license"));
    struct side dst = read_side(dst_card ? hs_card_find(dst_card, "license") : NULL);
    bool is_dst_first = dst.key && dst.key == dst_card->keys.items;

    *out = (struct hs_license_choice){.source = src.key ? HS_LICENSE_OF_SOURCE : HS_LICENSE_NOTHING};
    if (is_named(&src.license) && terms->map_license) {
        choose_mapped(terms, pool, &src, &dst, out);
    } else if (!is_named(&src.license) && terms->to.wants_license &&
               (terms->map_license || src.license.form == HS_LICENSE_NONE)) {
        choose_missing(terms, pool, &src, &dst, is_dst_first, out);
    } else if (src.license.form == HS_LICENSE_NONE && terms->front_matter == HS_FM_MERGE && dst.key) {
        out->source = HS_LICENSE_OF_TARGET;
        out->is_added = !src.key;
    }
    hs_card_license_clear(&src.license);
    hs_card_license_clear(&dst.license);
}
