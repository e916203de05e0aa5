/* Files, folders and locks, each test in a folder of its own. */
#include "base/file.h"
#include "base/mem.h"
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct place {
    struct hub_pool pool;
    char *folder;
};

static int make_place(void **state)
{
    struct place *place = hs_xcalloc(1, sizeof *place);
    const char *above = getenv("TMPDIR");

    place->folder = hub_pool_printf(&place->pool, "%s/hubsync-XXXXXX", above ? above : "/tmp");
    *state = place;
    return mkdtemp(place->folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static int remove_place(void **state)
{
    struct place *place = *state;
    int r = nftw(place->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);

    hub_pool_clear(&place->pool);
    free(place);
    return r;
}

static const char *in_place(struct place *place, const char *name)
{
    return hs_path_join(&place->pool, place->folder, name);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static size_t count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t n = 0;

    assert_non_null(dir);
    while (readdir(dir))
        n++;
    (void)closedir(dir);
    return n - 2; /* . and .. */
}

static void what_was_written_is_read(void **state)
{
    struct place *place = *state;
    const char *path = in_place(place, "f");
    HS_ERR(err);
    HUB_TEXT(text);
    char *large HS_FREE = hs_xcalloc(200000, 1);

    memset(large, 'x', 200000);
    assert_int_equal(hs_file_write(path, "old\0!", 5, 0600, &err), 0);
    assert_int_equal(hs_file_read(path, 5, &text, &err), 0);
    assert_int_equal(text.n_bytes, 5);
    assert_memory_equal(text.data, "old\0!", 6);
    assert_int_equal(hs_file_write(path, large, 200000, 0644, &err), 0);
    hub_text_clear(&text);
    hub_text_puts(&text, "before ");
    assert_int_equal(hs_file_read(path, 200000, &text, &err), 0);
    assert_int_equal(text.n_bytes, 200007); /* appended */
    assert_int_equal(count_entries(place->folder), 1);
}

static void an_empty_file_reads_as_an_empty_text(void **state)
{
    const char *path = in_place(*state, "f");
    HUB_TEXT(text);

    assert_int_equal(hs_file_write(path, "", 0, 0600, NULL), 0);
    assert_int_equal(hs_file_read(path, 10, &text, NULL), 0);
    assert_string_equal(text.data, "");
}

static void a_file_over_the_limit_leaves_the_text_alone(void **state)
{
    const char *path = in_place(*state, "f");
    HS_ERR(err);
    HUB_TEXT(text);

    hub_text_puts(&text, "kept");
    assert_int_equal(hs_file_write(path, "123456", 6, 0600, &err), 0);
    assert_int_equal(hs_file_read(path, 5, &text, &err), HUB_ETOOBIG);
    assert_non_null(strstr(hs_err_text(&err), path));
    assert_string_equal(text.data, "kept");
}

static void a_missing_file_is_told_from_a_failed_read(void **state)
{
    struct place *place = *state;
    HS_ERR(err);
    HUB_TEXT(text);

    assert_int_equal(hs_file_read(in_place(place, "none"), 5, &text, &err), HUB_ENOTFOUND);
    assert_non_null(strstr(hs_err_text(&err), "none"));
    assert_int_equal(hs_file_read(place->folder, 5, &text, &err), HS_EFAILED);
}

static void a_written_file_has_exactly_its_mode(void **state)
{
    const char *path = in_place(*state, "f");
    mode_t before = umask(0077);

    assert_int_equal(hs_file_write(path, "x", 1, 0644, NULL), 0);
    assert_int_equal(mode_of(path), 0644);
    (void)umask(0);
    assert_int_equal(hs_file_write(path, "x", 1, 0600, NULL), 0);
    assert_int_equal(mode_of(path), 0600);
    (void)umask(before);
}

static void a_write_that_fails_leaves_nothing_behind(void **state)
{
    struct place *place = *state;
    const char *path = in_place(place, "folder");
    HS_ERR(err);

    assert_int_equal(hs_folder_make(path, 0700, &err), 0);
    assert_int_equal(hs_file_write(path, "x", 1, 0600, &err), HS_EFAILED); /* cannot replace it */
    assert_int_equal(count_entries(place->folder), 1);
    assert_int_equal(hs_file_write(in_place(place, "no/such"), "x", 1, 0600, &err), HS_EFAILED);
}

static void a_folder_is_made_with_its_parents_and_mode(void **state)
{
    struct place *place = *state;
    const char *path = in_place(place, "a/b/c");
    mode_t before = umask(0077);
    HS_ERR(err);

    assert_int_equal(hs_folder_make(hub_pool_printf(&place->pool, "%s//", path), 0750, &err), 0);
    (void)umask(before);
    assert_int_equal(mode_of(path), 0750);
    assert_int_equal(hs_folder_make(path, 0700, &err), 0); /* it is there: not ours to change */
    assert_int_equal(mode_of(path), 0750);
}

static void a_file_in_the_way_of_a_folder_is_named(void **state)
{
    const char *path = in_place(*state, "f");
    HS_ERR(err);

    assert_int_equal(hs_file_write(path, "", 0, 0600, &err), 0);
    assert_int_equal(hs_folder_make(path, 0700, &err), HS_EFAILED);
    assert_non_null(strstr(hs_err_text(&err), path));
    assert_int_equal(hs_folder_make(in_place(*state, "f/g"), 0700, &err), HS_EFAILED);
    assert_int_equal(hs_folder_make("", 0700, &err), HS_EFAILED);
}

static void a_lock_is_held_once_and_freed_by_closing(void **state)
{
    const char *path = in_place(*state, "lock");
    int first = -1, second = -1;
    HS_ERR(err);

    assert_int_equal(hs_lock_take(path, &first, &err), 0);
    assert_int_equal(mode_of(path), 0600);
    assert_true(fcntl(first, F_GETFD) & FD_CLOEXEC);
    assert_int_equal(hs_lock_take(path, &second, &err), HS_EBUSY);
    assert_int_equal(second, -1);
    (void)close(first);
    assert_int_equal(hs_lock_take(path, &second, &err), 0);
    (void)close(second);
}

static void a_lock_dies_with_its_process(void **state)
{
    const char *path = in_place(*state, "lock");
    int fd = -1, status;
    pid_t child = fork();

    if (child == 0)
        _exit(hs_lock_take(path, &fd, NULL) == 0 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(hs_lock_take(path, &fd, NULL), 0);
    (void)close(fd);
}

static void paths_are_joined_with_one_slash(void **state)
{
    HUB_POOL(pool);

    (void)state;
    assert_string_equal(hs_path_join(&pool, "/a", "b"), "/a/b");
    assert_string_equal(hs_path_join(&pool, "/a/", "b"), "/a/b");
    assert_string_equal(hs_path_join(&pool, "/", "b"), "/b");
    assert_string_equal(hs_path_join(&pool, "", "b"), "b");
    assert_null(hs_path_join(&pool, NULL, "b"));
    assert_null(hs_path_join(&pool, "a", NULL));
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        IN_PLACE(what_was_written_is_read),
        IN_PLACE(an_empty_file_reads_as_an_empty_text),
        IN_PLACE(a_file_over_the_limit_leaves_the_text_alone),
        IN_PLACE(a_missing_file_is_told_from_a_failed_read),
        IN_PLACE(a_written_file_has_exactly_its_mode),
        IN_PLACE(a_write_that_fails_leaves_nothing_behind),
        IN_PLACE(a_folder_is_made_with_its_parents_and_mode),
        IN_PLACE(a_file_in_the_way_of_a_folder_is_named),
        IN_PLACE(a_lock_is_held_once_and_freed_by_closing),
        IN_PLACE(a_lock_dies_with_its_process),
        cmocka_unit_test(paths_are_joined_with_one_slash),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
