/* Errors, their classes and exit codes. */
#include "base/err.h"
#include <errno.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

static void a_failure_says_the_last_thing_it_was_told(void **state)
{
    HS_ERR(err);

    (void)state;
    assert_string_equal(hs_err_text(&err), "");
    assert_int_equal(hs_fail(&err, HUB_ENOTFOUND, "no repo %s", "a/b"), HUB_ENOTFOUND);
    assert_int_equal(hs_hint(&err, "look at %s", "x"), HUB_ENOTFOUND);
    assert_string_equal(hs_err_text(&err), "no repo a/b");
    assert_string_equal(err.hint, "look at x");
    assert_int_equal(hs_fail(&err, HUB_EAUTH, "%s, again", err.message), HUB_EAUTH);
    assert_string_equal(hs_err_text(&err), "no repo a/b, again");
    assert_null(err.hint);
    assert_int_equal(hs_prefix(&err, "%s: ", "ms"), HUB_EAUTH);
    assert_string_equal(hs_err_text(&err), "ms: no repo a/b, again");
    hs_err_clear(&err);
    assert_int_equal(err.status, 0);
    hs_err_clear(&err);
    hs_err_clear(NULL);
}

static void nobody_needs_to_listen(void **state)
{
    (void)state;
    assert_int_equal(hs_fail(NULL, HUB_EBUG, "x"), HUB_EBUG);
    assert_true(hs_hint(NULL, "x") < 0);
    assert_true(hs_prefix(NULL, "x") < 0);
    hs_err_move(NULL, NULL);
    hs_err_copy(NULL, NULL);
    assert_string_equal(hs_err_text(NULL), "");
}

static void an_error_moves_and_is_copied_whole(void **state)
{
    HS_ERR(from);
    HS_ERR(to);
    HS_ERR(copy);

    (void)state;
    (void)hs_fail(&to, HUB_EBUG, "old");
    (void)hs_fail(&from, HUB_EQUOTA, "full");
    (void)hs_hint(&from, "delete something");
    hs_err_copy(&copy, &from);
    hs_err_move(&to, &from);
    assert_int_equal(from.status, 0);
    assert_null(from.message);
    assert_int_equal(to.status, HUB_EQUOTA);
    assert_string_equal(to.message, "full");
    assert_string_equal(to.hint, "delete something");
    assert_int_equal(copy.status, HUB_EQUOTA);
    assert_string_equal(copy.hint, "delete something");
    hs_err_move(&to, &to);
    hs_err_copy(&to, &to);
    assert_string_equal(to.message, "full");
    hs_err_move(NULL, &to);
    assert_null(to.message);
}

static void errno_becomes_words(void **state)
{
    HS_ERR(err);

    (void)state;
    errno = ENOSPC;
    assert_int_equal(hs_fail_errno(&err, "write", "/a"), HS_EFAILED);
    assert_string_equal(hs_err_text(&err), "cannot write /a: No space left on device");
}

static void every_status_has_its_class_and_exit_code(void **state)
{
    static const struct {
        int status;
        const char *name;
        int exit_code;
    } CASES[] = {
        {HUB_OK, "", 0},
        {HUB_EAGAIN, "temporary", 5},
        {HUB_ETHROTTLED, "temporary", 5},
        {HUB_EEXPIRED, "temporary", 5},
        {HUB_EFIREWALL, "temporary", 5},
        {HUB_EUNSURE, "temporary", 5},
        {HUB_ECONFLICT, "temporary", 5},
        {HUB_ENOTFOUND, "failed", 1},
        {HUB_EDENIED, "auth", 10},
        {HUB_ECORRUPT, "integrity", 7},
        {HUB_ENOTSUP, "failed", 1},
        {HUB_ETOOBIG, "failed", 1},
        {HUB_EGATED, "safety", 6},
        {HUB_EEXIST, "failed", 1},
        {HUB_EREFUSED, "failed", 1},
        {HUB_EPARTIAL, "safety", 6},
        {HUB_EAUTH, "auth", 10},
        {HUB_EQUOTA, "failed", 1},
        {HUB_ENOMEM, "failed", 1},
        {HUB_EBUG, "plugin", 12},
        {HS_ECONFIG, "config", 2},
        {HS_ESAFETY, "safety", 6},
        {HS_EHELD, "conflict", 9},
        {HS_EPLUGIN, "plugin", 12},
        {HS_EBUSY, "busy", 11},
        {HS_EFAILED, "failed", 1},
        {HS_EPOISONED, "integrity", 7},
        {HS_EABSENT, "failed", 1},
        {-19, "temporary", 5}, /* of a newer provider */
        {-39, "failed", 1},
        {-59, "auth", 10},
        {-79, "failed", 1},
        {-12345, "failed", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        enum hs_class cls = hs_class_of(CASES[i].status);

        assert_string_equal(hs_class_name(cls), CASES[i].name);
        assert_int_equal(hs_class_exit(cls), CASES[i].exit_code);
    }
    assert_string_equal(hs_class_name(HS_CLASS_PARTIAL), "partial");
    assert_int_equal(hs_class_exit(HS_CLASS_PARTIAL), 3);
}

static void ranges_decide_what_happens_next(void **state)
{
    (void)state;
    assert_true(hs_is_retry(-1) && hs_is_retry(-19) && !hs_is_retry(0) && !hs_is_retry(-20));
    assert_true(hs_is_session(-40) && hs_is_session(-59) && !hs_is_session(-60) &&
                !hs_is_session(-39));
    assert_true(hs_is_stop(-60) && hs_is_stop(-79) && !hs_is_stop(-80) && !hs_is_stop(-59));
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(a_failure_says_the_last_thing_it_was_told),
        cmocka_unit_test(nobody_needs_to_listen),
        cmocka_unit_test(an_error_moves_and_is_copied_whole),
        cmocka_unit_test(errno_becomes_words),
        cmocka_unit_test(every_status_has_its_class_and_exit_code),
        cmocka_unit_test(ranges_decide_what_happens_next),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
