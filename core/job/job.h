/* Runs: rules → repos → plans → work, and what came of it.
 *
 * An engine belongs to one thread (the caller's); its workers and the relay's threads are inside. */
#ifndef HS_JOB_JOB_H
#define HS_JOB_JOB_H
#include "conf/conf.h"
#include "provider/session.h"
#include "store/store.h"
#include "sync/plan.h"

enum hs_phase { HS_PHASE_SCAN = 0, HS_PHASE_TRANSFER, HS_PHASE_COMMIT, HS_PHASE_VERIFY };
struct hs_progress { /* a snapshot for a display */
    enum hs_phase phase;
    const char *rule, *hub, *repo; /* "" while scanning lists */
    uint64_t repos_done, repos_total;
    uint64_t files_total;             /* of the repo in hand */
    uint64_t bytes_done, bytes_total; /* of the repo in hand: promised before the first byte */
    uint64_t new_bytes, resent_bytes; /* of the whole run */
    int64_t elapsed_ms;
    bool is_first; /* of the repos under way; a display of one line shows this one */
};
/* Called about ten times a second for each repo under way and at each change of phase; from any of
 * the engine's threads, never from two at once. It may call nothing of the engine. */
typedef void hs_progress_fn(void *ctx, const struct hs_progress *progress);

struct hs_engine_conf {
    const struct hs_conf *conf;
    const char *state_dir;
    bool needs_jobs_lock; /* run, apply, copy: HS_EBUSY beside another */
    bool needs_store;     /* false: hub test, ls without a state */
    bool is_daemon;       /* a site that was closed opens again */
    hs_progress_fn *progress; /* may be NULL */
    void *ctx;
};
struct hs_engine;
int hs_engine_open(const struct hs_engine_conf *conf, struct hs_engine **out, struct hs_err *err);
void hs_engine_close(struct hs_engine *engine);
/* Async-signal-safe: everything ends with HUB_ECANCELED after a checkpoint. */
void hs_engine_cancel(struct hs_engine *engine);
struct hs_store *hs_engine_store(struct hs_engine *engine); /* may be NULL */
struct hs_loop *hs_engine_loop(struct hs_engine *engine);
struct hs_net *hs_engine_net(struct hs_engine *engine);
struct hs_sessions *hs_engine_sessions(struct hs_engine *engine);
uint64_t hs_engine_requests(const struct hs_engine *engine);

struct hs_allow { /* --allow-delete REPO=N; repo is the target's */
    const char *repo;
    uint64_t n;
};
struct hs_expected {
    const char *rule, *hub, *repo, *digest;
};
struct hs_what { /* which part of the configuration */
    struct hs_strings rules;  /* none: all enabled ones */
    struct hs_strings repos;  /* --repo globs; none: all */
    const struct hs_allow *allow;
    size_t n_allow;
    const char *revision;             /* copy: of the source; NULL or "" : default branch */
    const struct hs_expected *expected; /* apply: what each repo's plan must still be */
    size_t n_expected;
};
/* What came of one repo; also rows for owners and rules that failed (repo "" or "owner/"). */
enum hs_status_word {
    HS_SYNCED = 0,
    HS_UNCHANGED,
    HS_IMPORTING, /* the target hub is copying it by itself */
    HS_FAILED,
    HS_BLOCKED,
    HS_SKIPPED,
    HS_INTERRUPTED
};
const char *hs_status_name(enum hs_status_word status); /* interrupted: "failed" */
struct hs_result {
    const char *rule, *hub, *repo, *from_hub, *from_repo;
    enum hs_status_word status;
    const char *reason, *message, *hint; /* blocked, skipped: reason; failed: message */
    const char *alert, *alert_message; /* open while this holds, "" none */
    int error; /* failed: negative */
    uint64_t put, reused, deleted, bytes, commits; /* done */
    /* plan: what would be done. Texts live as long as the report. */
    HS_VEC(struct hs_action) actions;
    uint64_t plan_commits, plan_requests;
    const char *digest; /* of what the plan rests on and would do; "" when nothing */
    size_t order; /* among the rows of a run */
};
struct hs_report {
    struct hub_pool pool;
    bool is_plan; /* nothing was done */
    int64_t created_ms, elapsed_ms;
    HS_VEC(const char *) rules;
    HS_VEC(struct hs_result) results;
    uint64_t new_bytes, resent_bytes, reused_bytes, requests;
    bool was_interrupted;
    int rule_config_status; /* HS_ECONFIG if a rule ended with class config */
    HS_VEC(struct hs_report *) parts; /* of workers: they own texts of the results */
};
void hs_report_clear(struct hs_report *report);
/* The exit code of the contract. detailed: 4 in place of 0 when there is something to do. */
int hs_report_exit(const struct hs_report *report, bool detailed);

/* Fails only when no document can be given (unknown rule, no state); else 0 and a report. */
int hs_plan_rules(struct hs_engine *engine, const struct hs_what *what, struct hs_report *report,
                  struct hs_err *err);
int hs_run_rules(struct hs_engine *engine, const struct hs_what *what, struct hs_report *report,
                 struct hs_err *err);
/* `copy`: one repo, no rule, never deletes. revision "" : the default branch; to_repo "" : the same
 * name in the target hub's only owner. is_dry: plan only. */
struct hs_copy {
    const char *from_hub, *from_repo, *revision, *to_hub, *to_repo;
    bool is_dry;
};
int hs_copy_repo(struct hs_engine *engine, const struct hs_copy *copy, struct hs_report *report,
                 struct hs_err *err);

/* A plan with the heads it rests on, for `apply`: JSON text; and the other way. */
int hs_plan_save(const struct hs_report *report, struct hub_text *out);
int hs_apply_saved(struct hs_engine *engine, const char *json, size_t n_bytes, bool is_dry,
                   struct hs_report *report, struct hs_err *err);

/* A repo's files as `ls` shows them: those of a folder hashed, too. */
int hs_engine_list(struct hs_engine *engine, struct hs_session *session, struct hub_pool *pool,
                   const struct hs_repo *repo, const char *revision, struct hs_listing *out,
                   struct hs_err *err);

/* ---- verify ---- */
struct hs_difference {
    const char *path, *left, *right; /* "sha256:…", "git:…" or "N bytes" */
};
struct hs_verify {
    struct hub_pool pool;
    uint64_t same;
    HS_VEC(struct hs_difference) different;
    HS_VEC(const char *) missing_left;
    HS_VEC(const char *) missing_right;
    HS_VEC(const char *) unknown;
};
struct hs_verify_what {
    const char *left_hub, *left_repo, *left_revision;
    const char *right_hub, *right_repo, *right_revision; /* right_hub "": every baseline of left */
    bool is_deep, is_raw;
};
int hs_verify_repos(struct hs_engine *engine, const struct hs_verify_what *what,
                    struct hs_verify *out, struct hs_err *err);
void hs_verify_clear(struct hs_verify *verify);
#endif
