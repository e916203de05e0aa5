/* Pools, growing texts, encodings. */
#include <hubsync/kit.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static void pool_memory_is_zeroed_and_aligned_for_anything(void **state)
{
    HUB_POOL(pool);

    (void)state;
    for (size_t n = 0; n < 200; n++) {
        unsigned char *memory = hub_pool_alloc(&pool, n, 1);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, n);
    }
}

static void pool_refuses_a_size_that_overflows(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_null(hub_pool_alloc(&pool, SIZE_MAX, 2));
    assert_null(hub_pool_alloc(&pool, SIZE_MAX / 2 + 1, 2));
    assert_null(hub_pool_alloc(&pool, SIZE_MAX, 1));
    assert_null(hub_pool_alloc(&pool, SIZE_MAX - 8, 1));
    assert_int_equal(pool.held_bytes, 0);
}

static void pool_can_be_used_again_after_clear(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_string_equal(hub_pool_strdup(&pool, "one"), "one");
    assert_true(pool.held_bytes >= 4);
    hub_pool_clear(&pool);
    assert_int_equal(pool.held_bytes, 0);
    assert_string_equal(hub_pool_printf(&pool, "%d-%s", 2, "two"), "2-two");
    hub_pool_clear(NULL);
}

static void pool_copies_stop_at_the_end_and_take_null(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_null(hub_pool_strdup(&pool, NULL));
    assert_null(hub_pool_strndup(&pool, NULL, 3));
    assert_string_equal(hub_pool_strndup(&pool, "abcdef", 3), "abc");
    assert_string_equal(hub_pool_strndup(&pool, "ab", 100), "ab");
}

static void text_grows_and_stays_terminated(void **state)
{
    HUB_TEXT(text);

    (void)state;
    assert_null(text.data);
    hub_text_add(&text, "", 0);
    assert_string_equal(text.data, "");
    for (size_t i = 0; i < 1000; i++) {
        hub_text_add(&text, "x", 1);
        assert_int_equal(strlen(text.data), i + 1);
    }
    hub_text_printf(&text, "%05d", 7);
    assert_string_equal(text.data + 1000, "00007");
    hub_text_clear(&text);
    assert_null(text.data);
    hub_text_add(&text, "a\0b", 3);
    assert_int_equal(text.n_bytes, 3);
}

static void text_fails_for_good_at_its_limit(void **state)
{
    HUB_TEXT(text);

    (void)state;
    text.limit_bytes = 5;
    hub_text_puts(&text, "12345");
    assert_false(text.failed);
    assert_string_equal(text.data, "12345");
    hub_text_puts(&text, "6");
    assert_true(text.failed);
    assert_null(text.data);
    hub_text_puts(&text, "1");
    hub_text_printf(&text, "1");
    hub_text_json(&text, "1");
    hub_text_base64(&text, "1", 1);
    assert_null(text.data);
    hub_text_clear(&text);
    hub_text_base64(&text, "abcd", 4); /* 8 characters */
    assert_true(text.failed);
    hub_text_clear(&text);
    hub_text_printf(&text, "123456");
    assert_true(text.failed);
    hub_text_clear(&text);
    hub_text_printf(&text, "%s", "12345");
    assert_false(text.failed);
}

static void text_fails_when_it_is_given_null(void **state)
{
    HUB_TEXT(text);

    (void)state;
    hub_text_puts(&text, NULL);
    assert_true(text.failed);
    hub_text_clear(&text);
    hub_text_json(&text, NULL);
    assert_true(text.failed);
    hub_text_clear(&text);
    hub_text_add(&text, NULL, 1);
    assert_true(text.failed);
    hub_text_clear(&text);
    hub_text_add(&text, "", SIZE_MAX);
    assert_true(text.failed);
}

static void json_strings_are_escaped(void **state)
{
    static const struct {
        const char *text, *json;
    } CASES[] = {
        {"", "\"\""},
        {"a/b", "\"a/b\""},
        {"\"\\", "\"\\\"\\\\\""},
        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
        {"\x01\x1f", "\"\\u0001\\u001f\""},
        {"\x7f", "\"\x7f\""},
        {"\xe4\xb8\xad\xf0\x9f\x98\x80", "\"\xe4\xb8\xad\xf0\x9f\x98\x80\""},
        {"a\x80"
         "b",
         "\"a\xef\xbf\xbd"
         "b\""},
        {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {"x\xe4\xb8", "\"x\xef\xbf\xbd\xef\xbf\xbd\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        HUB_TEXT(text);

        hub_text_json(&text, CASES[i].text);
        assert_string_equal(text.data, CASES[i].json);
    }
}

static void what_is_escaped_is_read_back(void **state)
{
    HUB_POOL(pool);
    struct hub_read read = {.pool = &pool};
    char all[256];
    HUB_TEXT(text);

    (void)state;
    for (int i = 1; i < 128; i++)
        all[i - 1] = (char)i;
    all[127] = '\0';
    hub_text_json(&text, all);
    assert_string_equal(
        hub_json_string_value(&read, hub_json_parse(&pool, text.data, text.n_bytes, 0, NULL)), all);
    assert_int_equal(read.status, 0);
}

static void base64_follows_rfc_4648(void **state)
{
    static const struct {
        const char *bytes, *text;
    } CASES[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        HUB_TEXT(text);

        hub_text_base64(&text, CASES[i].bytes, strlen(CASES[i].bytes));
        assert_string_equal(text.data, CASES[i].text);
        assert_int_equal(text.n_bytes, strlen(CASES[i].text));
    }
}

static void utf8_is_judged_strictly(void **state)
{
    (void)state;
    assert_true(hub_utf8_ok("", 0));
    assert_true(hub_utf8_ok(NULL, 0));
    assert_false(hub_utf8_ok(NULL, 1));
    assert_true(hub_utf8_ok("a\0b", 3));
    assert_true(hub_utf8_ok("\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80", 13));
    assert_true(hub_utf8_ok("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8));
    assert_false(hub_utf8_ok("\xc3\xa9", 1)); /* cut */
    assert_false(hub_utf8_ok("\xc0\x80", 2));
    assert_false(hub_utf8_ok("\xe0\x9f\xbf", 3));
    assert_false(hub_utf8_ok("\xed\xa0\x80", 3));
    assert_false(hub_utf8_ok("\xf0\x8f\xbf\xbf", 4));
    assert_false(hub_utf8_ok("\xf4\x90\x80\x80", 4));
    assert_false(hub_utf8_ok("ok\xff", 3));
}

static void hex_has_exactly_n_digits(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_true(hub_is_hex("09afAF", 6));
    assert_false(hub_is_hex("09afAF", 5));
    assert_false(hub_is_hex("09afAF", 7));
    assert_false(hub_is_hex("09afAg", 6));
    assert_false(hub_is_hex("", 1));
    assert_false(hub_is_hex(NULL, 0));
    assert_string_equal(hub_hex_lower(&pool, "09AFaf", 6), "09afaf");
    assert_null(hub_hex_lower(&pool, "xyz", 3));
    assert_null(hub_hex_lower(&pool, NULL, 3));
}

static void etags_lose_their_dress(void **state)
{
    static const struct {
        const char *etag, *bare;
    } CASES[] = {
        {"\"abc\"", "abc"},   {"W/\"abc\"", "abc"}, {"abc", "abc"},       {" \"abc\" ", "abc"},
        {"\"\"", ""},         {"W/\"\"", ""},       {"\"", "\""},         {"", ""},
        {"\"abc", "\"abc"},   {"W/abc", "W/abc"},   {"\"a\"b\"", "a\"b"}, {"abc-12", "abc-12"},
        {"W/\"abc", "\"abc"},
    };
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_string_equal(hub_etag_bare(&pool, CASES[i].etag), CASES[i].bare);
    assert_null(hub_etag_bare(&pool, NULL));
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(pool_memory_is_zeroed_and_aligned_for_anything),
        cmocka_unit_test(pool_refuses_a_size_that_overflows),
        cmocka_unit_test(pool_can_be_used_again_after_clear),
        cmocka_unit_test(pool_copies_stop_at_the_end_and_take_null),
        cmocka_unit_test(text_grows_and_stays_terminated),
        cmocka_unit_test(text_fails_for_good_at_its_limit),
        cmocka_unit_test(text_fails_when_it_is_given_null),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(what_is_escaped_is_read_back),
        cmocka_unit_test(base64_follows_rfc_4648),
        cmocka_unit_test(utf8_is_judged_strictly),
        cmocka_unit_test(hex_has_exactly_n_digits),
        cmocka_unit_test(etags_lose_their_dress),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
