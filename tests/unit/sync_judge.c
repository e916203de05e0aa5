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
enum {
    N_ROWS = 0
#include "sync/judge.tbl"
};
#undef ROW

enum { N_FACTS = 12 };
static const int n_values[N_FACTS] = {J_VANISHED + 1,   J_FILTERED + 1,   J_GATED + 1,    J_NAME_BAD + 1,
                                      J_SEEN_LOCAL + 1, J_UNCLEAR + 1,    J_SEEN_LOCAL + 1, J_MAY_NOT + 1,
                                      J_TOO_MANY + 1,   J_TOO_MANY + 1,   J_LOSS_REFUSED + 1, J_BY_NAME + 1};

static struct hs_facts facts_of(const int *at)
{
    return (struct hs_facts){
        .source = (enum hs_j_source)at[0],
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

/* Every combination of facts, one after the other. */
static bool next_facts(int *at)
{
    for (int i = 0; i < N_FACTS; i++) {
        if (++at[i] < n_values[i])
            return true;
        at[i] = 0;
    }
    return false;
}

typedef bool test_fn(const struct hs_facts *f, const struct hs_judgement *j);

/* holds must be true of every combination. */
static void each(test_fn *holds)
{
    int at[N_FACTS] = {0};

    do {
        struct hs_facts f = facts_of(at);
        struct hs_judgement j = hs_judge(&f);
        if (!holds(&f, &j))
            fail_msg("source %d select %d gated %d name %d sight %d target %d its sight %d create %d files %d %d "
                     "loss %d asked %d: row %d, action %d",
                     at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8], at[9], at[10], at[11], j.row,
                     (int)j.action);
    } while (next_facts(at));
}
#define NO_SYNC_IF(name, condition)                                            \
    static bool holds_##name(const struct hs_facts *f, const struct hs_judgement *j) \
    {                                                                          \
        return !(condition) || j->action != J_SYNC;                            \
    }                                                                          \
    static void name(void **unused)                                            \
    {                                                                          \
        (void)unused;                                                          \
        each(holds_##name);                                                    \
    }

NO_SYNC_IF(a_gated_source_is_never_copied, f->gated == J_GATED)
NO_SYNC_IF(a_vanished_source_changes_nothing, f->source == J_VANISHED)
NO_SYNC_IF(what_is_not_selected_is_left_alone, f->select == J_FILTERED)
NO_SYNC_IF(a_bad_name_is_never_used, f->name == J_NAME_BAD)
NO_SYNC_IF(a_source_of_unknown_visibility_is_asked_first, f->source_sight == J_SEEN_NOT)
NO_SYNC_IF(private_never_becomes_public,
           f->source_sight == J_SEEN_PRIVATE && f->target == J_PRESENT &&
               (f->target_sight == J_SEEN_PUBLIC || f->target_sight == J_SEEN_NOT))
NO_SYNC_IF(nothing_is_created_while_the_target_may_be_there, f->target == J_UNCLEAR)
NO_SYNC_IF(nothing_is_created_where_the_rule_forbids_it, f->target == J_ABSENT && f->create == J_MAY_NOT)
NO_SYNC_IF(only_a_complete_source_listing_counts, f->source_files != J_COMPLETE)
NO_SYNC_IF(only_a_complete_target_listing_counts, f->target == J_PRESENT && f->target_files != J_COMPLETE)
NO_SYNC_IF(no_loss_over_a_cap, f->loss >= J_LOSS_FILES)

static bool tells_why(const struct hs_facts *f, const struct hs_judgement *j)
{
    bool is_end = j->action == J_SKIP || j->action == J_BLOCK;

    (void)f;
    return j->row >= 0 && is_end == (*j->reason != '\0') && is_end == (*j->words != '\0');
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
    default:
        return true;
    }
}

static void questions_come_to_an_end(void **unused)
{
    (void)unused;
    each(asks_what_is_missing);
}

static bool is_reached[N_ROWS];

static bool note(const struct hs_facts *f, const struct hs_judgement *j)
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
            fail_msg("row %d of judge.tbl never decides", i + 1);
}

static void what_is_known_and_harmless_is_synced(void **unused)
{
    struct hs_facts f = {.target = J_PRESENT, .loss = J_LOSS_OK};

    (void)unused;
    assert_int_equal(hs_judge(&f).action, J_SYNC);
    f.target = J_ABSENT;
    f.source_sight = J_SEEN_PRIVATE;
    assert_int_equal(hs_judge(&f).action, J_SYNC);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gated_source_is_never_copied),
        cmocka_unit_test(a_vanished_source_changes_nothing),
        cmocka_unit_test(what_is_not_selected_is_left_alone),
        cmocka_unit_test(a_bad_name_is_never_used),
        cmocka_unit_test(a_source_of_unknown_visibility_is_asked_first),
        cmocka_unit_test(private_never_becomes_public),
        cmocka_unit_test(nothing_is_created_while_the_target_may_be_there),
        cmocka_unit_test(nothing_is_created_where_the_rule_forbids_it),
        cmocka_unit_test(only_a_complete_source_listing_counts),
        cmocka_unit_test(only_a_complete_target_listing_counts),
        cmocka_unit_test(no_loss_over_a_cap),
        cmocka_unit_test(every_skip_and_block_tells_why),
        cmocka_unit_test(questions_come_to_an_end),
        cmocka_unit_test(every_row_of_the_table_decides_something),
        cmocka_unit_test(what_is_known_and_harmless_is_synced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
