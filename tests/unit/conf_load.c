/* Where the configuration and its variables come from. */
#include "conf/conf.h"
#include "base/file.h"
#include "conf/conf_dotenv.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

struct place {
    char folder[64], old[PATH_MAX];
};

static int enter_folder(void **state)
{
    struct place *place = hs_xcalloc(1, sizeof *place);

    (void)snprintf(place->folder, sizeof place->folder, "/tmp/unit_conf_load.XXXXXX");
    *state = place;
    return mkdtemp(place->folder) && getcwd(place->old, sizeof place->old) ? chdir(place->folder)
                                                                           : -1;
}

static int leave_folder(void **state)
{
    static const char *const files[] = {
        "hubsync.yaml", ".env", "other.env", "token", "xdg/hubsync/hubsync.yaml",
        "xdg/hubsync",  "xdg"};
    struct place *place = *state;
    int r;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        (void)remove(files[i]);
    r = chdir(place->old) | rmdir(place->folder);
    free(place);
    (void)unsetenv("UNIT_A");
    (void)unsetenv("UNIT_B");
    (void)unsetenv("XDG_CONFIG_HOME");
    return r;
}

static void put(const char *path, const char *text, mode_t mode)
{
    HS_ERR(err);

    if (hs_file_write(path, text, strlen(text), mode, &err) < 0)
        fail_msg("%s", hs_err_text(&err));
    assert_int_equal(chmod(path, mode), 0);
}

static void load(struct hs_conf *conf, const char *file, const char *env_file)
{
    struct hs_conf_from from = {file, env_file};
    HS_ERR(err);

    if (hs_conf_load(conf, &from, &err) < 0)
        fail_msg("%s", hs_err_text(&err));
}

static void load_fails(const char *file, const char *env_file, const char *message)
{
    struct hs_conf_from from = {file, env_file};
    struct hs_conf conf;
    HS_ERR(err);

    assert_int_equal(hs_conf_load(&conf, &from, &err), HS_ECONFIG);
    if (!strstr(hs_err_text(&err), message))
        fail_msg("expected %s, got %s", message, hs_err_text(&err));
}

static void the_environment_wins_over_the_env_file(void **state)
{
    struct hs_conf conf;

    (void)state;
    put("hubsync.yaml", "version: 1\ntimezone: ${UNIT_A}/${UNIT_B}\n", 0600);
    put(".env", "UNIT_A=file-a\nexport UNIT_B=file-b\n", 0600);
    assert_int_equal(setenv("UNIT_A", "env-a", 1), 0);
    load(&conf, NULL, NULL);
    assert_string_equal(conf.timezone, "env-a/file-b");
    assert_string_equal(conf.file, "hubsync.yaml");
    hs_conf_clear(&conf);
}

static void a_named_env_file_replaces_the_one_beside(void **state)
{
    struct hs_conf conf;

    (void)state;
    put("hubsync.yaml", "version: 1\ntimezone: ${UNIT_A}\n", 0600);
    put(".env", "UNIT_A=beside\n", 0600);
    put("other.env", "UNIT_A=other\n", 0600);
    load(&conf, "hubsync.yaml", "other.env");
    assert_string_equal(conf.timezone, "other");
    hs_conf_clear(&conf);
    load_fails("hubsync.yaml", "missing.env", "missing.env");
}

static void an_unset_variable_is_named_with_its_line(void **state)
{
    (void)state;
    put("hubsync.yaml", "version: 1\ntimezone: ${UNIT_A}\n", 0600);
    load_fails("hubsync.yaml", NULL, "hubsync.yaml:2:11: ${UNIT_A} is not set");
}

static void the_file_is_looked_for_here_then_in_the_users_folder(void **state)
{
    struct place *place = *state;
    struct hs_conf conf;
    char path[PATH_MAX];
    HS_ERR(err);

    (void)snprintf(path, sizeof path, "%s/xdg", place->folder);
    assert_int_equal(setenv("XDG_CONFIG_HOME", path, 1), 0);
    load_fails(NULL, NULL, "looked for ./hubsync.yaml, ");
    load_fails("none.yaml", NULL, "none.yaml");
    assert_int_equal(hs_folder_make("xdg/hubsync", 0700, &err), 0);
    put("xdg/hubsync/hubsync.yaml", "version: 1\ntimezone: xdg\n", 0600);
    load(&conf, NULL, NULL);
    assert_string_equal(conf.timezone, "xdg");
    hs_conf_clear(&conf);
    put("hubsync.yaml", "version: 1\ntimezone: here\n", 0600);
    load(&conf, NULL, NULL);
    assert_string_equal(conf.timezone, "here");
    hs_conf_clear(&conf);
}

static void a_token_file_that_others_can_read_is_warned_of(void **state)
{
    struct hs_conf conf;

    (void)state;
    put("hubsync.yaml", "version: 1\nhubs: {a: {plugin: x, token: {file: token}}}\n", 0644);
    put("token", "t\n", 0600);
    load(&conf, "hubsync.yaml", NULL);
    assert_int_equal(conf.warnings.n, 0);
    hs_conf_clear(&conf);
    put("token", "t\n", 0640);
    load(&conf, "hubsync.yaml", NULL);
    assert_int_equal(conf.warnings.n, 1);
    assert_non_null(strstr(conf.warnings.items[0], "hubs.a: the token file token can be read"));
    hs_conf_clear(&conf);
    put("hubsync.yaml", "version: 1\nhubs: {a: {plugin: x, tokens: {o: {file: token}}}}\n", 0644);
    load(&conf, "./hubsync.yaml", NULL);
    assert_non_null(strstr(conf.warnings.items[0], "./token can be read"));
    hs_conf_clear(&conf);
}

static void a_secret_in_a_file_for_everybody_is_warned_of(void **state)
{
    static const char text[] = "version: 1\nhubs:\n  a: {plugin: x, token: abc}\n";
    struct hs_conf conf;

    (void)state;
    put("hubsync.yaml", text, 0644);
    load(&conf, "hubsync.yaml", NULL);
    assert_int_equal(conf.warnings.n, 1);
    assert_non_null(strstr(conf.warnings.items[0], "hubsync.yaml:3: a secret"));
    hs_conf_clear(&conf);
    put("hubsync.yaml", text, 0640);
    load(&conf, "hubsync.yaml", NULL);
    assert_int_equal(conf.warnings.n, 0);
    hs_conf_clear(&conf);
}

static void env_lines_are_read_as_shells_write_them(void **state)
{
    static const char text[] = "\xEF\xBB\xBF# comment\n"
                               "\n"
                               "A=plain value # comment\n"
                               "B = spaced\r\n"
                               "  export C='single $x \\n # no'  # yes\n"
                               "D=\"double \\\" \\\\ \\$ \\n\\t \\q\"\n"
                               "E=\n"
                               "F=a#b\n"
                               "G=# all comment\n"
                               "A=last\n"
                               "export=x\n"
                               "H=x=y";
    static const char *const rows[][2] = {
        {"A", "last"},
        {"B", "spaced"},
        {"C", "single $x \\n # no"},
        {"D", "double \" \\ $ \n\t \\q"},
        {"E", ""},
        {"F", "a#b"},
        {"G", ""},
        {"export", "x"},
        {"H", "x=y"},
    };
    struct hs_dotenv env = {{NULL, 0}, {NULL, 0, 0}};
    HS_ERR(err);

    (void)state;
    if (hs_dotenv_parse(&env, ".env", text, &err) < 0)
        fail_msg("%s", hs_err_text(&err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(hs_dotenv_get(&env, rows[i][0]), rows[i][1]);
    assert_null(hs_dotenv_get(&env, "Z"));
    hs_dotenv_clear(&env);
    hs_dotenv_clear(NULL);
}

static void broken_env_lines_are_named_without_their_value(void **state)
{
    static const char *const rows[][2] = {
        {"A=1\nsecret\n", ".env:2: not a line"},  {"1A=secret\n", ".env:1: not a line"},
        {"A B=secret\n", ".env:1: not a line"},   {"=secret\n", ".env:1: not a line"},
        {"export\n", ".env:1: not a line"},       {"A=\"secret\n", ".env:1: a quote"},
        {"A='secret\nB=x'\n", ".env:1: a quote"}, {"A=\"secret\" x\n", ".env:1: text behind"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hs_dotenv env = {{NULL, 0}, {NULL, 0, 0}};
        HS_ERR(err);

        assert_int_equal(hs_dotenv_parse(&env, ".env", rows[i][0], &err), HS_ECONFIG);
        if (strncmp(hs_err_text(&err), rows[i][1], strlen(rows[i][1])) != 0 ||
            strstr(hs_err_text(&err), "secret"))
            fail_msg("expected %s, got %s", rows[i][1], hs_err_text(&err));
        hs_dotenv_clear(&env);
    }
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)
    static const struct CMUnitTest tests[] = {
        IN_FOLDER(the_environment_wins_over_the_env_file),
        IN_FOLDER(a_named_env_file_replaces_the_one_beside),
        IN_FOLDER(an_unset_variable_is_named_with_its_line),
        IN_FOLDER(the_file_is_looked_for_here_then_in_the_users_folder),
        IN_FOLDER(a_token_file_that_others_can_read_is_warned_of),
        IN_FOLDER(a_secret_in_a_file_for_everybody_is_warned_of),
        cmocka_unit_test(env_lines_are_read_as_shells_write_them),
        cmocka_unit_test(broken_env_lines_are_named_without_their_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
