/* The store: facts and intents in SQLite, in the state directory. No secret and no signed address
 * is ever put in. One struct hs_store may be used from several threads (one lock inside); several
 * processes may have the same state open (WAL, busy_timeout 5 s). After a fork the child may only
 * close it (HUB_EBUG otherwise) and opens no state before it execs: SQLite's locks do not fork.
 *
 * Errors: HS_EFAILED with the path and SQLite's words (disk full, read-only, not a database), and a
 * hint. Statements that write are durable when they return (synchronous=FULL).
 * Strings handed out live in the pool that the caller gives. A missing row is HUB_ENOTFOUND with no
 * message where "may be missing" is said. */
#ifndef HS_STORE_STORE_H
#define HS_STORE_STORE_H
#include "base/err.h"
#include "base/mem.h"
#include "data/hash.h"
#include <hubsync/kit.h>
#include <stdbool.h>

struct hs_store;

enum hs_store_mode { HS_STORE_WRITE = 0, HS_STORE_READ = 1 /* missing: HUB_ENOTFOUND */ };
/* WRITE makes folder (0700; one that is there keeps its mode) and DB (0600) and applies the
 * schema's missing steps, to an older one only with the jobs lock (HS_EBUSY if another process has
 * it). READ makes and changes nothing. Both refuse a schema that is newer than this program. */
int hs_store_open(const char *state_dir, enum hs_store_mode mode, struct hs_store **out,
                  struct hs_err *err);
void hs_store_close(struct hs_store *store);
/* The lock that marks the one process that runs jobs on this state: HS_EBUSY if another has it. */
int hs_store_lock_jobs(struct hs_store *store, struct hs_err *err);
/* All between begin and end is one durable step (nested calls join the outermost). The thread holds
 * the store meanwhile: others wait, so no network between them. Each begin that succeeded is
 * followed by one end or one rollback; a rollback inside undoes the outermost, whose end then
 * fails. */
int hs_store_begin(struct hs_store *store, struct hs_err *err);
int hs_store_end(struct hs_store *store, struct hs_err *err);
void hs_store_rollback(struct hs_store *store);

/* ---- hash pairs: the same content's two names, for ever ---- */
int hs_store_pair_put(struct hs_store *store, const char *sha256, const char *git_sha1,
                      uint64_t file_bytes, struct hs_err *err);
/* Either hash is given, the other ""; *other lives in pool. May be missing. */
int hs_store_pair_get(struct hs_store *store, struct hub_pool *pool, const char *sha256,
                      const char *git_sha1, uint64_t file_bytes, const char **other,
                      struct hs_err *err);
/* What a provider's etag named (device:inode:size:mtime of a folder's): both hashes. May be
 * missing. */
int hs_store_etag_put(struct hs_store *store, const char *site, const char *etag,
                      const char *sha256, const char *git_sha1, struct hs_err *err);
int hs_store_etag_get(struct hs_store *store, struct hub_pool *pool, const char *site,
                      const char *etag, const char **sha256, const char **git_sha1,
                      struct hs_err *err);
/* Did the site itself make the blob with this git id (README, LICENSE), or does it say nothing? May
 * be missing. */
int hs_store_made_put(struct hs_store *store, const char *plugin, const char *git_sha1,
                      bool is_site_made, struct hs_err *err);
int hs_store_made_get(struct hs_store *store, const char *plugin, const char *git_sha1,
                      bool *is_site_made, struct hs_err *err);

/* What was concluded from contents that are not listed, by a digest (64 hex digits) of all that it
 * rests on. May be missing. */
int hs_store_judged_put(struct hs_store *store, const char *digest, bool answer, struct hs_err *err);
int hs_store_judged_get(struct hs_store *store, const char *digest, bool *answer, struct hs_err *err);

/* ---- repos as last seen on a hub (detail call), keyed by hub and id ---- */
struct hs_repo_row {
    const char *hub, *id, *stable_id, *mark, *license; /* mark: change mark it was read at */
    uint32_t visibility, gated, weights;
    int64_t seen_ms, last_public_ms; /* when the detail call answered; when it was public last */
};
int hs_store_repo_put(struct hs_store *store, const struct hs_repo_row *row, struct hs_err *err);
int hs_store_repo_get(struct hs_store *store, struct hub_pool *pool, const char *hub,
                      const char *id, struct hs_repo_row *row, struct hs_err *err);
/* The length of the last complete repo list of (hub, owner), the file count of a target repo. */
int hs_store_count_put(struct hs_store *store, const char *hub, const char *what, uint64_t n,
                       struct hs_err *err);
int hs_store_count_get(struct hs_store *store, const char *hub, const char *what, uint64_t *n,
                       struct hs_err *err); /* may be missing */

/* ---- baselines and verdicts, keyed by (rule, source hub:repo, target hub:repo) ---- */
struct hs_file_row { /* identity of a path; "" and HUB_UNKNOWN for what is not known */
    const char *path, *sha256, *git_sha1;
    uint64_t file_bytes;
};
struct hs_side_row {
    const char *head;
    int64_t modified_ms;
    const struct hs_file_row *files;
    size_t n_files;
    const char *stable_id; /* NULL or "": not told */
    uint32_t visibility;   /* as it was then; HUB_PUBLIC only if it was open to all */
};
struct hs_link { /* which rule links what to what; rule "" for `copy` */
    const char *rule, *from_hub, *from_repo, *to_hub, *to_repo;
};
struct hs_baseline_row {
    struct hs_side_row from, to;
    const char *settings; /* hash of the rule settings that shaped it */
    int64_t made_ms;
};
int hs_store_baseline_put(struct hs_store *store, const struct hs_link *link,
                          const struct hs_baseline_row *row, struct hs_err *err);
/* files only when with_files (else NULL, 0). May be missing. */
int hs_store_baseline_get(struct hs_store *store, struct hub_pool *pool, const struct hs_link *link,
                          bool with_files, struct hs_baseline_row *row, struct hs_err *err);
int hs_store_baseline_drop(struct hs_store *store, const struct hs_link *link, struct hs_err *err);
/* The side's repo is not, or not any more, known to be public. Nothing if there is no baseline. */
int hs_store_baseline_hide(struct hs_store *store, const struct hs_link *link, bool is_from,
                           struct hs_err *err);
/* A repo has another name: the baseline, verdict and absence of link are those of to from now on, and
 * to is kept as a pair that no `map` explains. */
int hs_store_link_rename(struct hs_store *store, const struct hs_link *link,
                         const struct hs_link *to, struct hs_err *err);
int hs_store_renames(struct hs_store *store, struct hub_pool *pool, const char *rule,
                     struct hs_link **links, size_t *n, struct hs_err *err);
/* All links that have a baseline whose source or target is hub:repo (verify with one argument; rule
 * is then not read), or, with hub and repo "", all of a rule. */
int hs_store_baseline_links(struct hs_store *store, struct hub_pool *pool, const char *rule,
                            const char *hub, const char *repo, struct hs_link **links, size_t *n,
                            struct hs_err *err);
struct hs_linked_baseline {
    struct hs_link link;
    struct hs_baseline_row row;
};
/* All of a rule, without files, in one reading: what a scan compares marks with. */
int hs_store_baselines(struct hs_store *store, struct hub_pool *pool, const char *rule,
                       struct hs_linked_baseline **rows, size_t *n, struct hs_err *err);
/* ---- absences: the source of a link was in no list of a whole scan, and its hub said so ---- */
struct hs_absence {
    int64_t first_ms;
    uint64_t scans;
};
/* One scan more; *out as it is now. */
int hs_store_absence_note(struct hs_store *store, const struct hs_link *link, int64_t now_ms,
                          struct hs_absence *out, struct hs_err *err);
int hs_store_absence_get(struct hs_store *store, const struct hs_link *link,
                         struct hs_absence *out, struct hs_err *err); /* may be missing */
int hs_store_absence_drop(struct hs_store *store, const struct hs_link *link, struct hs_err *err);
/* All links of a rule that have one. */
int hs_store_absence_links(struct hs_store *store, struct hub_pool *pool, const char *rule,
                           struct hs_link **links, size_t *n, struct hs_err *err);
struct hs_verdict_row { /* why a repo was left alone, and by which marks that was judged */
    const char *reason, *from_mark, *to_mark, *settings;
    int64_t made_ms;
};
int hs_store_verdict_put(struct hs_store *store, const struct hs_link *link,
                         const struct hs_verdict_row *row, struct hs_err *err);
int hs_store_verdict_get(struct hs_store *store, struct hub_pool *pool, const struct hs_link *link,
                         struct hs_verdict_row *row, struct hs_err *err);
int hs_store_verdict_drop(struct hs_store *store, const struct hs_link *link, struct hs_err *err);

/* ---- mirrors: what a hub copies by itself, keyed as baselines ---- */
enum hs_mirror_state {
    HS_MIRROR_STRANGER = 1, /* a repo of that name which is no copy of the source */
    HS_MIRROR_RUNNING = 2,  /* its import was asked for, or is known to run */
    HS_MIRROR_DONE = 3,     /* it is, or was, a copy of the source */
    HS_MIRROR_FAILED = 4,   /* the import failed, and people were told */
    HS_MIRROR_KEPT = 5      /* and the repo was still there in a later run */
};
enum hs_mirror_objects { HS_OBJECTS_UNCHECKED = 0, HS_OBJECTS_HELD = 1, HS_OBJECTS_MISSING = 2 };
struct hs_mirror_row {
    enum hs_mirror_state state;
    enum hs_mirror_objects objects;
    /* first seen or asked for; import asked for; heads compared; in step last; people told to start
     * the mirror. 0: never */
    int64_t first_ms, asked_ms, checked_ms, in_step_ms, told_ms;
};
struct hs_linked_mirror {
    struct hs_link link;
    struct hs_mirror_row row;
};
int hs_store_mirror_put(struct hs_store *store, const struct hs_link *link,
                        const struct hs_mirror_row *row, struct hs_err *err);
int hs_store_mirror_get(struct hs_store *store, const struct hs_link *link,
                        struct hs_mirror_row *row, struct hs_err *err); /* may be missing */
int hs_store_mirror_drop(struct hs_store *store, const struct hs_link *link, struct hs_err *err);
/* All of a rule, by source. */
int hs_store_mirrors(struct hs_store *store, struct hub_pool *pool, const char *rule,
                     struct hs_linked_mirror **rows, size_t *n, struct hs_err *err);

/* ---- uploads that are under way: (target site, repo, object) and its parts ---- */
struct hs_upload_key {
    const char *site, *repo; /* the target's origin + plugin, and its repo id */
    const char *sha256;
    uint64_t file_bytes;
};
struct hs_part_row {
    uint64_t offset, part_bytes;
    unsigned char state[HS_STATE_BYTES]; /* of the hash at the part's end */
    const char *etag;                    /* "" until the target acknowledged */
    bool is_acked;
};
/* resume is the provider's text of the newest plan. Makes the upload row if need be. */
int hs_store_upload_put(struct hs_store *store, const struct hs_upload_key *key, const char *resume,
                        struct hs_err *err);
int hs_store_upload_get(struct hs_store *store, struct hub_pool *pool,
                        const struct hs_upload_key *key, const char **resume,
                        struct hs_err *err); /* may be missing */
/* Written BEFORE the part's last bytes leave (replaces a row of that offset), then acked after. */
int hs_store_part_put(struct hs_store *store, const struct hs_upload_key *key,
                      const struct hs_part_row *row, struct hs_err *err);
int hs_store_part_ack(struct hs_store *store, const struct hs_upload_key *key, uint64_t offset,
                      const char *etag, struct hs_err *err);
/* In order of offset. */
int hs_store_parts(struct hs_store *store, struct hub_pool *pool, const struct hs_upload_key *key,
                   struct hs_part_row **rows, size_t *n, struct hs_err *err);
/* The upload and its parts are forgotten (committed, or starting anew). */
int hs_store_upload_drop(struct hs_store *store, const struct hs_upload_key *key,
                         struct hs_err *err);

/* ---- jobs: intents (rule, source repo, target repo), due at a time ---- */
enum { HS_CRASHES_MAX = 3 };
struct hs_job_row {
    int64_t id, due_ms, started_ms; /* started 0: not running */
    const char *rule, *from_hub, *from_repo, *to_hub, *to_repo, *reason, *state, *error;
    uint32_t attempts;       /* failures in a row since the last new cause */
    uint32_t crashes;        /* how often the process died while it ran */
    const char *mark;        /* what the scan saw of the source, "" where nothing tells */
    uint64_t expected_bytes; /* to move, as the last plan had it; 0 before the first */
    bool is_long;            /* by it: comes after others that are due at the same time */
    int64_t changed_ms;      /* when the source changed; 0: not known */
};
/* One job for each (rule, from, to); of job, the link, due_ms, reason and attempts are read.
 *   queued           made sooner if due_ms is sooner, with the new reason and attempts; never later
 *   running          due again at due_ms once it has ended, whatever came out (attempts 0)
 *   failed, blocked  queued again with all three
 * so attempts is 0 for a new cause, and what the row says for a retry. */
int hs_store_job_put(struct hs_store *store, const struct hs_job_row *job, int64_t *id,
                     struct hs_err *err);
/* What a scan found out of step; of job, the link, due_ms, reason, mark and changed_ms are read.
 *   no row           a new one
 *   the same mark    queued: left as it is, so that a retry waits its time, but is_now makes it due;
 *                    failed, blocked: queued again, attempts stay; set aside after crashes: left
 *   another mark     queued again at due_ms, attempts and crashes 0
 *   running          with another mark, due again at due_ms once it has ended
 * An unknown mark ("") is the same as none before. *id: 0 if there is nothing to be run. */
int hs_store_job_offer(struct hs_store *store, const struct hs_job_row *job, bool is_now,
                       int64_t *id, struct hs_err *err);
/* Up to n queued jobs that are due at now_ms, in the order in which they are to be run: by due
 * time, the long ones after the others, then by age. *next_ms: the first due time of all queued
 * ones after now_ms, 0 if there is none. */
int hs_store_jobs_due(struct hs_store *store, struct hub_pool *pool, int64_t now_ms, size_t limit,
                      struct hs_job_row **rows, size_t *n, int64_t *next_ms, struct hs_err *err);
/* HUB_ENOTFOUND unless it is queued. Survives the death of this process as soon as it returns; a
 * power cut may undo it, then the job is queued as before. */
int hs_store_job_start(struct hs_store *store, int64_t id, int64_t now_ms, struct hs_err *err);
/* Of a running job (else HUB_ENOTFOUND). state: done (the row goes), failed, blocked (one attempt
 * more; the row stays until put again or dropped), interrupted (due again, no attempt used). All
 * but interrupted forget the crashes. */
int hs_store_job_end(struct hs_store *store, int64_t id, const char *state, const char *error,
                     int64_t now_ms, struct hs_err *err);
/* A failed one is queued again at due_ms, its attempts stay. */
int hs_store_job_retry(struct hs_store *store, int64_t id, int64_t due_ms, struct hs_err *err);
/* Of a running job: it is queued again where it was, as a long one. */
int hs_store_job_put_off(struct hs_store *store, int64_t id, uint64_t expected_bytes,
                         struct hs_err *err);
/* It has lived long enough: earlier crashes were not its fault. */
int hs_store_job_survived(struct hs_store *store, int64_t id, struct hs_err *err);
/* Jobs that a dead process left running become due again, no attempt is used, but the crash is
 * counted: the HS_CRASHES_MAXth sets it aside (blocked, alert job_crashed). The dead one's runs
 * become "interrupted", with no end. Only with the jobs lock. */
int hs_store_jobs_recover(struct hs_store *store, struct hs_err *err);
/* The wall clock was put back or forward by ms: all that waits at now_ms waits as long as before. */
int hs_store_jobs_shift(struct hs_store *store, int64_t now_ms, int64_t ms, struct hs_err *err);
/* By hand: due at once and before all others, attempts and crashes forgotten. HUB_ENOTFOUND if
 * there is none or it is running. */
int hs_store_job_hurry(struct hs_store *store, int64_t id, struct hs_err *err);
/* All, in order of due time; state is queued, running, failed or blocked. */
int hs_store_jobs(struct hs_store *store, struct hub_pool *pool, struct hs_job_row **rows,
                  size_t *n, struct hs_err *err);
/* Its cause is gone: the link's job goes, if there is one that does not run. */
int hs_store_job_settled(struct hs_store *store, const struct hs_link *link, struct hs_err *err);
/* How many jobs a rule has beside that one. */
int hs_store_jobs_of(struct hs_store *store, const char *rule, int64_t but, size_t *n,
                     struct hs_err *err);
/* HUB_ENOTFOUND if there is none or it is running. */
int hs_store_job_drop(struct hs_store *store, int64_t id, struct hs_err *err);
/* Is it set aside after crashes? */
static inline bool hs_job_is_aside(const struct hs_job_row *job)
{
    return job->crashes >= HS_CRASHES_MAX;
}

/* ---- rounds: what came of a rule's newest scan ---- */
struct hs_round_row {
    const char *rule;
    uint64_t n; /* rounds so far */
    int64_t started_ms, ended_ms, success_ms, next_ms; /* 0: not yet; next_ms 0: not by itself */
    uint64_t n_repos;   /* that the rule is about: neither skipped nor filtered */
    uint64_t n_trouble; /* owners and targets that could not be scanned */
};
int hs_store_round_put(struct hs_store *store, const struct hs_round_row *row, struct hs_err *err);
int hs_store_rounds(struct hs_store *store, struct hub_pool *pool, struct hs_round_row **rows,
                    size_t *n, struct hs_err *err);
int hs_store_rounds_keep(struct hs_store *store, const char *const *rules, size_t n,
                         struct hs_err *err); /* drops those of other rules, and their jobs */

/* ---- runs and audit ---- */
struct hs_run_row {                         /* one repo in one run */
    int64_t id, started_ms, ended_ms;       /* ended 0: not yet */
    const char *rule, *repo, *hub, *status; /* target's names */
    uint64_t puts, deletes, bytes;
    const char *commits; /* ids, blank between */
};
int hs_store_run_start(struct hs_store *store, const struct hs_run_row *row, int64_t *id,
                       struct hs_err *err);
int hs_store_run_end(struct hs_store *store, const struct hs_run_row *row, struct hs_err *err);
/* Newest first, at most limit (0: all). */
int hs_store_runs(struct hs_store *store, struct hub_pool *pool, size_t limit,
                  struct hs_run_row **rows, size_t *n, struct hs_err *err);
struct hs_run_sum { /* over all finished runs of a rule, a target hub and a status */
    const char *rule, *hub, *status;
    uint64_t runs, puts, deletes, bytes, commits;
};
int hs_store_run_sums(struct hs_store *store, struct hub_pool *pool, struct hs_run_sum **rows,
                      size_t *n, struct hs_err *err);
struct hs_audit_row { /* what will be deleted or overwritten, written before it is */
    int64_t at_ms, run_id;
    const char *hub, *repo, *path; /* path "" : the repo itself */
    const char *action;            /* "overwrite", "delete", "delete_repo" */
    const char *sha256, *git_sha1; /* of what was there */
    uint64_t file_bytes;
    const char *head; /* of the target, before */
};
int hs_store_audit(struct hs_store *store, const struct hs_audit_row *rows, size_t n,
                   struct hs_err *err);
int hs_store_audit_list(struct hs_store *store, struct hub_pool *pool, int64_t run_id,
                        struct hs_audit_row **rows, size_t *n, struct hs_err *err);

/* ---- alerts (opened and resolved by what is found; the daemon sends them) ---- */
struct hs_alert_row {
    int64_t id, first_ms, last_ms;
    const char *rule, *repo, *kind, *level, *state, *message, *command;
    uint64_t count;
};
/* Opens it, or counts it if it is open or acknowledged already (level, message and command are
 * then the newest). Of row, id, first_ms, state and count are not read; last_ms is now. */
int hs_store_alert_open(struct hs_store *store, const struct hs_alert_row *row, struct hs_err *err);
/* Resolves the open or acknowledged alert of (rule, repo, kind), if there is one. The last ten
 * resolved ones of a key are kept. */
int hs_store_alert_resolve(struct hs_store *store, const char *rule, const char *repo,
                           const char *kind, int64_t now_ms, struct hs_err *err);
/* A person has seen it. HUB_ENOTFOUND if it is resolved or was never there. */
int hs_store_alert_ack(struct hs_store *store, int64_t id, struct hs_err *err);
/* Resolved ones too, oldest first. */
int hs_store_alerts(struct hs_store *store, struct hub_pool *pool, struct hs_alert_row **rows,
                    size_t *n, struct hs_err *err);

/* ---- what of the alerts has been told on a channel (a webhook's name that holds no secret) ---- */
struct hs_send_row {
    struct hs_alert_row alert;
    uint32_t tries;       /* that failed, of this message */
    int64_t last_sent_ms; /* when an alert of the same (rule, repo, kind) was told last; 0: never */
};
/* The open alerts that were not told and the resolved ones whose opening was, if no wait after a
 * failed try is left; oldest first. */
int hs_store_sends_due(struct hs_store *store, struct hub_pool *pool, const char *channel,
                       int64_t now_ms, struct hs_send_row **rows, size_t *n, struct hs_err *err);
/* The alert's state has been told. is_quiet: it need not be, and neither its end. */
int hs_store_send_done(struct hs_store *store, const char *channel, const struct hs_alert_row *alert,
                       bool is_quiet, int64_t now_ms, struct hs_err *err);
int hs_store_send_failed(struct hs_store *store, const char *channel, int64_t alert, int64_t next_ms,
                         struct hs_err *err);
/* When the next failed one is due; 0: none waits. */
int hs_store_send_next(struct hs_store *store, int64_t *next_ms, struct hs_err *err);
#endif
