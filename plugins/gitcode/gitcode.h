/* gitcode.h - what the files of this provider share; docs/providers/gitcode.md is the story.
 *
 * The site has a REST API (/api/v5, and /api/v4 for what became of an import), git with LFS, raw
 * files, and the AI hub, whose file plane is openmind.h's. HTTP status and body often disagree, so
 * no answer is read before classify.c has judged it.
 * After open only what `lock` guards is written: calls run side by side. */
#ifndef GC_GITCODE_H
#define GC_GITCODE_H
#include "openmind.h"
#include <pthread.h>
#include <stdatomic.h>

#define GC_ENDPOINT      "https://api.gitcode.com"
#define GC_PAGES_MAX     500 /* the site has refused pages beyond */
#define GC_PAGE_ROWS     100
#define GC_COMMIT_DIGITS 40
#define GC_FRESH_REPOS   32

struct gc_fresh {        /* a repo that we made, and until when the site may not show it yet */
    char *path, *packed; /* "/owner/name" and "owner%2Fname", encoded */
    int64_t until_ms;    /* of the monotonic clock */
};
struct hub_session {
    struct hub_pool pool;
    struct om_plane plane; /* the AI hub's files */
    const char *api;       /* without a trailing slash, as are the others */
    const char *git, *raw;
    const char *token;      /* "" without one */
    const char *secrets[2]; /* for API and hub */
    atomic_uint file_form;  /* download.c: which address of a file the site serves */

    pthread_mutex_t lock; /* guards what follows */
    struct gc_fresh fresh[GC_FRESH_REPOS];
    size_t n_fresh;
    const char *login;
    const char *git_secrets[2]; /* Basic: login and token */
};

/* ---- limits.c ---- */
int gc_say_limits(struct hub_op *op, struct hub_session *session);
/* The lowercase identifier for any of the site's words. */
const char *gc_license_id(struct hub_pool *pool, const char *word);

/* ---- classify.c: what an answer means, by the order of tests that the site needs ---- */
struct gc_error {
    long code;        /* error_code, 0 if none */
    const char *text; /* the first of its four places, "" if none */
};
/* Does this body, whatever its status, say that something failed? */
bool gc_read_error(struct hub_pool *pool, const struct hub_reply *reply, struct gc_error *out);
/* Is this the site's word that a repo, its owner or its namespace is not there? */
bool gc_says_absent(const struct hub_reply *reply);
hub_classify_fn gc_classify;       /* of a read: a good answer is JSON */
hub_classify_fn gc_classify_once;  /* of a create */
hub_classify_fn gc_classify_write; /* of a write that may be repeated */
hub_classify_fn gc_classify_files; /* the hub's plane, which may speak both languages */
hub_classify_fn gc_classify_commit;

/* ---- fresh.c: for some seconds after its creation a repo can be "not found" on any route ---- */
int gc_remember_fresh(struct hub_op *op, const char *id);
void gc_forget_fresh(struct hub_session *session, const char *url);
bool gc_is_fresh(struct hub_session *session, const char *url);

/* ---- call.c ---- */
struct gc_answer {
    struct hub_read read;
    const struct hub_json *top; /* NULL only for null */
    const struct hub_reply *reply;
};
/* API and what follows, each argument of fmt already encoded. */
char *gc_url(struct hub_op *op, struct hub_pool *pool, const char *fmt, ...) HUB_PRINTF(3, 4);
/* …/api/v5/repos/OWNER/NAME and tail. */
char *gc_repo_url(struct hub_op *op, struct hub_pool *pool, const char *id, const char *tail);
int gc_get(struct hub_op *op, struct hub_pool *pool, const char *url, hub_classify_fn *classify,
           struct gc_answer *out);
int gc_check(struct hub_op *op, const char *what, const struct gc_answer *answer);
/* owner and name of "owner/name"; fails with EBUG for another id. */
int gc_split(struct hub_op *op, struct hub_pool *pool, const char *id, const char **owner,
             const char **name);

/* ---- account.c ---- */
/* Whose token it is; asked once a session. Fails with EDENIED without a token. */
int gc_ask_login(struct hub_op *op, const char **login);
/* Asks each time: whether the token is still accepted. */
int gc_prove_token(struct hub_op *op);
/* git's form of the credential; NULL without a token. */
int gc_ask_git_secrets(struct hub_op *op, const char *const **out);

/* ---- repo.c: one repo as the site tells of it ---- */
/* A list's row or the detail call; texts are in the pool of read. owner, name: "" or what was
 * asked for, where the site leaves it out. */
void gc_read_repo(struct hub_op *op, struct hub_read *read, const struct hub_json *node,
                  const char *owner, const char *name, struct hub_repo *out);
/* GET of that one. ENOTFOUND is the site's own word, to an accepted token. */
int gc_ask_repo(struct hub_op *op, struct hub_pool *pool, const char *id, struct hub_repo *out);

/* ---- members of the provider ---- */
int gc_whoami(struct hub_op *op);
int gc_list_repos(struct hub_op *op, const char *owner);
int gc_stat_repo(struct hub_op *op, const struct hub_repo *repo);
int gc_list_files(struct hub_op *op, const struct hub_repo *repo);
int gc_download(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *file);
int gc_create_repo(struct hub_op *op, const struct hub_repo *repo);
int gc_delete_repo(struct hub_op *op, const struct hub_repo *repo);
int gc_import_repo(struct hub_op *op, const struct hub_repo *repo, const char *source_url);
int gc_follow_import(struct hub_op *op, const struct hub_repo *repo);
int gc_branch_heads(struct hub_op *op, const struct hub_repo *repo);
int gc_stored_objects(struct hub_op *op, const struct hub_repo *repo,
                      const struct hub_file *const *files, size_t n);
#endif
