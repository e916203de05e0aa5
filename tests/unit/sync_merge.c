#include "sync/merge.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define MERGE(...) +1
enum {
    N_ROWS = 0
#include "sync/merge.tbl"
};
#undef MERGE

/* ---- the table, enumerated ---- */
enum { N_FACTS = 7 };
static const int n_values[N_FACTS] = {T_OTHER_HAD + 1,  T_UNSURE + 1,       T_UNSURE + 1,     T_NOT_BOTH + 1,
                                      T_MAY_DELETE + 1, T_PREFER_OTHER + 1, T_OTHER_NEWER + 1};

static struct hs_t_facts facts_of(const int *at)
{
    return (struct hs_t_facts){(enum hs_t_base)at[0],   (enum hs_t_side)at[1],   (enum hs_t_side)at[2],
                               (enum hs_t_equal)at[3],  (enum hs_t_delete)at[4], (enum hs_t_policy)at[5],
                               (enum hs_t_newer)at[6]};
}

static bool next_facts(int *at)
{
    for (int i = 0; i < N_FACTS; i++) {
        if (++at[i] < n_values[i])
            return true;
        at[i] = 0;
    }
    return false;
}

static bool is_possible_side(enum hs_t_side side, bool had_it)
{
    return side == T_ABSENT || had_it == (side != T_NEW);
}

static bool is_possible(const struct hs_t_facts *f)
{
    bool one_had = f->base == T_BOTH_HAD || f->base == T_ONE_HAD;
    bool other_had = f->base == T_BOTH_HAD || f->base == T_OTHER_HAD;
    bool is_on_both = f->one != T_ABSENT && f->other != T_ABSENT;

    return is_possible_side(f->one, one_had) && is_possible_side(f->other, other_had) &&
           is_on_both == (f->equal != T_NOT_BOTH);
}

typedef bool test_fn(const struct hs_t_facts *f, const struct hs_t_judgement *j);

static void each(test_fn *holds)
{
    int at[N_FACTS] = {0};

    do {
        struct hs_t_facts f = facts_of(at);
        struct hs_t_judgement j = hs_merge_judge(&f);
        if (is_possible(&f) && !holds(&f, &j))
            fail_msg("base %d one %d other %d equal %d delete %d policy %d newer %d: row %d, action %d", at[0],
                     at[1], at[2], at[3], at[4], at[5], at[6], j.row + 1, (int)j.action);
    } while (next_facts(at));
}
#define PROMISE(name, claim)                                                              \
    static bool holds_##name(const struct hs_t_facts *f, const struct hs_t_judgement *j) \
    {                                                                                     \
        (void)f;                                                                          \
        (void)j;                                                                          \
        return claim;                                                                     \
    }                                                                                     \
    static void name(void **unused)                                                       \
    {                                                                                     \
        (void)unused;                                                                     \
        each(holds_##name);                                                               \
    }

static bool is_delete(const struct hs_t_judgement *j)
{
    return j->action == T_DELETE_ONE || j->action == T_DELETE_OTHER;
}

/* The side whose content goes. T_ABSENT if no content goes. */
static enum hs_t_side loser(const struct hs_t_facts *f, const struct hs_t_judgement *j)
{
    if (j->action == T_TO_OTHER || j->action == T_DELETE_OTHER)
        return f->other;
    return j->action == T_TO_ONE || j->action == T_DELETE_ONE ? f->one : T_ABSENT;
}

static bool is_winner(const struct hs_t_facts *f, const struct hs_t_judgement *j)
{
    bool is_one = j->action == T_TO_OTHER || j->action == T_DELETE_OTHER;

    return f->policy == (is_one ? T_PREFER_ONE : T_PREFER_OTHER) ||
           (f->policy == T_NEWEST && f->newer == (is_one ? T_ONE_NEWER : T_OTHER_NEWER));
}

static bool is_changed(enum hs_t_side side)
{
    return side == T_EDITED || side == T_NEW;
}

PROMISE(every_case_has_a_row, j->row >= 0 && *j->words)
PROMISE(nothing_is_deleted_unless_the_rule_deletes, !is_delete(j) || f->may_delete == T_MAY_DELETE)
PROMISE(what_was_never_in_step_is_never_deleted, !is_delete(j) || loser(f, j) == T_KEPT || loser(f, j) == T_EDITED)
PROMISE(an_edit_is_lost_only_to_the_winner_of_a_policy, !is_changed(loser(f, j)) || is_winner(f, j))
PROMISE(what_is_the_same_is_left_alone, f->equal != T_EQUAL || j->action == T_NOTHING)
PROMISE(what_no_side_changed_is_left_alone, f->one != T_KEPT || f->other != T_KEPT || j->action == T_NOTHING)
PROMISE(two_edits_are_held_unless_a_policy_has_a_winner,
        !(is_changed(f->one) && is_changed(f->other) && f->equal == T_DIFFERENT) ||
            j->action == T_CONFLICT || is_winner(f, j))
PROMISE(an_edit_against_a_deletion_is_a_conflict,
        !(f->one == T_EDITED && f->other == T_ABSENT && f->policy == T_HOLD) || j->action == T_CONFLICT)
PROMISE(newest_without_times_holds,
        j->action != T_CONFLICT || f->policy == T_HOLD || (f->policy == T_NEWEST && f->newer == T_NOT_TOLD))
PROMISE(a_deletion_that_may_not_travel_stays_and_is_no_conflict,
        !(f->one == T_KEPT && f->other == T_ABSENT) ||
            j->action == (f->may_delete == T_MAY_DELETE ? T_DELETE_ONE : T_LEAVE))
PROMISE(a_file_on_one_side_only_is_copied_without_a_baseline,
        !(f->one == T_NEW && f->other == T_ABSENT) || j->action == T_TO_OTHER)
PROMISE(an_edit_goes_to_the_side_that_did_not_touch_it,
        !(f->one == T_EDITED && f->other == T_KEPT && f->equal != T_EQUAL) || j->action == T_TO_OTHER)
PROMISE(only_what_is_missing_is_asked_for,
        j->action != T_ASK || f->equal == T_NOT_KNOWN || f->one == T_UNSURE || f->other == T_UNSURE)
PROMISE(what_is_not_known_moves_nothing,
        (f->one != T_UNSURE && f->other != T_UNSURE) || j->action == T_ASK || f->equal == T_EQUAL)

static bool is_mirrored(const struct hs_t_facts *f, const struct hs_t_judgement *j)
{
    static const enum hs_t_base bases[] = {T_BOTH_HAD, T_NEITHER_HAD, T_OTHER_HAD, T_ONE_HAD};
    static const enum hs_t_policy policies[] = {T_HOLD, T_NEWEST, T_PREFER_OTHER, T_PREFER_ONE};
    static const enum hs_t_newer newer[] = {T_NOT_TOLD, T_OTHER_NEWER, T_ONE_NEWER};
    static const enum hs_t_action actions[] = {T_NOTHING, T_LEAVE,     T_TO_ONE,   T_TO_OTHER,
                                               T_DELETE_ONE, T_DELETE_OTHER, T_CONFLICT, T_ASK};
    struct hs_t_facts back = {bases[f->base],  f->other,            f->one,         f->equal,
                              f->may_delete, policies[f->policy], newer[f->newer]};

    return hs_merge_judge(&back).action == actions[j->action];
}

static void both_sides_have_the_same_rights(void **unused)
{
    (void)unused;
    each(is_mirrored);
}

static bool is_reached[N_ROWS];

static bool note(const struct hs_t_facts *f, const struct hs_t_judgement *j)
{
    (void)f;
    is_reached[j->row] = true;
    return true;
}

static void every_row_of_the_table_decides_something(void **unused)
{
    (void)unused;
    each(note);
    for (int i = 0; i < N_ROWS; i++)
        if (!is_reached[i])
            fail_msg("row %d of merge.tbl never decides", i + 1);
}

/* ---- whole repos: a model of contents that are numbers ---- */
enum { N_PATHS = 12, N_ROUNDS = 3000 };
struct tree { /* content of each path, 0: not there */
    int at[N_PATHS];
};
static const char *const paths[N_PATHS] = {"README.md", "a", "b", "c/d", "c/e", "f", "g", "h", "i", "j", "c", "c/d/e"};
static char hashes[512][65];

static struct hs_listing listing_of(const struct tree *tree)
{
    struct hs_listing out = {.head = "", .branch = "", .why = "", .is_complete = true};

    for (int i = 0; i < N_PATHS; i++) {
        char *hash = hashes[tree->at[i]];
        if (!tree->at[i])
            continue;
        snprintf(hash, sizeof hashes[0], "%064x", (unsigned)tree->at[i]);
        *hs_vec_add(&out.files) = (struct hs_file){
            .path = paths[i], .sha256 = hash, .git_sha1 = "", .etag = "", .file_bytes = 7};
    }
    hs_listing_finish(&out);
    return out;
}

static struct tree tree_of(const struct hs_listing *listing)
{
    struct tree out = {{0}};

    for (int i = 0; i < N_PATHS; i++) {
        const struct hs_file *file = hs_listing_find(listing, paths[i]);
        out.at[i] = file ? (int)strtol(file->sha256, NULL, 16) : 0;
    }
    return out;
}

static uint64_t dice;

static unsigned roll(unsigned n)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(dice >> 33) % n;
}

static int last_content;

static bool is_above(const char *folder, const char *path)
{
    size_t n = strlen(folder);

    return strncmp(folder, path, n) == 0 && path[n] == '/';
}

/* A file that is a folder, too: -1 if there is none, else which. */
static int find_clash(const struct tree *tree)
{
    for (int i = 0; i < N_PATHS; i++)
        for (int k = 0; k < N_PATHS; k++)
            if (tree->at[i] && tree->at[k] && is_above(paths[i], paths[k]))
                return roll(2) ? i : k;
    return -1;
}

/* Edits, deletions, new files; now and then the content that the other side may choose, too. */
static void edit(struct tree *tree)
{
    for (int i = 0; i < N_PATHS; i++)
        switch (roll(6)) {
        case 0:
            tree->at[i] = 1 + (++last_content % 500);
            break;
        case 1:
            tree->at[i] = 0;
            break;
        case 2:
            tree->at[i] = 501 + i % 4;
            break;
        default:
            break;
        }
    for (int i; (i = find_clash(tree)) >= 0;)
        tree->at[i] = 0;
}

struct model {
    struct tree left, right, left_then, right_then;
    enum hs_t_policy policy;
    bool may_delete;
    int64_t left_ms, right_ms;
};

static bool is_same(const struct model *a, const struct model *b)
{
    return !memcmp(&a->left, &b->left, sizeof a->left) && !memcmp(&a->right, &b->right, sizeof a->right) &&
           !memcmp(&a->left_then, &b->left_then, sizeof a->left) &&
           !memcmp(&a->right_then, &b->right_then, sizeof a->right);
}

/* Merges once, applies it, remembers the base. Returns how much moved. */
static int merge_once(struct model *m, struct hs_merge *out)
{
    struct hs_listing left = listing_of(&m->left), right = listing_of(&m->right);
    struct hs_listing left_then = listing_of(&m->left_then), right_then = listing_of(&m->right_then);
    struct hs_merge_what what = {.left = {&left, &left_then, m->left_ms},
                                 .right = {&right, &right_then, m->right_ms},
                                 .may_delete = m->may_delete,
                                 .policy = m->policy};
    struct hs_merge_base base;
    struct hs_listing left_now, right_now;
    int n_moved = 0;

    hs_merge_make(&what, out);
    assert_int_equal(out->n_asked, 0);
    for (size_t k = 0; k < out->rows.n; k++) {
        const struct hs_merge_row *row = &out->rows.items[k];
        int i = 0;
        while (strcmp(paths[i], hs_merge_path(row)) != 0)
            i++;
        n_moved += row->is.action >= T_TO_OTHER && row->is.action <= T_DELETE_ONE;
        if (row->is.action == T_TO_OTHER)
            m->right.at[i] = m->left.at[i];
        else if (row->is.action == T_TO_ONE)
            m->left.at[i] = m->right.at[i];
        else if (row->is.action == T_DELETE_OTHER)
            m->right.at[i] = 0;
        else if (row->is.action == T_DELETE_ONE)
            m->left.at[i] = 0;
    }
    left_now = listing_of(&m->left);
    right_now = listing_of(&m->right);
    hs_merge_base_make(out, &left_now, &right_now, &base);
    assert_false(base.left_has_moved || base.right_has_moved);
    m->left_then = tree_of(&base.left);
    m->right_then = tree_of(&base.right);
    hs_merge_base_clear(&base);
    for (struct hs_listing *l[] = {&left, &right, &left_then, &right_then, &left_now, &right_now}, **at = l;
         at < l + 6; at++)
        hs_vec_clear(&(*at)->files);
    return n_moved;
}

static bool is_edit(const struct tree *now, const struct tree *then, int i)
{
    return now->at[i] && now->at[i] != then->at[i];
}

static void check_trees(const struct model *m, uint64_t seed)
{
    if (find_clash(&m->left) >= 0 || find_clash(&m->right) >= 0)
        fail_msg("seed %llu: a file is a folder, too", (unsigned long long)seed);
}

static void check_no_edit_is_lost(const struct model *before, const struct model *after, uint64_t seed)
{
    for (int i = 0; before->policy == T_HOLD && i < N_PATHS; i++) {
        bool lost_left = is_edit(&before->left, &before->left_then, i) && before->left.at[i] != after->left.at[i];
        bool lost_right = is_edit(&before->right, &before->right_then, i) && before->right.at[i] != after->right.at[i];
        if (lost_left || lost_right)
            fail_msg("seed %llu: the edit of '%s' is gone", (unsigned long long)seed, paths[i]);
    }
    for (int i = 0; i < N_PATHS; i++) {
        bool is_gone = (before->left.at[i] && !after->left.at[i]) || (before->right.at[i] && !after->right.at[i]);
        if (is_gone && !before->left_then.at[i] && !before->right_then.at[i])
            fail_msg("seed %llu: '%s' was deleted, and was never in step", (unsigned long long)seed, paths[i]);
        if (is_gone && (!before->may_delete || i == 0))
            fail_msg("seed %llu: '%s' was deleted", (unsigned long long)seed, paths[i]);
    }
}

static void check_silent(struct model *m, size_t n_held, uint64_t seed)
{
    struct model before = *m;
    struct hs_merge again;

    if (merge_once(m, &again) || again.n_conflicts != n_held || !is_same(&before, m))
        fail_msg("seed %llu: the second merge is not silent", (unsigned long long)seed);
    hs_merge_clear(&again);
}

static struct model turned(const struct model *m)
{
    static const enum hs_t_policy policies[] = {T_HOLD, T_NEWEST, T_PREFER_OTHER, T_PREFER_ONE};

    return (struct model){m->right,  m->left,       m->right_then, m->left_then, policies[m->policy],
                          m->may_delete, m->right_ms, m->left_ms};
}

static void check_turned(const struct model *before, const struct model *after, uint64_t seed)
{
    struct model back = turned(before), want = turned(after);
    struct hs_merge merge;

    (void)merge_once(&back, &merge);
    hs_merge_clear(&merge);
    if (!is_same(&back, &want))
        fail_msg("seed %llu: left and right do not have the same rights", (unsigned long long)seed);
}

/* One side committed, the other not, nothing remembered: the next merge ends where this would have. */
static void check_half_done(const struct model *before, const struct model *after, uint64_t seed)
{
    struct model half = *before;
    struct hs_merge merge;

    half.right = after->right;
    (void)merge_once(&half, &merge);
    hs_merge_clear(&merge);
    if (!is_same(&half, after))
        fail_msg("seed %llu: a merge that is half done ends elsewhere", (unsigned long long)seed);
}

static void random_edits_are_merged_without_loss_and_then_silence(void **unused)
{
    const char *given = getenv("HUBSYNC_SEED");
    uint64_t first = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    (void)unused;
    print_message("HUBSYNC_SEED=%llu\n", (unsigned long long)first);
    for (uint64_t seed = first; seed < first + N_ROUNDS; seed++) {
        struct model m = {.policy = T_HOLD}, before;
        struct hs_merge merge;
        dice = seed * 2654435761u;
        for (int round = 0; round < 4; round++) {
            m.policy = (enum hs_t_policy)roll(4);
            m.may_delete = roll(2);
            m.left_ms = 1000 * (int64_t)roll(3);
            m.right_ms = 1000 * (int64_t)roll(3);
            edit(&m.left);
            edit(&m.right);
            if (roll(8) == 0) /* the state directory is lost */
                m.left_then = m.right_then = (struct tree){{0}};
            before = m;
            (void)merge_once(&m, &merge);
            check_trees(&m, seed);
            check_no_edit_is_lost(&before, &m, seed);
            check_turned(&before, &m, seed);
            check_half_done(&before, &m, seed);
            check_silent(&m, merge.n_conflicts, seed);
            hs_merge_clear(&merge);
        }
    }
}

/* ---- single cases over listings ---- */
static struct model settled(void)
{
    struct tree tree = {{0, 11, 12, 13}};

    return (struct model){tree, tree, tree, tree, T_HOLD, true, 0, 0};
}

static void a_lost_state_invents_neither_conflict_nor_transfer(void **unused)
{
    struct model m = settled();
    struct hs_merge merge;

    (void)unused;
    m.left_then = m.right_then = (struct tree){{0}};
    assert_int_equal(merge_once(&m, &merge), 0);
    assert_int_equal(merge.n_conflicts, 0);
    hs_merge_clear(&merge);
    assert_int_equal(m.left_then.at[1], 11);
}

static void a_held_conflict_stays_until_the_sides_agree(void **unused)
{
    struct model m = settled();
    struct hs_merge merge;

    (void)unused;
    m.left.at[1] = 21;
    m.right.at[1] = 31;
    m.left.at[2] = 22;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(merge_once(&m, &merge), i == 0); /* the rest goes on */
        assert_int_equal(merge.n_conflicts, 1);
        assert_int_equal(m.left_then.at[1], 11);
        hs_merge_clear(&merge);
    }
    m.right.at[1] = 21;
    assert_int_equal(merge_once(&m, &merge), 0);
    assert_int_equal(merge.n_conflicts, 0);
    hs_merge_clear(&merge);
    assert_int_equal(m.right_then.at[1], 21);
}

static void a_deletion_that_stays_is_remembered(void **unused)
{
    struct model m = settled();
    struct hs_merge merge;

    (void)unused;
    m.may_delete = false;
    m.left.at[1] = 0;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(merge_once(&m, &merge), 0);
        assert_int_equal(merge.n_conflicts, 0);
        hs_merge_clear(&merge);
    }
    assert_int_equal(m.right.at[1], 11);
    m.may_delete = true;
    assert_int_equal(merge_once(&m, &merge), 1);
    hs_merge_clear(&merge);
    assert_int_equal(m.right.at[1], 0);
}

static void an_edit_during_the_commit_is_seen_by_the_next_merge(void **unused)
{
    struct model m = settled();
    struct hs_listing left = listing_of(&m.left), right = listing_of(&m.right), now;
    struct tree later = m.right;
    struct hs_merge_what what = {.left = {&left, &left, 0}, .right = {&right, &right, 0}};
    struct hs_merge merge;
    struct hs_merge_base base;

    (void)unused;
    later.at[2] = 99;
    later.at[3] = 0;
    later.at[5] = 98;
    now = listing_of(&later);
    hs_merge_make(&what, &merge);
    hs_merge_base_make(&merge, NULL, &now, &base);
    assert_true(base.right_has_moved);
    assert_false(base.left_has_moved);
    assert_int_equal(tree_of(&base.right).at[2], 12);
    assert_int_equal(tree_of(&base.right).at[3], 13);
    assert_int_equal(tree_of(&base.right).at[5], 0);
    hs_merge_base_clear(&base);
    hs_merge_clear(&merge);
    hs_vec_clear(&left.files);
    hs_vec_clear(&right.files);
    hs_vec_clear(&now.files);
}

static void the_files_own_times_count_before_the_repos(void **unused)
{
    struct model m = settled();
    struct hs_listing left, right, then = listing_of(&m.left);
    struct hs_merge merge;

    (void)unused;
    m.left.at[1] = 21;
    m.right.at[1] = 31;
    left = listing_of(&m.left);
    right = listing_of(&m.right);
    struct hs_merge_what what = {.left = {&left, &then, 9000}, .right = {&right, &then, 1000}, .policy = T_NEWEST};
    left.files.items[0].modified_ms = 5000;
    right.files.items[0].modified_ms = 6000;
    hs_merge_make(&what, &merge);
    assert_int_equal(merge.rows.items[0].is.action, T_TO_ONE);
    hs_merge_clear(&merge);
    right.files.items[0].modified_ms = 0; /* not told */
    hs_merge_make(&what, &merge);
    assert_int_equal(merge.rows.items[0].is.action, T_TO_OTHER);
    hs_merge_clear(&merge);
    right.files.items[0].modified_ms = 5999; /* the same second */
    hs_merge_make(&what, &merge);
    assert_int_equal(merge.rows.items[0].is.action, T_CONFLICT);
    hs_merge_clear(&merge);
    hs_vec_clear(&left.files);
    hs_vec_clear(&right.files);
    hs_vec_clear(&then.files);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_has_a_row),
        cmocka_unit_test(nothing_is_deleted_unless_the_rule_deletes),
        cmocka_unit_test(what_was_never_in_step_is_never_deleted),
        cmocka_unit_test(an_edit_is_lost_only_to_the_winner_of_a_policy),
        cmocka_unit_test(what_is_the_same_is_left_alone),
        cmocka_unit_test(what_no_side_changed_is_left_alone),
        cmocka_unit_test(two_edits_are_held_unless_a_policy_has_a_winner),
        cmocka_unit_test(an_edit_against_a_deletion_is_a_conflict),
        cmocka_unit_test(newest_without_times_holds),
        cmocka_unit_test(a_deletion_that_may_not_travel_stays_and_is_no_conflict),
        cmocka_unit_test(a_file_on_one_side_only_is_copied_without_a_baseline),
        cmocka_unit_test(an_edit_goes_to_the_side_that_did_not_touch_it),
        cmocka_unit_test(only_what_is_missing_is_asked_for),
        cmocka_unit_test(what_is_not_known_moves_nothing),
        cmocka_unit_test(both_sides_have_the_same_rights),
        cmocka_unit_test(every_row_of_the_table_decides_something),
        cmocka_unit_test(random_edits_are_merged_without_loss_and_then_silence),
        cmocka_unit_test(a_lost_state_invents_neither_conflict_nor_transfer),
        cmocka_unit_test(a_held_conflict_stays_until_the_sides_agree),
        cmocka_unit_test(a_deletion_that_stays_is_remembered),
        cmocka_unit_test(an_edit_during_the_commit_is_seen_by_the_next_merge),
        cmocka_unit_test(the_files_own_times_count_before_the_repos),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
