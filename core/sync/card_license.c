/* Reading the value of a license key, and whose word names which licence. */
#include "sync/card_license.h"

#include <strings.h>

#include "base/banned.h"

/* ---- vocabulary ---- */
static bool is_word(const struct hub_license *license, const char *word)
{
    if (!strcasecmp(license->id, word) || (license->create && !strcasecmp(license->create, word)) ||
        (license->card && !strcasecmp(license->card, word)))
        return true;
    for (size_t i = 0; license->aliases && license->aliases[i]; i++)
        if (!strcasecmp(license->aliases[i], word))
            return true;
    return false;
}

const struct hub_license *hs_license_find(const struct hub_license *const *licenses, const char *word)
{
    for (size_t i = 0; *word && licenses && licenses[i]; i++)
        if (is_word(licenses[i], word))
            return licenses[i];
    return NULL;
}

static char *lower_of(struct hub_pool *pool, struct hs_span word)
{
    char *text = hub_pool_strndup(pool, word.at, word.n);

    for (char *at = text; at && *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return text;
}

static const char *known_as(const struct hs_card_terms *terms, const char *word)
{
    const struct hub_license *to = hs_license_find(terms->to.licenses, word);
    const struct hub_license *from = to ? NULL : hs_license_find(terms->from.licenses, word);

    if (from) /* by the source's words; the target may spell that id in its own way */
        to = hs_license_find(terms->to.licenses, from->id);
    return to ? to->id : from ? from->id : NULL;
}

/* By the site's words, else in lower case; never NULL. */
static const char *id_of(const struct hs_card_terms *terms, struct hub_pool *pool, struct hs_span word)
{
    const char *text = lower_of(pool, word), *id = text ? known_as(terms, text) : NULL;

    return id ? id : text ? text : "";
}

static const char *alias_of(const struct hs_card_terms *terms, const char *word)
{
    for (size_t i = 0; i < terms->n_aliases; i++)
        if (!strcasecmp(terms->aliases[i].from, word))
            return terms->aliases[i].to;
    return NULL;
}

/* An alias of an alias is followed; a circle of them names nothing else. */
const char *hs_license_canonical(const struct hs_card_terms *terms, struct hub_pool *pool,
                                 struct hs_span word)
{
    const char *text = lower_of(pool, word), *first = id_of(terms, pool, word), *id = first;
    const char *alias = text ? alias_of(terms, text) : NULL;

    for (size_t i = 0; i <= terms->n_aliases; i++) {
        alias = alias ? alias : alias_of(terms, id);
        if (!alias)
            return id;
        id = id_of(terms, pool, (struct hs_span){alias, strlen(alias)});
        if (strcmp(id, first) == 0)
            return first;
        alias = alias_of(terms, alias);
    }
    return id;
}

static const char *canonical_of(const struct hs_card_terms *terms, struct hub_pool *pool, const char *word)
{
    return hs_license_canonical(terms, pool, (struct hs_span){word, strlen(word)});
}

struct hs_card_terms hs_card_back(const struct hs_card_terms *terms)
{
    struct hs_card_terms back = *terms;

    back.from = terms->to;
    back.to = terms->from;
    return back;
}

const char *hs_license_at_create(const struct hs_card_terms *terms, struct hub_pool *pool,
                                 const char *create_license, const char *word, bool *is_unknown)
{
    const struct hub_license *license;

    *is_unknown = false;
    if (strcmp(create_license, "keep") == 0)
        return word;
    if (strcmp(create_license, "map") != 0)
        word = create_license;
    license = hs_license_find(terms->to.licenses, canonical_of(terms, pool, word));
    if (license)
        return license->create;
    if (strcmp(create_license, "map") != 0 || !terms->to.licenses || !terms->to.licenses[0])
        return word;
    license = hs_license_find(terms->to.licenses, canonical_of(terms, pool, terms->unknown));
    *is_unknown = *word && license;
    return license ? license->create : word;
}

/* ---- the value ---- */
static struct hs_span unquoted(struct hs_span word)
{
    if (word.n >= 2 && (*word.at == '"' || *word.at == '\'') && word.at[word.n - 1] == *word.at)
        return (struct hs_span){word.at + 1, word.n - 2};
    return word;
}

/* Without a comment at its end. */
static struct hs_span bare(struct hs_span value)
{
    char quote = 0;

    for (size_t i = 0; i < value.n; i++) {
        char c = value.at[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if ((c == '"' || c == '\'') && (i == 0 || strchr("[, ", value.at[i - 1])))
            quote = c;
        else if (c == '#' && (i == 0 || value.at[i - 1] == ' ' || value.at[i - 1] == '\t'))
            value.n = i;
    }
    return hs_span_trim(value);
}

static bool is_plain(struct hs_span word)
{
    return word.n && !strchr("[]{}|>&*!%@`,#?:", *word.at);
}

static bool add_word(struct hs_card_license *out, struct hs_span written)
{
    struct hs_span word = unquoted(written);

    if (!is_plain(written) || !hs_span_trim(word).n)
        return false;
    *hs_vec_add(&out->written) = written;
    *hs_vec_add(&out->words) = hs_span_trim(word);
    return true;
}

static bool read_flow(struct hs_span value, struct hs_card_license *out)
{
    const char *at = value.at + 1, *end = value.at + value.n - 1;

    out->is_list = true;
    if (value.n < 2 || *end != ']')
        return false;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        struct hs_span item = hs_span_trim((struct hs_span){at, (size_t)((comma ? comma : end) - at)});
        if (!add_word(out, item) && (item.n || !comma))
            return item.n == 0;
        at = comma ? comma + 1 : end;
    }
    return true;
}

static bool read_items(struct hs_span rest, struct hs_card_license *out)
{
    struct hs_span line;

    while (hs_span_line(&rest, &line)) {
        struct hs_span text = hs_span_trim(line);
        if (!text.n || *text.at == '#')
            continue;
        out->is_list = true;
        if (*text.at != '-' || text.n < 3 || (text.at[1] != ' ' && text.at[1] != '\t'))
            return false;
        if (!add_word(out, bare((struct hs_span){text.at + 1, text.n - 1})))
            return false;
    }
    return true;
}

static bool has_more(struct hs_span rest)
{
    struct hs_span line;

    while (hs_span_line(&rest, &line)) {
        struct hs_span text = hs_span_trim(line);
        if (text.n && *text.at != '#')
            return true;
    }
    return false;
}

static bool is_null(struct hs_span value)
{
    return !value.n || hs_span_is(value, "~") || hs_span_is(value, "null") || hs_span_is(value, "\"\"") ||
           hs_span_is(value, "''") || hs_span_is(value, "[]");
}

void hs_card_license_read(const struct hs_card_key *key, struct hs_card_license *out)
{
    struct hs_span value, rest, first;
    bool is_read;

    *out = (struct hs_card_license){.form = HS_LICENSE_NONE};
    if (!key)
        return;
    value = bare(key->value);
    rest = key->lines;
    (void)hs_span_line(&rest, &first);
    if (!value.n)
        is_read = read_items(rest, out);
    else if (has_more(rest))
        is_read = false;
    else if (is_null(value))
        is_read = true;
    else if (*value.at == '[')
        is_read = read_flow(value, out);
    else
        is_read = add_word(out, value);
    if (!is_read)
        out->form = HS_LICENSE_OPAQUE;
    else if (out->words.n)
        out->form = out->words.n == 1 ? HS_LICENSE_ONE : HS_LICENSE_SOME;
}

void hs_card_license_clear(struct hs_card_license *license)
{
    hs_vec_clear(&license->words);
    hs_vec_clear(&license->written);
}

/* ---- writing one ---- */
static bool is_safe(const char *word)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._+-()/";

    return ((*word >= 'a' && *word <= 'z') || (*word >= 'A' && *word <= 'Z')) &&
           word[strspn(word, safe)] == '\0' && word[strlen(word) - 1] != ' ';
}

void hs_license_write(struct hub_text *out, const char *word)
{
    hub_text_puts(out, "license: ");
    if (is_safe(word)) {
        hub_text_puts(out, word);
        return;
    }
    hub_text_puts(out, "'");
    for (; *word; word++)
        hub_text_printf(out, *word == '\'' ? "''" : "%c", *word);
    hub_text_puts(out, "'");
}
