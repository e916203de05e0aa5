#include "sync/diff.h"
#include "sync/ident.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define A40 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B40 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct hs_file file(const char *path, uint64_t bytes, const char *sha256, const char *git)
{
    return (struct hs_file){.path = path, .sha256 = sha256, .git_sha1 = git, .etag = "", .file_bytes = bytes};
}

static enum hs_same compare(struct hs_file a, struct hs_file b)
{
    enum hs_same there = hs_ident_compare(&a, &b), back = hs_ident_compare(&b, &a);

    assert_int_equal(there, back);
    return there;
}

static void size_alone_is_never_equal(void **state)
{
    (void)state;
    assert_int_equal(compare(file("a", 5, "", ""), file("a", 5, "", "")), HS_UNKNOWN);
    assert_int_equal(compare(file("a", 5, A64, ""), file("a", 5, "", A40)), HS_UNKNOWN);
    assert_int_equal(compare(file("a", 5, "", ""), file("a", 6, "", "")), HS_DIFFERENT);
    assert_int_equal(compare(file("a", HUB_UNKNOWN, "", ""), file("a", 6, "", "")), HS_UNKNOWN);
}

static void one_kind_of_hash_in_common_decides(void **state)
{
    (void)state;
    assert_int_equal(compare(file("a", 5, A64, ""), file("a", HUB_UNKNOWN, A64, B40)), HS_SAME);
    assert_int_equal(compare(file("a", 5, "", A40), file("a", 5, "", A40)), HS_SAME);
    assert_int_equal(compare(file("a", 5, A64, ""), file("a", 5, B64, "")), HS_DIFFERENT);
    assert_int_equal(compare(file("a", 5, A64, A40), file("a", 5, A64, B40)), HS_DIFFERENT);
    assert_int_equal(compare(file("a", 5, A64, ""), file("a", 6, A64, "")), HS_DIFFERENT);
}

static void nothing_is_the_same_as_nothing(void **state)
{
    (void)state;
    assert_int_equal(compare(file("a", 0, "", ""), file("a", 0, "", A40)), HS_SAME);
}

static struct hs_listing listing(struct hs_file *files, size_t n)
{
    struct hs_listing out = {.head = "", .branch = "", .why = "", .is_complete = true};

    out.files.items = files;
    out.files.n = n;
    return out;
}

static void each_path_is_of_one_kind(void **state)
{
    struct hs_file left[] = {file("a", 1, A64, ""), file("b", 1, A64, ""), file("c", 1, A64, ""), file("d", 1, A64, "")};
    struct hs_file right[] = {file("b", 1, A64, ""), file("c", 1, B64, ""), file("d", 1, "", A40), file("e", 1, A64, "")};
    static const enum hs_diff_kind want[] = {HS_DIFF_MISSING, HS_DIFF_SAME, HS_DIFF_CHANGED, HS_DIFF_UNKNOWN,
                                             HS_DIFF_EXTRA};
    struct hs_listing from = listing(left, 4), to = listing(right, 4);
    struct hs_diff diff;

    (void)state;
    hs_diff_make(&from, &to, &diff);
    assert_int_equal(diff.rows.n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(diff.rows.items[i].kind, want[i]);
    assert_int_equal(diff.n_missing + diff.n_same + diff.n_changed + diff.n_unknown + diff.n_extra, 5);
    hs_diff_clear(&diff);
}

static void a_resharded_model_passes_and_a_vanished_one_does_not(void **state)
{
    struct hs_file old[] = {file("old-1", 100, A64, ""), file("old-2", 100, A64, "")};
    struct hs_file new[] = {file("new-1", 50, B64, ""), file("new-2", 150, B64, "")};
    struct hs_listing from = listing(new, 2), to = listing(old, 2), none = listing(NULL, 0);
    struct hs_diff diff;
    struct hs_loss loss;

    (void)state;
    hs_diff_make(&from, &to, &diff);
    loss = hs_diff_loss(&diff, 2);
    assert_int_equal(loss.deletes, 2);
    assert_int_equal(loss.net_files, 0);
    assert_int_equal(loss.net_bytes, 0);
    hs_diff_clear(&diff);
    hs_diff_make(&none, &to, &diff);
    loss = hs_diff_loss(&diff, 3);
    assert_int_equal(loss.net_files, 2);
    assert_int_equal(loss.net_bytes, 200);
    assert_int_equal(loss.net_percent, 67); /* rounded up */
    hs_diff_clear(&diff);
}

static void the_readme_is_never_counted_as_lost(void **state)
{
    struct hs_file old[] = {file("README.md", 10, A64, ""), file("sub/README.md", 10, A64, "")};
    struct hs_listing none = listing(NULL, 0), to = listing(old, 2);
    struct hs_diff diff;

    (void)state;
    assert_true(hs_diff_is_kept("README.md"));
    assert_false(hs_diff_is_kept("sub/README.md"));
    hs_diff_make(&none, &to, &diff);
    assert_int_equal(hs_diff_loss(&diff, 2).deletes, 1);
    hs_diff_clear(&diff);
}

static void who_knows_better_settles_a_row(void **state)
{
    struct hs_file left[] = {file("LICENSE", 1, A64, ""), file("README.md", 2, A64, "")};
    struct hs_file right[] = {file("LICENSE", 1, B64, ""), file("README.md", 3, B64, ""), file("x", 1, A64, "")};
    struct hs_file made = file("README.md", 4, B64, "");
    struct hs_listing from = listing(left, 2), to = listing(right, 3);
    struct hs_diff diff;

    (void)state;
    hs_diff_make(&from, &to, &diff);
    hs_diff_settle(&diff, "README.md", HS_DIFF_SAME, &made);
    hs_diff_settle(&diff, "x", HS_DIFF_SAME, &made); /* the source has none: not known better */
    hs_diff_drop(&diff, "LICENSE");
    assert_int_equal(diff.rows.n, 2);
    assert_int_equal(diff.rows.items[0].kind, HS_DIFF_SAME);
    assert_ptr_equal(diff.rows.items[0].from, &made);
    assert_int_equal(diff.n_same, 1);
    assert_int_equal(diff.n_changed, 0);
    assert_int_equal(diff.n_extra, 1);
    hs_diff_clear(&diff);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(size_alone_is_never_equal),
        cmocka_unit_test(one_kind_of_hash_in_common_decides),
        cmocka_unit_test(nothing_is_the_same_as_nothing),
        cmocka_unit_test(each_path_is_of_one_kind),
        cmocka_unit_test(a_resharded_model_passes_and_a_vanished_one_does_not),
        cmocka_unit_test(the_readme_is_never_counted_as_lost),
        cmocka_unit_test(who_knows_better_settles_a_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
