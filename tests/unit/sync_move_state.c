#include "sync/move_state.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define PAGE SOURCE_DIR "/docs/adr/0001-relay.md"

static int state_of(const char *name)
{
    for (int i = 0; i < HS_MOVE_STATES; i++)
        if (strcmp(hs_move_state_name((enum hs_move_state)i), name) == 0)
            return i;
    fail_msg("%s: there is no state '%s'", PAGE, name);
    return -1;
}

static int event_of(const char *name)
{
    for (int i = 0; i < HS_MOVE_EVENTS; i++)
        if (strcmp(hs_move_event_name((enum hs_move_event)i), name) == 0)
            return i;
    fail_msg("%s: there is no event '%s'", PAGE, name);
    return -1;
}

/* What the page says, -1 where it says nothing. */
static void read_page(int next[HS_MOVE_STATES][HS_MOVE_EVENTS])
{
    FILE *file = fopen(PAGE, "r");
    char line[512], from[32], event[32], to[32];
    bool is_in = false;

    assert_non_null(file);
    memset(next, 0xff, sizeof(int) * HS_MOVE_STATES * HS_MOVE_EVENTS);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "| state | event | next |", 24) == 0)
            is_in = true;
        else if (is_in && line[0] != '|')
            break;
        else if (is_in && sscanf(line, "| %31[a-z] | %31[a-z] | %31[a-z] |", from, event, to) == 3)
            next[state_of(from)][event_of(event)] = state_of(to);
    }
    fclose(file);
    assert_true(is_in);
}

static bool is_over(int state)
{
    return state == HS_MOVE_STORED || state == HS_MOVE_FAILED;
}

static void the_code_is_the_table_of_the_page(void **unused)
{
    int next[HS_MOVE_STATES][HS_MOVE_EVENTS];

    (void)unused;
    read_page(next);
    for (int s = 0; s < HS_MOVE_STATES; s++)
        for (int e = 0; e < HS_MOVE_EVENTS; e++) {
            int said = e == HS_ON_FAIL && !is_over(s) ? HS_MOVE_FAILED : next[s][e];
            int done = hs_move_next((enum hs_move_state)s, (enum hs_move_event)e);
            if (said != done)
                fail_msg("%s + %s: the page says %d, the code %d", hs_move_state_name((enum hs_move_state)s),
                         hs_move_event_name((enum hs_move_event)e), said, done);
        }
}

static void nothing_follows_an_end(void **unused)
{
    (void)unused;
    for (int e = 0; e < HS_MOVE_EVENTS; e++) {
        assert_int_equal(hs_move_next(HS_MOVE_STORED, (enum hs_move_event)e), -1);
        assert_int_equal(hs_move_next(HS_MOVE_FAILED, (enum hs_move_event)e), -1);
    }
}

static void an_object_is_stored_only_by_finishing_or_by_the_hubs_word(void **unused)
{
    (void)unused;
    for (int s = 0; s < HS_MOVE_STATES; s++)
        for (int e = 0; e < HS_MOVE_EVENTS; e++)
            if (hs_move_next((enum hs_move_state)s, (enum hs_move_event)e) == HS_MOVE_STORED)
                assert_true((s == HS_MOVE_ASK && e == HS_ON_HAVE) ||
                            (s == HS_MOVE_FINISHING && e == HS_ON_DONE));
}

static void held_back_bytes_leave_only_after_the_right_hash(void **unused)
{
    (void)unused;
    assert_int_equal(hs_move_next(HS_MOVE_HOLDING, HS_ON_RIGHT), HS_MOVE_SENDING);
    assert_int_equal(hs_move_next(HS_MOVE_HOLDING, HS_ON_ACK), -1);
    assert_int_equal(hs_move_next(HS_MOVE_HOLDING, HS_ON_ALL), -1);
    assert_int_equal(hs_move_next(HS_MOVE_HOLDING, HS_ON_DONE), -1);
}

/* From every state an end can be reached, and every state can be reached. */
static void no_state_is_a_dead_end(void **unused)
{
    bool is_reached[HS_MOVE_STATES] = {[HS_MOVE_ASK] = true}, can_store[HS_MOVE_STATES] = {[HS_MOVE_STORED] = true};

    (void)unused;
    for (int round = 0; round < HS_MOVE_STATES; round++)
        for (int s = 0; s < HS_MOVE_STATES; s++)
            for (int e = 0; e < HS_MOVE_EVENTS; e++) {
                int next = hs_move_next((enum hs_move_state)s, (enum hs_move_event)e);
                if (next < 0)
                    continue;
                is_reached[next] |= is_reached[s];
                can_store[s] |= can_store[next];
            }
    for (int s = 0; s < HS_MOVE_STATES; s++) {
        assert_true(is_reached[s]);
        assert_true(can_store[s] || s == HS_MOVE_FAILED);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_code_is_the_table_of_the_page),
        cmocka_unit_test(nothing_follows_an_end),
        cmocka_unit_test(an_object_is_stored_only_by_finishing_or_by_the_hubs_word),
        cmocka_unit_test(held_back_bytes_leave_only_after_the_right_hash),
        cmocka_unit_test(no_state_is_a_dead_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
