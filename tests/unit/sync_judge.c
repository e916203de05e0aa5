#include "sync/judge.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define ROW(...) +1
#define GONE(...)
enum {
    N_ROWS = 0
#include "sync/judge.tbl"
};
#undef ROW
#undef GONE
#define ROW(...)
#define GONE(...) +1
enum {
    N_GONE_ROWS = 0
#include "sync/judge.tbl"
};
#undef ROW
#undef GONE

enum { N_FACTS = 12, N_GONE_FACTS = 8 };
static const int n_values[N_FACTS] = {J_MERGES + 1,     J_NOT_PUBLIC + 1, J_GATED + 1,     J_NAME_BAD + 1,
                                      J_SEEN_LOCAL + 1, J_UNCLEAR + 1,    J_SEEN_LOCAL + 1, J_PRIVATELY + 1,
                                      J_TOO_MANY + 1,   J_TOO_MANY + 1,   J_LOSS_REFUSED + 1, J_BY_NAME + 1};
static const int n_gone_values[N_GONE_FACTS] = {J_NOT_PUBLIC + 1,  J_NAME_BAD + 1,   J_UNCLEAR + 1,
                                                J_MIRROR_REPOS + 1, J_GRACE_OVER + 1, J_UNREADABLE + 1,
                                                J_LOSS_REFUSED + 1, J_BY_HAND + 1};

static struct hs_facts facts_of(const int *at)
{
    return (struct hs_facts){
        .role = (enum hs_j_role)at[0],
        .select = (enum hs_j_select)at[1],
        .gated = (enum hs_j_gated)at[2],
        .name = (enum hs_j_name)at[3],
        .source_sight = (enum hs_j_sight)at[4],
        .target = (enum hs_j_target)at[5],
        .target_sight = (enum hs_j_sight)at[6],
        .create = (enum hs_j_create)at[7],
        .source_files = (enum hs_j_files)at[8],
        .target_files = (enum hs_j_files)at[9],
        .loss = (enum hs_j_loss)at[10],
        .asked = (enum hs_j_asked)at[11],
    };
}

static struct hs_facts gone_facts_of(const int *at)
{
    return (struct hs_facts){
        .source = J_VANISHED,
        .select = (enum hs_j_select)at[0],
        .name = (enum hs_j_name)at[1],
        .target = (enum hs_j_target)at[2],
        .mirror = (enum hs_j_mirror)at[3],
        .grace = (enum hs_j_grace)at[4],
        .proof = (enum hs_j_proof)at[5],
        .loss = (enum hs_j_loss)at[6],
        .hand = (enum hs_j_hand)at[7],
    };
}

/* Every combination of facts, one after the other. */
static bool next_facts(int *at, const int *n, int n_facts)
{
    for (int i = 0; i < n_facts; i++) {
        if (++at[i] < n[i])
            return true;
        at[i] = 0;
    }
    return false;
}

typedef bool test_fn(const struct hs_facts *f, const struct hs_judgement *j);

static void check(test_fn *holds, const struct hs_facts *f, const int *at, int n_facts)
{
    struct hs_judgement j = hs_judge(f);
    char text[128] = "";

    if (holds(f, &j))
        return;
    for (int i = 0; i < n_facts; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), " %d", at[i]);
    fail_msg("%s facts%s: row %d, action %d", f->source == J_VANISHED ? "gone," : "listed,", text, j.row + 1,
             (int)j.action);
}

/* holds must be true of every combination, of those that are listed and of those that are gone. */
static void each_listed(test_fn *holds)
{
    int at[N_FACTS] = {0};

    do {
        struct hs_facts f = facts_of(at);
        check(holds, &f, at, N_FACTS);
    } while (next_facts(at, n_values, N_FACTS));
}

static void each_gone(test_fn *holds)
{
    int at[N_GONE_FACTS] = {0};

    do {
        struct hs_facts f = gone_facts_of(at);
        check(holds, &f, at, N_GONE_FACTS);
    } while (next_facts(at, n_gone_values, N_GONE_FACTS));
}

static void each(test_fn *holds)
{
    each_listed(holds);
    each_gone(holds);
}

static bool changes(const struct hs_judgement *j)
{
    return j->action == J_SYNC || j->action == J_MERGE || j->action == J_DELETE_REPO;
}
#define NO_CHANGE_IF(name, condition)                                                \
    static bool holds_##name(const struct hs_facts *f, const struct hs_judgement *j) \
    {                                                                                \
        return !(condition) || !changes(j);                                          \
    }                                                                                \
    static void name(void **unused)                                                  \
    {                                                                                \
        (void)unused;                                                                \
        each(holds_##name);                                                          \
    }

NO_CHANGE_IF(a_gated_source_is_never_copied, f->source == J_LISTED && f->gated == J_GATED)
NO_CHANGE_IF(what_is_not_selected_is_left_alone, f->select == J_FILTERED)
NO_CHANGE_IF(a_bad_name_is_never_used, f->name == J_NAME_BAD)
NO_CHANGE_IF(a_source_of_unknown_visibility_is_asked_first, f->source == J_LISTED && f->source_sight == J_SEEN_NOT)
NO_CHANGE_IF(private_never_becomes_public,
             f->source == J_LISTED && f->source_sight == J_SEEN_PRIVATE && f->target == J_PRESENT &&
                 (f->target_sight == J_SEEN_PUBLIC || f->target_sight == J_SEEN_NOT))
NO_CHANGE_IF(nothing_is_merged_from_private_to_public,
             f->source == J_LISTED && f->role == J_MERGES && f->source_sight == J_SEEN_PUBLIC &&
                 f->target == J_PRESENT && (f->target_sight == J_SEEN_PRIVATE || f->target_sight == J_SEEN_NOT))
NO_CHANGE_IF(nothing_is_created_while_the_target_may_be_there, f->target == J_UNCLEAR)
NO_CHANGE_IF(nothing_is_created_where_the_rule_forbids_it,
             f->source == J_LISTED && f->target == J_ABSENT && f->create == J_MAY_NOT)
NO_CHANGE_IF(a_side_that_was_thought_alone_is_never_written_over,
             f->source == J_LISTED && f->role == J_IF_ALONE && f->target == J_PRESENT)
NO_CHANGE_IF(only_a_complete_source_listing_counts, f->source == J_LISTED && f->source_files != J_COMPLETE)
NO_CHANGE_IF(only_a_complete_target_listing_counts,
             f->source == J_LISTED && f->target == J_PRESENT && f->target_files != J_COMPLETE)
NO_CHANGE_IF(no_loss_over_a_cap, f->loss >= J_LOSS_FILES)
NO_CHANGE_IF(a_vanished_source_deletes_nothing_unless_the_rule_says_so,
             f->source == J_VANISHED && f->mirror == J_KEEP_REPOS)
NO_CHANGE_IF(a_vanished_source_deletes_nothing_within_the_grace, f->source == J_VANISHED && f->grace == J_GRACE_RUNS)
NO_CHANGE_IF(a_vanished_source_deletes_nothing_without_the_proof, f->source == J_VANISHED && f->proof != J_PROVED)
NO_CHANGE_IF(what_only_a_person_can_delete_is_left_to_them, f->source == J_VANISHED && f->hand == J_BY_HAND)

static bool goes_its_way(const struct hs_facts *f, const struct hs_judgement *j)
{
    switch (j->action) {
    case J_DELETE_REPO:
    case J_PROVE:
    case J_FORGET:
        return f->source == J_VANISHED;
    case J_MERGE:
        return f->source == J_LISTED && f->role == J_MERGES;
    case J_TURN:
        return f->source == J_LISTED && f->role == J_IF_ALONE;
    case J_SYNC:
        return f->source == J_LISTED && !(f->role == J_MERGES && f->target == J_PRESENT);
    default:
        return true;
    }
}

static void repos_go_only_when_their_source_is_gone(void **unused)
{
    (void)unused;
    each(goes_its_way);
}

static bool tells_leaks(const struct hs_facts *f, const struct hs_judgement *j)
{
    bool is_open = f->target == J_PRESENT && f->target_sight == J_SEEN_PUBLIC && f->select != J_FILTERED &&
                   f->asked == J_BY_RULE;

    if (is_open && f->gated == J_GATED)
        return strcmp(j->alert, "gated_public") == 0;
    if (is_open && f->source_sight == J_SEEN_PRIVATE && f->name == J_NAME_OK && f->role != J_IF_ALONE)
        return strcmp(j->alert, "visibility_mismatch") == 0;
    return true;
}

static void a_public_copy_of_what_is_not_public_is_an_alert(void **unused)
{
    (void)unused;
    each_listed(tells_leaks);
}

static bool tells_why(const struct hs_facts *f, const struct hs_judgement *j)
{
    bool is_end = j->action == J_SKIP || j->action == J_BLOCK || j->action == J_FORGET;

    (void)f;
    return j->row >= 0 && is_end == (*j->reason != '\0') && (is_end || *j->alert) == (*j->words != '\0');
}

static void every_skip_and_block_tells_why(void **unused)
{
    (void)unused;
    each(tells_why);
}

/* A question is asked only while its answer is missing: so asking comes to an end. */
static bool asks_what_is_missing(const struct hs_facts *f, const struct hs_judgement *j)
{
    switch (j->action) {
    case J_ASK_SOURCE:
        return f->source_sight == J_SEEN_NOT;
    case J_ASK_TARGET:
        return f->target == J_UNCLEAR || f->target_sight == J_SEEN_NOT;
    case J_READ_FILES:
        return f->source_files == J_NOT_READ || f->target_files == J_NOT_READ;
    case J_PROVE:
        return f->proof == J_NOT_PROVED;
    default:
        return true;
    }
}

static void questions_come_to_an_end(void **unused)
{
    (void)unused;
    each(asks_what_is_missing);
}

static bool is_reached[N_ROWS], is_gone_reached[N_GONE_ROWS];

static bool note(const struct hs_facts *f, const struct hs_judgement *j)
{
    *(f->source == J_VANISHED ? &is_gone_reached[j->row] : &is_reached[j->row]) = true;
    return true;
}

static void every_row_of_the_table_decides_something(void **unused)
{
    (void)unused;
    each(note);
    for (int i = 0; i < N_ROWS; i++)
        if (!is_reached[i])
            fail_msg("row %d of judge.tbl never decides", i + 1);
    for (int i = 0; i < N_GONE_ROWS; i++)
        if (!is_gone_reached[i])
            fail_msg("row %d of those that are gone never decides", i + 1);
}

static void what_is_known_and_harmless_is_synced(void **unused)
{
    struct hs_facts f = {.target = J_PRESENT, .loss = J_LOSS_OK};

    (void)unused;
    assert_int_equal(hs_judge(&f).action, J_SYNC);
    f.target = J_ABSENT;
    f.source_sight = J_SEEN_PRIVATE;
    assert_int_equal(hs_judge(&f).action, J_SYNC);
    f = (struct hs_facts){.role = J_MERGES};
    assert_int_equal(hs_judge(&f).action, J_MERGE);
    f = (struct hs_facts){.source = J_VANISHED, .mirror = J_MIRROR_REPOS, .grace = J_GRACE_OVER};
    assert_int_equal(hs_judge(&f).action, J_DELETE_REPO);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gated_source_is_never_copied),
        cmocka_unit_test(what_is_not_selected_is_left_alone),
        cmocka_unit_test(a_bad_name_is_never_used),
        cmocka_unit_test(a_source_of_unknown_visibility_is_asked_first),
        cmocka_unit_test(private_never_becomes_public),
        cmocka_unit_test(nothing_is_merged_from_private_to_public),
        cmocka_unit_test(nothing_is_created_while_the_target_may_be_there),
        cmocka_unit_test(nothing_is_created_where_the_rule_forbids_it),
        cmocka_unit_test(a_side_that_was_thought_alone_is_never_written_over),
        cmocka_unit_test(only_a_complete_source_listing_counts),
        cmocka_unit_test(only_a_complete_target_listing_counts),
        cmocka_unit_test(no_loss_over_a_cap),
        cmocka_unit_test(a_vanished_source_deletes_nothing_unless_the_rule_says_so),
        cmocka_unit_test(a_vanished_source_deletes_nothing_within_the_grace),
        cmocka_unit_test(a_vanished_source_deletes_nothing_without_the_proof),
        cmocka_unit_test(what_only_a_person_can_delete_is_left_to_them),
        cmocka_unit_test(repos_go_only_when_their_source_is_gone),
        cmocka_unit_test(a_public_copy_of_what_is_not_public_is_an_alert),
        cmocka_unit_test(every_skip_and_block_tells_why),
        cmocka_unit_test(questions_come_to_an_end),
        cmocka_unit_test(every_row_of_the_table_decides_something),
        cmocka_unit_test(what_is_known_and_harmless_is_synced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
