#include "support/store_test.h"
#include "store/files.h"
#include "store/store_db.h"
#include "base/clock.h"

static const struct hs_link link_a = {"both", "ms", "o/a", "modelers", "p/a"};
static const struct hs_link link_b = {"both", "ms", "o/b", "modelers", "p/b"};
static const struct hs_link link_c = {"", "modelers", "p/a", "disk", "x/a"};

static struct hs_baseline_row row_of(const char *from_head, const struct hs_file_row *files,
                                     size_t n_files)
{
    return (struct hs_baseline_row){
        .from = {.head = from_head, .modified_ms = 11, .files = files, .n_files = n_files,
                 .stable_id = "5", .visibility = HUB_PUBLIC},
        .to = {.head = "t", .modified_ms = 12},
        .settings = "set",
        .made_ms = 13};
}

static void put(struct fixture *fix, const struct hs_link *link, const char *from_head)
{
    struct hs_baseline_row row = row_of(from_head, NULL, 0);

    ok(fix, hs_store_baseline_put(fix->store, link, &row, &fix->err));
}

static void marks_and_files_come_back(void **state)
{
    struct fixture *fix = *state;
    char sha256[HS_SHA256_HEX], git[HS_SHA1_HEX];
    const struct hs_file_row files[] = {
        {"config.json", "", git_of(2, git), 0},
        {"dir/ünicode file.bin", sha256_of(1, sha256), git, UINT64_C(1) << 45},
        {"size only", NULL, NULL, 5},
        {"nothing known", "", "", HUB_UNKNOWN},
    };
    struct hs_baseline_row row = row_of("f", files, 4), got;

    ok(fix, hs_store_baseline_put(fix->store, &link_a, &row, &fix->err));
    reopen(fix);
    ok(fix, hs_store_baseline_get(fix->store, &fix->pool, &link_a, true, &got, &fix->err));
    assert_string_equal(got.from.head, "f");
    assert_string_equal(got.to.head, "t");
    assert_string_equal(got.settings, "set");
    assert_int_equal(got.from.modified_ms, 11);
    assert_int_equal(got.to.modified_ms, 12);
    assert_int_equal(got.made_ms, 13);
    assert_string_equal(got.from.stable_id, "5");
    assert_int_equal(got.from.visibility, HUB_PUBLIC);
    assert_string_equal(got.to.stable_id, "");
    assert_int_equal(got.to.visibility, 0);
    assert_int_equal(got.to.n_files, 0);
    assert_int_equal(got.from.n_files, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(got.from.files[i].path, files[i].path);
        assert_string_equal(got.from.files[i].sha256, files[i].sha256 ? files[i].sha256 : "");
        assert_string_equal(got.from.files[i].git_sha1, files[i].git_sha1 ? files[i].git_sha1 : "");
        assert_true(got.from.files[i].file_bytes == files[i].file_bytes);
    }
}

static void a_missing_baseline_has_no_message(void **state)
{
    struct fixture *fix = *state;
    struct hs_baseline_row got = {.from = {.head = "kept"}};

    put(fix, &link_a, "f");
    assert_int_equal(hs_store_baseline_get(fix->store, &fix->pool, &link_b, true, &got, &fix->err),
                     HUB_ENOTFOUND);
    assert_null(fix->err.message);
    assert_string_equal(got.from.head, "kept");
}

static void a_second_put_replaces_the_first(void **state)
{
    struct fixture *fix = *state;
    const struct hs_file_row file = {"a", "", "", 1};
    struct hs_baseline_row row = row_of("old", &file, 1), got;
    int64_t n = 0;

    ok(fix, hs_store_baseline_put(fix->store, &link_a, &row, &fix->err));
    put(fix, &link_a, "new");
    ok(fix, hs_store_baseline_get(fix->store, &fix->pool, &link_a, true, &got, &fix->err));
    assert_string_equal(got.from.head, "new");
    assert_int_equal(got.from.n_files, 0);
    ok(fix, hs_db_run_id(fix->store, "SELECT count(*) FROM baseline_files", HS_WITH_NOTHING, &n,
                         &fix->err));
    assert_int_equal(n, 2);
    ok(fix, hs_store_baseline_drop(fix->store, &link_a, &fix->err));
    ok(fix, hs_db_run_id(fix->store, "SELECT count(*) FROM baseline_files", HS_WITH_NOTHING, &n,
                         &fix->err));
    assert_int_equal(n, 0);
}

static void links_are_found_by_rule_and_by_either_side(void **state)
{
    struct fixture *fix = *state;
    struct hs_link *links;
    size_t n;

    put(fix, &link_b, "f");
    put(fix, &link_a, "f");
    put(fix, &link_c, "f");
    ok(fix, hs_store_baseline_links(fix->store, &fix->pool, "both", "", "", &links, &n, &fix->err));
    assert_int_equal(n, 2);
    assert_string_equal(links[0].from_repo, "o/a");
    assert_string_equal(links[1].to_repo, "p/b");
    ok(fix, hs_store_baseline_links(fix->store, &fix->pool, "", "modelers", "p/a", &links, &n,
                                    &fix->err));
    assert_int_equal(n, 2); /* a's target, c's source */
    ok(fix, hs_store_baseline_links(fix->store, &fix->pool, "", "", "", &links, &n, &fix->err));
    assert_int_equal(n, 1); /* copy's own */
    ok(fix, hs_store_baseline_links(fix->store, &fix->pool, "none", "", "", &links, &n, &fix->err));
    assert_int_equal(n, 0);
}

static void values_are_never_sql(void **state)
{
    struct fixture *fix = *state;
    const struct hs_link odd = {"'; DROP TABLE baselines; --", "\"", "o/%_", "?1", "\\"};
    struct hs_link *links;
    size_t n;

    put(fix, &odd, "it's");
    ok(fix,
       hs_store_baseline_links(fix->store, &fix->pool, odd.rule, "", "", &links, &n, &fix->err));
    assert_int_equal(n, 1);
    assert_string_equal(links[0].rule, odd.rule);
    assert_string_equal(links[0].to_repo, odd.to_repo);
}

/* ---- size ---- */

enum { MANY_FILES = 100000, MANY_LINKS = 3000 };

static struct hs_file_row *many_files(struct hub_pool *pool)
{
    struct hs_file_row *files = hub_pool_alloc(pool, MANY_FILES, sizeof *files);
    char hash[HS_SHA256_HEX];

    for (unsigned i = 0; i < MANY_FILES; i++) {
        files[i].path = hub_pool_printf(pool, "data/chunk-%03u/part-%06u.safetensors", i / 500, i);
        files[i].sha256 = hub_pool_strdup(pool, sha256_of(i, hash));
        files[i].git_sha1 = hub_pool_strdup(pool, git_of(i + 7, hash));
        files[i].file_bytes = (uint64_t)i << 20;
    }
    return files;
}

static void baseline_of_100000_files_roundtrips(void **state)
{
    struct fixture *fix = *state;
    struct hs_baseline_row row = row_of("f", many_files(&fix->pool), MANY_FILES), got;
    int64_t start_ms = hs_mono_ms(), put_ms;

    row.to.files = row.from.files;
    row.to.n_files = row.from.n_files;
    ok(fix, hs_store_baseline_put(fix->store, &link_a, &row, &fix->err));
    put_ms = hs_mono_ms();
    ok(fix, hs_store_baseline_get(fix->store, &fix->pool, &link_a, true, &got, &fix->err));
    print_message("2 x %d files: put %lld ms, get %lld ms\n", MANY_FILES,
                  (long long)(put_ms - start_ms), (long long)(hs_mono_ms() - put_ms));
    assert_int_equal(got.from.n_files, MANY_FILES);
    assert_int_equal(got.to.n_files, MANY_FILES);
    for (size_t i = 0; i < MANY_FILES; i++) {
        assert_string_equal(got.to.files[i].path, row.to.files[i].path);
        assert_string_equal(got.to.files[i].sha256, row.to.files[i].sha256);
        assert_string_equal(got.to.files[i].git_sha1, row.to.files[i].git_sha1);
        assert_true(got.to.files[i].file_bytes == row.to.files[i].file_bytes);
    }
}

static void put_many_links(struct fixture *fix)
{
    struct hs_file_row *files = many_files(&fix->pool);
    struct hs_baseline_row row = row_of("0123456789abcdef0123456789abcdef01234567", files, 200);

    ok(fix, hs_store_begin(fix->store, &fix->err));
    for (int i = 0; i < MANY_LINKS; i++) {
        char *repo = hub_pool_printf(&fix->pool, "owner/model-%d", i);
        struct hs_link link = {"both", "ms", repo, "modelers", repo};

        ok(fix, hs_store_baseline_put(fix->store, &link, &row, &fix->err));
    }
    ok(fix, hs_store_end(fix->store, &fix->err));
}

static void marks_of_3000_baselines_touch_no_file_list(void **state)
{
    struct fixture *fix = *state;
    struct hs_linked_baseline *rows;
    struct hs_baseline_row got;
    int64_t start_ms, list_ms, each_ms;
    size_t n;

    put_many_links(fix);
    reopen(fix);
    /* Without the table of files the marks are still read. */
    ok(fix, hs_db_run(fix->store, "DROP TABLE baseline_files", HS_WITH_NOTHING, &fix->err));
    start_ms = hs_mono_ms();
    ok(fix, hs_store_baselines(fix->store, &fix->pool, "both", &rows, &n, &fix->err));
    list_ms = hs_mono_ms();
    assert_int_equal(n, MANY_LINKS);
    for (size_t i = 0; i < n; i++) {
        ok(fix,
           hs_store_baseline_get(fix->store, &fix->pool, &rows[i].link, false, &got, &fix->err));
        assert_string_equal(got.from.head, rows[i].row.from.head);
        assert_null(got.from.files);
        assert_int_equal(got.from.n_files, 0);
    }
    each_ms = hs_mono_ms();
    print_message("%d baselines without files: list %lld ms, one by one %lld ms\n", MANY_LINKS,
                  (long long)(list_ms - start_ms), (long long)(each_ms - list_ms));
}

/* ---- damage ---- */

static void a_damaged_list_is_no_list(void **state)
{
    struct fixture *fix = *state;
    char hash[HS_SHA256_HEX];
    const struct hs_file_row files[] = {{"a", sha256_of(1, hash), "", 300}, {"b", "", "", 1}};
    struct hs_packed packed = {NULL, 0};
    struct hs_file_row *rows;
    size_t n;

    ok(fix, hs_files_pack(files, 2, &packed, &fix->err));
    for (size_t length = 0; length < packed.n_bytes; length++) {
        unsigned char *cut = malloc(length + 1); /* exactly, so that a sanitizer sees a step over */

        memcpy(cut, packed.bytes, length);
        assert_int_equal(hs_files_unpack(cut, length, &fix->pool, &rows, &n), HUB_ECORRUPT);
        free(cut);
    }
    for (size_t at = 0; at < packed.n_bytes; at++)
        for (int bit = 0; bit < 8; bit++) {
            packed.bytes[at] ^= (unsigned char)(1 << bit);
            (void)hs_files_unpack(packed.bytes, packed.n_bytes, &fix->pool, &rows, &n);
            packed.bytes[at] ^= (unsigned char)(1 << bit);
        }
    ok(fix, hs_files_unpack(packed.bytes, packed.n_bytes, &fix->pool, &rows, &n));
    hs_packed_clear(&packed);
    put(fix, &link_a, "f");
    ok(fix, hs_db_run(fix->store, "UPDATE baseline_files SET files = x'0105'", HS_WITH_NOTHING,
                      &fix->err));
    assert_int_equal(hs_store_baseline_get(fix->store, &fix->pool, &link_a, true,
                                           &(struct hs_baseline_row){{0}, {0}, NULL, 0}, &fix->err),
                     HS_EFAILED);
    assert_says(fix->err.message, "hubsync.db: the baseline of ms:o/a is damaged");
}

static void a_wrong_hash_is_not_stored(void **state)
{
    struct fixture *fix = *state;
    const struct hs_file_row upper = {"a", "", "0123456789ABCDEF0123456789ABCDEF01234567", 1};
    struct hs_baseline_row row = row_of("f", &upper, 1);

    assert_int_equal(hs_store_baseline_put(fix->store, &link_a, &row, &fix->err), HUB_EBUG);
    assert_int_equal(hs_store_baseline_get(fix->store, &fix->pool, &link_a, false, &row, NULL),
                     HUB_ENOTFOUND);
}

#ifdef HS_FAILPOINTS
static void put_until_killed(struct fixture *fix)
{
    if (hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err) < 0)
        _exit(1);
    put(fix, &link_a, "new");
}

static void a_kill_leaves_the_old_or_the_new_baseline(void **state)
{
    static const char *const names[] = {"store.baseline_put.before", "store.baseline_put.after"};
    static const char *const heads[] = {"old", "new"};
    struct fixture *fix = *state;
    struct hs_baseline_row got;

    put(fix, &link_a, "old");
    hs_store_close(fix->store);
    fix->store = NULL;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(setenv("HUBSYNC_FAILPOINT", names[i], 1), 0);
        assert_killed(in_child(fix, put_until_killed));
        assert_int_equal(unsetenv("HUBSYNC_FAILPOINT"), 0);
        ok(fix, hs_store_open(fix->state, HS_STORE_READ, &fix->store, &fix->err));
        ok(fix, hs_store_baseline_get(fix->store, &fix->pool, &link_a, true, &got, &fix->err));
        assert_string_equal(got.from.head, heads[i]);
        hs_store_close(fix->store);
        fix->store = NULL;
    }
}
#endif

static void an_absence_is_counted_until_it_ends(void **state)
{
    struct fixture *fix = *state;
    struct hs_absence absence;
    struct hs_link *links;
    size_t n;

    assert_int_equal(hs_store_absence_get(fix->store, &link_a, &absence, &fix->err), HUB_ENOTFOUND);
    ok(fix, hs_store_absence_note(fix->store, &link_a, 100, &absence, &fix->err));
    ok(fix, hs_store_absence_note(fix->store, &link_a, 200, &absence, &fix->err));
    assert_int_equal(absence.first_ms, 100);
    assert_int_equal(absence.scans, 2);
    reopen(fix);
    ok(fix, hs_store_absence_get(fix->store, &link_a, &absence, &fix->err));
    assert_int_equal(absence.scans, 2);
    ok(fix, hs_store_absence_links(fix->store, &fix->pool, "both", &links, &n, &fix->err));
    assert_int_equal(n, 1);
    assert_string_equal(links[0].from_repo, "o/a");
    ok(fix, hs_store_absence_drop(fix->store, &link_a, &fix->err));
    assert_int_equal(hs_store_absence_get(fix->store, &link_a, &absence, &fix->err), HUB_ENOTFOUND);
}

static void a_rename_takes_all_that_is_remembered_along(void **state)
{
    static const struct hs_link new = {"both", "ms", "o/new", "modelers", "p/a"};
    static const struct hs_link newer = {"both", "ms", "o/newer", "modelers", "p/a"};
    struct fixture *fix = *state;
    struct hs_file_row file = {"a", "", "", 1};
    struct hs_baseline_row row = row_of("f", &file, 1), got;
    struct hs_absence absence;
    struct hs_link *links;
    size_t n;

    ok(fix, hs_store_baseline_put(fix->store, &link_a, &row, &fix->err));
    ok(fix, hs_store_absence_note(fix->store, &link_a, 100, &absence, &fix->err));
    ok(fix, hs_store_link_rename(fix->store, &link_a, &new, &fix->err));
    ok(fix, hs_store_link_rename(fix->store, &new, &newer, &fix->err));
    assert_int_equal(hs_store_baseline_get(fix->store, &fix->pool, &link_a, false, &got, &fix->err), HUB_ENOTFOUND);
    ok(fix, hs_store_baseline_get(fix->store, &fix->pool, &newer, true, &got, &fix->err));
    assert_int_equal(got.from.n_files, 1);
    ok(fix, hs_store_absence_get(fix->store, &newer, &absence, &fix->err));
    ok(fix, hs_store_renames(fix->store, &fix->pool, "both", &links, &n, &fix->err));
    assert_int_equal(n, 1);
    assert_string_equal(links[0].from_repo, "o/newer");
}

static void a_hidden_repo_was_not_public(void **state)
{
    struct fixture *fix = *state;
    struct hs_baseline_row got;

    put(fix, &link_a, "f");
    ok(fix, hs_store_baseline_hide(fix->store, &link_a, true, &fix->err));
    ok(fix, hs_store_baseline_get(fix->store, &fix->pool, &link_a, false, &got, &fix->err));
    assert_int_equal(got.from.visibility, 0);
}

#define with_store(test) cmocka_unit_test_setup_teardown(test, set_up_store, tear_down)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        with_store(marks_and_files_come_back),
        with_store(a_missing_baseline_has_no_message),
        with_store(a_second_put_replaces_the_first),
        with_store(links_are_found_by_rule_and_by_either_side),
        with_store(values_are_never_sql),
        with_store(baseline_of_100000_files_roundtrips),
        with_store(marks_of_3000_baselines_touch_no_file_list),
        with_store(a_damaged_list_is_no_list),
        with_store(a_wrong_hash_is_not_stored),
        with_store(an_absence_is_counted_until_it_ends),
        with_store(a_rename_takes_all_that_is_remembered_along),
        with_store(a_hidden_repo_was_not_public),
#ifdef HS_FAILPOINTS
        with_store(a_kill_leaves_the_old_or_the_new_baseline),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
