/* A hub in use: its provider's session, its limits, its gate and its site. Opened for the first
 * rule that needs it; shared by threads (the engine takes the locks that the provider's declared
 * thread model needs). All calls block; they turn the given loop while they wait. */
#ifndef HS_PROVIDER_SESSION_H
#define HS_PROVIDER_SESSION_H
#include "conf/conf.h"
#include "net/net.h"
#include "provider/facts.h"
#include "provider/plugin.h"

struct hs_limits { /* hub_limits, copied; 0 where unknown but for the defaults said here */
    uint32_t flags;
    uint32_t requests, window_ms, burst, parallel;
    uint32_t batch_items;  /* default 100 */
    uint32_t commit_items; /* default: no limit */
    uint32_t commit_gap_ms, sample_bytes, path_bytes;
    uint64_t commit_bytes, inline_bytes, file_bytes, part_bytes;
    const char *name_pattern; /* "" */
    const char *const *credential_hosts;
    const struct hub_license *const *licenses; /* never NULL; deep copies */
    const struct hub_manual *const *manual;
};
struct hs_session {
    const struct hs_hub_conf *conf;
    const struct hs_plugin *plugin;
    struct hs_limits limits; /* commit_* may change after a commit: hs_session_commit_limits */
    struct hs_gate gate;
    struct hs_site *site;
    struct hs_retry retry; /* of the rule that opened it */
    struct hs_account account;
    bool has_account;
    struct hs_session_own *own; /* session.c's */
};
struct hs_sessions; /* all of a run */

struct hs_sessions_conf {
    const struct hs_conf *conf;
    struct hs_net *net;
    bool half_budget; /* a daemon runs beside us */
};
int hs_sessions_new(const struct hs_sessions_conf *conf, struct hs_sessions **out,
                    struct hs_err *err);
void hs_sessions_free(struct hs_sessions *all);
/* Opens at the first call (loading the provider, reading the token, asking nothing). owner picks
 * `tokens`; "" : the hub's token. A failure is remembered and repeated. */
int hs_session_get(struct hs_sessions *all, struct hs_loop *loop, const char *hub,
                   const char *owner, const struct hs_retry *retry, struct hs_session **out,
                   struct hs_err *err);
/* Forgets the failures, so that the next call tries again. */
void hs_sessions_retry(struct hs_sessions *all);
/* Checks a hub's provider options without opening anything (config check). */
int hs_session_check(const struct hs_hub_conf *hub, struct hs_err *err);

/* ---- questions. The answers' texts live in the given pool ---- */
/* Once per session; kept. HUB_ENOTSUP if the provider has no such call. */
int hs_ask_whoami(struct hs_session *s, struct hs_loop *loop, struct hs_err *err);
int hs_ask_repos(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                 const char *owner, struct hs_repos *out, struct hs_err *err);
int hs_ask_repo(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool, const char *id,
                struct hs_repo *out, struct hs_err *err);
/* revision "" : the default branch. */
int hs_ask_files(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                 const struct hs_repo *repo, const char *revision, struct hs_listing *out,
                 struct hs_err *err);
/* The planned request for a file's bytes; deep copy in the pool. */
struct hs_planned {
    struct hub_request request; /* request.classify is the provider's: go through hs_ask_class */
    uint64_t offset, part_bytes;
    int64_t expires_ms;
    bool no_range;
    bool is_stored;   /* upload: the hub holds this part already (request.url NULL: no address) */
    const char *etag; /* of a stored part */
};
int hs_ask_download(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                    const struct hs_repo *repo, const char *revision, const struct hs_file *file,
                    struct hs_planned *out, struct hs_err *err);
/* HUB_YES or HUB_NO; the providers without site_made: HUB_NO. */
int hs_ask_site_made(struct hs_session *s, const char *path, const void *content,
                     uint64_t n_bytes, enum hub_truth *out, struct hs_err *err);
struct hs_upload_plan { /* how one file gets to the target */
    int status;         /* 0, or why this one alone fails; message in why */
    const char *why;
    enum hub_mode mode;
    const char *ticket, *resume;
    struct hs_planned *parts; /* HUB_PARTS: checked to cover the file without gap or overlap */
    size_t n_parts;
};
/* plans[n], zeroed by the caller. The puts' ticket and resume say whether it is planned again. */
int hs_ask_upload(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                  const struct hs_repo *repo, const struct hub_put *const *puts, size_t n,
                  struct hs_upload_plan *plans, struct hs_err *err);
/* *ticket: replaced if the provider answers a last plan. */
int hs_ask_finish(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                  const struct hs_repo *repo, const struct hub_put *put, const char **ticket,
                  struct hs_err *err);
/* *head: the new commit, "" if the hub did not tell. */
int hs_ask_commit(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                  const struct hs_repo *repo, const struct hub_change *change, const char **head,
                  struct hs_err *err);
int hs_ask_create(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                  const struct hs_repo *want, struct hs_repo *made, struct hs_err *err);
int hs_ask_delete_repo(struct hs_session *s, struct hs_loop *loop, const struct hs_repo *repo,
                       struct hs_err *err);
/* The hub copies from source_url by itself; this does not wait for it. Refuses an address with a
 * credential. HUB_EUNSURE, HUB_EEXIST: ask for the repo before anything else. */
int hs_ask_import(struct hs_session *s, struct hs_loop *loop, const struct hs_repo *want,
                  const char *source_url, struct hs_err *err);
int hs_ask_progress(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                    const struct hs_repo *repo, struct hs_import *out, struct hs_err *err);
/* The commit that the default branch stands at: the one that the hub calls so, else repo->branch,
 * else the only one; several and none of these is HUB_ENOTSUP. "": there is no commit yet. */
int hs_ask_default_head(struct hs_session *s, struct hs_loop *loop, struct hub_pool *pool,
                        const struct hs_repo *repo, const char **commit, struct hs_err *err);
/* Which of these LFS files (sha256 known) have their object there: is_stored[n]. Asked in batches. */
int hs_ask_objects(struct hs_session *s, struct hs_loop *loop, const struct hs_repo *repo,
                   const struct hs_file *const *files, size_t n, bool *is_stored,
                   struct hs_err *err);
/* The class of a stream's complete answer: the provider's word, or the guess. *wait_ms as preset. */
int hs_ask_class(struct hs_session *s, struct hs_loop *loop, const struct hub_request *request,
                 const struct hub_reply *reply, int guess, uint32_t *wait_ms, struct hs_err *err);

/* The text and address of a manual step for that repo; NULL if the hub has none. */
char *hs_session_manual(const struct hs_session *s, struct hub_pool *pool, enum hub_by_hand what,
                        const char *id);
/* Whether a repo of the hub can be called so, by its limits' name_pattern. */
bool hs_session_takes_name(const struct hs_session *s, const char *name);
/* The limits of a commit as they are now. */
void hs_session_commit_limits(const struct hs_session *s, uint32_t *items, uint64_t *bytes,
                              uint32_t *gap_ms);
/* "plugin origin", the key of uploads and etags in the store. */
const char *hs_session_site_key(const struct hs_session *s);
#endif
