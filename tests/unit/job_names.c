#include "job/names.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void a_name_goes_there_and_back(void **state)
{
    static const struct {
        const char *pattern, *name, *mapped;
    } rows[] = {
        {"{name}", "a", "a"},           {"park-{name}", "a", "park-a"}, {"{name}-w8", "a-w8", "a-w8-w8"},
        {"x-{name}-y", "{name}", "x-{name}-y"}, {"{name}.{name}", "ab", "ab.ab"},
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_string_equal(hs_name_map(&pool, rows[i].pattern, rows[i].name), rows[i].mapped);
        assert_string_equal(hs_name_unmap(&pool, rows[i].pattern, rows[i].mapped), rows[i].name);
    }
}

static void what_no_name_maps_to_has_no_way_back(void **state)
{
    static const char *const rows[][2] = {{"park-{name}", "a"},      {"park-{name}", "park-"},
                                          {"park-{name}", "Park-a"}, {"{name}.{name}", "ab.cd"},
                                          {"{name}.{name}", "a.ab"}, {"fixed", "fixed"}};
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_null(hs_name_unmap(&pool, rows[i][0], rows[i][1]));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_goes_there_and_back),
        cmocka_unit_test(what_no_name_maps_to_has_no_way_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
