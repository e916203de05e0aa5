#include "support/store_test.h"

/* ---- runs and audit ---- */

static void runs_come_newest_first(void **state)
{
    struct fixture *fix = *state;
    struct hs_run_row row = {.rule = "r",
                             .repo = "o/n",
                             .hub = "b",
                             .status = "running",
                             .started_ms = 10},
                      *rows;
    int64_t first = 0, second = 0;
    size_t n;

    ok(fix, hs_store_run_start(fix->store, &row, &first, &fix->err));
    ok(fix, hs_store_run_start(fix->store, &row, &second, &fix->err));
    row = (struct hs_run_row){.id = first,
                              .ended_ms = 20,
                              .status = "synced",
                              .puts = 3,
                              .deletes = 1,
                              .bytes = UINT64_C(1) << 42,
                              .commits = "aa bb"};
    ok(fix, hs_store_run_end(fix->store, &row, &fix->err));
    ok(fix, hs_store_runs(fix->store, &fix->pool, 0, &rows, &n, &fix->err));
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].id, second);
    assert_int_equal(rows[0].ended_ms, 0);
    assert_int_equal(rows[1].id, first);
    assert_int_equal(rows[1].started_ms, 10);
    assert_int_equal(rows[1].ended_ms, 20);
    assert_int_equal(rows[1].puts, 3);
    assert_int_equal(rows[1].deletes, 1);
    assert_true(rows[1].bytes == UINT64_C(1) << 42);
    assert_string_equal(rows[1].status, "synced");
    assert_string_equal(rows[1].commits, "aa bb");
    assert_string_equal(rows[1].repo, "o/n");
    ok(fix, hs_store_runs(fix->store, &fix->pool, 1, &rows, &n, &fix->err));
    assert_int_equal(n, 1);
    row.id = 99;
    assert_int_equal(hs_store_run_end(fix->store, &row, &fix->err), HUB_ENOTFOUND);
}

static void what_goes_is_audited_in_order(void **state)
{
    struct fixture *fix = *state;
    const struct hs_audit_row rows[] = {
        {5, 7, "b", "o/n", "old.bin", "delete", "s", "", 9, "h"},
        {5, 7, "b", "o/n", "README.md", "overwrite", "", "g", HUB_UNKNOWN, "h"},
        {6, 8, "b", "o/n", "", "delete_repo", "", "", 0, "h"},
    };
    struct hs_audit_row *got;
    size_t n;

    ok(fix, hs_store_audit(fix->store, rows, 3, &fix->err));
    reopen(fix);
    ok(fix, hs_store_audit_list(fix->store, &fix->pool, 7, &got, &n, &fix->err));
    assert_int_equal(n, 2);
    assert_string_equal(got[0].path, "old.bin");
    assert_string_equal(got[0].sha256, "s");
    assert_string_equal(got[0].head, "h");
    assert_string_equal(got[1].action, "overwrite");
    assert_string_equal(got[1].git_sha1, "g");
    assert_true(got[1].file_bytes == HUB_UNKNOWN);
    ok(fix, hs_store_audit_list(fix->store, &fix->pool, 8, &got, &n, &fix->err));
    assert_int_equal(n, 1);
    assert_string_equal(got[0].path, "");
}

/* ---- alerts ---- */

static void open_alert(struct fixture *fix, int64_t now_ms, const char *message)
{
    const struct hs_alert_row row = {.rule = "r",
                                     .repo = "o/n",
                                     .kind = "brake",
                                     .level = "warn",
                                     .message = message,
                                     .command = "run",
                                     .last_ms = now_ms};

    ok(fix, hs_store_alert_open(fix->store, &row, &fix->err));
}

static void resolve(struct fixture *fix, int64_t now_ms)
{
    ok(fix, hs_store_alert_resolve(fix->store, "r", "o/n", "brake", now_ms, &fix->err));
}

static size_t alerts(struct fixture *fix, struct hs_alert_row **rows)
{
    size_t n;

    ok(fix, hs_store_alerts(fix->store, &fix->pool, rows, &n, &fix->err));
    return n;
}

static void alert_counts_and_reopens(void **state)
{
    struct fixture *fix = *state;
    struct hs_alert_row *rows;

    open_alert(fix, 10, "50 files");
    open_alert(fix, 20, "51 files");
    assert_int_equal(alerts(fix, &rows), 1);
    assert_int_equal(rows[0].count, 2);
    assert_int_equal(rows[0].first_ms, 10);
    assert_int_equal(rows[0].last_ms, 20);
    assert_string_equal(rows[0].message, "51 files");
    assert_string_equal(rows[0].state, "open");
    resolve(fix, 30);
    resolve(fix, 40); /* nothing open: fine */
    assert_int_equal(alerts(fix, &rows), 1);
    assert_string_equal(rows[0].state, "resolved");
    assert_int_equal(rows[0].last_ms, 30);
    open_alert(fix, 50, "again");
    assert_int_equal(alerts(fix, &rows), 2);
    assert_string_equal(rows[0].state, "resolved");
    assert_string_equal(rows[1].state, "open");
    assert_int_equal(rows[1].count, 1);
    assert_int_equal(rows[1].first_ms, 50);
}

static void an_acknowledged_alert_still_counts(void **state)
{
    struct fixture *fix = *state;
    struct hs_alert_row *rows;
    int64_t id;

    open_alert(fix, 10, "x");
    assert_int_equal(alerts(fix, &rows), 1);
    id = rows[0].id;
    ok(fix, hs_store_alert_ack(fix->store, id, &fix->err));
    ok(fix, hs_store_alert_ack(fix->store, id, &fix->err));
    open_alert(fix, 20, "x");
    assert_int_equal(alerts(fix, &rows), 1);
    assert_string_equal(rows[0].state, "acknowledged");
    assert_int_equal(rows[0].count, 2);
    resolve(fix, 30);
    assert_int_equal(hs_store_alert_ack(fix->store, id, &fix->err), HUB_ENOTFOUND);
    assert_says(fix->err.message, "no open alert");
    assert_int_equal(hs_store_alert_ack(fix->store, 999, &fix->err), HUB_ENOTFOUND);
}

static void a_flapping_alert_does_not_pile_up(void **state)
{
    struct fixture *fix = *state;
    const struct hs_alert_row other = {
        .rule = "r", .repo = "o/m", .kind = "brake", .level = "warn", .last_ms = 1};
    struct hs_alert_row *rows;
    size_t n;

    ok(fix, hs_store_alert_open(fix->store, &other, &fix->err));
    ok(fix, hs_store_alert_resolve(fix->store, "r", "o/m", "brake", 1, &fix->err));
    for (int i = 0; i < 40; i++) {
        open_alert(fix, 2 * i, "x");
        resolve(fix, 2 * i + 1);
    }
    n = alerts(fix, &rows);
    assert_int_equal(n, 11);
    assert_string_equal(rows[0].repo, "o/m");
    assert_int_equal(rows[n - 1].last_ms, 79);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, set_up_store, tear_down)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        with_store(runs_come_newest_first),
        with_store(what_goes_is_audited_in_order),
        with_store(alert_counts_and_reopens),
        with_store(an_acknowledged_alert_still_counts),
        with_store(a_flapping_alert_does_not_pile_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
