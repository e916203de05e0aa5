#include "sync/order.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

struct fixture {
    struct hub_pool pool;
    struct hs_order_group *groups;
    size_t n_groups;
};

static void make(struct fixture *fix, struct hs_order_item *items, size_t n, struct hs_order_limits limits)
{
    memset(fix, 0, sizeof *fix);
    hs_order_make(items, n, &limits, &fix->groups, &fix->n_groups, &fix->pool);
}

static void check_order(const struct hs_order_item *items, const char *const *paths, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_string_equal(items[i].path, paths[i]);
}

static void weights_come_first_and_deletions_last(void **state)
{
    static const char *const want[] = {"a/w.safetensors", "w.bin", "tokenizer.json", "w.safetensors.index.json",
                                       "config.json",     "README.md", "old.bin"};
    struct hs_order_item items[] = {{.path = "README.md"}, {.path = "old.bin", .is_delete = true},
                                    {.path = "config.json"}, {.path = "w.safetensors.index.json"},
                                    {.path = "tokenizer.json"}, {.path = "w.bin"}, {.path = "a/w.safetensors"}};
    struct fixture fix;

    (void)state;
    make(&fix, items, 7, (struct hs_order_limits){0, 0});
    check_order(items, want, 7);
    assert_int_equal(fix.n_groups, 1);
    assert_int_equal(fix.groups[0].n, 7);
    hub_pool_clear(&fix.pool);
}

static void a_deletion_in_the_way_goes_with_its_put(void **state)
{
    struct hs_order_item items[] = {{.path = "a", .is_delete = true}, {.path = "z.txt"}, {.path = "a/b.bin"},
                                    {.path = "d/e", .is_delete = true}, {.path = "d"}};
    static const char *const want[] = {"a", "a/b.bin", "d/e", "d", "z.txt"};
    struct fixture fix;

    (void)state;
    make(&fix, items, 5, (struct hs_order_limits){0, 0});
    check_order(items, want, 5);
    hub_pool_clear(&fix.pool);
}

static void groups_hold_to_the_limits_and_lose_nothing(void **state)
{
    struct hs_order_item items[10];
    char paths[10][8];
    struct fixture fix;
    size_t total = 0;

    (void)state;
    memset(items, 0, sizeof items);
    for (size_t i = 0; i < 10; i++) {
        snprintf(paths[i], sizeof paths[i], "f%zu", i);
        items[i].path = paths[i];
        items[i].inline_bytes = i == 4 ? 500 : 40; /* one is larger than a commit alone may be */
    }
    make(&fix, items, 10, (struct hs_order_limits){3, 100});
    for (size_t g = 0; g < fix.n_groups; g++) {
        uint64_t sum = 0;
        assert_int_equal(fix.groups[g].first, total);
        assert_in_range(fix.groups[g].n, 1, 3);
        for (size_t i = 0; i < fix.groups[g].n; i++)
            sum += items[fix.groups[g].first + i].inline_bytes;
        assert_true(sum <= 100 || fix.groups[g].n == 1);
        total += fix.groups[g].n;
    }
    assert_int_equal(total, 10);
    hub_pool_clear(&fix.pool);
}

static void nothing_to_do_makes_no_group(void **state)
{
    struct fixture fix;

    (void)state;
    make(&fix, NULL, 0, (struct hs_order_limits){0, 0});
    assert_int_equal(fix.n_groups, 0);
    hub_pool_clear(&fix.pool);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_come_first_and_deletions_last),
        cmocka_unit_test(a_deletion_in_the_way_goes_with_its_put),
        cmocka_unit_test(groups_hold_to_the_limits_and_lose_nothing),
        cmocka_unit_test(nothing_to_do_makes_no_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
