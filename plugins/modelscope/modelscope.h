/* modelscope.h - what the files of this provider share; docs/providers/modelscope.md is the story.
 *
 * The site has two surfaces: /api/v1 ("legacy", PascalCase) for almost everything and /openapi/v1
 * (snake_case) for identity and lists. Both wrap their answers in an envelope that can say
 * "failed" under HTTP 200, so no reply is read before classify.c has judged it.
 * A session is read-only after open: calls run side by side. */
#ifndef MODELSCOPE_H
#define MODELSCOPE_H
#include <hubsync/kit.h>

#define MS_BRANCH         "master" /* of every repo: the site offers no way to choose another */
#define MS_BATCH_OBJECTS  64       /* the most that the site's clients ask about at once */
#define MS_INLINE_BYTES   (5u << 20)
#define MS_COMMIT_GAP_MS  4000
#define MS_WRITE_TIMEOUT  300000 /* ms: a throttled commit can hang for minutes */
#define MS_JSON_BYTES_MAX (16u << 20)
#define MS_SHA256_DIGITS  64
#define MS_COMMIT_DIGITS  40

struct hub_session {
    struct hub_pool pool;
    const char *base;              /* the endpoint without a trailing slash */
    const char *host;              /* of base, with its port */
    const char *secrets[3];        /* both credentials; empty without a token */
    const char *git_secrets[2];    /* git wants its own form of the token */
    const char *create_headers[2]; /* the language of site-made texts on the international site */
    uint64_t listing_cut;          /* entries at which the site cuts a listing without a word */
};

/* session.c */
int ms_open(struct hub_op *op, struct hub_session **out);
void ms_close(struct hub_session *session);
int ms_whoami(struct hub_op *op);

/* limits.c */
int ms_limits_say(struct hub_op *op, struct hub_session *session);
/* The canonical licence for any of the site's words; lowercase if the table lacks it. */
const char *ms_license_id(struct hub_pool *pool, const char *word);
/* The word that a create takes; "" for "". */
const char *ms_license_word(struct hub_pool *pool, const char *id);

/* call.c: one control request with the headers that the site wants */
struct ms_call {
    const char *method, *url; /* url NULL: out of memory */
    const char *body;         /* JSON, or NULL */
    uint64_t body_bytes;
    uint32_t flags, timeout_ms;
    const char *const *headers; /* more of them, or NULL */
    hub_classify_fn *classify;
};
struct ms_answer { /* "Data" of /api/v1, "data" of /openapi/v1: an object */
    struct hub_read read;
    const struct hub_json *data;
};
int ms_send(struct hub_op *op, struct hub_pool *pool, const struct ms_call *call,
            const struct hub_reply **reply);
int ms_ask(struct hub_op *op, struct hub_pool *pool, const struct ms_call *call,
           struct ms_answer *answer);
/* GET; the surface is seen from the url. */
int ms_get(struct hub_op *op, struct hub_pool *pool, const char *url, struct ms_answer *answer);
/* 0, or the failure of what was read from answer. */
int ms_check(struct hub_op *op, const struct ms_answer *answer);
int ms_no_memory(struct hub_op *op);
/* "X-Request-ID: " and 32 digits; another one each time. */
const char *ms_request_id(struct hub_pool *pool);
/* base and what follows, each argument of fmt already encoded. */
char *ms_url(struct hub_op *op, struct hub_pool *pool, const char *fmt, ...) HUB_PRINTF(3, 4);
/* base, before, the repo's encoded id, after. */
char *ms_repo_url(struct hub_op *op, struct hub_pool *pool, const char *before, const char *id,
                  const char *after);
/* The text of a time as the site sends it: digits, or ISO 8601. */
int64_t ms_time(const char *word);

/* classify.c: what an answer means, by status and envelope */
hub_classify_fn ms_classify;        /* /api/v1, reading: a 401 is about the repo there */
hub_classify_fn ms_classify_batch;  /* /api/v1, asking about objects */
hub_classify_fn ms_classify_open;   /* /openapi/v1 */
hub_classify_fn ms_classify_commit; /* a write is never called "not done" without knowing it */
hub_classify_fn ms_classify_create;
hub_classify_fn ms_classify_blob;     /* the planned PUT */
hub_classify_fn ms_classify_download; /* the planned GET and where it redirects */

/* seen.c: a set of texts that live in its pool */
struct ms_seen {
    struct hub_pool *pool;
    const char **slots;
    size_t n, room;
};
/* 1: new, a copy is kept in *kept (may be NULL). 0: was there. HUB_ENOMEM. */
int ms_seen_add(struct ms_seen *seen, const char *text, const char **kept);

/* repos.c, create.c, files.c, download.c, upload.c, commit.c, site_made.c, heads.c */
int ms_list_repos(struct hub_op *op, const char *owner);
int ms_stat_repo(struct hub_op *op, const struct hub_repo *asked);
int ms_create_repo(struct hub_op *op, const struct hub_repo *wanted);
int ms_list_files(struct hub_op *op, const struct hub_repo *repo);
int ms_download(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *file);
int ms_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *const *puts,
              size_t n);
int ms_commit(struct hub_op *op, const struct hub_repo *repo, const struct hub_change *change);
int ms_site_made(struct hub_op *op, const char *path, const void *content, uint64_t n_bytes);
int ms_branch_heads(struct hub_op *op, const struct hub_repo *repo);
#endif
