/* Arrays and maps that grow. */
#include "base/mem.h"
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

static void a_vector_keeps_what_was_added(void **state)
{
    HS_VEC(int) numbers = {NULL, 0, 0};

    (void)state;
    for (int i = 0; i < 1000; i++)
        *hs_vec_add(&numbers) = i;
    assert_int_equal(numbers.n, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers.items[i], i);
    hs_vec_clear(&numbers);
    assert_int_equal(numbers.n, 0);
    assert_int_equal(*hs_vec_add(&numbers), 0);
    hs_vec_clear(&numbers);
}

static void a_new_item_is_zeroed_although_its_memory_was_used(void **state)
{
    HS_VEC(int) numbers = {NULL, 0, 0};

    (void)state;
    *hs_vec_add(&numbers) = 7;
    numbers.n = 0;
    assert_int_equal(*hs_vec_add(&numbers), 0);
    hs_vec_clear(&numbers);
}

static void a_map_finds_what_was_put_under_equal_texts(void **state)
{
    struct hs_map map = {NULL, 0, 0};
    int one, two;
    char key[] = "key";

    (void)state;
    assert_null(hs_map_get(&map, "key"));
    assert_null(hs_map_remove(&map, "key"));
    assert_null(hs_map_put(&map, key, &one));
    key[0] = 'K'; /* the map has a copy */
    assert_ptr_equal(hs_map_get(&map, "key"), &one);
    assert_null(hs_map_get(&map, "Key"));
    assert_ptr_equal(hs_map_put(&map, "key", &two), &one);
    assert_int_equal(map.n, 1);
    assert_ptr_equal(hs_map_remove(&map, "key"), &two);
    assert_null(hs_map_remove(&map, "key"));
    assert_int_equal(map.n, 0);
    hs_map_clear(&map);
    hs_map_clear(&map);
    hs_map_clear(NULL);
}

enum { MANY = 5000 };
static char marks[MANY];

static const char *number_key(char *out, size_t n_bytes, int i)
{
    (void)snprintf(out, n_bytes, "org/model-%d", i);
    return out;
}

static void a_map_survives_many_removals(void **state)
{
    struct hs_map map = {NULL, 0, 0};
    char key[32];

    (void)state;
    for (int i = 0; i < MANY; i++)
        assert_null(hs_map_put(&map, number_key(key, sizeof key, i), &marks[i]));
    for (int i = 0; i < MANY; i += 3)
        assert_ptr_equal(hs_map_remove(&map, number_key(key, sizeof key, i)), &marks[i]);
    for (int i = 0; i < MANY; i++)
        assert_ptr_equal(hs_map_get(&map, number_key(key, sizeof key, i)),
                         i % 3 == 0 ? NULL : &marks[i]);
    for (int i = 0; i < MANY; i += 3)
        assert_null(hs_map_put(&map, number_key(key, sizeof key, i), &marks[i]));
    assert_int_equal(map.n, MANY);
    hs_map_clear(&map);
}

static void each_visits_every_pair_once(void **state)
{
    struct hs_map map = {NULL, 0, 0};
    char key[32];
    const char *seen_key;
    void *value;
    int n = 0;

    (void)state;
    memset(marks, 0, sizeof marks);
    for (int i = 0; i < 100; i++)
        (void)hs_map_put(&map, number_key(key, sizeof key, i), &marks[i]);
    for (size_t at = 0; hs_map_each(&map, &at, &seen_key, &value); n++) {
        char *mark = value;

        assert_int_equal((*mark)++, 0);
        assert_string_equal(seen_key, number_key(key, sizeof key, (int)(mark - marks)));
    }
    assert_int_equal(n, 100);
    hs_map_clear(&map);
}

static void texts_are_copied_and_printed(void **state)
{
    char *copy HS_FREE = hs_xstrdup("a");
    char *printed HS_FREE = hs_xprintf("%s-%d", "a", 1);

    (void)state;
    assert_string_equal(copy, "a");
    assert_string_equal(printed, "a-1");
    assert_null(hs_xstrdup(NULL));
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_vector_keeps_what_was_added),
        cmocka_unit_test(a_new_item_is_zeroed_although_its_memory_was_used),
        cmocka_unit_test(a_map_finds_what_was_put_under_equal_texts),
        cmocka_unit_test(a_map_survives_many_removals),
        cmocka_unit_test(each_visits_every_pair_once),
        cmocka_unit_test(texts_are_copied_and_printed),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
