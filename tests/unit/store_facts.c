#include "support/store_test.h"

static void pairs_are_found_from_either_side(void **state)
{
    struct fixture *fix = *state;
    char sha256[HS_SHA256_HEX], git[HS_SHA1_HEX];
    const char *other = NULL;

    ok(fix, hs_store_pair_put(fix->store, sha256_of(1, sha256), git_of(1, git), 10, &fix->err));
    ok(fix, hs_store_pair_put(fix->store, sha256, git, 10, &fix->err)); /* again is harmless */
    reopen(fix);
    ok(fix, hs_store_pair_get(fix->store, &fix->pool, sha256, "", 10, &other, &fix->err));
    assert_string_equal(other, git);
    ok(fix, hs_store_pair_get(fix->store, &fix->pool, "", git, HUB_UNKNOWN, &other, &fix->err));
    assert_string_equal(other, sha256);
}

static void a_pair_of_another_size_is_none(void **state)
{
    struct fixture *fix = *state;
    char sha256[HS_SHA256_HEX], git[HS_SHA1_HEX];
    const char *other = NULL;

    ok(fix, hs_store_pair_put(fix->store, sha256_of(1, sha256), git_of(1, git), 10, &fix->err));
    assert_int_equal(hs_store_pair_get(fix->store, &fix->pool, "", git, 11, &other, &fix->err),
                     HUB_ENOTFOUND);
    assert_null(other);
    assert_null(fix->err.message);
}

static void half_a_pair_is_refused(void **state)
{
    struct fixture *fix = *state;
    char sha256[HS_SHA256_HEX];

    assert_int_equal(hs_store_pair_put(fix->store, sha256_of(1, sha256), "", 10, &fix->err),
                     HUB_EBUG);
}

static void an_etag_names_hashes_on_its_site_only(void **state)
{
    struct fixture *fix = *state;
    const char *sha256 = NULL, *git = NULL;

    ok(fix, hs_store_etag_put(fix->store, "disk", "1:2:3:4", "s", "g", &fix->err));
    ok(fix, hs_store_etag_put(fix->store, "disk", "1:2:3:4", "s2", "", &fix->err));
    ok(fix, hs_store_etag_get(fix->store, &fix->pool, "disk", "1:2:3:4", &sha256, &git, &fix->err));
    assert_string_equal(sha256, "s2");
    assert_string_equal(git, "");
    assert_int_equal(
        hs_store_etag_get(fix->store, &fix->pool, "other", "1:2:3:4", &sha256, &git, &fix->err),
        HUB_ENOTFOUND);
}

static void site_made_is_remembered_both_ways(void **state)
{
    struct fixture *fix = *state;
    bool is_site_made = false;

    ok(fix, hs_store_made_put(fix->store, "p", "yes", true, &fix->err));
    ok(fix, hs_store_made_put(fix->store, "p", "no", false, &fix->err));
    ok(fix, hs_store_made_get(fix->store, "p", "yes", &is_site_made, &fix->err));
    assert_true(is_site_made);
    ok(fix, hs_store_made_get(fix->store, "p", "no", &is_site_made, &fix->err));
    assert_false(is_site_made);
    assert_int_equal(hs_store_made_get(fix->store, "q", "yes", &is_site_made, &fix->err),
                     HUB_ENOTFOUND);
}

static void what_was_judged_is_remembered(void **state)
{
    struct fixture *fix = *state;
    bool answer = false;

    assert_int_equal(hs_store_judged_get(fix->store, "d", &answer, &fix->err), HUB_ENOTFOUND);
    ok(fix, hs_store_judged_put(fix->store, "d", true, &fix->err));
    ok(fix, hs_store_judged_get(fix->store, "d", &answer, &fix->err));
    assert_true(answer);
    ok(fix, hs_store_judged_put(fix->store, "d", false, &fix->err));
    ok(fix, hs_store_judged_get(fix->store, "d", &answer, &fix->err));
    assert_false(answer);
}

static void when_a_repo_was_public_is_not_forgotten(void **state)
{
    struct fixture *fix = *state;
    struct hs_repo_row row = {"ms", "o/n", "id7", "m1", "mit", HUB_PUBLIC, HUB_NO, HUB_YES, 100, 0};
    struct hs_repo_row got;

    assert_int_equal(hs_store_repo_get(fix->store, &fix->pool, "ms", "o/n", &got, &fix->err),
                     HUB_ENOTFOUND);
    ok(fix, hs_store_repo_put(fix->store, &row, &fix->err));
    row.visibility = HUB_PRIVATE;
    row.seen_ms = 200;
    row.mark = "m2";
    ok(fix, hs_store_repo_put(fix->store, &row, &fix->err));
    ok(fix, hs_store_repo_get(fix->store, &fix->pool, "ms", "o/n", &got, &fix->err));
    assert_int_equal(got.visibility, HUB_PRIVATE);
    assert_int_equal(got.seen_ms, 200);
    assert_int_equal(got.last_public_ms, 100);
    assert_int_equal(got.gated, HUB_NO);
    assert_int_equal(got.weights, HUB_YES);
    assert_string_equal(got.mark, "m2");
    assert_string_equal(got.stable_id, "id7");
    assert_string_equal(got.license, "mit");
}

static void a_count_is_the_last_one(void **state)
{
    struct fixture *fix = *state;
    uint64_t n = 1;

    assert_int_equal(hs_store_count_get(fix->store, "ms", "o", &n, &fix->err), HUB_ENOTFOUND);
    ok(fix, hs_store_count_put(fix->store, "ms", "o", 3000, &fix->err));
    ok(fix, hs_store_count_put(fix->store, "ms", "o", 0, &fix->err));
    ok(fix, hs_store_count_get(fix->store, "ms", "o", &n, &fix->err));
    assert_int_equal(n, 0);
}

static void a_verdict_keeps_the_marks_it_was_judged_by(void **state)
{
    struct fixture *fix = *state;
    const struct hs_link link = {"r", "a", "o/n", "b", "o/n"};
    const struct hs_verdict_row row = {"no_weights", "m1", "", "h", 5};
    struct hs_verdict_row got;

    assert_int_equal(hs_store_verdict_get(fix->store, &fix->pool, &link, &got, &fix->err),
                     HUB_ENOTFOUND);
    ok(fix, hs_store_verdict_put(fix->store, &link, &row, &fix->err));
    reopen(fix);
    ok(fix, hs_store_verdict_get(fix->store, &fix->pool, &link, &got, &fix->err));
    assert_string_equal(got.reason, "no_weights");
    assert_string_equal(got.from_mark, "m1");
    assert_string_equal(got.to_mark, "");
    assert_string_equal(got.settings, "h");
    assert_int_equal(got.made_ms, 5);
    ok(fix, hs_store_verdict_drop(fix->store, &link, &fix->err));
    assert_int_equal(hs_store_verdict_get(fix->store, &fix->pool, &link, &got, &fix->err),
                     HUB_ENOTFOUND);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, set_up_store, tear_down)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        with_store(pairs_are_found_from_either_side),
        with_store(a_pair_of_another_size_is_none),
        with_store(half_a_pair_is_refused),
        with_store(an_etag_names_hashes_on_its_site_only),
        with_store(site_made_is_remembered_both_ways),
        with_store(what_was_judged_is_remembered),
        with_store(when_a_repo_was_public_is_not_forgotten),
        with_store(a_count_is_the_last_one),
        with_store(a_verdict_keeps_the_marks_it_was_judged_by),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
