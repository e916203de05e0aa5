#include "data/yaml.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static int parse(struct hub_pool *pool, const char *text, struct hs_yaml **root, struct hs_err *err)
{
    return hs_yaml_parse(pool, "f.yaml", text, strlen(text), root, err);
}

static void a_tree_knows_where_everything_stands(void **state)
{
    static const char text[] = "# top\n"
                               "a: 1\n"
                               "list:\n"
                               "  - x\n"
                               "  - {k: \"v\", n: ~}\n"
                               "block: |\n"
                               "  two\n"
                               "  lines\n";
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_yaml *root;
    const struct hs_yaml *list, *inner;

    (void)state;
    assert_int_equal(parse(&pool, text, &root, &err), 0);
    assert_int_equal(root->kind, HS_YAML_MAP);
    assert_string_equal(hs_yaml_get(root, "a")->text, "1");
    assert_int_equal(hs_yaml_get(root, "a")->line, 2);
    assert_int_equal(hs_yaml_get(root, "a")->column, 4);
    assert_int_equal(hs_yaml_get(root, "a")->key_column, 1);
    list = hs_yaml_get(root, "list");
    assert_int_equal(list->kind, HS_YAML_LIST);
    assert_string_equal(list->first->text, "x");
    inner = list->first->next;
    assert_null(inner->next);
    assert_string_equal(hs_yaml_get(inner, "k")->text, "v");
    assert_true(hs_yaml_get(inner, "k")->is_quoted);
    assert_false(hs_yaml_get(inner, "n")->is_quoted);
    assert_int_equal(hs_yaml_get(inner, "n")->key_line, 5);
    assert_int_equal(hs_yaml_get(inner, "n")->key_column, 14);
    assert_string_equal(hs_yaml_get(root, "block")->text, "two\nlines\n");
    assert_true(hs_yaml_get(root, "block")->is_quoted);
    assert_null(hs_yaml_get(root, "none"));
    assert_null(hs_yaml_get(list, "a"));
    assert_null(hs_yaml_get(NULL, "a"));
}

static void an_empty_file_is_an_empty_mapping(void **state)
{
    static const char *const rows[] = {"", "# only a comment\n", "\xEF\xBB\xBF"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_yaml *root;

        assert_int_equal(parse(&pool, rows[i], &root, &err), 0);
        assert_int_equal(root->kind, HS_YAML_MAP);
        assert_null(root->first);
    }
}

static void plain_variables_work_outside_of_braces(void **state)
{
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_yaml *root;

    (void)state;
    assert_int_equal(parse(&pool, "a: ${X}\nb: ${Y:-z}\n", &root, &err), 0);
    assert_string_equal(hs_yaml_get(root, "a")->text, "${X}");
    assert_string_equal(hs_yaml_get(root, "b")->text, "${Y:-z}");
}

struct row {
    const char *text, *start, *words; /* of the message */
};

static void check_errors(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        HUB_POOL(pool);
        HS_ERR(err);
        struct hs_yaml *root = NULL;

        if (parse(&pool, rows[i].text, &root, &err) != HS_ECONFIG)
            fail_msg("%s: was taken", rows[i].text);
        assert_null(root);
        if (strncmp(hs_err_text(&err), rows[i].start, strlen(rows[i].start)) != 0 ||
            !strstr(hs_err_text(&err), rows[i].words))
            fail_msg("%s: expected %s ... %s, got: %s", rows[i].text, rows[i].start, rows[i].words,
                     hs_err_text(&err));
    }
}

static void signs_of_yaml_in_texts_are_told_to_be_quoted(void **state)
{
    static const struct row rows[] = {
        {"a: {b: ${X}}\n", "f.yaml:1:9: ", "put it in quotes"},
        {"a: { b: ${X}, c: 1 }\n", "f.yaml:1:10: ", "put it in quotes"},
        {"a: [${X}]\n", "f.yaml:1:", "put it in quotes"},
        {"a:\n  b: { owner: x, root: ${X}\n", "f.yaml:2:", "put it in quotes"},
        {"a: ${X:-b: c}\n", "f.yaml:1:", "put it in quotes"},
        {"has: *.safetensors\n", "f.yaml:1:6: ", "put it in quotes"},
        {"a: [ *x ]\n", "f.yaml:1:6: ", "put it in quotes"},
        {"a: *\n", "f.yaml:1:4: ", "put it in quotes"},
        {"a: **/x\n", "f.yaml:1:4: ", "put it in quotes"},
        {"a: &b c\n", "f.yaml:1:4: ", "anchors"},
        {"a: & c\n", "f.yaml:1:4: ", "put it in quotes"},
        {"a: &b {}\n", "f.yaml:1:4: ", "anchors"},
        {"a: &b []\n", "f.yaml:1:4: ", "anchors"},
        {"a: !x c\n", "f.yaml:1:4: ", "put it in quotes"},
        {"a: !!str c\n", "f.yaml:1:4: ", "tags"},
        {"a: !!map {}\n", "f.yaml:1:4: ", "tags"},
        {"a: @x\n", "f.yaml:1:4: ", "put it in quotes"},
        {"a: `x`\n", "f.yaml:1:4: ", "put it in quotes"},
    };

    (void)state;
    check_errors(rows, sizeof rows / sizeof *rows);
}

static void what_is_no_plain_tree_is_refused(void **state)
{
    static const struct row rows[] = {
        {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1: ", "\"a\" is here twice; first in line 1"},
        {"a: {x: 1, x: 2}\n", "f.yaml:1:11: ", "twice"},
        {"{a: 1}: b\n", "f.yaml:1:1: ", "as a key"},
        {"? [a]\n: b\n", "f.yaml:1:3: ", "as a key"},
        {"a: 1\n---\nb: 2\n", "f.yaml:2:1: ", "second document"},
        {"a: \"x\\0y\"\n", "f.yaml:1:4: ", "NUL"},
        {"a: [1\n", "f.yaml:2:1: ", ""},
        {"a: \"x\n", "f.yaml:", ""},
        {"a: b: c\n", "f.yaml:1:5: ", "mapping values"},
        {"\ta: 1\n", "f.yaml:1:1: ", ""},
        {"a: \xFF\n", "f.yaml: byte 3", ""},
        {"<<: *x\n", "f.yaml:1:5: ", "alias"},
    };

    (void)state;
    check_errors(rows, sizeof rows / sizeof *rows);
}

static void depth_and_width_are_bounded(void **state)
{
    HUB_TEXT(deep);
    HUB_TEXT(wide);
    HUB_POOL(pool);
    HS_ERR(err);
    struct hs_yaml *root;

    (void)state;
    for (int i = 0; i < 33; i++)
        hub_text_puts(&deep, "[");
    assert_int_equal(parse(&pool, deep.data, &root, &err), HS_ECONFIG);
    assert_non_null(strstr(hs_err_text(&err), "more than 32 levels"));
    hub_text_puts(&wide, "[a");
    for (int i = 0; i < 10000; i++)
        hub_text_puts(&wide, ",a");
    hub_text_puts(&wide, "]");
    assert_int_equal(parse(&pool, wide.data, &root, &err), HS_ECONFIG);
    assert_non_null(strstr(hs_err_text(&err), "more than 10000 items"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_knows_where_everything_stands),
        cmocka_unit_test(an_empty_file_is_an_empty_mapping),
        cmocka_unit_test(plain_variables_work_outside_of_braces),
        cmocka_unit_test(signs_of_yaml_in_texts_are_told_to_be_quoted),
        cmocka_unit_test(what_is_no_plain_tree_is_refused),
        cmocka_unit_test(depth_and_width_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
