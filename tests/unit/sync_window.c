#include "sync/window.h"
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { FILE_BYTES = 5 * HS_CHUNK_BYTES + 77, WINDOW_BYTES = 2 * HS_CHUNK_BYTES };

static unsigned char byte_at(uint64_t offset)
{
    return (unsigned char)(offset * 31 + offset / 1000);
}

/* Puts the file's bytes [from, to), as far as there is room; where it stopped. */
static uint64_t feed(struct hs_window *w, uint64_t from, uint64_t to)
{
    unsigned char bytes[1000];

    while (from < to) {
        size_t n = to - from < sizeof bytes ? (size_t)(to - from) : sizeof bytes, taken;
        for (size_t i = 0; i < n; i++)
            bytes[i] = byte_at(from + i);
        taken = hs_window_put(w, from, bytes, n);
        from += taken;
        if (taken < n)
            break;
    }
    return from;
}

/* Reads from offset what lies there, checks it; where it stopped. */
static uint64_t drain(const struct hs_window *w, uint64_t offset)
{
    const unsigned char *bytes;
    size_t n;

    while ((n = hs_window_peek(w, offset, &bytes)) > 0) {
        for (size_t i = 0; i < n; i++)
            if (bytes[i] != byte_at(offset + i))
                fail_msg("a wrong byte at %llu", (unsigned long long)(offset + i));
        offset += n;
    }
    return offset;
}

static void a_file_slides_through_in_order_and_bounded(void **state)
{
    struct hs_window w;
    uint64_t put = 0, read = 0;

    (void)state;
    assert_int_equal(hs_window_init(&w, FILE_BYTES, WINDOW_BYTES), 0);
    while (read < FILE_BYTES) {
        put = feed(&w, put, FILE_BYTES);
        assert_true(put - read <= WINDOW_BYTES);
        assert_true(put > read);
        read = drain(&w, read);
        assert_int_equal(read, put);
        hs_window_release(&w, read);
    }
    hs_window_clear(&w);
}

static void released_bytes_are_gone(void **state)
{
    struct hs_window w;
    const unsigned char *bytes;

    (void)state;
    assert_int_equal(hs_window_init(&w, FILE_BYTES, WINDOW_BYTES), 0);
    (void)feed(&w, 0, 100);
    hs_window_release(&w, 60);
    assert_int_equal(hs_window_peek(&w, 59, &bytes), 0);
    assert_int_equal(hs_window_peek(&w, 60, &bytes), 40);
    hs_window_clear(&w);
}

static void slices_may_arrive_out_of_order(void **state)
{
    struct hs_window w;
    const unsigned char *bytes;

    (void)state;
    assert_int_equal(hs_window_init(&w, FILE_BYTES, WINDOW_BYTES), 0);
    (void)feed(&w, HS_CHUNK_BYTES, HS_CHUNK_BYTES + 500);
    assert_int_equal(hs_window_peek(&w, 0, &bytes), 0);
    assert_int_equal(feed(&w, 0, HS_CHUNK_BYTES), HS_CHUNK_BYTES);
    assert_int_equal(drain(&w, 0), HS_CHUNK_BYTES + 500);
    hs_window_clear(&w);
}

static void cut_bytes_can_be_put_again(void **state)
{
    struct hs_window w;

    (void)state;
    assert_int_equal(hs_window_init(&w, FILE_BYTES, WINDOW_BYTES), 0);
    (void)feed(&w, 0, HS_CHUNK_BYTES + 500);
    hs_window_cut(&w, 300);
    assert_int_equal(drain(&w, 0), 300);
    assert_int_equal(feed(&w, 300, HS_CHUNK_BYTES + 10), HS_CHUNK_BYTES + 10);
    assert_int_equal(drain(&w, 0), HS_CHUNK_BYTES + 10);
    hs_window_clear(&w);
}

static void a_seek_starts_anywhere(void **state)
{
    struct hs_window w;

    (void)state;
    assert_int_equal(hs_window_init(&w, FILE_BYTES, WINDOW_BYTES), 0);
    (void)feed(&w, 0, 1000);
    hs_window_seek(&w, 3 * HS_CHUNK_BYTES + 123);
    assert_int_equal(drain(&w, 3 * HS_CHUNK_BYTES + 123), 3 * HS_CHUNK_BYTES + 123);
    assert_int_equal(feed(&w, 3 * HS_CHUNK_BYTES + 123, FILE_BYTES), 5 * HS_CHUNK_BYTES);
    assert_int_equal(drain(&w, 3 * HS_CHUNK_BYTES + 123), 5 * HS_CHUNK_BYTES);
    hs_window_clear(&w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_slides_through_in_order_and_bounded),
        cmocka_unit_test(released_bytes_are_gone),
        cmocka_unit_test(slices_may_arrive_out_of_order),
        cmocka_unit_test(cut_bytes_can_be_put_again),
        cmocka_unit_test(a_seek_starts_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
