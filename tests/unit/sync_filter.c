#include "sync/filter.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define ONE(word) ((struct hs_strings){(const char *[]){word}, 1})

static struct hs_file file(const char *path, uint64_t bytes, uint32_t flags)
{
    return (struct hs_file){.path = path, .sha256 = "", .git_sha1 = "", .etag = "", .file_bytes = bytes, .flags = flags};
}

static struct hs_rule rule(void)
{
    return (struct hs_rule){.name = "r", .select = {.has = ""}, .map = {.name = "{name}", .owner = ""}};
}

static void dots_leftovers_links_and_the_sites_own_are_invisible(void **state)
{
    static const char *const hidden[] = {".gitattributes", ".git/x", "a/.cache/b", "w.bin.incomplete", ".ms_upload_cache"};
    static const char *const seen[] = {"a", "a.b/c", "incomplete", "x.incomplete.bin", "a/b.c/d"};
    struct hs_file f;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        f = file(hidden[i], 1, 0);
        assert_true(hs_is_invisible(&f));
        f = file(seen[i], 1, 0);
        assert_false(hs_is_invisible(&f));
    }
    f = file("a", 1, HUB_SITE_OWNED);
    assert_true(hs_is_invisible(&f));
    f = file("a", 1, HUB_NOT_PLAIN);
    assert_true(hs_is_invisible(&f));
}

static void exclude_beats_include(void **state)
{
    struct hs_rule r = rule();

    (void)state;
    assert_true(hs_is_wanted(&r, "any/thing"));
    r.files.include = ONE("*.bin");
    r.files.exclude = ONE("old");
    assert_true(hs_is_wanted(&r, "a/w.bin"));
    assert_false(hs_is_wanted(&r, "a/w.txt"));
    assert_false(hs_is_wanted(&r, "old/w.bin"));
}

static void a_repo_without_weights_is_told_from_one_that_is_too_large(void **state)
{
    struct hs_rule r = rule();
    struct hs_listing listing = {.is_complete = true};

    (void)state;
    *hs_vec_add(&listing.files) = file("a/w.safetensors", 100, 0);
    *hs_vec_add(&listing.files) = file("b", HUB_UNKNOWN, 0);
    r.select.has = "*.gguf";
    assert_string_equal(hs_filter_content(&r, &listing), "no_weights");
    r.select.has = "*.safetensors";
    assert_string_equal(hs_filter_content(&r, &listing), "");
    r.select.max_bytes = 99;
    assert_string_equal(hs_filter_content(&r, &listing), "filtered");
    hs_listing_clear(&listing);
}

static void links_are_counted_and_left_out(void **state)
{
    struct hs_rule r = rule();
    struct hs_listing all = {.is_complete = true, .head = "h", .branch = "b", .why = ""}, out;
    size_t n_links;

    (void)state;
    *hs_vec_add(&all.files) = file("a", 1, 0);
    *hs_vec_add(&all.files) = file("b", 1, HUB_NOT_PLAIN);
    hs_filter_files(&r, &all, &out, &n_links);
    assert_int_equal(n_links, 1);
    assert_int_equal(out.files.n, 1);
    assert_string_equal(out.files.items[0].path, "a");
    assert_true(out.is_complete);
    hs_listing_clear(&all);
    hs_listing_clear(&out);
}

static void repos_are_selected_by_name_licence_and_age(void **state)
{
    struct hs_rule r = rule();
    struct hs_repo repo = {.id = "acme/demo-7b", .license = "apache-2.0", .modified_ms = 1000};

    (void)state;
    assert_string_equal(hs_filter_repo(&r, &repo, 5000), "");
    r.select.repos = ONE("demo-*");
    assert_string_equal(hs_filter_repo(&r, &repo, 5000), "");
    r.select.updated_within_ms = 1000;
    assert_string_equal(hs_filter_repo(&r, &repo, 5000), "filtered");
    r.select.updated_within_ms = 0;
    r.select.license = ONE("mit");
    assert_string_equal(hs_filter_repo(&r, &repo, 5000), "filtered");
    r.select.license.n = 0;
    r.select.exclude = ONE("*-7b");
    assert_string_equal(hs_filter_repo(&r, &repo, 5000), "filtered");
}

static void settings_that_shape_a_baseline_change_its_digest(void **state)
{
    struct hs_rule r = rule();
    char first[65], second[65];

    (void)state;
    hs_filter_settings(&r, first);
    hs_filter_settings(&r, second);
    assert_string_equal(first, second);
    r.del.files_extra = true;
    hs_filter_settings(&r, second);
    assert_string_not_equal(first, second);
    r.del.files_extra = false;
    r.files.exclude = ONE("*.md");
    hs_filter_settings(&r, second);
    assert_string_not_equal(first, second);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dots_leftovers_links_and_the_sites_own_are_invisible),
        cmocka_unit_test(exclude_beats_include),
        cmocka_unit_test(a_repo_without_weights_is_told_from_one_that_is_too_large),
        cmocka_unit_test(links_are_counted_and_left_out),
        cmocka_unit_test(repos_are_selected_by_name_licence_and_age),
        cmocka_unit_test(settings_that_shape_a_baseline_change_its_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
