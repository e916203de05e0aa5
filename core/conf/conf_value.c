#include "conf/conf_value.h"
#include "base/mem.h"
#include "conf/conf_number.h"
#include "conf/conf_token.h"
#include "data/url.h"
#include "base/banned.h"

enum { WORDS_MAX = 16 };
static const char *const no_strings[] = {NULL};

/* ---- texts ---- */

/* NULL with the error told if the node is no text. */
static const char *text_of(const struct hs_reader *reader, const struct hs_key *key,
                           const char *name, const struct hs_yaml *node)
{
    if (node->kind == HS_YAML_SCALAR && !hs_is_null(node))
        return node->text;
    (void)hs_fail_value(reader, key, name, node, "");
    return NULL;
}

static int read_text(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                     const struct hs_yaml *node, const char **out)
{
    const char *text = text_of(reader, key, name, node);

    if (!text)
        return HS_ECONFIG;
    if (key->kind == HS_KIND_PATH)
        text = hs_conf_path(reader->conf, text);
    if (!text)
        return hs_fail_memory(reader);
    *out = text;
    return 0;
}

static int read_url(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                    const struct hs_yaml *node, const char **out)
{
    const char *text = text_of(reader, key, name, node);
    HS_ERR(why);
    HUB_POOL(pool);
    struct hs_url url;

    if (!text)
        return HS_ECONFIG;
    if (*text && (hs_url_parse(&pool, text, &url, &why) < 0 || url.scheme == HS_FILE))
        return hs_fail_value(reader, key, name, node, "");
    if (*text && url.has_userinfo)
        return hs_fail_at(reader, node, "%s: an address with a user name; expected one without it",
                          name);
    *out = text;
    return 0;
}

static int read_word(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                     const struct hs_yaml *node, int *index)
{
    const char *text = text_of(reader, key, name, node), *word;
    const char *words[WORDS_MAX];
    size_t n, n_words = 0;

    if (!text)
        return HS_ECONFIG;
    for (; n_words < WORDS_MAX && (word = hs_word(key->words, n_words, &n)); n_words++) {
        if (strlen(text) == n && strncmp(text, word, n) == 0) {
            *index = (int)n_words;
            return 0;
        }
        words[n_words] = hub_pool_strndup(&reader->conf->pool, word, n);
        if (!words[n_words])
            return hs_fail_memory(reader);
    }
    if (node->variables)
        text = "";
    return hs_fail_at(
        reader, node, "%s: found %s%s%s", name, hs_describe(reader, node),
        hs_nearest(text, words, n_words) ? "" : hs_suggest(reader, "", words, n_words),
        hs_nearest(text, words, n_words) ? hs_suggest(reader, text, words, n_words) : "");
}

/* ---- lists ---- */

static int read_items(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                      const struct hs_yaml *node, struct hs_strings *out)
{
    bool is_one = node->kind == HS_YAML_SCALAR;
    const struct hs_yaml *first = is_one ? node : node->first;
    const char **items;
    size_t n = 0;

    if (node->kind == HS_YAML_MAP || (is_one && (key->kind == HS_KIND_LIST || hs_is_null(node))))
        return hs_fail_value(reader, key, name, node, "");
    if (is_one)
        n = *node->text ? 1 : 0;
    else
        for (const struct hs_yaml *item = first; item; item = item->next)
            n++;
    items = hub_pool_alloc(&reader->conf->pool, n + 1, sizeof *items);
    if (!items)
        return hs_fail_memory(reader);
    for (size_t i = 0; i < n; i++, first = first->next) {
        if (first->kind != HS_YAML_SCALAR || hs_is_null(first) || !*first->text)
            return hs_fail_at(reader, first, "%s: found %s; expected a text", name,
                              first->kind == HS_YAML_SCALAR ? "nothing"
                                                            : hs_describe(reader, first));
        items[i] = first->text;
    }
    *out = (struct hs_strings){items, n};
    return 0;
}

static int read_pair(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                     const struct hs_yaml *node, const char **pair)
{
    struct hs_strings both;
    int r;

    if (node->kind != HS_YAML_LIST)
        return hs_fail_value(reader, key, name, node, "");
    r = read_items(reader, key, name, node, &both);
    if (r < 0)
        return r;
    if (both.n != 2)
        return hs_fail_at(reader, node, "%s: found a list of %zu; expected a list of two hubs",
                          name, both.n);
    pair[0] = both.items[0];
    pair[1] = both.items[1];
    return 0;
}

static void put_alias(struct hs_rule *rule, const char *from, const char *to)
{
    for (size_t i = 0; i < rule->license.map.n; i++) {
        if (strcmp(rule->license.map.items[i].from, from) == 0) {
            rule->license.map.items[i].to = to;
            return;
        }
    }
    *hs_vec_add(&rule->license.map) = (struct hs_alias){from, to};
}

static int read_aliases(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                        const struct hs_yaml *node, struct hs_rule *rule)
{
    if (node->kind != HS_YAML_MAP)
        return hs_fail_value(reader, key, name, node, "");
    for (const struct hs_yaml *item = node->first; item; item = item->next) {
        if (item->kind != HS_YAML_SCALAR || hs_is_null(item) || !*item->text)
            return hs_fail_at(reader, item, "%s.%s: found %s; expected the name of a licence", name,
                              item->key, hs_describe(reader, item));
        put_alias(rule, item->key, item->text);
    }
    return 0;
}

static int read_conflict(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                         const struct hs_yaml *node, struct hs_rule *rule)
{
    const struct hs_yaml *prefer = node->kind == HS_YAML_MAP ? node->first : NULL;
    int index, r;

    if (node->kind == HS_YAML_SCALAR && !hs_is_null(node)) {
        r = read_word(reader, key, name, node, &index);
        if (r < 0)
            return r;
        rule->files.conflict = index == 0 ? HS_CONFLICT_HOLD : HS_CONFLICT_NEWEST;
        rule->files.prefer = "";
        return 0;
    }
    if (!prefer || prefer->next || strcmp(prefer->key, "prefer") != 0 ||
        prefer->kind != HS_YAML_SCALAR || hs_is_null(prefer))
        return hs_fail_value(reader, key, name, node, "");
    rule->files.conflict = HS_CONFLICT_PREFER;
    rule->files.prefer = prefer->text;
    return 0;
}

/* ---- any kind ---- */

static int read_version(const struct hs_reader *reader, const struct hs_yaml *node)
{
    if (node->kind == HS_YAML_SCALAR && strcmp(node->text, "1") == 0)
        return 0;
    return hs_fail_at(reader, node, "version: found %s; expected 1", hs_describe(reader, node));
}

static int read_choice(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                       const struct hs_yaml *node, void *at)
{
    int index, r = read_word(reader, key, name, node, &index);

    if (r < 0)
        return r;
    if (key->kind == HS_KIND_WORD_BOOL) {
        *(bool *)at = index == 1;
    } else if (key->kind == HS_KIND_WORD_TEXT) {
        *(const char **)at = node->text;
    } else {
        index += key->first_word;
        memcpy(at, &index, sizeof index);
    }
    return 0;
}

int hs_value_read(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                  const struct hs_yaml *node, void *base)
{
    void *at = (char *)base + key->at;

    switch (key->kind) {
    case HS_KIND_TEXT:
    case HS_KIND_PATH:
    case HS_KIND_HUB:
        return read_text(reader, key, name, node, at);
    case HS_KIND_URL:
    case HS_KIND_WEBHOOK:
        return read_url(reader, key, name, node, at);
    case HS_KIND_BOOL:
        return hs_read_bool(reader, key, name, node, at);
    case HS_KIND_UINT:
    case HS_KIND_UINT32:
    case HS_KIND_BYTES:
    case HS_KIND_MS:
    case HS_KIND_BPS:
        return hs_read_number(reader, key, name, node, at);
    case HS_KIND_RATE:
        return hs_read_rate(reader, key, name, node, at);
    case HS_KIND_WORD:
    case HS_KIND_WORD_BOOL:
    case HS_KIND_WORD_TEXT:
        return read_choice(reader, key, name, node, at);
    case HS_KIND_LIST:
    case HS_KIND_LIST_OR_ONE:
    case HS_KIND_HUBS:
        return read_items(reader, key, name, node, at);
    case HS_KIND_PAIR:
        return read_pair(reader, key, name, node, at);
    case HS_KIND_TOKEN:
        return hs_token_read(reader, name, node, at);
    case HS_KIND_TOKENS:
        return hs_tokens_read(reader, name, node, base);
    case HS_KIND_ALIASES:
        return read_aliases(reader, key, name, node, base);
    case HS_KIND_CONFLICT:
        return read_conflict(reader, key, name, node, base);
    case HS_KIND_VERSION:
        return read_version(reader, node);
    case HS_KIND_OBJECTS:
        break;
    }
    return 0;
}

int hs_value_default(const struct hs_reader *reader, const struct hs_key *key, void *base)
{
    struct hs_yaml fallback = {.kind = HS_YAML_SCALAR, .text = key->fallback};
    void *at = (char *)base + key->at;

    if (key->kind == HS_KIND_CONFLICT)
        ((struct hs_rule *)base)->files.prefer = "";
    if (key->fallback)
        return hs_value_read(reader, key, key->name, &fallback, base);
    switch (key->kind) {
    case HS_KIND_TEXT:
    case HS_KIND_PATH:
    case HS_KIND_URL:
    case HS_KIND_WEBHOOK:
    case HS_KIND_HUB:
    case HS_KIND_WORD_TEXT:
        *(const char **)at = "";
        break;
    case HS_KIND_LIST:
    case HS_KIND_LIST_OR_ONE:
    case HS_KIND_HUBS:
        *(struct hs_strings *)at = (struct hs_strings){no_strings, 0};
        break;
    case HS_KIND_TOKEN:
        hs_token_clear(at);
        break;
    default: /* zero, as the struct was made */
        break;
    }
    return 0;
}
