#include "data/glob.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

struct row {
    const char *pattern, *text;
    bool is_match;
};

static void check(bool (*match)(const char *, const char *), const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (match(rows[i].pattern, rows[i].text) != rows[i].is_match)
            fail_msg("%s against %s: expected %d", rows[i].pattern, rows[i].text, rows[i].is_match);
}
#define CHECK(match, rows) check(match, rows, sizeof rows / sizeof *rows)

static void stars_stay_in_a_segment_and_double_stars_do_not(void **state)
{
    static const struct row rows[] = {
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "abc", true},
        {"*", "a/b", false},
        {"?", "a", true},
        {"?", "/", false},
        {"?", "", false},
        {"a*c", "abbc", true},
        {"a*c", "ab/c", false},
        {"*a*b", "xaxxb", true},
        {"*a*b", "xaxxbz", false},
        {"*.safetensors", "model-00001.safetensors", true},
        {"**", "a/b/c", true},
        {"**", "", true},
        {"a/**", "a/b/c", true},
        {"a/**", "b/a/c", false},
        {"**/x", "x", true},
        {"**/x", "a/x", true},
        {"**/x", "a/b/x", true},
        {"**/x", "ax", false},
        {"a/**/x", "a/x", true},
        {"a/**/x", "a/b/c/x", true},
        {"a/**/x", "a/bx", false},
        {"a**x", "a/b/x", true},
        {"**/a*/**/c", "z/ab/y/c", true},
        {"**/a*/**/c", "z/ab/y/d", false},
        {"**b*c", "a/b/bxc", true},
        {"*/b", "a/b", true},
        {"*/b", "a/a/b", false},
        {"***", "a/b", true},
    };

    (void)state;
    CHECK(hs_glob, rows);
}

static void sets_escapes_and_characters(void **state)
{
    static const struct row rows[] = {
        {"[abc]", "b", true},
        {"[abc]", "d", false},
        {"[a-f]x", "ex", true},
        {"[!a-f]", "g", true},
        {"[^a-f]", "b", false},
        {"[!a]", "/", false},
        {"[]]", "]", true},
        {"[a-]", "-", true},
        {"[a", "[a", true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"[\\]x]", "]", true},
        {"a\\", "a\\", true},
        {"?", "\xE6\x96\x87", true},
        {"??", "\xE6\x96\x87", false},
        {"[\xE4\xB8\x80-\xE9\xBF\xBF]", "\xE6\x96\x87", true},
        {"A", "a", false},
        {"?", "\xFF", true},
        {"*", "\xE6\x96", true},
        {"[a-\\z]", "q", true},
    };

    (void)state;
    CHECK(hs_glob, rows);
}

static void an_excluded_folder_hides_what_it_holds(void **state)
{
    static const struct row rows[] = {
        {".*", ".git/config", true},
        {".*", "a/.cache/b", true},
        {".*", "a.b/c", false},
        {"docs", "docs/a/b.md", true},
        {"docs", "x/docs/b.md", true},
        {"docs", "docs2/b.md", false},
        {"*.md", "a/b.md", true},
        {"docs/*.md", "docs/a.md", true},
        {"docs/*.md", "x/docs/a.md", false},
        {"/a.md", "a.md", true},
        {"/a.md", "b/a.md", false},
    };

    (void)state;
    CHECK(hs_glob_excludes, rows);
}

static void an_include_is_about_the_last_part(void **state)
{
    static const struct row rows[] = {
        {"*.safetensors", "a/b/m.safetensors", true},
        {"*.safetensors", "m.safetensors/readme", false},
        {"docs", "docs/a", false},
        {"sub/*", "sub/a", true},
        {"sub/*", "x/sub/a", false},
        {"**/*.bin", "m.bin", true},
    };

    (void)state;
    CHECK(hs_glob_includes, rows);
}

static void a_repo_glob_is_about_the_name(void **state)
{
    static const struct row rows[] = {
        {"Qwen*", "org/Qwen3", true},
        {"org", "org/Qwen3", false},
        {"org/*", "org/Qwen3", true},
        {"other/*", "org/Qwen3", false},
    };

    (void)state;
    CHECK(hs_glob_repo, rows);
}

static void many_stars_do_not_take_forever(void **state)
{
    char text[4001];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(hs_glob("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", text));
    assert_false(hs_glob("**a**a**a**a**a**a**a**a**a*a*a*a*a*b", text));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(stars_stay_in_a_segment_and_double_stars_do_not),
        cmocka_unit_test(sets_escapes_and_characters),
        cmocka_unit_test(an_excluded_folder_hides_what_it_holds),
        cmocka_unit_test(an_include_is_about_the_last_part),
        cmocka_unit_test(a_repo_glob_is_about_the_name),
        cmocka_unit_test(many_stars_do_not_take_forever),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
