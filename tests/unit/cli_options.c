/* Command lines: what is read, what is refused, in which words. */
#include "cli/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

enum { MAX_WORDS = 16 };

/* Splits line at blanks. */
static int parse(const char *line, char *copy, size_t room, struct hs_options *o,
                 struct hs_err *err)
{
    char *argv[MAX_WORDS] = {NULL}, *rest = copy;
    int argc = 0;

    assert_true(strlen(line) < room);
    memcpy(copy, line, strlen(line) + 1);
    while (argc < MAX_WORDS - 1 && (argv[argc] = strtok_r(rest, " ", &rest)))
        argc++;
    return hs_options_parse(argc, argv, o, err);
}

static void assert_refused(const char *line, const char *words)
{
    struct hs_options o;
    char copy[256];
    HS_ERR(err);

    assert_int_equal(parse(line, copy, sizeof copy, &o, &err), HS_ECONFIG);
    if (!strstr(hs_err_text(&err), words))
        fail_msg("'%s' says '%s', without '%s'", line, hs_err_text(&err), words);
    hs_options_clear(&o);
}

static void global_options_stand_before_and_after_the_verb(void **state)
{
    static const char *const lines[] = {
        "hubsync -c f.yaml --output json plan r1 r2 --repo a* --repo=b*",
        "hubsync plan -cf.yaml r1 --output=json r2 --repo=a* --repo b*",
        "hubsync plan --config f.yaml --repo a* --repo b* --output json -- r1 r2",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct hs_options o;
        char copy[256];
        HS_ERR(err);

        assert_int_equal(parse(lines[i], copy, sizeof copy, &o, &err), 0);
        assert_string_equal(o.verb->name, "plan");
        assert_string_equal(o.config, "f.yaml");
        assert_int_equal(o.output, HS_OUT_JSON);
        assert_int_equal(o.args.n, 2);
        assert_string_equal(o.args.items[1], "r2");
        assert_int_equal(o.repos.n, 2);
        assert_string_equal(o.repos.items[0], "a*");
        hs_options_clear(&o);
    }
}

static void letters_share_a_word(void **state)
{
    struct hs_options o;
    char copy[256];
    HS_ERR(err);

    (void)state;
    assert_int_equal(parse("hubsync -nyvc f.yaml run", copy, sizeof copy, &o, &err), 0);
    assert_true(o.is_dry && o.yes && o.is_verbose && !o.is_quiet);
    assert_string_equal(o.config, "f.yaml");
    hs_options_clear(&o);
}

static void behind_two_dashes_nothing_is_an_option(void **state)
{
    struct hs_options o;
    char copy[256];
    HS_ERR(err);

    (void)state;
    assert_int_equal(parse("hubsync run -- -n --help", copy, sizeof copy, &o, &err), 0);
    assert_string_equal(o.verb->name, "run");
    assert_int_equal(o.args.n, 2);
    assert_false(o.is_dry);
    hs_options_clear(&o);
}

static void allow_delete_names_a_repo_and_a_number(void **state)
{
    struct hs_options o;
    char copy[256];
    HS_ERR(err);

    (void)state;
    assert_int_equal(parse("hubsync run --allow-delete a/b=12 --allow-delete=c/d=0", copy,
                           sizeof copy, &o, &err),
                     0);
    assert_int_equal(o.allow.n, 2);
    assert_string_equal(o.allow.items[0].repo, "a/b");
    assert_int_equal(o.allow.items[0].n, 12);
    assert_int_equal(o.allow.items[1].n, 0);
    hs_options_clear(&o);
    assert_refused("hubsync run --allow-delete a/b", "OWNER/NAME=NUMBER");
    assert_refused("hubsync run --allow-delete a/b=-1", "OWNER/NAME=NUMBER");
    assert_refused("hubsync run --allow-delete a/b=1x", "OWNER/NAME=NUMBER");
    assert_refused("hubsync run --allow-delete =1", "OWNER/NAME=NUMBER");
    assert_refused("hubsync run --allow-delete b=1", "OWNER/NAME=NUMBER");
    assert_refused("hubsync run --allow-delete a/=1", "OWNER/NAME=NUMBER");
    assert_refused("hubsync run --allow-delete a/b=99999999999999999999999", "OWNER/NAME=NUMBER");
}

static void mistyped_words_are_refused_with_the_nearest_one(void **state)
{
    (void)state;
    assert_refused("hubsync pln", "did you mean 'plan'?");
    assert_refused("hubsync plan --outptu=json", "did you mean '--output'?");
    assert_refused("hubsync plan --output xml", "human|json|jsonl");
    assert_refused("hubsync plan --output", "needs a value");
    assert_refused("hubsync plan --quiet=yes", "takes no value");
    assert_refused("hubsync plan -z", "'-z'");
    assert_refused("hubsync", "verb is missing");
}

static void options_of_other_verbs_are_refused(void **state)
{
    (void)state;
    assert_refused("hubsync run --save f", "'run' has no option --save");
    assert_refused("hubsync plan --allow-delete a/b=1", "no option --allow-delete");
    assert_refused("hubsync apply", "usage: hubsync apply FILE");
    assert_refused("hubsync history x", "usage: hubsync history");
}

static void the_daemons_verbs_take_what_they_name(void **state)
{
    (void)state;
    assert_refused("hubsync status x", "usage: hubsync status");
    assert_refused("hubsync queue", "usage: hubsync queue");
    assert_refused("hubsync pause x", "usage: hubsync pause");
    assert_refused("hubsync trigger", "usage: hubsync trigger RULE");
    assert_refused("hubsync cancel", "usage: hubsync cancel JOB");
    assert_refused("hubsync history --watch", "no option --watch");
}

static void an_error_is_told_in_the_form_asked_for_behind_it(void **state)
{
    struct hs_options o;
    char copy[256];
    HS_ERR(err);

    (void)state;
    assert_true(parse("hubsync pln --output jsonl", copy, sizeof copy, &o, &err) < 0);
    assert_int_equal(o.output, HS_OUT_JSONL);
    hs_options_clear(&o);
}

static void help_is_understood_anywhere(void **state)
{
    struct hs_options o;
    char copy[256];
    HS_ERR(err);

    (void)state;
    assert_int_equal(parse("hubsync run r1 --repo x --help", copy, sizeof copy, &o, &err), 0);
    assert_string_equal(o.verb->name, "help");
    assert_int_equal(o.args.n, 1);
    assert_string_equal(o.args.items[0], "run");
    hs_options_clear(&o);
}

static void every_verb_has_help(void **state)
{
    HUB_TEXT(all);

    (void)state;
    hs_help_all(&all);
    for (const struct hs_verb *verb = hs_verbs; verb->name; verb++) {
        if (!verb->run)
            continue;
        assert_non_null(strstr(all.data, verb->name));
        assert_true(*verb->summary);
    }
    assert_non_null(strstr(all.data, "trigger"));
}

static void places_are_taken_apart(void **state)
{
    struct hs_place_name place;
    HUB_POOL(pool);
    HS_ERR(err);

    (void)state;
    assert_int_equal(hs_place_parse(&pool, "ms:acme/model-7b@v1.0", &place, &err), 0);
    assert_string_equal(place.hub, "ms");
    assert_string_equal(place.repo, "acme/model-7b");
    assert_string_equal(place.revision, "v1.0");
    assert_int_equal(hs_place_parse(&pool, "ms:", &place, &err), 0);
    assert_string_equal(place.owner, "");
    assert_string_equal(place.repo, "");
    assert_int_equal(hs_place_parse(&pool, "ms:acme", &place, &err), 0);
    assert_string_equal(place.owner, "acme");
}

static void broken_places_are_refused(void **state)
{
    static const char *const bad[] = {"ms",      ":a/b",     "ms:/b",      "ms:a/",
                                      "ms:a/b@", "ms:a/b/c", "ms:acme@v1", ""};
    struct hs_place_name place;
    HUB_POOL(pool);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        HS_ERR(err);

        if (hs_place_parse(&pool, bad[i], &place, &err) != HS_ECONFIG)
            fail_msg("'%s' was taken", bad[i]);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(global_options_stand_before_and_after_the_verb),
        cmocka_unit_test(letters_share_a_word),
        cmocka_unit_test(behind_two_dashes_nothing_is_an_option),
        cmocka_unit_test(allow_delete_names_a_repo_and_a_number),
        cmocka_unit_test(mistyped_words_are_refused_with_the_nearest_one),
        cmocka_unit_test(options_of_other_verbs_are_refused),
        cmocka_unit_test(the_daemons_verbs_take_what_they_name),
        cmocka_unit_test(an_error_is_told_in_the_form_asked_for_behind_it),
        cmocka_unit_test(help_is_understood_anywhere),
        cmocka_unit_test(every_verb_has_help),
        cmocka_unit_test(places_are_taken_apart),
        cmocka_unit_test(broken_places_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
