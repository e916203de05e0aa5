#include "support/store_test.h"

static const struct hs_link link_a = {"r", "from", "o/a", "to", "o/a"};
static const struct hs_link link_b = {"r", "from", "o/b", "to", "p/b"};
static const struct hs_link other = {"other", "from", "o/a", "to", "o/a"};
static const struct hs_mirror_row running = {.state = HS_MIRROR_RUNNING, .first_ms = 1, .asked_ms = 2};
static const struct hs_mirror_row done = {HS_MIRROR_DONE, HS_OBJECTS_MISSING, 1, 2, 3, 4, 5};

static void a_mirror_is_what_was_last_said_of_it(void **state)
{
    struct fixture *fix = *state;
    struct hs_mirror_row row;

    ok(fix, hs_store_mirror_put(fix->store, &link_a, &running, &fix->err));
    ok(fix, hs_store_mirror_put(fix->store, &link_a, &done, &fix->err));
    reopen(fix);
    ok(fix, hs_store_mirror_get(fix->store, &link_a, &row, &fix->err));
    assert_memory_equal(&row, &done, sizeof row);
}

static void a_mirror_that_nobody_spoke_of_is_missing(void **state)
{
    struct fixture *fix = *state;
    struct hs_mirror_row row;

    ok(fix, hs_store_mirror_put(fix->store, &link_a, &done, &fix->err));
    assert_int_equal(hs_store_mirror_get(fix->store, &link_b, &row, &fix->err), HUB_ENOTFOUND);
    assert_int_equal(hs_store_mirror_get(fix->store, &other, &row, &fix->err), HUB_ENOTFOUND);
    assert_null(fix->err.message);
    ok(fix, hs_store_mirror_drop(fix->store, &link_a, &fix->err));
    assert_int_equal(hs_store_mirror_get(fix->store, &link_a, &row, &fix->err), HUB_ENOTFOUND);
}

static void a_rule_has_its_own_mirrors(void **state)
{
    struct fixture *fix = *state;
    struct hs_linked_mirror *rows;
    size_t n;

    ok(fix, hs_store_mirror_put(fix->store, &link_b, &done, &fix->err));
    ok(fix, hs_store_mirror_put(fix->store, &link_a, &running, &fix->err));
    ok(fix, hs_store_mirror_put(fix->store, &other, &running, &fix->err));
    ok(fix, hs_store_mirrors(fix->store, &fix->pool, "r", &rows, &n, &fix->err));
    assert_int_equal(n, 2);
    assert_string_equal(rows[0].link.from_repo, "o/a");
    assert_int_equal(rows[0].row.state, HS_MIRROR_RUNNING);
    assert_string_equal(rows[1].link.to_repo, "p/b");
    assert_int_equal(rows[1].row.told_ms, 5);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mirror_is_what_was_last_said_of_it, set_up_store, tear_down),
        cmocka_unit_test_setup_teardown(a_mirror_that_nobody_spoke_of_is_missing, set_up_store, tear_down),
        cmocka_unit_test_setup_teardown(a_rule_has_its_own_mirrors, set_up_store, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
