#include "data/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void sha256_of_known_texts(void **state)
{
    char hex[HS_SHA256_HEX];

    (void)state;
    hs_sha256_of("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    hs_sha256_of("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void git_blob_ids_are_gits(void **state)
{
    char hex[HS_SHA1_HEX];

    (void)state;
    hs_gitsha1_of("", 0, hex);
    assert_string_equal(hex, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    hs_gitsha1_of("hello\n", 6, hex);
    assert_string_equal(hex, "ce013625030ba8dba906f756967f9e9ca394464a");
}

static void fill(unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(i * 131 + 7);
}

static void a_saved_state_goes_on_at_any_offset(void **state)
{
    static const size_t cuts[] = {0, 1, 55, 56, 63, 64, 65, 127, 128, 300, 999, 1000};
    unsigned char bytes[1000], saved[HS_STATE_BYTES];
    char whole[HS_SHA256_HEX], resumed[HS_SHA256_HEX];

    (void)state;
    fill(bytes, sizeof bytes);
    hs_sha256_of(bytes, sizeof bytes, whole);
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct hs_sha256 first, second;

        hs_sha256_init(&first);
        hs_sha256_update(&first, bytes, cuts[i]);
        hs_sha256_save(&first, saved);
        assert_int_equal(hs_sha256_load(&second, saved), 0);
        hs_sha256_update(&second, bytes + cuts[i], sizeof bytes - cuts[i]);
        hs_sha256_hex(&second, resumed);
        assert_string_equal(resumed, whole);
    }
}

static void equal_prefixes_give_equal_states(void **state)
{
    unsigned char bytes[777], once[HS_STATE_BYTES], pieces[HS_STATE_BYTES];
    struct hs_sha256 a, b;

    (void)state;
    fill(bytes, sizeof bytes);
    hs_sha256_init(&a);
    hs_sha256_update(&a, bytes, sizeof bytes);
    hs_sha256_save(&a, once);
    hs_sha256_init(&b);
    for (size_t at = 0, n = 1; at < sizeof bytes; at += n, n = n * 3 % 97 + 1)
        hs_sha256_update(&b, bytes + at, n < sizeof bytes - at ? n : sizeof bytes - at);
    hs_sha256_save(&b, pieces);
    assert_memory_equal(once, pieces, HS_STATE_BYTES);
    assert_int_equal(hs_sha256_load(&a, once), 0);
    hs_sha256_save(&a, pieces);
    assert_memory_equal(once, pieces, HS_STATE_BYTES);
    hs_sha256_update(&b, "x", 1);
    hs_sha256_save(&b, pieces);
    assert_memory_not_equal(once, pieces, HS_STATE_BYTES);
}

static void counts_beyond_four_gibibytes_survive(void **state)
{
    unsigned char saved[HS_STATE_BYTES], again[HS_STATE_BYTES];
    struct hs_sha256 hash;

    (void)state;
    hs_sha256_init(&hash);
    hs_sha256_save(&hash, saved);
    saved[34] = 1; /* the count: 2^40 bytes */
    assert_int_equal(hs_sha256_load(&hash, saved), 0);
    hs_sha256_save(&hash, again);
    assert_memory_equal(saved, again, HS_STATE_BYTES);
}

static void what_is_no_state_is_refused(void **state)
{
    unsigned char saved[HS_STATE_BYTES], bad[HS_STATE_BYTES];
    struct hs_sha256 hash;

    (void)state;
    hs_sha256_init(&hash);
    hs_sha256_update(&hash, "abc", 3);
    hs_sha256_save(&hash, saved);
    memset(bad, 0, sizeof bad);
    assert_int_equal(hs_sha256_load(&hash, bad), -1);
    memcpy(bad, saved, sizeof bad); /* a byte behind the tail */
    bad[40 + 3] = 1;
    assert_int_equal(hs_sha256_load(&hash, bad), -1);
    memcpy(bad, saved, sizeof bad); /* a count whose bits do not fit */
    bad[32] = 0xFF;
    assert_int_equal(hs_sha256_load(&hash, bad), -1);
    memcpy(bad, saved, sizeof bad);
    bad[HS_STATE_BYTES - 1] ^= 1;
    assert_int_equal(hs_sha256_load(&hash, bad), -1);
}

static void asking_for_the_hash_does_not_end_it(void **state)
{
    char hex[HS_SHA256_HEX], whole[HS_SHA256_HEX];
    struct hs_sha256 hash;

    (void)state;
    hs_sha256_init(&hash);
    hs_sha256_update(&hash, "ab", 2);
    hs_sha256_hex(&hash, hex);
    hs_sha256_update(&hash, "c", 1);
    hs_sha256_hex(&hash, hex);
    hs_sha256_of("abc", 3, whole);
    assert_string_equal(hex, whole);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_known_texts),
        cmocka_unit_test(git_blob_ids_are_gits),
        cmocka_unit_test(a_saved_state_goes_on_at_any_offset),
        cmocka_unit_test(equal_prefixes_give_equal_states),
        cmocka_unit_test(counts_beyond_four_gibibytes_survive),
        cmocka_unit_test(what_is_no_state_is_refused),
        cmocka_unit_test(asking_for_the_hash_does_not_end_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
