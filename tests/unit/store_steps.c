/* Steps, threads, processes. */
#include "support/store_test.h"
#include "store/store_db.h"
#include <pthread.h>

static bool has_count(struct fixture *fix, const char *what)
{
    uint64_t n;

    return hs_store_count_get(fix->store, "h", what, &n, &fix->err) == 0;
}

static void put_count(struct fixture *fix, const char *what)
{
    ok(fix, hs_store_count_put(fix->store, "h", what, 1, &fix->err));
}

static void an_inner_step_joins_the_outer(void **state)
{
    struct fixture *fix = *state;

    ok(fix, hs_store_begin(fix->store, &fix->err));
    put_count(fix, "a");
    ok(fix, hs_store_begin(fix->store, &fix->err));
    put_count(fix, "b");
    ok(fix, hs_store_end(fix->store, &fix->err));
    hs_store_rollback(fix->store);
    assert_false(has_count(fix, "a"));
    assert_false(has_count(fix, "b"));
    ok(fix, hs_store_begin(fix->store, &fix->err));
    put_count(fix, "c");
    ok(fix, hs_store_end(fix->store, &fix->err));
    assert_true(has_count(fix, "c"));
}

static void an_inner_rollback_undoes_the_outer(void **state)
{
    struct fixture *fix = *state;

    ok(fix, hs_store_begin(fix->store, &fix->err));
    put_count(fix, "a");
    ok(fix, hs_store_begin(fix->store, &fix->err));
    hs_store_rollback(fix->store);
    assert_int_equal(hs_store_count_put(fix->store, "h", "late", 1, &fix->err), HS_EFAILED);
    assert_int_equal(hs_store_end(fix->store, &fix->err), HS_EFAILED);
    assert_false(has_count(fix, "a"));
    put_count(fix, "next"); /* the store goes on */
    assert_true(has_count(fix, "next"));
}

/* SQLite rolls back by itself after some failures; this is one that a test can have. */
static void nothing_slips_in_after_sqlite_undid_a_step(void **state)
{
    struct fixture *fix = *state;

    ok(fix, hs_store_begin(fix->store, &fix->err));
    put_count(fix, "first");
    assert_int_equal(hs_db_run(fix->store, "INSERT OR ROLLBACK INTO schema VALUES (1, 0, '')",
                               HS_WITH_NOTHING, &fix->err),
                     HS_EFAILED);
    assert_int_equal(hs_store_count_put(fix->store, "h", "second", 1, &fix->err), HS_EFAILED);
    assert_int_equal(hs_store_end(fix->store, &fix->err), HS_EFAILED);
    assert_false(has_count(fix, "first"));
    assert_false(has_count(fix, "second"));
    put_count(fix, "next");
}

enum { THREADS = 4, PROCESSES = 4, PER_WRITER = 50 };

static void *write_steps(void *arg)
{
    struct hs_store *store = arg;

    for (int i = 0; i < PER_WRITER; i++) {
        uint64_t n = 0;

        if (hs_store_begin(store, NULL) < 0)
            return NULL;
        (void)hs_store_count_get(store, "h", "sum", &n, NULL);
        if (hs_store_count_put(store, "h", "sum", n + 1, NULL) < 0) {
            hs_store_rollback(store);
            return NULL;
        }
        if (hs_store_end(store, NULL) < 0)
            return NULL;
    }
    return arg;
}

static void steps_of_threads_do_not_mix(void **state)
{
    struct fixture *fix = *state;
    pthread_t threads[THREADS];
    void *result;
    uint64_t n = 0;

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_steps, fix->store), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
    }
    ok(fix, hs_store_count_get(fix->store, "h", "sum", &n, &fix->err));
    assert_int_equal(n, THREADS * PER_WRITER);
}

static void open_and_write(struct fixture *fix)
{
    if (hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err) < 0 ||
        !write_steps(fix->store)) {
        fprintf(stderr, "%s\n", hs_err_text(&fix->err));
        _exit(1);
    }
    hs_store_close(fix->store);
}

/* They also all find a state that is not there yet. */
static void two_processes_write(void **state)
{
    struct fixture *fix = *state;
    pid_t children[PROCESSES];
    uint64_t n = 0;

    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            open_and_write(fix);
            _exit(0);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    ok(fix, hs_store_open(fix->state, HS_STORE_READ, &fix->store, &fix->err));
    ok(fix, hs_store_count_get(fix->store, "h", "sum", &n, &fix->err));
    assert_int_equal(n, PROCESSES * PER_WRITER);
}

static void use_parents_store(struct fixture *fix)
{
    if (hs_store_count_put(fix->store, "h", "child", 1, &fix->err) != HUB_EBUG ||
        hs_store_begin(fix->store, &fix->err) != HUB_EBUG)
        _exit(1);
    hs_store_close(fix->store);
}

static void a_forked_child_cannot_hurt_the_store(void **state)
{
    struct fixture *fix = *state;

    put_count(fix, "before");
    assert_int_equal(in_child(fix, use_parents_store), 0);
    put_count(fix, "after");
    reopen(fix);
    assert_true(has_count(fix, "before"));
    assert_true(has_count(fix, "after"));
    assert_false(has_count(fix, "child"));
}

/* A child that inherited an open database would know its locks from memory. So this one is made
 * before, waits, and meets the parent's store as a process of its own does. */
struct waiting {
    pid_t pid;
    int go;
};

static struct waiting start_child(struct fixture *fix, void (*body)(struct fixture *fix))
{
    struct waiting child;
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);
    child.pid = fork();
    assert_true(child.pid >= 0);
    if (child.pid == 0) {
        (void)close(ends[1]);
        if (read(ends[0], &byte, 1) == 1)
            body(fix);
        _exit(0);
    }
    (void)close(ends[0]);
    child.go = ends[1];
    return child;
}

static int let_child_run(struct waiting child)
{
    int status = -1;

    assert_int_equal(write(child.go, "x", 1), 1);
    (void)close(child.go);
    assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
    return status;
}

static void try_to_write(struct fixture *fix)
{
    struct hs_store *store = NULL;

    if (hs_store_open(fix->state, HS_STORE_READ, &store, &fix->err) < 0)
        _exit(1);
    (void)sqlite3_busy_timeout(store->db, 0);
    _exit(hs_store_count_put(store, "h", "late", 1, &fix->err) == HS_EFAILED ? 0 : 2);
}

static void a_step_keeps_other_writers_out(void **state)
{
    struct fixture *fix = *state;
    struct waiting child = start_child(fix, try_to_write);

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    ok(fix, hs_store_begin(fix->store, &fix->err));
    put_count(fix, "mine");
    assert_int_equal(let_child_run(child), 0);
    ok(fix, hs_store_end(fix->store, &fix->err));
    assert_false(has_count(fix, "late"));
}

static void open_and_close(struct fixture *fix)
{
    struct hs_store *store = NULL;

    if (hs_store_open(fix->state, HS_STORE_READ, &store, &fix->err) < 0)
        _exit(1);
    hs_store_close(store);
}

/* A file that is closed by hand drops this process's POSIX locks on it; the child would then
 * believe that it is the last one, and take the WAL away beneath us. */
static void closing_one_store_keeps_anothers_locks(void **state)
{
    struct fixture *fix = *state;
    char *wal = hub_pool_printf(&fix->pool, "%s/hubsync.db-wal", fix->state);
    struct hs_store *second = NULL;
    struct waiting child = start_child(fix, open_and_close);

    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
    put_count(fix, "before");
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &second, &fix->err));
    hs_store_close(second);
    assert_int_equal(let_child_run(child), 0);
    assert_int_equal(access(wal, F_OK), 0);
    put_count(fix, "after");
    reopen(fix);
    assert_true(has_count(fix, "before"));
    assert_true(has_count(fix, "after"));
}

#define with_store(test)  cmocka_unit_test_setup_teardown(test, set_up_store, tear_down)
#define with_folder(test) cmocka_unit_test_setup_teardown(test, set_up_folder, tear_down)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        with_store(an_inner_step_joins_the_outer),
        with_store(an_inner_rollback_undoes_the_outer),
        with_store(nothing_slips_in_after_sqlite_undid_a_step),
        with_store(steps_of_threads_do_not_mix),
        with_folder(two_processes_write),
        with_store(a_forked_child_cannot_hurt_the_store),
        with_folder(a_step_keeps_other_writers_out),
        with_folder(closing_one_store_keeps_anothers_locks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
