/* `config show`: each value with its place, no secret. */
#include "conf/conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char text[] =
    "version: 1\n"
    "transfer: {files: 8}\n"
    "hubs:\n"
    "  ms:\n"
    "    plugin: modelscope\n"
    "    token: ${TOKEN}\n"
    "    root: \"x y\"\n"
    "    tokens: {us: hidden-one, file: hidden-two, them: {file: f, }, it: {command: [p, \"*\"]}}\n"
    "    my_secret: hidden-three\n"
    "    note: \"Bearer hidden-one\"\n"
    "    again: ${SHORT}-${TOKEN}\n"
    "  disk: {plugin: dir}\n"
    "defaults: {retry: {attempts: 2}}\n"
    "rules:\n"
    "  - {name: r, type: one-way, from: ms, to: [disk], delete: {max: {files: 3}, files: extra}}\n"
    "alerts: [{webhook: \"https://h/hidden-four\"}]\n";

static const char *variable(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "TOKEN") == 0 ? "hid" : strcmp(name, "SHORT") == 0 ? "s" : NULL;
}

static void parse(struct hs_conf *conf, const char *bytes, hs_env_fn *env)
{
    HS_ERR(err);

    if (hs_conf_parse(conf, "c.yaml", bytes, strlen(bytes), env, NULL, &err) < 0)
        fail_msg("%s", hs_err_text(&err));
}

static void what_is_set_is_shown_with_its_place(void **state)
{
    static const char expected[] =
        "version: 1  # c.yaml:1\n"
        "transfer:\n"
        "  files: 8  # c.yaml:2\n"
        "hubs:\n"
        "  ms:\n"
        "    plugin: modelscope  # c.yaml:5\n"
        "    token: \"***\"  # c.yaml:6, from ${TOKEN}\n"
        "    tokens: {us: \"***\", file: \"***\", them: {file: f}, it: {command: [p, \"*\"]}}"
        "  # c.yaml:8\n"
        "    root: \"x y\"  # c.yaml:7\n"
        "    my_secret: \"***\"  # c.yaml:9\n"
        "    note: \"***\"  # c.yaml:10\n"
        "    again: \"***\"  # c.yaml:11, from ${SHORT}, ${TOKEN}\n"
        "  disk:\n"
        "    plugin: dir  # c.yaml:12\n"
        "defaults:\n"
        "  retry:\n"
        "    attempts: 2  # c.yaml:13\n"
        "rules:\n"
        "  - name: r  # c.yaml:15\n"
        "    type: one-way  # c.yaml:15\n"
        "    from: ms  # c.yaml:15\n"
        "    to: [disk]  # c.yaml:15\n"
        "    delete:\n"
        "      files: extra  # c.yaml:15\n"
        "      max:\n"
        "        files: 3  # c.yaml:15\n"
        "alerts:\n"
        "  - webhook: \"***\"  # c.yaml:16\n";
    HUB_TEXT(out);
    struct hs_conf conf;

    (void)state;
    parse(&conf, text, variable);
    assert_int_equal(hs_conf_show(&conf, false, &out), 0);
    assert_string_equal(out.data, expected);
    hs_conf_clear(&conf);
}

static void the_effective_form_adds_defaults_and_reads_back_the_same(void **state)
{
    HUB_TEXT(first);
    HUB_TEXT(second);
    struct hs_conf conf, again;

    (void)state;
    parse(&conf,
          "version: 1\nhubs: {a: {plugin: x}, b: {plugin: x, o: \"a: b\"}}\n"
          "defaults: {retry: {attempts: 2}, license: {map: {\"a b\": c}}}\n"
          "rules: [{name: r, type: one-way, from: a, to: b, select: {repos: [\"*\"]}}]\n",
          NULL);
    assert_int_equal(hs_conf_show(&conf, true, &first), 0);
    assert_non_null(strstr(first.data, "    retry:\n      attempts: 2  # c.yaml:3\n"
                                       "      max_wait: 10m  # default\n"));
    assert_non_null(strstr(first.data, "  max_memory: 64MiB  # default\n"));
    parse(&again, first.data, NULL);
    assert_int_equal(again.rules.items[0].retry.attempts, 2);
    assert_string_equal(again.rules.items[0].license.map.items[0].from, "a b");
    assert_string_equal(again.hubs.items[1].options.items[0].value, "a: b");
    assert_int_equal(hs_conf_show(&again, true, &second), 0);
    hs_conf_clear(&conf);
    hs_conf_clear(&again);
}

static void json_is_one_document_without_secrets(void **state)
{
    HUB_TEXT(out);
    HUB_POOL(pool);
    struct hub_read read = {&pool, 0, ""};
    const struct hub_json *root, *values;
    struct hs_conf conf;
    const char *why = "";
    size_t n_found = 0;

    (void)state;
    parse(&conf, text, variable);
    assert_int_equal(hs_conf_show_json(&conf, true, &out), 0);
    hs_conf_clear(&conf);
    root = hub_json_parse(&pool, out.data, out.n_bytes, 1 << 20, &why);
    if (!root)
        fail_msg("%s", why);
    values = hub_json_array(&read, root, "values", HUB_MUST);
    for (const struct hub_json *v = hub_json_first(values); v; v = hub_json_next(v)) {
        const char *path = hub_json_string(&read, v, "path", HUB_MUST);

        if (strcmp(path, "hubs.ms.token") == 0) {
            assert_string_equal(hub_json_string(&read, v, "value", HUB_MUST), "***");
            assert_string_equal(hub_json_string(&read, v, "variables", HUB_MUST), "${TOKEN}");
            assert_int_equal(hub_json_uint(&read, v, "line", HUB_MUST, 0), 6);
            n_found++;
        } else if (strcmp(path, "rules.r.retry.attempts") == 0) {
            assert_int_equal(hub_json_uint(&read, v, "value", HUB_MUST, 0), 2);
            assert_int_equal(hub_json_uint(&read, v, "line", HUB_MUST, 0), 13);
            n_found++;
        } else if (strcmp(path, "rules.r.create.repos") == 0) {
            assert_int_equal(hub_json_truth(&read, v, "value", HUB_MUST), HUB_YES);
            assert_null(hub_json_get(&read, v, "file", HUB_MAY));
            n_found++;
        }
    }
    assert_int_equal(read.status, 0);
    assert_int_equal(n_found, 3);
    assert_null(strstr(out.data, "hidden"));
}

static void a_text_that_is_too_long_is_told(void **state)
{
    HUB_TEXT(out);
    struct hs_conf conf;

    (void)state;
    out.limit_bytes = 10;
    parse(&conf, "version: 1\n", NULL);
    assert_int_equal(hs_conf_show(&conf, true, &out), HUB_ENOMEM);
    assert_int_equal(hs_conf_show_json(&conf, true, &out), HUB_ENOMEM);
    hs_conf_clear(&conf);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_set_is_shown_with_its_place),
        cmocka_unit_test(the_effective_form_adds_defaults_and_reads_back_the_same),
        cmocka_unit_test(json_is_one_document_without_secrets),
        cmocka_unit_test(a_text_that_is_too_long_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
