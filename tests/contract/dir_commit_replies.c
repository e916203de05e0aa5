/* How files get to their places: commits that can be done again and leave nothing half. */
#include "dir_script.h"
#include <time.h>

static void make_object(struct site *s, const char *sha256, char fill)
{
    if (!is_there(s, "m/.hubsync"))
        make_folder(s, "m/.hubsync");
    make_file(s, hub_pool_printf(&s->f->pool, "m/.hubsync/%s", sha256), BIG, fill);
}

static void commit_places_texts_and_objects(void **state)
{
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    make_object(&s, OID_B, 'b');
    put_text(&e, "docs/README.md", "xxx");
    put_text(&e, "empty", "");
    put_object(&e, "deep/er/w.bin", OID_B, BIG);
    assert_int_equal(commit(&s, &e), 0);
    assert_int_equal(s.f->n_heads, 1);
    assert_string_equal(s.f->heads[0]->commit, "");
    assert_int_equal(bytes_of(&s, "m/docs/README.md", 'x'), 3);
    assert_int_equal(bytes_of(&s, "m/empty", 'x'), 0);
    assert_int_equal(bytes_of(&s, "m/deep/er/w.bin", 'b'), BIG);
    assert_int_equal(mode_of(&s, "m/docs/README.md"), 0644);
    assert_int_equal(mode_of(&s, "m/deep/er"), 0755);
    assert_false(is_there(&s, "m/.hubsync"));
    end(&s);
}

static void twins_are_files_of_their_own(void **state)
{
    struct site s;
    struct edit e = {0};
    struct stat a, b;

    (void)state;
    begin(&s, NULL);
    make_object(&s, OID_B, 'b');
    put_object(&e, "two", OID_B, BIG);
    put_text(&e, "between", "x");
    put_object(&e, "one", OID_B, BIG);
    assert_int_equal(commit(&s, &e), 0);
    assert_int_equal(bytes_of(&s, "m/one", 'b'), BIG);
    assert_int_equal(bytes_of(&s, "m/two", 'b'), BIG);
    assert_int_equal(stat(at(&s, "m/one"), &a), 0);
    assert_int_equal(stat(at(&s, "m/two"), &b), 0);
    assert_true(a.st_ino != b.st_ino);
    assert_int_equal(commit(&s, &e), 0); /* again, as after a crash */
    assert_int_equal(bytes_of(&s, "m/two", 'b'), BIG);
    end(&s);
}

static void lost_object_is_not_taken_for_the_old_file(void **state)
{
    struct site s;
    struct edit e = {0};
    struct hub_file old;

    (void)state;
    begin(&s, NULL);
    make_file(&s, "m/w.bin", BIG, 'o');
    assert_int_equal(hub_plugin->list_files(&s.f->op, &s.repo), 0);
    old = *fake_file(s.f, "w.bin");
    put_object(&e, "w.bin", OID_B, BIG)->old = &old;
    assert_int_equal(commit(&s, &e), HUB_ECONFLICT);
    assert_int_equal(bytes_of(&s, "m/w.bin", 'o'), BIG);
    make_object(&s, OID_B, 'b');
    assert_int_equal(commit(&s, &e), 0);
    assert_int_equal(commit(&s, &e), 0);
    assert_int_equal(bytes_of(&s, "m/w.bin", 'b'), BIG);
    end(&s);
}

static void twin_of_an_earlier_commit_is_copied(void **state)
{
    struct site s;
    struct edit first = {0}, second = {0}, third = {0};

    (void)state;
    begin(&s, NULL);
    make_object(&s, OID_B, 'b');
    put_object(&first, "one", OID_B, BIG);
    put_object(&second, "two", OID_B, BIG);
    put_object(&third, "three", OID_B, BIG);
    assert_int_equal(commit(&s, &first), 0);
    assert_int_equal(commit(&s, &second), 0);
    assert_int_equal(bytes_of(&s, "m/two", 'b'), BIG);
    assert_int_equal(bytes_of(&s, "m/one", 'b'), BIG);
    make_file(&s, "m/one", BIG, 'o'); /* written to since: no twin any more */
    make_file(&s, "m/two", BIG, 'o');
    assert_int_equal(commit(&s, &third), HUB_ECONFLICT);
    assert_false(is_there(&s, "m/three"));
    end(&s);
}

static void file_changed_since_the_listing_is_kept(void **state)
{
    struct site s;
    struct edit put = {0}, gone = {0}, fresh = {0};
    struct hub_file *listed_gone;

    (void)state;
    begin(&s, NULL);
    make_file(&s, "m/a", 3, 'o');
    make_file(&s, "m/b", 3, 'o');
    make_object(&s, OID_B, 'b');
    put_text(&put, "first", "x");
    put_object(&put, "a", OID_B, BIG)->old = listed(&s, "a");
    make_file(&s, "m/a", BIG, 'n'); /* of the new one's size, too */
    assert_int_equal(commit(&s, &put), HUB_ECONFLICT);
    assert_non_null(strstr(s.f->message, "m/a"));
    assert_int_equal(bytes_of(&s, "m/a", 'n'), BIG);
    assert_false(is_there(&s, "m/first"));

    drop_file(&gone, "b");
    listed_gone = &gone.gone[0];
    listed_gone->etag = hub_pool_strdup(&s.f->pool, listed(&s, "b")->etag);
    make_file(&s, "m/b", 4, 'n');
    assert_int_equal(commit(&s, &gone), HUB_ECONFLICT);
    assert_int_equal(bytes_of(&s, "m/b", 'n'), 4);
    listed_gone->etag = hub_pool_strdup(&s.f->pool, listed(&s, "b")->etag);
    assert_int_equal(commit(&s, &gone), 0);
    assert_int_equal(commit(&s, &gone), 0);
    assert_false(is_there(&s, "m/b"));

    make_file(&s, "m/c", 3, 'n'); /* was not there when the repo was listed */
    put_text(&fresh, "c", "xxx");
    assert_int_equal(commit(&s, &fresh), HUB_ECONFLICT);
    assert_int_equal(bytes_of(&s, "m/c", 'n'), 3);
    end(&s);
}

/* What another process did of the same change is no foreign edit. */
static void change_half_done_before_a_crash_is_done_again(void **state)
{
    struct site s;
    struct edit half = {0}, whole = {0};

    (void)state;
    begin(&s, NULL);
    make_file(&s, "m/t", 3, 'o');
    make_file(&s, "m/w", 3, 'o');
    make_object(&s, OID_B, 'b');
    put_text(&whole, "t", "xx")->old = listed(&s, "t");
    put_object(&whole, "w", OID_B, BIG)->old = listed(&s, "w");
    put_text(&whole, "u", "x");
    put_text(&half, "t", "xx")->old = whole.puts[0].old;
    put_object(&half, "w", OID_B, BIG)->old = whole.puts[1].old;
    assert_int_equal(commit(&s, &half), 0);
    open_again(&s);
    assert_int_equal(commit(&s, &whole), 0);
    assert_int_equal(bytes_of(&s, "m/t", 'x'), 2);
    assert_int_equal(bytes_of(&s, "m/w", 'b'), BIG);
    assert_int_equal(bytes_of(&s, "m/u", 'x'), 1);
    end(&s);
}

static void mode_of_an_existing_file_is_kept(void **state)
{
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    make_file(&s, "m/run.sh", 1, 'o');
    make_file(&s, "m/w.bin", 1, 'o');
    assert_int_equal(chmod(at(&s, "m/run.sh"), 0750), 0);
    assert_int_equal(chmod(at(&s, "m/w.bin"), 0600), 0);
    make_object(&s, OID_B, 'b');
    put_text(&e, "run.sh", "xx")->old = listed(&s, "run.sh");
    put_object(&e, "w.bin", OID_B, BIG)->old = listed(&s, "w.bin");
    assert_int_equal(commit(&s, &e), 0);
    assert_int_equal(mode_of(&s, "m/run.sh"), 0750);
    assert_int_equal(mode_of(&s, "m/w.bin"), 0600);
    assert_int_equal(bytes_of(&s, "m/run.sh", 'x'), 2);
    end(&s);
}

static void deletions_make_room_first(void **state)
{
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    make_file(&s, "m/a", 1, 'o');
    make_folder(&s, "m/b");
    make_folder(&s, "m/b/c");
    make_file(&s, "m/b/c/d", 1, 'o');
    make_folder(&s, "m/e");
    make_folder(&s, "m/e/f");
    make_file(&s, "m/e/f/g", 1, 'o');
    make_file(&s, "m/e/h", 1, 'o');
    put_text(&e, "a/b", "x");
    put_text(&e, "b", "xx");
    drop_file(&e, "a");
    drop_file(&e, "b/c/d");
    drop_file(&e, "e/f/g");
    for (int i = 0; i < 2; i++) { /* the second time as after a crash */
        assert_int_equal(commit(&s, &e), 0);
        assert_int_equal(bytes_of(&s, "m/a/b", 'x'), 1);
        assert_int_equal(bytes_of(&s, "m/b", 'x'), 2);
        assert_false(is_there(&s, "m/e/f"));
        assert_int_equal(bytes_of(&s, "m/e/h", 'o'), 1);
    }
    end(&s);
}

static void last_file_leaves_the_repo(void **state)
{
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    make_folder(&s, "m/a");
    make_file(&s, "m/a/b", 1, 'o');
    drop_file(&e, "a/b");
    assert_int_equal(commit(&s, &e), 0);
    assert_false(is_there(&s, "m/a"));
    assert_true(is_there(&s, "m"));
    end(&s);
}

static void folder_with_other_files_is_no_place(void **state)
{
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    make_folder(&s, "m/a");
    make_file(&s, "m/a/.mine", 1, 'o');
    put_text(&e, "a", "x");
    assert_int_equal(commit(&s, &e), HUB_ECONFLICT);
    assert_non_null(strstr(s.f->message, "m/a"));
    assert_int_equal(bytes_of(&s, "m/a/.mine", 'o'), 1);
    assert_int_equal(unlink(at(&s, "m/a/.mine")), 0);
    assert_int_equal(commit(&s, &e), 0); /* an empty one is */
    assert_int_equal(bytes_of(&s, "m/a", 'x'), 1);
    end(&s);
}

static void other_uploads_are_left_alone(void **state)
{
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    make_object(&s, OID_B, 'b');
    make_file(&s, "m/.hubsync/" OID_A ".part", 1, 'p');
    make_file(&s, "m/.hubsync/commit.new", 9, 'q'); /* of a crash */
    put_object(&e, "w.bin", OID_B, BIG);
    put_text(&e, "t", "x");
    assert_int_equal(commit(&s, &e), 0);
    assert_int_equal(bytes_of(&s, "m/t", 'x'), 1);
    assert_int_equal(bytes_of(&s, "m/.hubsync/" OID_A ".part", 'p'), 1);
    assert_false(is_there(&s, "m/.hubsync/commit.new"));
    end(&s);
}

static void upload_that_was_given_up_goes_after_a_month(void **state)
{
    struct timespec then[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = time(NULL) - 31 * 24 * 3600}};
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    make_folder(&s, "m/.hubsync");
    make_file(&s, "m/.hubsync/" OID_A ".part", 1, 'p');
    make_file(&s, "m/.hubsync/" OID_B, 1, 'p');
    assert_int_equal(utimensat(AT_FDCWD, at(&s, "m/.hubsync/" OID_A ".part"), then, 0), 0);
    put_text(&e, "t", "x");
    assert_int_equal(commit(&s, &e), 0);
    assert_false(is_there(&s, "m/.hubsync/" OID_A ".part"));
    assert_true(is_there(&s, "m/.hubsync/" OID_B));
    assert_int_equal(utimensat(AT_FDCWD, at(&s, "m/.hubsync/" OID_B), then, 0), 0);
    assert_int_equal(commit(&s, &e), 0);
    assert_false(is_there(&s, "m/.hubsync"));
    end(&s);
}

static void no_path_leaves_the_repo(void **state)
{
    static const char *const PATHS[] = {"../x", "/x", "a/../../x", "./x",      "a//x",
                                        "a/",   "",   "a/..",      ".hubsync", ".hubsync/x"};
    struct site s;

    (void)state;
    begin(&s, NULL);
    for (size_t i = 0; i < COUNT(PATHS); i++) {
        struct edit put = {0}, gone = {0};
        put_text(&put, PATHS[i], "x");
        drop_file(&gone, PATHS[i]);
        assert_int_equal(commit(&s, &put), HUB_EREFUSED);
        assert_int_equal(commit(&s, &gone), HUB_EREFUSED);
        assert_int_equal(plan(&s, &put.puts[0]), HUB_EREFUSED);
    }
    assert_false(is_there(&s, "x"));
    end(&s);
}

static void no_link_is_followed(void **state)
{
    struct site s;
    struct edit put = {0}, gone = {0}, over = {0};

    (void)state;
    begin(&s, NULL);
    make_folder(&s, "out");
    make_file(&s, "out/f", 1, 'o');
    make_folder(&s, "m/in");
    assert_int_equal(symlink("../out", at(&s, "m/link")), 0);
    assert_int_equal(symlink("in", at(&s, "m/near")), 0);
    assert_int_equal(symlink("../out/f", at(&s, "m/file")), 0);
    put_text(&put, "link/f", "x");
    assert_int_equal(commit(&s, &put), HUB_EREFUSED);
    assert_non_null(strstr(s.f->message, "'link' is a link"));
    drop_file(&gone, "link/f");
    assert_int_equal(commit(&s, &gone), HUB_EREFUSED);
    put_text(&over, "file", "x");
    assert_int_equal(commit(&s, &over), 0); /* the link goes, not what it points at */
    assert_int_equal(bytes_of(&s, "m/file", 'x'), 1);
    put = (struct edit){0};
    put_text(&put, "near/f", "x");
    assert_int_equal(commit(&s, &put), HUB_EREFUSED);
    assert_int_equal(bytes_of(&s, "out/f", 'o'), 1);
    end(&s);
}

static void linked_keep_is_refused(void **state)
{
    struct site s;
    struct edit e = {0};

    (void)state;
    begin(&s, NULL);
    make_folder(&s, "out");
    assert_int_equal(symlink("../out", at(&s, "m/.hubsync")), 0);
    put_text(&e, "t", "x");
    assert_int_equal(commit(&s, &e), HUB_EREFUSED);
    assert_non_null(strstr(s.f->message, "'.hubsync' is a link"));
    assert_int_equal(plan(&s, put_object(&e, "w", OID_A, BIG)), HUB_EREFUSED);
    assert_false(is_there(&s, "m/t"));
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commit_places_texts_and_objects),
        cmocka_unit_test(twins_are_files_of_their_own),
        cmocka_unit_test(lost_object_is_not_taken_for_the_old_file),
        cmocka_unit_test(twin_of_an_earlier_commit_is_copied),
        cmocka_unit_test(file_changed_since_the_listing_is_kept),
        cmocka_unit_test(change_half_done_before_a_crash_is_done_again),
        cmocka_unit_test(mode_of_an_existing_file_is_kept),
        cmocka_unit_test(deletions_make_room_first),
        cmocka_unit_test(last_file_leaves_the_repo),
        cmocka_unit_test(folder_with_other_files_is_no_place),
        cmocka_unit_test(other_uploads_are_left_alone),
        cmocka_unit_test(upload_that_was_given_up_goes_after_a_month),
        cmocka_unit_test(no_path_leaves_the_repo),
        cmocka_unit_test(no_link_is_followed),
        cmocka_unit_test(linked_keep_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
