#include "support/store_test.h"

static char object[HS_SHA256_HEX];

static struct hs_upload_key key(void)
{
    return (struct hs_upload_key){"https://hub.test modelers", "owner/name", sha256_of(1, object),
                                  HUB_UNKNOWN - 1};
}

static struct hs_part_row part(uint64_t offset, int filler)
{
    struct hs_part_row row = {offset, 100, {0}, "", false};

    memset(row.state, filler, sizeof row.state);
    return row;
}

static void put_part(struct fixture *fix, uint64_t offset, int filler)
{
    struct hs_upload_key at = key();
    struct hs_part_row row = part(offset, filler);

    ok(fix, hs_store_part_put(fix->store, &at, &row, &fix->err));
}

static size_t parts(struct fixture *fix, struct hs_part_row **rows)
{
    struct hs_upload_key at = key();
    size_t n = 0;

    ok(fix, hs_store_parts(fix->store, &fix->pool, &at, rows, &n, &fix->err));
    return n;
}

static void parts_come_in_order_of_offset(void **state)
{
    struct fixture *fix = *state;
    struct hs_part_row *rows;

    put_part(fix, 300, 3);
    put_part(fix, 0, 1);
    put_part(fix, UINT64_C(1) << 40, 4);
    put_part(fix, 100, 2);
    reopen(fix);
    assert_int_equal(parts(fix, &rows), 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(rows[i].state[0], i + 1);
        assert_int_equal(rows[i].state[HS_STATE_BYTES - 1], i + 1);
        assert_int_equal(rows[i].part_bytes, 100);
        assert_false(rows[i].is_acked);
        assert_string_equal(rows[i].etag, "");
    }
    assert_true(rows[3].offset == UINT64_C(1) << 40);
}

static void an_answer_is_kept_until_the_part_is_sent_again(void **state)
{
    struct fixture *fix = *state;
    struct hs_upload_key at = key();
    struct hs_part_row *rows;

    put_part(fix, 0, 1);
    ok(fix, hs_store_part_ack(fix->store, &at, 0, "\"W/opaque\"", &fix->err));
    assert_int_equal(parts(fix, &rows), 1);
    assert_true(rows[0].is_acked);
    assert_string_equal(rows[0].etag, "\"W/opaque\"");
    put_part(fix, 0, 2);
    assert_int_equal(parts(fix, &rows), 1);
    assert_false(rows[0].is_acked);
    assert_string_equal(rows[0].etag, "");
    assert_int_equal(rows[0].state[0], 2);
}

static void an_answer_to_no_part_is_refused(void **state)
{
    struct fixture *fix = *state;
    struct hs_upload_key at = key();

    put_part(fix, 0, 1);
    assert_int_equal(hs_store_part_ack(fix->store, &at, 100, "x", &fix->err), HUB_ENOTFOUND);
    assert_says(fix->err.message, "100");
}

static void a_new_plan_keeps_the_parts(void **state)
{
    struct fixture *fix = *state;
    struct hs_upload_key at = key();
    struct hs_part_row *rows;
    const char *resume;

    assert_int_equal(hs_store_upload_get(fix->store, &fix->pool, &at, &resume, &fix->err),
                     HUB_ENOTFOUND);
    assert_null(fix->err.message);
    put_part(fix, 0, 1);
    ok(fix, hs_store_upload_put(fix->store, &at, "upload 1", &fix->err));
    ok(fix, hs_store_upload_put(fix->store, &at, "upload 2", &fix->err));
    put_part(fix, 100, 1);
    ok(fix, hs_store_upload_get(fix->store, &fix->pool, &at, &resume, &fix->err));
    assert_string_equal(resume, "upload 2");
    assert_int_equal(parts(fix, &rows), 2);
}

static void uploads_to_different_repos_are_apart(void **state)
{
    struct fixture *fix = *state;
    struct hs_upload_key at = key(), other = key();
    struct hs_part_row *rows, row = part(7, 9);
    size_t n;

    other.repo = "owner/other";
    put_part(fix, 0, 1);
    ok(fix, hs_store_part_put(fix->store, &other, &row, &fix->err));
    ok(fix, hs_store_upload_drop(fix->store, &at, &fix->err));
    assert_int_equal(parts(fix, &rows), 0);
    ok(fix, hs_store_parts(fix->store, &fix->pool, &other, &rows, &n, &fix->err));
    assert_int_equal(n, 1);
    put_part(fix, 0, 1); /* after a drop it starts anew */
    assert_int_equal(parts(fix, &rows), 1);
}

static void write_and_die(struct fixture *fix)
{
    if (hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err) < 0)
        _exit(1);
    put_part(fix, 0, 1);
    (void)kill(getpid(), SIGKILL);
}

static void part_row_survives_kill(void **state)
{
    struct fixture *fix = *state;
    struct hs_part_row *rows;

    assert_killed(in_child(fix, write_and_die));
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    assert_int_equal(parts(fix, &rows), 1);
    assert_int_equal(rows[0].state[0], 1);
}

static void die_in_a_step(struct fixture *fix)
{
    if (hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err) < 0 ||
        hs_store_begin(fix->store, &fix->err) < 0)
        _exit(1);
    put_part(fix, 0, 1);
    (void)kill(getpid(), SIGKILL);
}

static void a_step_that_did_not_end_leaves_nothing(void **state)
{
    struct fixture *fix = *state;
    struct hs_part_row *rows;

    assert_killed(in_child(fix, die_in_a_step));
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    assert_int_equal(parts(fix, &rows), 0);
    put_part(fix, 0, 1); /* the dead one's locks are gone */
}

#ifdef HS_FAILPOINTS
static const char *failpoint;

static void put_and_ack(struct fixture *fix)
{
    struct hs_upload_key at = key();

    (void)setenv("HUBSYNC_FAILPOINT", failpoint, 1);
    if (hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err) < 0)
        _exit(1);
    put_part(fix, 0, 1);
    ok(fix, hs_store_part_ack(fix->store, &at, 0, "tag", &fix->err));
}

static void each_failpoint_leaves_the_row_before_or_after(void **state)
{
    static const struct {
        const char *name;
        size_t n_rows;
        bool is_acked;
    } cases[] = {{"store.part_put.before", 0, false},
                 {"store.part_put.after", 1, false},
                 {"store.part_ack.before", 1, false},
                 {"store.part_ack.after", 1, true}};
    struct fixture *fix = *state;
    struct hs_upload_key at = key();
    struct hs_part_row *rows;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        failpoint = cases[i].name;
        assert_killed(in_child(fix, put_and_ack));
        ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
        assert_int_equal(parts(fix, &rows), cases[i].n_rows);
        if (cases[i].n_rows > 0)
            assert_int_equal(rows[0].is_acked, cases[i].is_acked);
        ok(fix, hs_store_upload_drop(fix->store, &at, &fix->err));
        hs_store_close(fix->store);
        fix->store = NULL;
    }
}
#endif

#define with_store(test)  cmocka_unit_test_setup_teardown(test, set_up_store, tear_down)
#define with_folder(test) cmocka_unit_test_setup_teardown(test, set_up_folder, tear_down)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        with_store(parts_come_in_order_of_offset),
        with_store(an_answer_is_kept_until_the_part_is_sent_again),
        with_store(an_answer_to_no_part_is_refused),
        with_store(a_new_plan_keeps_the_parts),
        with_store(uploads_to_different_repos_are_apart),
        with_folder(part_row_survives_kill),
        with_folder(a_step_that_did_not_end_leaves_nothing),
#ifdef HS_FAILPOINTS
        with_folder(each_failpoint_leaves_the_row_before_or_after),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
