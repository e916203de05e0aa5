/* A state directory of its own for each test, and children that die in the middle. */
#ifndef TESTS_SUPPORT_STORE_TEST_H
#define TESTS_SUPPORT_STORE_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "store/store.h"

struct fixture {
    char *root, *state; /* a new folder; the state directory in it, not made yet */
    struct hs_store *store;
    struct hub_pool pool;
    struct hs_err err;
};

static inline int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline int set_up_folder(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct fixture *fix = hs_xcalloc(1, sizeof *fix);

    fix->root = hs_xprintf("%s/hubsync-test-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    if (!mkdtemp(fix->root))
        return -1;
    fix->state = hs_xprintf("%s/state", fix->root);
    *state = fix;
    return 0;
}

static inline int set_up_store(void **state)
{
    struct fixture *fix;

    if (set_up_folder(state) < 0)
        return -1;
    fix = *state;
    return hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err);
}

static inline int tear_down(void **state)
{
    struct fixture *fix = *state;

    hs_store_close(fix->store);
    (void)chmod(fix->state, 0700);
    (void)nftw(fix->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    hub_pool_clear(&fix->pool);
    hs_err_clear(&fix->err);
    free(fix->root);
    free(fix->state);
    free(fix);
    return 0;
}

/* Success, with the store's own words when it is not. */
#define ok(fix, call)                                                                              \
    do {                                                                                           \
        int ok_r = (call);                                                                         \
        if (ok_r < 0)                                                                              \
            fail_msg("%s: %d %s", #call, ok_r, hs_err_text(&(fix)->err));                          \
    } while (0)

static inline void assert_says(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("\"%s\" does not say \"%s\"", text ? text : "(null)", part);
}

/* Closed and opened again, as the next process would. */
static inline void reopen(struct fixture *fix)
{
    hs_store_close(fix->store);
    fix->store = NULL;
    ok(fix, hs_store_open(fix->state, HS_STORE_WRITE, &fix->store, &fix->err));
}

/* Runs body in a child; what wait answers. The child never returns to the test. */
static inline int in_child(struct fixture *fix, void (*body)(struct fixture *fix))
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        body(fix);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}
static inline void assert_killed(int status)
{
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

static inline char *name_of(const char *digits, size_t n_digits, unsigned seed, char *out)
{
    for (size_t i = 0; i < n_digits; i++) {
        seed = seed * 1103515245u + 12345u;
        out[i] = digits[seed >> 16 & 15];
    }
    out[n_digits] = '\0';
    return out;
}
/* Some hash for a number; out holds HS_SHA256_HEX or HS_SHA1_HEX. */
static inline char *sha256_of(unsigned seed, char *out)
{
    return name_of("0123456789abcdef", 64, seed, out);
}
static inline char *git_of(unsigned seed, char *out)
{
    return name_of("0123456789abcdef", 40, seed, out);
}
#endif
