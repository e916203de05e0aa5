/* How a file gets into .hubsync/, and how an upload that broke off goes on. */
#include "dir_script.h"

static void small_files_are_inline(void **state)
{
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    assert_int_equal(plan(&s, put_object(&e, "a", OID_A, 0)), 0);
    assert_int_equal(s.f->plans[0]->plan.mode, HUB_INLINE);
    assert_int_equal(plan(&s, put_object(&e, "b", OID_A, 64 * 1024)), 0);
    assert_int_equal(s.f->plans[0]->plan.mode, HUB_INLINE);
    assert_false(is_there(&s, "m/.hubsync"));
    end(&s);
}

static void upload_goes_on_where_the_part_file_ends(void **state)
{
    struct site s;
    struct edit e = {0};
    struct hub_put *put = put_object(&e, "w.bin", OID_A, TWO);

    (void)state;
    begin(&s, NULL);
    assert_int_equal(plan(&s, put), 0);
    assert_int_equal(s.f->plans[0]->plan.mode, HUB_PARTS);
    assert_int_equal(s.f->n_parts, 2);
    assert_int_equal(mode_of(&s, "m/.hubsync"), 0755);
    assert_string_equal(s.f->parts[0]->part.request->method, "PUT");
    assert_string_equal(s.f->parts[0]->part.request->url,
                        hub_pool_printf(&s.f->pool, "file://%s/m/.hubsync/" OID_A ".part", s.root));
    assert_int_equal(s.f->parts[1]->part.offset, 64 * 1024 * 1024);
    assert_int_equal(s.f->parts[1]->part.part_bytes, 1024);

    make_file(&s, "m/.hubsync/" OID_A ".part", 0, 0);
    assert_int_equal(truncate(at(&s, "m/.hubsync/" OID_A ".part"), TWO - 1), 0);
    assert_int_equal(plan(&s, put), 0);
    assert_int_equal(s.f->parts[0]->part.flags, HUB_HELD);
    assert_string_equal(s.f->parts[0]->part.etag, "");
    assert_int_equal(s.f->parts[1]->part.flags, 0);

    assert_int_equal(truncate(at(&s, "m/.hubsync/" OID_A ".part"), TWO + 1), 0);
    assert_int_equal(plan(&s, put), 0); /* not of this object */
    assert_int_equal(s.f->parts[0]->part.flags, 0);
    assert_false(is_there(&s, "m/.hubsync/" OID_A ".part"));
    end(&s);
}

static void finishing_names_the_object_once(void **state)
{
    struct site s;
    struct edit e = {0};
    struct hub_put *put = put_object(&e, "w.bin", OID_A, BIG);

    (void)state;
    begin(&s, NULL);
    assert_int_equal(hub_plugin->finish_upload(&s.f->op, &s.repo, put), HUB_EEXPIRED);
    make_folder(&s, "m/.hubsync");
    make_file(&s, "m/.hubsync/" OID_A ".part", BIG - 1, 'a');
    assert_int_equal(hub_plugin->finish_upload(&s.f->op, &s.repo, put), HUB_ECORRUPT);
    make_file(&s, "m/.hubsync/" OID_A ".part", BIG, 'a');
    assert_int_equal(hub_plugin->finish_upload(&s.f->op, &s.repo, put), 0);
    assert_int_equal(hub_plugin->finish_upload(&s.f->op, &s.repo, put), 0);
    assert_int_equal(bytes_of(&s, "m/.hubsync/" OID_A, 'a'), BIG);
    assert_false(is_there(&s, "m/.hubsync/" OID_A ".part"));
    assert_int_equal(plan(&s, put), 0);
    assert_int_equal(s.f->plans[0]->plan.mode, HUB_STORED);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_files_are_inline),
        cmocka_unit_test(upload_goes_on_where_the_part_file_ends),
        cmocka_unit_test(finishing_names_the_object_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
