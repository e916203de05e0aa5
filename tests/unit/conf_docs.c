/* The reference page and the schema in docs/ are what the tables say. UPDATE=1 rewrites them. */
#include "base/file.h"
#include "conf/conf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void check(const char *path, void (*make)(struct hub_text *))
{
    HUB_TEXT(made);
    HUB_TEXT(stored);
    HS_ERR(err);

    make(&made);
    assert_false(made.failed);
    if (getenv("UPDATE") && hs_file_write(path, made.data, made.n_bytes, 0644, &err) < 0)
        fail_msg("%s", hs_err_text(&err));
    if (hs_file_read(path, 1 << 20, &stored, &err) < 0)
        fail_msg("%s", hs_err_text(&err));
    if (strcmp(stored.data, made.data) != 0)
        fail_msg("%s is out of date: UPDATE=1 unit_conf_docs rewrites it", path);
}

static void the_reference_page_is_up_to_date(void **state)
{
    (void)state;
    check(SOURCE_DIR "/docs/configuration.md", hs_conf_reference);
}

static void the_schema_is_up_to_date(void **state)
{
    (void)state;
    check(SOURCE_DIR "/docs/hubsync.schema.json", hs_conf_schema);
}

static void the_schema_is_json(void **state)
{
    HUB_TEXT(made);
    HUB_POOL(pool);
    const char *why = "";

    (void)state;
    hs_conf_schema(&made);
    if (!hub_json_parse(&pool, made.data, made.n_bytes, 1 << 20, &why))
        fail_msg("%s", why);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_page_is_up_to_date),
        cmocka_unit_test(the_schema_is_up_to_date),
        cmocka_unit_test(the_schema_is_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
