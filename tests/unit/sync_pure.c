/* The pure middle: the relay's state table, judge, identity, diff, order, filter, window. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "sync/diff.h"
#include "sync/filter.h"
#include "sync/ident.h"
#include "sync/judge.h"
#include "sync/move_state.h"
#include "sync/order.h"
#include "sync/window.h"

#include <stdio.h>

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define GIT_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* ---- the relay's states ---- */
static void the_code_follows_the_adr_table(void **state)
{
    HUB_TEXT(adr);
    HS_ERR(err);
    int n_rows = 0;

    (void)state;
    assert_int_equal(hs_file_read(SOURCE_DIR "/docs/adr/0001-relay.md", 1 << 20, &adr, &err), 0);
    for (int from = 0; from < HS_MOVE_STATES; from++) {
        for (int event = 0; event < HS_ON_FAIL; event++) {
            int to = hs_move_next((enum hs_move_state)from, (enum hs_move_event)event);
            char row[128];
            snprintf(row, sizeof row, "\n| %s | %s | %s |\n", hs_move_state_name((enum hs_move_state)from),
                     hs_move_event_name((enum hs_move_event)event), to < 0 ? "" : hs_move_state_name((enum hs_move_state)to));
            if (to >= 0) {
                if (!strstr(adr.data, row))
                    fail_msg("the ADR lacks the row %s", row);
                n_rows++;
            }
        }
    }
    for (const char *at = strstr(adr.data, "|---|---|---|\n"); at && (at = strchr(at + 1, '\n')) && at[1] == '|';)
        n_rows--;
    assert_int_equal(n_rows, 0); /* and it has no row that the code lacks */
}

static void nothing_leaves_stored_or_failed_and_anything_else_can_fail(void **state)
{
    (void)state;
    for (int from = 0; from < HS_MOVE_STATES; from++) {
        bool is_end = from == HS_MOVE_STORED || from == HS_MOVE_FAILED;
        assert_int_equal(hs_move_next((enum hs_move_state)from, HS_ON_FAIL), is_end ? -1 : HS_MOVE_FAILED);
        for (int event = 0; is_end && event < HS_MOVE_EVENTS; event++)
            assert_int_equal(hs_move_next((enum hs_move_state)from, (enum hs_move_event)event), -1);
    }
}

/* ---- judge ---- */
static bool is_loss_over(enum hs_j_loss loss)
{
    return loss >= J_LOSS_FILES;
}

static void check_judgement(const struct hs_facts *f, const struct hs_judgement *j)
{
    assert_true(j->row >= 0);
    if (j->action == J_SKIP || j->action == J_BLOCK)
        assert_true(*j->reason != '\0');
    if (j->action != J_SYNC)
        return;
    assert_int_equal(f->source, J_LISTED);
    assert_int_equal(f->select, J_SELECTED);
    assert_int_equal(f->gated, J_OPEN);
    assert_int_equal(f->name, J_NAME_OK);
    assert_true(f->source_sight != J_SEEN_NOT);
    assert_true(f->target != J_UNCLEAR);
    assert_int_equal(f->source_files, J_COMPLETE);
    assert_false(is_loss_over(f->loss));
    if (f->target == J_ABSENT)
        assert_int_equal(f->create, J_MAY_CREATE);
    if (f->target == J_PRESENT)
        assert_int_equal(f->target_files, J_COMPLETE);
    if (f->target == J_PRESENT && f->source_sight == J_SEEN_PRIVATE)
        assert_true(f->target_sight != J_SEEN_PUBLIC && f->target_sight != J_SEEN_NOT);
}

/* Every combination of every fact: 2^4 * 4 * 3 * 4 * 2 * 5 * 5 * 7 * 2 of them. */
static void judge_acts_only_when_all_is_known_and_safe(void **state)
{
    static const int sizes[12] = {2, 2, 2, 2, 4, 3, 4, 2, 5, 5, 7, 2};
    bool is_reached[64] = {false};
    int n_rows = 0, v[12] = {0}, at = 0;

    (void)state;
    while (at < 12) {
        struct hs_facts f = {.source = v[0], .select = v[1], .gated = v[2], .name = v[3], .source_sight = v[4],
                             .target = v[5], .target_sight = v[6], .create = v[7], .source_files = v[8],
                             .target_files = v[9], .loss = v[10], .asked = v[11]};
        struct hs_judgement j = hs_judge(&f);
        check_judgement(&f, &j);
        is_reached[j.row] = true;
        n_rows = j.row >= n_rows ? j.row + 1 : n_rows;
        for (at = 0; at < 12 && ++v[at] == sizes[at]; at++)
            v[at] = 0;
    }
    for (int i = 0; i < n_rows; i++)
        if (!is_reached[i])
            fail_msg("row %d of judge.tbl can never decide", i);
}

static void the_rules_page_is_made_from_the_table(void **state)
{
    (void)state;
    assert_int_equal(system("cd " SOURCE_DIR " && scripts/make_rules_doc | cmp -s - docs/rules.md"), 0);
}

/* ---- identity ---- */
static struct hs_file file(const char *path, uint64_t bytes, const char *sha256, const char *git)
{
    return (struct hs_file){.path = path, .file_bytes = bytes, .sha256 = sha256, .git_sha1 = git, .etag = ""};
}

static void size_alone_is_never_equality(void **state)
{
    struct hs_file a = file("a", 5, SHA_A, ""), b = file("a", 5, SHA_A, ""), c = file("a", 5, SHA_B, ""),
                   git = file("a", 5, "", GIT_A), longer = file("a", 6, SHA_A, ""), bare = file("a", 5, "", ""),
                   unsized = file("a", HUB_UNKNOWN, SHA_A, ""), empty = file("a", 0, "", "");

    (void)state;
    assert_int_equal(hs_ident_compare(&a, &b), HS_SAME);
    assert_int_equal(hs_ident_compare(&a, &c), HS_DIFFERENT);
    assert_int_equal(hs_ident_compare(&a, &git), HS_UNKNOWN);
    assert_int_equal(hs_ident_compare(&a, &longer), HS_DIFFERENT);
    assert_int_equal(hs_ident_compare(&bare, &bare), HS_UNKNOWN);
    assert_int_equal(hs_ident_compare(&a, &unsized), HS_SAME);
    assert_int_equal(hs_ident_compare(&empty, &empty), HS_SAME);
}

/* ---- diff ---- */
static void a_diff_tells_missing_changed_extra_and_same(void **state)
{
    struct hs_file left[] = {file("a", 1, SHA_A, ""), file("b", 1, SHA_A, ""), file("d", 1, SHA_A, "")};
    struct hs_file right[] = {file("a", 1, SHA_A, ""), file("b", 1, SHA_B, ""), file("c", 1, SHA_A, "")};
    struct hs_listing from = {.files = {left, 3, 3}}, to = {.files = {right, 3, 3}};
    struct hs_diff diff;

    (void)state;
    hs_diff_make(&from, &to, &diff);
    assert_int_equal(diff.rows.n, 4);
    assert_int_equal(diff.n_same, 1);
    assert_int_equal(diff.n_changed, 1);
    assert_int_equal(diff.n_extra, 1);
    assert_int_equal(diff.n_missing, 1);
    hs_diff_clear(&diff);
}

static void a_resharded_model_is_no_loss_and_a_readme_never_counts(void **state)
{
    struct hs_file left[] = {file("new-1", 10, SHA_A, ""), file("new-2", 10, SHA_A, "")};
    struct hs_file right[] = {file("README.md", 1, SHA_A, ""), file("old-1", 10, SHA_A, ""), file("old-2", 10, SHA_A, "")};
    struct hs_listing from = {.files = {left, 2, 2}}, none = {.files = {NULL, 0, 0}}, to = {.files = {right, 3, 3}};
    struct hs_diff diff;
    struct hs_loss loss;

    (void)state;
    hs_diff_make(&from, &to, &diff);
    loss = hs_diff_loss(&diff, 3);
    assert_int_equal(loss.deletes, 2);
    assert_int_equal(loss.net_files, 0);
    assert_int_equal(loss.net_bytes, 0);
    hs_diff_clear(&diff);
    hs_diff_make(&none, &to, &diff);
    loss = hs_diff_loss(&diff, 3);
    assert_int_equal(loss.net_files, 2);
    assert_int_equal(loss.net_percent, 67);
    assert_int_equal(loss.net_bytes, 20);
    hs_diff_clear(&diff);
}

/* ---- order ---- */
static void weights_come_first_the_readme_late_and_deletions_last(void **state)
{
    HUB_POOL(pool);
    struct hs_order_item items[] = {{.path = "README.md"}, {.path = "z-old", .is_delete = true}, {.path = "config.json"},
                                    {.path = "m.safetensors.index.json"}, {.path = "m.safetensors"}, {.path = "a.txt"}};
    static const char *const expected[] = {"m.safetensors", "a.txt", "m.safetensors.index.json", "config.json", "README.md", "z-old"};
    struct hs_order_limits none = {0, 0}, two = {2, 0};
    struct hs_order_group *groups;
    size_t n;

    (void)state;
    hs_order_make(items, 6, &none, &groups, &n, &pool);
    assert_int_equal(n, 1);
    for (int i = 0; i < 6; i++)
        assert_string_equal(items[i].path, expected[i]);
    hs_order_make(items, 6, &two, &groups, &n, &pool);
    assert_int_equal(n, 3);
}

static void a_deletion_in_the_way_goes_right_before_its_put(void **state)
{
    HUB_POOL(pool);
    struct hs_order_item items[] = {{.path = "x.safetensors"}, {.path = "a/b.txt"}, {.path = "a", .is_delete = true},
                                    {.path = "other", .is_delete = true}};
    struct hs_order_limits none = {0, 0};
    struct hs_order_group *groups;
    size_t n;

    (void)state;
    hs_order_make(items, 4, &none, &groups, &n, &pool);
    assert_string_equal(items[1].path, "a");
    assert_true(items[1].is_delete);
    assert_string_equal(items[2].path, "a/b.txt");
    assert_string_equal(items[3].path, "other");
}

static void inline_bytes_cut_commits_but_one_file_always_goes(void **state)
{
    HUB_POOL(pool);
    struct hs_order_item items[] = {{.path = "a", .inline_bytes = 60}, {.path = "b", .inline_bytes = 60}, {.path = "c", .inline_bytes = 500}};
    struct hs_order_limits limits = {0, 100};
    struct hs_order_group *groups;
    size_t n;

    (void)state;
    hs_order_make(items, 3, &limits, &groups, &n, &pool);
    assert_int_equal(n, 3);
}

/* ---- filter ---- */
static void hidden_leftover_and_site_owned_files_are_invisible(void **state)
{
    const struct {
        const char *path;
        uint32_t flags;
        bool is_invisible;
    } rows[] = {{"a.txt", 0, false},          {".gitattributes", 0, true}, {"sub/.git/x", 0, true},
                {".ms_upload_cache", 0, true}, {"w.incomplete", 0, true},   {"a.txt", HUB_SITE_OWNED, true},
                {"link", HUB_NOT_PLAIN, true}, {"a..b/c", 0, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hs_file f = file(rows[i].path, 1, "", "");
        f.flags = rows[i].flags;
        assert_int_equal(hs_is_invisible(&f), rows[i].is_invisible);
    }
}

/* ---- window ---- */
static void a_window_keeps_order_and_bounds(void **state)
{
    struct hs_window w;
    const unsigned char *bytes;
    static unsigned char data[HS_CHUNK_BYTES];

    (void)state;
    assert_int_equal(hs_window_init(&w, 10ull * HS_CHUNK_BYTES, 3 * HS_CHUNK_BYTES), 0);
    assert_int_equal(hs_window_limit(&w), 3 * HS_CHUNK_BYTES);
    memset(data, 7, sizeof data);
    assert_int_equal(hs_window_put(&w, HS_CHUNK_BYTES, data, sizeof data), sizeof data); /* the second first */
    assert_int_equal(hs_window_peek(&w, 0, &bytes), 0);
    assert_int_equal(hs_window_put(&w, 0, data, sizeof data), sizeof data);
    assert_int_equal(hs_window_peek(&w, 0, &bytes), HS_CHUNK_BYTES);
    assert_int_equal(hs_window_put(&w, 3 * HS_CHUNK_BYTES, data, 1), 0); /* beyond the limit */
    hs_window_release(&w, HS_CHUNK_BYTES + 5);
    assert_int_equal(hs_window_limit(&w), 4 * HS_CHUNK_BYTES);
    assert_int_equal(hs_window_peek(&w, 0, &bytes), 0); /* gone */
    assert_int_equal(hs_window_peek(&w, HS_CHUNK_BYTES + 5, &bytes), HS_CHUNK_BYTES - 5);
    hs_window_clear(&w);
}

static void a_file_of_any_length_goes_through_a_small_window(void **state)
{
    uint64_t total = 5ull * HS_CHUNK_BYTES + 77, in = 1234, out = 1234;
    static unsigned char data[70001];
    struct hs_window w;

    (void)state;
    assert_int_equal(hs_window_init(&w, total, 2 * HS_CHUNK_BYTES), 0);
    hs_window_seek(&w, in); /* a part that starts in the middle of a chunk */
    while (out < total) {
        const unsigned char *bytes;
        size_t n = sizeof data < total - in ? sizeof data : (size_t)(total - in), taken;
        for (size_t i = 0; i < n; i++)
            data[i] = (unsigned char)((in + i) * 31 >> 3);
        in += hs_window_put(&w, in, data, n);
        taken = hs_window_peek(&w, out, &bytes);
        for (size_t i = 0; i < taken; i++)
            if (bytes[i] != (unsigned char)((out + i) * 31 >> 3))
                fail_msg("byte %llu is wrong", (unsigned long long)(out + i));
        out += taken;
        hs_window_release(&w, out);
    }
    assert_int_equal(out, total);
    hs_window_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_code_follows_the_adr_table),
        cmocka_unit_test(nothing_leaves_stored_or_failed_and_anything_else_can_fail),
        cmocka_unit_test(judge_acts_only_when_all_is_known_and_safe),
        cmocka_unit_test(the_rules_page_is_made_from_the_table),
        cmocka_unit_test(size_alone_is_never_equality),
        cmocka_unit_test(a_diff_tells_missing_changed_extra_and_same),
        cmocka_unit_test(a_resharded_model_is_no_loss_and_a_readme_never_counts),
        cmocka_unit_test(weights_come_first_the_readme_late_and_deletions_last),
        cmocka_unit_test(a_deletion_in_the_way_goes_right_before_its_put),
        cmocka_unit_test(inline_bytes_cut_commits_but_one_file_always_goes),
        cmocka_unit_test(hidden_leftover_and_site_owned_files_are_invisible),
        cmocka_unit_test(a_window_keeps_order_and_bounds),
        cmocka_unit_test(a_file_of_any_length_goes_through_a_small_window),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
