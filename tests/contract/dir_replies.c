/* What hub-dir says about the folders and files beneath its root. */
#include "dir_script.h"

static void other_layouts_are_refused(void **state)
{
    struct fake *f = fake_new(hub_plugin);

    (void)state;
    fake_set(f, "root", "/tmp");
    fake_set(f, "layout", "{name}/{owner}");
    assert_int_equal(fake_try_open(f), HUB_EREFUSED);
    assert_non_null(strstr(f->message, "{owner}/{name}"));
    fake_done(f);
}

static void limits_are_told(void **state)
{
    struct site s;

    (void)state;
    begin(&s, NULL);
    assert_int_equal(s.f->limits->inline_bytes, 64 * 1024);
    assert_int_equal(s.f->limits->part_bytes, 64 * 1024 * 1024);
    assert_int_equal(s.f->limits->path_bytes, 4095);
    end(&s);
}

static void missing_root_is_named(void **state)
{
    struct fake *f = fake_new(hub_plugin);
    struct hub_repo repo = {.size = sizeof repo, .id = "local/m"};

    (void)state;
    fake_set(f, "root", "/tmp/hubsync-no-such-root");
    fake_open(f);
    assert_int_equal(hub_plugin->whoami(&f->op), HUB_ENOTFOUND);
    assert_non_null(strstr(f->message, "/tmp/hubsync-no-such-root"));
    assert_int_equal(hub_plugin->stat_repo(&f->op, &repo), HUB_EDENIED); /* says nothing of repos */
    fake_done(f);
}

static void account_may_write_its_root(void **state)
{
    struct site s;

    (void)state;
    begin(&s, NULL);
    assert_int_equal(hub_plugin->whoami(&s.f->op), 0);
    assert_int_equal(s.f->account->can_write, HUB_YES);
    assert_string_equal(s.f->account->owners[0], "local");
    end(&s);
}

static void repos_are_plain_folders(void **state)
{
    struct site s;

    (void)state;
    begin(&s, NULL);
    make_folder(&s, ".hidden");
    make_file(&s, "file", 1, 'x');
    assert_int_equal(symlink("m", at(&s, "link")), 0);
    assert_int_equal(hub_plugin->list_repos(&s.f->op, "local"), 0);
    assert_int_equal(s.f->n_repos, 1);
    assert_string_equal(s.f->repos[0]->id, "local/m");
    assert_int_equal(s.f->repos[0]->visibility, HUB_PRIVATE);
    assert_int_equal(s.f->repos[0]->gated, HUB_NO);
    fake_forget(s.f);
    assert_int_equal(hub_plugin->list_repos(&s.f->op, "other"), 0);
    assert_int_equal(s.f->n_repos, 0);
    s.repo.id = "local/link";
    assert_int_equal(hub_plugin->stat_repo(&s.f->op, &s.repo), HUB_EREFUSED);
    assert_non_null(strstr(s.f->message, "'link' is a link"));
    s.repo.id = "local/none";
    assert_int_equal(hub_plugin->stat_repo(&s.f->op, &s.repo), HUB_ENOTFOUND);
    s.repo.id = "local/..";
    assert_int_equal(hub_plugin->stat_repo(&s.f->op, &s.repo), HUB_EREFUSED);
    end(&s);
}

static void owners_can_be_folders(void **state)
{
    struct site s;

    (void)state;
    begin(&s, "{owner}/{name}");
    s.repo.id = "alice/demo";
    assert_int_equal(hub_plugin->stat_repo(&s.f->op, &s.repo), HUB_ENOTFOUND);
    assert_int_equal(hub_plugin->list_repos(&s.f->op, "alice"), 0);
    assert_int_equal(hub_plugin->create_repo(&s.f->op, &s.repo), 0);
    assert_int_equal(mode_of(&s, "alice/demo"), 0755);
    assert_int_equal(hub_plugin->create_repo(&s.f->op, &s.repo), HUB_EEXIST);
    fake_forget(s.f);
    assert_int_equal(hub_plugin->list_repos(&s.f->op, "alice"), 0);
    assert_int_equal(s.f->n_repos, 1);
    assert_string_equal(s.f->repos[0]->id, "alice/demo");
    end(&s);
}

static void repos_that_cannot_be_seen_are_not_gone(void **state)
{
    struct site s;

    (void)state;
    if (geteuid() == 0)
        skip(); /* root sees everything */
    begin(&s, "{owner}/{name}");
    make_folder(&s, "alice");
    make_folder(&s, "alice/demo");
    assert_int_equal(chmod(at(&s, "alice"), 0400), 0);
    assert_int_equal(hub_plugin->list_repos(&s.f->op, "alice"), HUB_EDENIED);
    assert_non_null(strstr(s.f->message, "alice/demo"));
    assert_int_equal(chmod(at(&s, "alice"), 0700), 0);
    end(&s);
}

static void repo_is_removed_without_following_links(void **state)
{
    struct site s;

    (void)state;
    begin(&s, NULL);
    make_folder(&s, "kept");
    make_file(&s, "kept/file", 1, 'x');
    make_folder(&s, "m/a");
    make_folder(&s, "m/a/b");
    make_folder(&s, "m/c");
    make_file(&s, "m/a/b/file", 1, 'x');
    assert_int_equal(symlink("../../kept", at(&s, "m/a/link")), 0);
    assert_int_equal(hub_plugin->delete_repo(&s.f->op, &s.repo), 0);
    assert_false(is_there(&s, "m"));
    assert_int_equal(bytes_of(&s, "kept/file", 'x'), 1);
    assert_int_equal(hub_plugin->delete_repo(&s.f->op, &s.repo), HUB_ENOTFOUND);
    end(&s);
}

static void listing_tells_what_is_plain(void **state)
{
    struct site s;
    const struct hub_file *file;
    struct stat st;

    (void)state;
    begin(&s, NULL);
    make_folder(&s, "m/.hubsync");
    make_file(&s, "m/.hubsync/part", 1, 'x');
    make_folder(&s, "m/sub");
    make_file(&s, "m/sub/w.bin", 7, 'x');
    assert_int_equal(symlink("sub", at(&s, "m/link")), 0);
    assert_int_equal(mkfifo(at(&s, "m/fifo"), 0600), 0);
    assert_int_equal(hub_plugin->list_files(&s.f->op, &s.repo), 0);
    assert_int_equal(s.f->n_files, 3);
    assert_int_equal(stat(at(&s, "m/sub/w.bin"), &st), 0);
    file = fake_file(s.f, "sub/w.bin");
    assert_int_equal(file->file_bytes, 7);
    assert_int_equal(file->flags, 0);
    assert_int_equal(file->modified_ms / 1000, st.st_mtim.tv_sec);
    assert_string_equal(file->etag,
                        hub_pool_printf(&s.f->pool, "%ju:%ju:7:%jd%09ld", (uintmax_t)st.st_dev,
                                        (uintmax_t)st.st_ino, (intmax_t)st.st_mtim.tv_sec,
                                        st.st_mtim.tv_nsec));
    assert_int_equal(fake_file(s.f, "link")->flags, HUB_NOT_PLAIN);
    assert_int_equal(fake_file(s.f, "fifo")->flags, HUB_NOT_PLAIN);
    assert_int_equal(s.f->n_heads, 1);
    assert_int_equal(s.f->heads[0]->flags, HUB_COMPLETE);
    assert_string_equal(s.f->heads[0]->commit, "");
    end(&s);
}

static int hear_bad_name(struct hub_op *op, const struct hub_file *file)
{
    (void)op;
    assert_string_equal(file->path, "bad\xff");
    return HUB_ECANCELED;
}

/* The engine is the one to say what it thinks of it. */
static void name_that_is_no_utf8_is_told_as_it_is(void **state)
{
    struct site s;

    (void)state;
    begin(&s, NULL);
    make_file(&s, "m/bad\xff", 1, 'x');
    s.f->host.file = hear_bad_name;
    assert_int_equal(hub_plugin->list_files(&s.f->op, &s.repo), HUB_ECANCELED);
    end(&s);
}

static void unreadable_folder_is_no_empty_one(void **state)
{
    struct site s;

    (void)state;
    if (geteuid() == 0)
        skip(); /* root reads everything */
    begin(&s, NULL);
    make_folder(&s, "m/shut");
    assert_int_equal(chmod(at(&s, "m/shut"), 0), 0);
    assert_int_equal(hub_plugin->list_files(&s.f->op, &s.repo), HUB_EDENIED);
    assert_non_null(strstr(s.f->message, "m/shut"));
    assert_int_equal(s.f->n_heads, 0);
    assert_int_equal(chmod(at(&s, "m/shut"), 0700), 0);
    end(&s);
}

static void download_is_a_file_address(void **state)
{
    struct site s;
    struct hub_file file = {
        .size = sizeof file, .path = "a b/w%.bin", .file_bytes = 7, .etag = "e"};

    (void)state;
    begin(&s, NULL);
    assert_int_equal(hub_plugin->download(&s.f->op, &s.repo, &file), 0);
    assert_int_equal(s.f->n_parts, 1);
    assert_int_equal(s.f->parts[0]->part.part_bytes, 7);
    assert_string_equal(s.f->parts[0]->part.request->method, "GET");
    assert_string_equal(s.f->parts[0]->part.request->url,
                        hub_pool_printf(&s.f->pool, "file://%s/m/a%%20b/w%%25.bin", s.root));
    file.path = "../x";
    assert_int_equal(hub_plugin->download(&s.f->op, &s.repo, &file), HUB_EREFUSED);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_layouts_are_refused),
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(missing_root_is_named),
        cmocka_unit_test(account_may_write_its_root),
        cmocka_unit_test(repos_are_plain_folders),
        cmocka_unit_test(owners_can_be_folders),
        cmocka_unit_test(repos_that_cannot_be_seen_are_not_gone),
        cmocka_unit_test(repo_is_removed_without_following_links),
        cmocka_unit_test(listing_tells_what_is_plain),
        cmocka_unit_test(name_that_is_no_utf8_is_told_as_it_is),
        cmocka_unit_test(unreadable_folder_is_no_empty_one),
        cmocka_unit_test(download_is_a_file_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
