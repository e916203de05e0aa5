#include "sync/mirror.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define ROW(...)   +1
#define ALARM(...) +1
enum {
    N_ROWS = 0
#include "sync/mirror.tbl"
    ,
    N_ALARMS = 0
#include "sync/mirror_alarms.tbl"
};
#undef ROW
#undef ALARM

enum { N_FACTS = 11 };
static const int n_values[N_FACTS] = {M_VANISHED + 1,        M_FILTERED + 1,     M_NAME_BAD + 1, M_FAILED_KEPT + 1,
                                      M_ABSENT + 1,          M_ADDRESS_UNKNOWN + 1, M_DUE + 1,   M_SOURCE_EMPTY + 1,
                                      M_STRANGE + 1,         M_NOT_ASKED + 1,    M_NOT_CHECKED + 1};

static struct hs_mirror_facts facts_of(const int *at)
{
    return (struct hs_mirror_facts){
        .source = (enum hs_m_source)at[0],
        .select = (enum hs_m_select)at[1],
        .name = (enum hs_m_name)at[2],
        .import = (enum hs_m_import)at[3],
        .target = (enum hs_m_target)at[4],
        .ready = (enum hs_m_ready)at[5],
        .due = (enum hs_m_due)at[6],
        .heads = (enum hs_m_heads)at[7],
        .commit = (enum hs_m_commit)at[8],
        .pull = (enum hs_m_switch)at[9],
        .objects = (enum hs_m_objects)at[10],
    };
}

static bool next_of(int *at, const int *n, int n_facts)
{
    for (int i = 0; i < n_facts; i++) {
        if (++at[i] < n[i])
            return true;
        at[i] = 0;
    }
    return false;
}

typedef bool test_fn(const struct hs_mirror_facts *f, const struct hs_mirror_judgement *j);

/* holds must be true of every combination. */
static void each(test_fn *holds)
{
    int at[N_FACTS] = {0};

    do {
        struct hs_mirror_facts f = facts_of(at);
        struct hs_mirror_judgement j = hs_mirror_judge(&f);
        if (!holds(&f, &j))
            fail_msg("source %d select %d name %d import %d target %d ready %d due %d heads %d commit %d pull %d "
                     "objects %d: row %d, action %d",
                     at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8], at[9], at[10], j.row,
                     (int)j.action);
    } while (next_of(at, n_values, N_FACTS));
}
#define NEVER(name, act, condition)                                                                  \
    static bool holds_##name(const struct hs_mirror_facts *f, const struct hs_mirror_judgement *j)   \
    {                                                                                                \
        return j->action != (act) || !(condition);                                                   \
    }                                                                                                \
    static void name(void **unused)                                                                  \
    {                                                                                                \
        (void)unused;                                                                                \
        each(holds_##name);                                                                          \
    }

NEVER(only_a_public_source_is_imported, M_IMPORT, f->source != M_PUBLIC)
NEVER(what_may_be_there_is_not_imported, M_IMPORT, f->target != M_ABSENT)
NEVER(what_is_not_selected_is_not_imported, M_IMPORT, f->select == M_FILTERED)
NEVER(a_bad_name_is_not_imported, M_IMPORT, f->name == M_NAME_BAD)
NEVER(nothing_is_imported_before_it_may, M_IMPORT, f->ready != M_READY)
NEVER(a_failed_import_is_not_made_again_by_itself, M_IMPORT, f->import == M_FAILED || f->import == M_FAILED_KNOWN)
NEVER(equal_heads_alone_are_in_step, M_IN_STEP, f->heads != M_EQUAL)
NEVER(heads_are_read_only_when_due, M_READ_HEADS, f->due != M_DUE)
NEVER(a_stranger_is_never_behind, M_BEHIND, f->commit != M_OURS)
NEVER(a_failure_is_told_once, M_FAIL, f->import != M_FAILED)
NEVER(a_source_that_others_may_not_read_is_not_followed, M_READ_HEADS, f->source != M_PUBLIC)
NEVER(objects_are_not_checked_while_the_hub_is_at_it, M_CHECK_OBJECTS, f->import == M_RUNNING)

static bool is_rest_quiet(const struct hs_mirror_facts *f, const struct hs_mirror_judgement *j)
{
    bool is_there = f->target == M_PRESENT || f->target == M_HIDDEN || f->target == M_LISTED;
    bool is_mine = f->import == M_RUNNING || f->import == M_DONE || f->import == M_NONE;

    return f->source != M_PUBLIC || f->select != M_SELECTED || f->name != M_NAME_OK || f->due != M_NOT_DUE ||
           !is_there || !is_mine || j->action == M_REST;
}

static void what_is_there_and_not_due_costs_no_question(void **unused)
{
    (void)unused;
    each(is_rest_quiet);
}

static bool tells_why(const struct hs_mirror_facts *f, const struct hs_mirror_judgement *j)
{
    bool has_reason = j->action == M_SKIP || j->action == M_BLOCK || j->action == M_EXPOSED;
    bool has_words = j->action >= M_IMPORT && j->action != M_REST;

    (void)f;
    return j->row >= 0 && has_reason == (*j->reason != '\0') && has_words == (*j->words != '\0');
}

static void every_end_tells_why(void **unused)
{
    (void)unused;
    each(tells_why);
}

/* A question is asked only while its answer is missing: so asking comes to an end. */
static bool asks_what_is_missing(const struct hs_mirror_facts *f, const struct hs_mirror_judgement *j)
{
    switch (j->action) {
    case M_ASK_SOURCE:
        return f->source == M_UNSEEN;
    case M_ASK_TARGET:
        return f->target == M_UNCLEAR || f->target == M_LISTED;
    case M_ASK_CONTENT:
        return f->ready == M_CONTENT_UNKNOWN;
    case M_ASK_ADDRESS:
        return f->ready == M_ADDRESS_UNKNOWN;
    case M_READ_HEADS:
        return f->heads == M_NOT_READ;
    case M_ASK_COMMIT:
        return f->commit == M_COMMIT_UNKNOWN;
    case M_ASK_PROGRESS:
        return f->pull == M_NOT_ASKED;
    case M_CHECK_OBJECTS:
        return f->objects == M_NOT_CHECKED;
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

static bool note(const struct hs_mirror_facts *f, const struct hs_mirror_judgement *j)
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
            fail_msg("row %d of mirror.tbl never decides", i + 1);
}

/* ---- alarms ---- */
enum { N_END = 6 };
static const int n_end_values[N_END] = {M_EXPOSED + 1,     M_VANISHED + 1, M_NOT_ASKED + 1,
                                        M_NOT_CHECKED + 1, M_STALE + 1,    M_TOLD + 1};
typedef bool alarm_fn(enum hs_m_kind kind, const struct hs_mirror_end *end, enum hs_m_alarm what);

static bool is_alarm_reached[N_ALARMS];

static void each_end(alarm_fn *holds)
{
    int at[N_END] = {M_IMPORT};

    do {
        struct hs_mirror_end end = {(enum hs_m_action)at[0], (enum hs_m_source)at[1], (enum hs_m_switch)at[2],
                                    (enum hs_m_objects)at[3], (enum hs_m_age)at[4],   (enum hs_m_told)at[5]};
        for (int kind = 0; at[0] >= M_IMPORT && kind < HS_M_KINDS; kind++) {
            int row;
            enum hs_m_alarm what = hs_mirror_alarm((enum hs_m_kind)kind, &end, &row);
            if (row >= 0)
                is_alarm_reached[row] = true;
            if (!holds((enum hs_m_kind)kind, &end, what))
                fail_msg("kind %d action %d source %d pull %d objects %d age %d told %d: %d", kind, at[0], at[1], at[2],
                         at[3], at[4], at[5], (int)what);
        }
    } while (next_of(at, n_end_values, N_END));
}
#define ALARM_RULE(name, condition)                                                                       \
    static bool holds_##name(enum hs_m_kind kind, const struct hs_mirror_end *end, enum hs_m_alarm what)  \
    {                                                                                                     \
        return (condition);                                                                               \
    }                                                                                                     \
    static void name(void **unused)                                                                       \
    {                                                                                                     \
        (void)unused;                                                                                     \
        each_end(holds_##name);                                                                           \
    }

ALARM_RULE(the_reminder_comes_once, kind != M_K_MANUAL || end->told == M_NOT_TOLD_YET || what != M_OPEN)
ALARM_RULE(the_reminder_goes_when_the_switch_is_on,
           kind != M_K_MANUAL || what != M_RESOLVE || end->pull == M_ON)
ALARM_RULE(only_what_is_old_is_stale, kind != M_K_STALE || what != M_OPEN || end->age == M_STALE)
ALARM_RULE(what_is_in_step_is_not_stale, kind != M_K_STALE || end->action != M_IN_STEP || what == M_RESOLVE)
ALARM_RULE(a_run_with_nothing_due_changes_no_alarm_of_the_mirror,
           end->action != M_REST || kind > M_K_FAILED || what == M_LEAVE)
ALARM_RULE(a_private_source_is_an_alarm,
           kind != M_K_VISIBILITY || end->action != M_EXPOSED || end->source != M_PRIVATE || what == M_OPEN)
ALARM_RULE(a_gated_source_is_an_alarm,
           kind != M_K_GATED || end->action != M_EXPOSED || end->source != M_GATED || what == M_OPEN)
ALARM_RULE(missing_objects_are_an_alarm,
           kind != M_K_LFS || end->action != M_IN_STEP || end->objects != M_MISSING || what == M_OPEN)
ALARM_RULE(a_failed_import_is_an_alarm, kind != M_K_FAILED || end->action != M_FAIL || what == M_OPEN)

static void every_alarm_row_decides_something(void **unused)
{
    (void)unused;
    each_end(holds_the_reminder_comes_once);
    for (int i = 0; i < N_ALARMS; i++)
        if (!is_alarm_reached[i])
            fail_msg("row %d of mirror_alarms.tbl never decides", i + 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_public_source_is_imported),
        cmocka_unit_test(what_may_be_there_is_not_imported),
        cmocka_unit_test(what_is_not_selected_is_not_imported),
        cmocka_unit_test(a_bad_name_is_not_imported),
        cmocka_unit_test(nothing_is_imported_before_it_may),
        cmocka_unit_test(a_failed_import_is_not_made_again_by_itself),
        cmocka_unit_test(equal_heads_alone_are_in_step),
        cmocka_unit_test(heads_are_read_only_when_due),
        cmocka_unit_test(a_stranger_is_never_behind),
        cmocka_unit_test(a_failure_is_told_once),
        cmocka_unit_test(a_source_that_others_may_not_read_is_not_followed),
        cmocka_unit_test(objects_are_not_checked_while_the_hub_is_at_it),
        cmocka_unit_test(what_is_there_and_not_due_costs_no_question),
        cmocka_unit_test(every_end_tells_why),
        cmocka_unit_test(questions_come_to_an_end),
        cmocka_unit_test(every_row_of_the_table_decides_something),
        cmocka_unit_test(the_reminder_comes_once),
        cmocka_unit_test(the_reminder_goes_when_the_switch_is_on),
        cmocka_unit_test(only_what_is_old_is_stale),
        cmocka_unit_test(what_is_in_step_is_not_stale),
        cmocka_unit_test(a_run_with_nothing_due_changes_no_alarm_of_the_mirror),
        cmocka_unit_test(a_private_source_is_an_alarm),
        cmocka_unit_test(a_gated_source_is_an_alarm),
        cmocka_unit_test(missing_objects_are_an_alarm),
        cmocka_unit_test(a_failed_import_is_an_alarm),
        cmocka_unit_test(every_alarm_row_decides_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
