#include "support/store_test.h"
#include "store/store_db.h"
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void write_file(const char *path, const char *bytes, size_t n_bytes)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

static char *database(struct fixture *fix)
{
    return hub_pool_printf(&fix->pool, "%s/hubsync.db", fix->state);
}

static mode_t mode_of(const char *path)
{
    struct stat info;

    assert_int_equal(stat(path, &info), 0);
    return info.st_mode & 07777;
}

static void only_the_owner_can_read_state(void **state)
{
    struct fixture *fix = *state;
    static const char *const names[] = {"hubsync.db", "hubsync.db-wal", "hubsync.db-shm", "lock"};
    mode_t before = umask(0);

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    ok(fix, hs_store_lock_jobs(fix->store, &fix->err));
    (void)umask(before);
    assert_int_equal(mode_of(fix->state), 0700);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(mode_of(hub_pool_printf(&fix->pool, "%s/%s", fix->state, names[i])), 0600);
}

static void a_tight_umask_leaves_state_usable(void **state)
{
    struct fixture *fix = *state;
    mode_t before = umask(0777);

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    (void)umask(before);
    assert_int_equal(mode_of(database(fix)), 0600);
    ok(fix, hs_store_count_put(fix->store, "h", "w", 1, &fix->err));
}

static void a_widened_database_is_narrowed(void **state)
{
    struct fixture *fix = *state;

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    assert_int_equal(chmod(database(fix), 0644), 0);
    reopen(fix);
    assert_int_equal(mode_of(database(fix)), 0600);
}

static void reading_makes_nothing(void **state)
{
    struct fixture *fix = *state;

    assert_int_equal(hs_store_open(fix->state, HS_STORE_READ, &fix->store, &fix->err),
                     HUB_ENOTFOUND);
    assert_null(fix->store);
    assert_int_equal(access(fix->state, F_OK), -1);
    assert_int_equal(mkdir(fix->state, 0700), 0);
    assert_int_equal(hs_store_open(fix->state, HS_STORE_READ, &fix->store, &fix->err),
                     HUB_ENOTFOUND);
    assert_int_equal(rmdir(fix->state), 0); /* still empty */
    assert_int_equal(mkdir(fix->state, 0700), 0);
}

static void an_empty_file_is_no_state_yet(void **state)
{
    struct fixture *fix = *state;

    assert_int_equal(mkdir(fix->state, 0700), 0);
    write_file(database(fix), "", 0);
    assert_int_equal(hs_store_open(fix->state, HS_STORE_READ, &fix->store, &fix->err),
                     HUB_ENOTFOUND);
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
}

static void a_reader_sees_what_a_writer_wrote(void **state)
{
    struct fixture *fix = *state;
    struct hs_store *reader = NULL;
    uint64_t n = 0;

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    ok(fix, hs_store_open(fix->state, HS_STORE_READ, &reader, &fix->err));
    ok(fix, hs_store_count_put(fix->store, "ms", "owner", 7, &fix->err));
    ok(fix, hs_store_count_get(reader, "ms", "owner", &n, &fix->err));
    assert_int_equal(n, 7);
    hs_store_close(reader);
}

static void execute(struct fixture *fix, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(database(fix), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void newer_schema_is_refused(void **state)
{
    struct fixture *fix = *state;

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    hs_store_close(fix->store);
    fix->store = NULL;
    execute(fix, "INSERT INTO schema VALUES (99, 0, '9.9')");
    for (int mode = HS_STORE_WRITE; mode <= HS_STORE_READ; mode++) {
        assert_int_equal(
            hs_store_open(fix->state, (enum hs_store_mode)mode, &fix->store, &fix->err),
            HS_EFAILED);
        assert_says(fix->err.message, database(fix));
        char known[32];

        (void)snprintf(known, sizeof known, "up to %d", hs_schema_n_steps);
        assert_says(fix->err.message, "schema 99");
        assert_says(fix->err.message, known);
        assert_says(fix->err.hint, "newer hubsync");
    }
}

/* Those of the program and one more. */
enum { STEPS_MAX = 64 };

static int steps_and(const char *step, const char **steps)
{
    assert_true(hs_schema_n_steps < STEPS_MAX);
    for (int i = 0; i < hs_schema_n_steps; i++)
        steps[i] = hs_schema_steps[i];
    steps[hs_schema_n_steps] = step;
    return hs_schema_n_steps + 1;
}
static const char later[] = "CREATE TABLE later (n INTEGER) STRICT";

static void an_older_schema_gets_the_missing_steps(void **state)
{
    struct fixture *fix = *state;
    const char *steps[STEPS_MAX];
    int n_steps = steps_and(later, steps);
    int64_t n = 0;
    char needs[32];

    (void)snprintf(needs, sizeof needs, "needs %d", n_steps);
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    assert_int_equal(hs_schema_apply(fix->store, HS_STORE_READ, steps, n_steps, &fix->err),
                     HS_EFAILED);
    assert_says(fix->err.message, needs);
    ok(fix, hs_schema_apply(fix->store, HS_STORE_WRITE, steps, n_steps, &fix->err));
    ok(fix, hs_db_run_id(fix->store,
                         "SELECT max(version) + (SELECT count(*) FROM later) "
                         "FROM schema",
                         HS_WITH_NOTHING, &n, &fix->err));
    assert_int_equal(n, n_steps);
}

/* A state that the first release wrote. */
static void a_state_of_the_first_schema_opens(void **state)
{
    struct fixture *fix = *state;
    struct hs_job_row *rows;
    size_t n;

    assert_int_equal(mkdir(fix->state, 0700), 0);
    execute(fix, hs_schema_steps[0]);
    execute(fix, "PRAGMA application_id = 1752523379; INSERT INTO schema VALUES (1, 0, '0.1.0');"
                 "INSERT INTO jobs (id, rule, from_hub, from_repo, to_hub, to_repo, due_ms, started_ms,"
                 " ended_ms, state, reason, error, attempts, again_reason)"
                 " VALUES (7, 'r', 'a', 'o/n', 'b', 'o/n', 5, 0, 0, 'queued', 'x', '', 2, '')");
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    ok(fix, hs_store_jobs(fix->store, &fix->pool, &rows, &n, &fix->err));
    assert_int_equal(n, 1);
    assert_int_equal(rows[0].id, 7);
    assert_int_equal(rows[0].attempts, 2);
    assert_int_equal(rows[0].crashes, 0);
}

static void a_failing_step_leaves_the_old_schema(void **state)
{
    struct fixture *fix = *state;
    const char *bad[STEPS_MAX];
    int n_steps = steps_and("CREATE TABLE later (n INTEGER) STRICT; NONSENSE", bad);
    int64_t n = 0;

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    assert_int_equal(hs_schema_apply(fix->store, HS_STORE_WRITE, bad, n_steps, &fix->err),
                     HS_EFAILED);
    ok(fix, hs_db_run_id(fix->store,
                         "SELECT max(version) + (SELECT count(*) FROM sqlite_master "
                         "WHERE name = 'later') FROM schema",
                         HS_WITH_NOTHING, &n, &fix->err));
    assert_int_equal(n, n_steps - 1);
}

static void no_schema_step_beneath_a_running_process(void **state)
{
    struct fixture *fix = *state;
    const char *steps[STEPS_MAX];
    int n_steps = steps_and(later, steps);
    struct hs_store *other = NULL;

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &other, &fix->err));
    ok(fix, hs_store_lock_jobs(other, &fix->err));
    assert_int_equal(hs_schema_apply(fix->store, HS_STORE_WRITE, steps, n_steps, &fix->err),
                     HS_EBUSY);
    hs_store_close(other);
    ok(fix, hs_schema_apply(fix->store, HS_STORE_WRITE, steps, n_steps, &fix->err));
    assert_int_equal(hs_store_open(fix->state, HS_STORE_READ, &other, &fix->err), HS_EFAILED);
}

static void not_a_database_is_named(void **state)
{
    struct fixture *fix = *state;
    char text[8192];

    memset(text, 'x', sizeof text);
    assert_int_equal(mkdir(fix->state, 0700), 0);
    write_file(database(fix), text, sizeof text);
    assert_int_equal(hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err), HS_EFAILED);
    assert_says(fix->err.message, database(fix));
    assert_says(fix->err.message, "not a database");
    assert_says(fix->err.hint, "move ");
}

static void another_programs_database_is_left_alone(void **state)
{
    struct fixture *fix = *state;

    assert_int_equal(mkdir(fix->state, 0700), 0);
    execute(fix, "CREATE TABLE theirs (n)");
    assert_int_equal(hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err), HS_EFAILED);
    assert_says(fix->err.message, "another program");
    execute(fix, "SELECT n FROM theirs");
}

static void a_damaged_page_is_said(void **state)
{
    struct fixture *fix = *state;
    char junk[4096];
    char *path = database(fix);
    struct stat info;
    int fd;

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    hs_store_close(fix->store);
    fix->store = NULL;
    memset(junk, 0x5a, sizeof junk);
    assert_int_equal(stat(path, &info), 0);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    for (off_t at = sizeof junk; at < info.st_size; at += (off_t)sizeof junk)
        assert_int_equal(pwrite(fd, junk, sizeof junk, at), sizeof junk);
    (void)close(fd);
    assert_int_equal(hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err), HS_EFAILED);
    assert_says(fix->err.message, path);
    assert_says(fix->err.hint, "move ");
}

/* Root writes everywhere; without this capability it is like anybody else. */
static void become_ordinary(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0}, {0}};

    if (syscall(SYS_capset, &header, none) < 0)
        _exit(9);
}

static bool says(const char *text, const char *part)
{
    return text && strstr(text, part);
}

static void expect_readonly(struct fixture *fix, enum hs_store_mode mode, int failure)
{
    int r = hs_store_open(fix->state, mode, &fix->store, &fix->err);

    if (r == 0)
        r = hs_store_count_put(fix->store, "h", "w", 1, &fix->err);
    if (r != HS_EFAILED || !says(fix->err.message, fix->state) || !fix->err.hint) {
        fprintf(stderr, "%d %s (%s)\n", r, hs_err_text(&fix->err), fix->err.hint);
        _exit(failure);
    }
}

static void open_without_rights(struct fixture *fix)
{
    become_ordinary();
    expect_readonly(fix, HS_STORE_WRITE, 1);
    hs_store_close(fix->store);
    fix->store = NULL;
    expect_readonly(fix, HS_STORE_READ, 2);
}

static void readonly_state_says_so(void **state)
{
    struct fixture *fix = *state;

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    hs_store_close(fix->store);
    fix->store = NULL;
    assert_int_equal(chmod(fix->state, 0500), 0); /* the folder alone: no -wal can be made */
    assert_int_equal(in_child(fix, open_without_rights), 0);
    assert_int_equal(chmod(database(fix), 0400), 0);
    assert_int_equal(in_child(fix, open_without_rights), 0);
    assert_int_equal(chmod(fix->state, 0700), 0);
    assert_int_equal(in_child(fix, open_without_rights), 0);
}

static void no_place_for_a_state_says_so(void **state)
{
    struct fixture *fix = *state;

    write_file(fix->state, "a file", 6);
    assert_true(hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err) < 0);
    assert_says(fix->err.message, fix->state);
    assert_non_null(fix->err.hint);
}

/* A file that may not grow is the nearest thing to a disk that is full. */
static void fill_disk(struct fixture *fix)
{
    struct rlimit limit = {256 * 1024, 256 * 1024};
    char etag[64];
    int r = 0;

    (void)signal(SIGXFSZ, SIG_IGN);
    if (hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err) < 0 ||
        setrlimit(RLIMIT_FSIZE, &limit) < 0)
        _exit(1);
    for (int i = 0; r == 0 && i < 10000; i++) {
        (void)snprintf(etag, sizeof etag, "etag-%d", i);
        r = hs_store_etag_put(fix->store, "site", etag, "a", "b", &fix->err);
        if (r == 0 && i == 0)
            r = hs_store_count_put(fix->store, "h", "kept", 5, &fix->err);
    }
    if (r != HS_EFAILED || !says(fix->err.message, "hubsync.db") ||
        !says(fix->err.hint, "nothing was lost") || !says(fix->err.hint, "free space")) {
        fprintf(stderr, "%d %s (%s)\n", r, hs_err_text(&fix->err), fix->err.hint);
        _exit(2);
    }
    if (hs_store_begin(fix->store, &fix->err) < 0)
        _exit(0); /* fine: refused at once */
    r = hs_store_count_put(fix->store, "h", "half", 1, &fix->err);
    for (int i = 0; r == 0 && i < 10000; i++) {
        (void)snprintf(etag, sizeof etag, "more-%d", i);
        r = hs_store_etag_put(fix->store, "site", etag, "a", "b", &fix->err);
    }
    if (hs_store_end(fix->store, &fix->err) == 0)
        _exit(3);
}

static void a_full_disk_says_so_and_loses_nothing(void **state)
{
    struct fixture *fix = *state;
    uint64_t n = 0;

    assert_int_equal(in_child(fix, fill_disk), 0);
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    ok(fix, hs_store_count_get(fix->store, "h", "kept", &n, &fix->err));
    assert_int_equal(n, 5);
    assert_int_equal(hs_store_count_get(fix->store, "h", "half", &n, &fix->err), HUB_ENOTFOUND);
    ok(fix, hs_store_count_put(fix->store, "h", "kept", 6, &fix->err));
}

static void a_relative_name_survives_chdir_and_is_no_uri(void **state)
{
    struct fixture *fix = *state;
    char *before = getcwd(NULL, 0);

    assert_int_equal(chdir(fix->root), 0);
    ok(fix, hs_store_open("file:state", HS_STORE_WRITE, &fix->store, &fix->err));
    assert_int_equal(chdir(before), 0);
    ok(fix, hs_store_lock_jobs(fix->store, &fix->err));
    assert_int_equal(access(hub_pool_printf(&fix->pool, "%s/file:state/lock", fix->root), F_OK), 0);
    free(before);
}

static void one_process_runs_jobs(void **state)
{
    struct fixture *fix = *state;
    struct hs_store *other = NULL;

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &other, &fix->err));
    ok(fix, hs_store_lock_jobs(fix->store, &fix->err));
    ok(fix, hs_store_lock_jobs(fix->store, &fix->err)); /* twice is harmless */
    assert_int_equal(hs_store_lock_jobs(other, &fix->err), HS_EBUSY);
    hs_store_close(fix->store);
    fix->store = other;
    ok(fix, hs_store_lock_jobs(other, &fix->err));
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, set_up_folder, tear_down)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        with_folder(only_the_owner_can_read_state),
        with_folder(a_tight_umask_leaves_state_usable),
        with_folder(a_widened_database_is_narrowed),
        with_folder(reading_makes_nothing),
        with_folder(an_empty_file_is_no_state_yet),
        with_folder(a_reader_sees_what_a_writer_wrote),
        with_folder(newer_schema_is_refused),
        with_folder(an_older_schema_gets_the_missing_steps),
        with_folder(a_state_of_the_first_schema_opens),
        with_folder(a_failing_step_leaves_the_old_schema),
        with_folder(no_schema_step_beneath_a_running_process),
        with_folder(not_a_database_is_named),
        with_folder(another_programs_database_is_left_alone),
        with_folder(a_damaged_page_is_said),
        with_folder(readonly_state_says_so),
        with_folder(no_place_for_a_state_says_so),
        with_folder(a_full_disk_says_so_and_loses_nothing),
        with_folder(a_relative_name_survives_chdir_and_is_no_uri),
        with_folder(one_process_runs_jobs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
