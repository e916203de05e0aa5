/* A scene: one temporary folder, one hubsync-testhub, one configuration, and the real program run
 * against them. Each test has its own; nothing is shared, so tests run in any order and side by
 * side. A wrong answer prints what the program said (exit code, stderr, stdout) and fails the test.
 *
 *     scene_hub(s, seed); scene_rule(s, "ms", "ml", ""); scene_run(s, "run");
 *     scene_expect_exit(s, 0);
 *
 * All strings and documents that a call returns live until the scene is closed. */
#ifndef SCENE_H
#define SCENE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <cjson/cJSON.h>
#include <sys/types.h>

struct scene {
    char *folder; /* of this test alone; the hubs a and b are folder/a and folder/b */
    pid_t hub;    /* hubsync-testhub, 0 while none runs */
    pid_t daemon; /* hubsyncd, 0 while none runs */
    int notify;   /* the service manager's end of its socket; 0: none */
    const char *daemon_err, *heard; /* its log; the last message of the service manager's */
    cJSON *ports; /* its port file */
    bool is_tls;
    const char *hub_keys;   /* more lines for each site hub of the configuration, or NULL */
    const char *extra_hubs; /* more hubs of the configuration, or NULL */
    const char *transfer;   /* the transfer section, or NULL */
    int attempts;
    const char *max_wait;
    size_t file_bytes_max; /* no file of the program may grow beyond: a disk that is full; 0: none */
    bool is_plain_user;    /* modes of files hold for the program even where the tests run as root */
    const char *label; /* put before a failure's message, or NULL */
    void *row;         /* of a table of tests: their state */
    /* the last run */
    int exit; /* 128 + signal if one ended it */
    const char *out, *err;
    cJSON *doc; /* stdout, NULL if it is not one document */
    long peak_kib;
    /* the scene's own */
    const char *command, *out_path, *err_path;
    size_t n_runs;
    char **kept; /* freed at the end */
    size_t n_kept;
    cJSON **docs;
    size_t n_docs;
};
#define SCENE_MS_TOKEN "ms-alice-write-000000000000"
#define SCENE_ML_TOKEN "ml-alice-write-000000000000"
#define SCENE_GC_TOKEN "gc-alice-write-000000000000"

int scene_open(void **state);
int scene_close(void **state);
#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

/* ---- texts ---- */
const char *scene_printf(struct scene *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *scene_read(struct scene *s, const char *path);             /* fails the test */
void scene_write(struct scene *s, const char *path, const char *text); /* path below folder */
const char *scene_path(struct scene *s, const char *name);             /* folder/name */

/* ---- the hubs ---- */
/* Starts testhub with this seed (NULL: owners and tokens alone) and returns when it is ready. */
void scene_hub(struct scene *s, const char *seed);
void scene_hub_stop(struct scene *s);
const char *scene_endpoint(struct scene *s, const char *site, const char *plane);
cJSON *scene_admin(struct scene *s, const char *method, const char *path, const char *body);
void scene_faults(struct scene *s, const char *rules); /* replaces; "[]" clears */
/* Returns when the rule called NAME has met its first request: a "hold" keeps the program there
 * until scene_faults is called again. */
void scene_await_fault(struct scene *s, const char *name);
void scene_knob(struct scene *s, const char *site, const char *name, const char *value);
void scene_seed(struct scene *s, const char *seed);
/* Someone pushes one commit: files is the seed's form. */
void scene_push(struct scene *s, const char *site, const char *id, const char *files);
cJSON *scene_repo(struct scene *s, const char *site, const char *id); /* NULL: not there */
void scene_reset(struct scene *s);
/* Counters, by place: scene_count(s, "sites.modelers.duplicate_puts"). 0 if not there. */
long long scene_count(struct scene *s, const char *place);
/* what: "POST commit", "POST " for all that start so, "" for all. */
long long scene_requests(struct scene *s, const char *site, const char *plane, const char *what);
/* Requests that change something, on all sites: creates, batches, puts, commits, deletions. */
long long scene_writes(struct scene *s);

/* ---- the program ---- */
/* Writes hubsync.yaml: the hubs ms, ml (site hubs), a, b (folders), then this text. */
void scene_config(struct scene *s, const char *rules);
/* The same with one rule "r" from → to and more lines of it, indented by four ("" for none). */
void scene_rule(struct scene *s, const char *from, const char *to, const char *more);
/* hubsync -c … --state-dir … --output json WORDS (split at blanks). Returns the exit code. */
int scene_run(struct scene *s, const char *words);
/* With variables "A=x B=y" in its environment. */
int scene_run_with(struct scene *s, const char *env, const char *words);
/* Starts it and does not wait; scene_wait returns its exit code. */
pid_t scene_start(struct scene *s, const char *env, const char *words);
int scene_wait(struct scene *s, pid_t child);

/* ---- the daemon: the test plays the service manager ---- */
/* Starts hubsyncd and returns when it says READY=1. */
void scene_daemon(struct scene *s, const char *env);
/* Starts it and waits for nothing; scene_daemon_end returns its exit code. */
void scene_daemon_start(struct scene *s, const char *env);
void scene_daemon_signal(struct scene *s, int number);
int scene_daemon_end(struct scene *s); /* waits; 128 + signal if one ended it */
/* Waits until it sends a message that holds the words. */
void scene_daemon_hears(struct scene *s, const char *words);
/* Waits until its log holds the words, or until the command's document says so. Bounded. */
void scene_daemon_logs(struct scene *s, const char *words);
void scene_await(struct scene *s, const char *words, const char *place, long long n);
void scene_await_equal(struct scene *s, const char *left, const char *right);

/* ---- what it said; place: "repos[0].status", "totals.put" ---- */
const cJSON *scene_at(const cJSON *doc, const char *place);
long long scene_int(struct scene *s, const char *place);    /* -1 if it is no number */
const char *scene_text(struct scene *s, const char *place); /* "" if it is no text */
void scene_fail(struct scene *s, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5), noreturn));
#define scene_check(s, claim) \
    ((claim) ? (void)0 : scene_fail((s), __FILE__, __LINE__, "not so: %s", #claim))
#define scene_expect_exit(s, code)  \
    ((s)->exit == (code) ? (void)0 \
                         : scene_fail((s), __FILE__, __LINE__, "exit %d, expected %d", (s)->exit, \
                                      (code)))
#define scene_expect_int(s, place, n) scene_expect_int_at((s), (place), (n), __FILE__, __LINE__)
#define scene_expect_text(s, place, text) \
    scene_expect_text_at((s), (place), (text), __FILE__, __LINE__)
#define scene_expect_count(s, place, n) scene_expect_count_at((s), (place), (n), __FILE__, __LINE__)
/* Somewhere in stdout or stderr. */
#define scene_expect_word(s, word) scene_expect_word_at((s), (word), __FILE__, __LINE__)
void scene_expect_int_at(struct scene *s, const char *place, long long n, const char *file,
                         int line);
void scene_expect_text_at(struct scene *s, const char *place, const char *text, const char *file,
                          int line);
void scene_expect_count_at(struct scene *s, const char *place, long long n, const char *file,
                           int line);
void scene_expect_word_at(struct scene *s, const char *word, const char *file, int line);

/* ---- repos: "modelscope:alice/demo", "modelers:alice/demo", "a:demo" (a folder) ---- */
/* An object path → "sha256 bytes" of the files that travel. NULL: the repo is not there. */
cJSON *scene_files(struct scene *s, const char *repo);
#define scene_expect_equal(s, left, right) \
    scene_expect_equal_at((s), (left), (right), __FILE__, __LINE__)
void scene_expect_equal_at(struct scene *s, const char *left, const char *right, const char *file,
                           int line);
bool scene_same(const cJSON *left, const cJSON *right);
/* What holds after every scenario: no credential on a plane that must not see it, no object and no
 * part sent twice (unless that is what the scenario is about). */
void scene_expect_clean(struct scene *s, bool is_resent_allowed);

/* ---- folders below s->folder ---- */
/* Generated content, as testhub's: the same seed and size give the same bytes there. */
void scene_fill(struct scene *s, const char *path, uint64_t seed, size_t n_bytes);
void scene_remove(struct scene *s, const char *path);
/* A model as people have them: sharded safetensors with index, config, tokenizer, README, a
 * sub-folder, a Unicode name, an empty file, a binary above 1 MiB. root: "a/model". */
void scene_model(struct scene *s, const char *root);
enum { SCENE_MODEL_FILES = 9 };
/* A member of "sites": that folder ("c/demo") as a repo of the site. */
const char *scene_model_seed(struct scene *s, const char *site, const char *id, const char *root);
/* A whole seed: owners, tokens, these members of "sites". */
const char *scene_seed_text(struct scene *s, const char *sites);
#endif
