/* READMEs and their cards: each file of data/card is one case, and both laws hold for all of them
 * and for READMEs that are made up (SEED=n repeats a failure, ROUNDS=n does more of them). */
#include "base/file.h"
#include "sync/card_target.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

/* ---- two sites: one shows display names, one wants a license of its own list ---- */
#define LICENSE(id, create, card, ...)                                                            \
    &(const struct hub_license)                                                                   \
    {                                                                                             \
        sizeof(struct hub_license), 0, id, create, card, (const char *const[]){__VA_ARGS__ NULL}  \
    }
static const struct hub_license *const free_words[] = {
    LICENSE("apache-2.0", "Apache-2.0", "Apache License 2.0", "Apache 2.0", ),
    LICENSE("mit", "MIT", "MIT License", ),
    LICENSE("gpl-3.0", "GPL-3.0", "GPL-3.0", "GPL-3.0-only", "GPL-3.0+", ),
    LICENSE("gpl-2.0", "GPL-2.0", "GPL-2.0", "GPL-2.0-only", "GPL-2.0+", ),
    LICENSE("lgpl-3.0", "LGPL-3.0", "LGPL-3.0", ),
    LICENSE("other", "Other", "other", ),
    NULL,
};
static const struct hub_license *const strict_words[] = {
    LICENSE("apache-2.0", "apache-2.0", "apache-2.0", ), LICENSE("mit", "mit", "mit", ),
    LICENSE("gpl-3.0", "gpl-3.0", "gpl-3.0", ),          LICENSE("gpl-2.0", "gpl-2.0", "gpl-2.0", ),
    LICENSE("cc-by-4.0", "cc-by-4.0", "cc-by-4.0", ),    LICENSE("other", "other", "other", ),
    NULL,
};

static struct hs_card_site site_named(const char *name)
{
    struct hs_card_site site = {.license = ""};

    if (strcmp(name, "free") == 0)
        site.licenses = free_words;
    else if (strcmp(name, "strict") == 0)
        site.licenses = strict_words;
    else
        assert_string_equal(name, "folder");
    site.wants_license = site.licenses == strict_words;
    return site;
}

static struct hs_span span_of(const struct hub_text *text)
{
    return (struct hs_span){text->data ? text->data : "", text->n_bytes};
}

/* ---- a case: "%% key: value" lines, then "%% src", "%% dst", "%% want" and their texts ---- */
struct golden {
    const char *name;
    struct hs_card_terms terms;
    struct hs_alias aliases[4];
    struct hub_text src, dst, want;
    bool has_dst, is_unknown;
    struct hub_pool pool;
};

/* \r and \b stand for a carriage return and a BOM, a backslash at the end takes the newline away. */
static void add_line(struct hub_text *text, const char *line, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (line[i] != '\\')
            hub_text_add(text, &line[i], 1);
        else if (i + 1 < n && line[i + 1] == 'r')
            hub_text_add(text, "\r", 1);
        else if (i + 1 < n && line[i + 1] == 'b')
            hub_text_add(text, "\xef\xbb\xbf", 3);
        else if (i + 1 == n)
            return;
        i += line[i] == '\\';
    }
    hub_text_add(text, "\n", 1);
}

static enum hs_front_matter mode_named(const char *word)
{
    static const char *const words[] = {"merge", "keep", "strip", "replace"};

    for (int i = 0; i < 4; i++)
        if (strcmp(words[i], word) == 0)
            return (enum hs_front_matter)i;
    fail_msg("no mode: %s", word);
    return HS_FM_MERGE;
}

static void set(struct golden *g, const char *key, const char *value)
{
    struct hs_card_terms *t = &g->terms;

    if (!strcmp(key, "front_matter")) {
        t->front_matter = mode_named(value);
    } else if (!strcmp(key, "license")) {
        t->map_license = !strcmp(value, "map");
    } else if (!strcmp(key, "from") || !strcmp(key, "to")) {
        *(key[0] == 'f' ? &t->from : &t->to) = site_named(value);
    } else if (!strcmp(key, "from_license")) {
        t->from.license = value;
    } else if (!strcmp(key, "to_license")) {
        t->to.license = value;
    } else if (!strcmp(key, "unknown")) {
        t->unknown = value;
    } else if (!strcmp(key, "alias")) {
        const char *to = strchr(value, '=');
        assert_non_null(to);
        g->aliases[t->n_aliases++] =
            (struct hs_alias){hub_pool_strndup(&g->pool, value, (size_t)(to - value)), to + 1};
        t->aliases = g->aliases;
    } else if (!strcmp(key, "notice")) {
        g->is_unknown = true;
    } else {
        fail_msg("%s: no key: %s", g->name, key);
    }
}

static void read_golden(struct golden *g, const char *name)
{
    HUB_TEXT(file);
    HS_ERR(err);
    struct hub_text *section = NULL;
    struct hs_span rest, line;

    memset(g, 0, sizeof *g);
    g->name = name;
    g->terms = (struct hs_card_terms){.map_license = true, .unknown = "other"};
    g->terms.from = site_named("free");
    g->terms.to = site_named("strict");
    if (hs_file_read(hub_pool_printf(&g->pool, "%s/unit/data/card/%s", SOURCE_DIR "/tests", name), 1 << 20,
                     &file, &err) < 0)
        fail_msg("%s", hs_err_text(&err));
    rest = span_of(&file);
    while (hs_span_line(&rest, &line)) {
        char *text = hub_pool_strndup(&g->pool, line.at, line.n - 1);
        if (strncmp(text, "%% ", 3) != 0) {
            if (section)
                add_line(section, text, strlen(text));
            continue;
        }
        text += 3;
        if (strchr(text, ':')) {
            char *value = strchr(text, ':');
            *value++ = '\0';
            set(g, text, value + strspn(value, " "));
        } else {
            section = !strcmp(text, "src") ? &g->src : !strcmp(text, "dst") ? &g->dst : &g->want;
            g->has_dst |= section == &g->dst;
        }
    }
}

static void clear_golden(struct golden *g)
{
    hub_text_clear(&g->src);
    hub_text_clear(&g->dst);
    hub_text_clear(&g->want);
    hub_pool_clear(&g->pool);
}

/* ---- the laws ---- */
static void make(const struct hs_card_terms *terms, struct hs_span src, struct hs_span dst, struct hub_text *out)
{
    hub_text_clear(out);
    hs_card_target(terms, src, dst, out, NULL);
    assert_false(out->failed);
}

static void expect_text(const char *what, struct hs_span got, struct hs_span want)
{
    if (!hs_span_equal(got, want))
        fail_msg("%s\n--- got\n%.*s--- expected\n%.*s---", what, (int)got.n, got.at, (int)want.n, want.at);
}

/* target(target(x)) = target(x): of the same source, and of itself. */
static void check_settled(const char *name, const struct hs_card_terms *terms, struct hs_span src, struct hs_span dst)
{
    HUB_TEXT(once);
    HUB_TEXT(again);

    make(terms, src, dst, &once);
    make(terms, src, span_of(&once), &again);
    expect_text(name, span_of(&again), span_of(&once));
    make(terms, span_of(&once), span_of(&once), &again);
    expect_text(name, span_of(&again), span_of(&once));
    if (!dst.n) {
        make(terms, span_of(&once), dst, &again);
        expect_text(name, span_of(&again), span_of(&once));
    }
    if (!hs_card_same(terms, span_of(&again), span_of(&once)))
        fail_msg("%s: not the same as itself", name);
}

static bool is_silent(const struct hs_card_terms *terms, struct hs_span src, struct hs_span dst)
{
    HUB_TEXT(made);

    make(terms, src, dst, &made);
    return hs_card_same(terms, span_of(&made), dst);
}

/* A to an empty B and back to A: nothing to write. Once before it strip and replace drop keys, and a
 * site that wants a license gets it. */
static void check_round(const char *name, const struct hs_card_terms *terms, struct hs_span a)
{
    struct hs_card_terms back = hs_card_back(terms);
    struct hs_span none = {NULL, 0};
    bool settles = terms->front_matter == HS_FM_STRIP || terms->front_matter == HS_FM_REPLACE ||
                   terms->from.wants_license || terms->from.refuses_unknown;
    HUB_TEXT(first);
    HUB_TEXT(b);

    hub_text_add(&first, a.n ? a.at : "", a.n);
    if (settles) {
        make(terms, a, none, &b);
        make(&back, span_of(&b), a, &first);
    }
    make(terms, span_of(&first), none, &b);
    if (!is_silent(&back, span_of(&b), span_of(&first)))
        fail_msg("%s: not silent on the way back\n--- A\n%.*s--- B\n%.*s---", name, (int)first.n_bytes,
                 first.data, (int)b.n_bytes, b.data);
    if (!is_silent(terms, span_of(&first), span_of(&b)) || !hs_card_agree(terms, span_of(&first), span_of(&b)))
        fail_msg("%s: not silent on the way there again", name);
}

/* ---- tests ---- */
static int is_case(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot && strcmp(dot, ".card") == 0;
}

static void each_case(void (*check)(struct golden *g), size_t least)
{
    struct dirent **names;
    int n = scandir(SOURCE_DIR "/tests/unit/data/card", &names, is_case, alphasort);

    assert_true(n >= (int)least);
    for (int i = 0; i < n; i++) {
        struct golden g;
        read_golden(&g, names[i]->d_name);
        check(&g);
        clear_golden(&g);
        free(names[i]);
    }
    free(names);
}

static void check_golden(struct golden *g)
{
    HUB_TEXT(made);
    bool is_unknown = false;

    hs_card_target(&g->terms, span_of(&g->src), span_of(&g->dst), &made, &is_unknown);
    expect_text(g->name, span_of(&made), span_of(&g->want));
    if (is_unknown != g->is_unknown)
        fail_msg("%s: notice %d", g->name, is_unknown);
}

static void check_laws(struct golden *g)
{
    check_settled(g->name, &g->terms, span_of(&g->src), span_of(&g->dst));
    check_settled(g->name, &g->terms, span_of(&g->src), (struct hs_span){NULL, 0});
    check_round(g->name, &g->terms, span_of(&g->src));
}

static void the_target_is_what_the_files_say(void **state)
{
    (void)state;
    each_case(check_golden, 30);
}

static void both_laws_hold_for_every_file(void **state)
{
    (void)state;
    each_case(check_laws, 30);
}

/* ---- made-up ones ---- */
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed * UINT64_C(0x2545F4914F6CDD1D) >> 33;
}

static const char *pick(uint64_t *seed, const char *const *words, size_t n)
{
    return words[next_random(seed) % n];
}
#define PICK(seed, words) pick((seed), (words), sizeof(words) / sizeof *(words))

static const char *const license_lines[] = {
    "license: apache-2.0\n", "license: Apache License 2.0\n", "license: \"MIT License\"\n", "license: mit # as usual\n",
    "license: [mit]\n", "license: [Apache-2.0, GPL-3.0+]\n", "license:\n- gpl-3.0-only\n", "license:\n  - 'cc-by-4.0'\n  - mit\n",
    "license:\n", "license: ~\n", "license: |\n  mine\n", "license: house-license\n", "license: other\n", "license: []\n",
    "license: Lgpl-3.0\n", "\"license\": mit\n", "license: x: y\n", "license:\n  # said by the lawyer\n  - mit\n", "license: >\n\n",
};
static const char *const key_lines[] = {
    "tags:\n- a\n- b\n", "tags: [a, b]\n", "language: zh\n", "base_model: x/y\n", "# a comment\n", "\n", "text: |\n  a\n\n  b\n",
    "license_name: mine\n", "library_name: transformers\n", "metrics:\n  - x\n# between\n  - y\n", "'quoted': 1\n", "no key at all\n",
    "  indented: 1\n", "tags: other\n", ": odd\n", "a:b\n",
};
static const char *const body_lines[] = {
    "# Title\n", "\n", "---\n", "text\n", "license: mit\n", "   \n", "\xef\xbb\xbf", "--- \n", "no end", "\r\n", "a: b\n", "----\n",
};

static void make_up(uint64_t *seed, struct hub_text *out)
{
    size_t n_keys = next_random(seed) % 5, n_lines = next_random(seed) % 6;
    HUB_TEXT(text);

    if (next_random(seed) % 4) {
        if (next_random(seed) % 8 == 0)
            hub_text_puts(&text, "\xef\xbb\xbf");
        if (next_random(seed) % 8 == 0)
            hub_text_puts(&text, "\n  \n");
        hub_text_puts(&text, next_random(seed) % 8 ? "---\n" : "---  \n");
        for (size_t i = 0; i < n_keys; i++)
            hub_text_puts(&text, next_random(seed) % 3 ? PICK(seed, key_lines) : PICK(seed, license_lines));
        hub_text_puts(&text, next_random(seed) % 12 ? "---\n" : "---");
    }
    for (size_t i = 0; i < n_lines; i++)
        hub_text_puts(&text, PICK(seed, body_lines));
    hub_text_add(out, "", 0);
    for (size_t i = 0, crlf = next_random(seed) % 6 == 0; i < text.n_bytes; i++) {
        if (crlf && text.data[i] == '\n')
            hub_text_puts(out, "\r");
        hub_text_add(out, &text.data[i], 1);
    }
}

static void make_terms(uint64_t *seed, struct hs_card_terms *terms)
{
    static const char *const sites[] = {"free", "strict", "folder"};
    static const char *const licenses[] = {"", "mit", "apache-2.0", "house-license"};
    static const char *const unknowns[] = {"other", "other", "mit"};
    static const struct hs_alias aliases[] = {{"house-license", "mit"}, {"lgpl-3.0", "gpl-3.0"}};

    *terms = (struct hs_card_terms){.front_matter = (enum hs_front_matter)(next_random(seed) % 4),
                                    .map_license = next_random(seed) % 4 != 0};
    terms->from = site_named(PICK(seed, sites));
    terms->to = site_named(PICK(seed, sites));
    terms->from.refuses_unknown = next_random(seed) % 4 == 0;
    terms->to.refuses_unknown = next_random(seed) % 4 == 0;
    terms->from.license = PICK(seed, licenses);
    terms->to.license = terms->from.license;
    terms->unknown = PICK(seed, unknowns);
    terms->aliases = aliases;
    terms->n_aliases = next_random(seed) % 3;
}

static void both_laws_hold_for_whatever_is_made_up(void **state)
{
    const char *given = getenv("SEED"), *rounds = getenv("ROUNDS");
    uint64_t first = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    size_t n = given ? 1 : rounds ? strtoul(rounds, NULL, 10) : 20000;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        uint64_t seed = (first + i) * UINT64_C(0x9E3779B97F4A7C15) | 1;
        struct hs_card_terms terms;
        HUB_TEXT(src);
        HUB_TEXT(dst);
        char name[64];
        make_terms(&seed, &terms);
        make_up(&seed, &src);
        make_up(&seed, &dst);
        snprintf(name, sizeof name, "SEED=%llu mode %d", (unsigned long long)(first + i), terms.front_matter);
        check_settled(name, &terms, span_of(&src), span_of(&dst));
        check_settled(name, &terms, span_of(&src), (struct hs_span){NULL, 0});
        check_round(name, &terms, span_of(&src));
    }
}

/* ---- what else the header promises ---- */
static bool same(const char *made, const char *there)
{
    struct hs_card_terms terms = {.map_license = true, .unknown = "other", .from = site_named("free"), .to = site_named("free")};

    return hs_card_same(&terms, (struct hs_span){made, strlen(made)}, (struct hs_span){there, strlen(there)});
}

static void equality_is_of_bodies_and_keys(void **state)
{
    (void)state;
    assert_true(same("# a\n", "\n\n# a\n  \n\n"));
    assert_true(same("# a", "# a\r\n"));
    assert_false(same("# a\n\nb\n", "# a\nb\n"));
    assert_false(same("# a\n", "# a \n"));
    assert_true(same("---\na: 1\nb: 2\n---\nx\n", "---\r\nb: 2\r\n# c\r\na: 1\r\n---\r\n\r\nx\n"));
    assert_false(same("---\na: 1\n---\nx\n", "---\na: 2\n---\nx\n"));
    assert_false(same("---\na: 1\n---\nx\n", "x\n"));
    assert_false(same("---\na:\n- 1\n---\nx\n", "---\na:\n- 1\n- 2\n---\nx\n"));
    assert_true(same("---\nlicense: Apache License 2.0\n---\nx\n", "---\nlicense: [apache-2.0]\n---\nx\n"));
    assert_false(same("---\nlicense: mit\n---\nx\n", "---\nlicense: apache-2.0\n---\nx\n"));
    assert_false(same("---\nlicense: mit\n---\nx\n", "x\n"));
    assert_true(same("---\nlicense: other\n---\nx\n", "x\n")); /* what the target says without one */
}

static void an_empty_body_is_no_readme(void **state)
{
    (void)state;
    assert_true(hs_card_is_empty("", 0));
    assert_true(hs_card_is_empty("---\nlicense: mit\n---\n", 21));
    assert_true(hs_card_is_empty("---\nlicense: mit\n---", 20));
    assert_true(hs_card_is_empty(" \r\n\n", 4));
    assert_false(hs_card_is_empty("---\nlicense: mit\n", 17)); /* no card: it never ends */
    assert_false(hs_card_is_empty("---\n---\nx", 9));
}

static const char *at_create(const char *setting, const char *word, const char *to, bool *is_unknown)
{
    static struct hub_pool pool;
    static const struct hs_alias alias = {"house", "mit"};
    struct hs_card_terms terms = {.map_license = true, .unknown = "other", .aliases = &alias, .n_aliases = 1};

    terms.from = site_named("free");
    terms.to = site_named(to);
    hub_pool_clear(&pool);
    return hs_license_at_create(&terms, &pool, setting, word, is_unknown);
}

static void a_repo_is_made_with_the_targets_word(void **state)
{
    bool is_unknown;

    (void)state;
    assert_string_equal(at_create("map", "apache-2.0", "free", &is_unknown), "Apache-2.0");
    assert_string_equal(at_create("map", "Apache License 2.0", "strict", &is_unknown), "apache-2.0");
    assert_string_equal(at_create("map", "House", "strict", &is_unknown), "mit");
    assert_false(is_unknown);
    assert_string_equal(at_create("map", "lgpl-3.0", "strict", &is_unknown), "other");
    assert_true(is_unknown);
    assert_string_equal(at_create("keep", "lgpl-3.0", "strict", &is_unknown), "lgpl-3.0");
    assert_string_equal(at_create("MIT License", "lgpl-3.0", "strict", &is_unknown), "mit");
    assert_string_equal(at_create("something", "lgpl-3.0", "strict", &is_unknown), "something");
    assert_string_equal(at_create("map", "anything", "folder", &is_unknown), "anything");
    assert_string_equal(at_create("map", "", "strict", &is_unknown), "other");
    assert_false(is_unknown);
    (void)at_create("map", "", "folder", &is_unknown);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_target_is_what_the_files_say),
        cmocka_unit_test(both_laws_hold_for_every_file),
        cmocka_unit_test(both_laws_hold_for_whatever_is_made_up),
        cmocka_unit_test(equality_is_of_bodies_and_keys),
        cmocka_unit_test(an_empty_body_is_no_readme),
        cmocka_unit_test(a_repo_is_made_with_the_targets_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
