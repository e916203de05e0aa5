/* The engine's side of one provider call: who hears its answers. Private to core/provider. */
#ifndef HS_PROVIDER_HOST_H
#define HS_PROVIDER_HOST_H
#include "provider/name_rule.h"
#include "provider/session.h"
#include <pthread.h>

/* What a call expects to hear; an answer whose function is NULL is HUB_EBUG. */
struct hs_hears {
    int (*limits)(void *ctx, const struct hub_limits *);
    int (*account)(void *ctx, const struct hub_account *);
    int (*repo)(void *ctx, const struct hub_repo *, struct hs_err *);
    int (*head)(void *ctx, const struct hub_head *);
    int (*branch)(void *ctx, const struct hub_head *, struct hs_err *); /* a head that may be refused */
    int (*progress)(void *ctx, const struct hub_import *, struct hs_err *);
    int (*file)(void *ctx, const struct hub_file *, struct hs_err *);
    int (*plan)(void *ctx, size_t item, const struct hub_plan *, struct hs_err *);
    int (*part)(void *ctx, size_t item, const struct hub_part *, struct hs_err *);
    int (*fail_item)(void *ctx, size_t item, int status, const char *why);
};
struct hs_call_op {
    struct hub_op pub; /* first: the provider's view */
    struct hs_session *s;
    struct hs_loop *loop;
    const struct hs_hears *hears;
    void *ctx;
    struct hs_err *err; /* the newest words */
    struct hs_answer answer;
    const char *verb; /* "list_files" */
};
struct hs_session_own {
    struct hub_pool pool; /* limits, options: as long as the session */
    struct hub_session *provider; /* what open gave */
    struct hs_map options; /* name → value */
    pthread_mutex_t lock;
    pthread_mutex_t account_lock;
    const char *site_key;
    struct hs_name_rule names;
    bool is_open;
};

/* Makes an op for one call, with the locks that the thread model needs taken; then the call; then
 * hs_op_end gives the locks back and brings the result to what the engine believes. */
void hs_op_begin(struct hs_call_op *op, struct hs_session *s, struct hs_loop *loop,
                 const char *verb, const struct hs_hears *hears, void *ctx, struct hs_err *err);
int hs_op_end(struct hs_call_op *op, int result);

/* Deep copies into the session's or a call's pool. */
void hs_limits_copy(struct hub_pool *pool, const struct hub_limits *said, struct hs_limits *out);
int hs_request_copy(struct hub_pool *pool, const struct hub_request *said,
                    struct hub_request *out);
/* What the writer of a struct of that size did not know is zero. */
#define HS_COPY_SIZED(out, said) hs_copy_sized((out), sizeof *(out), (said), (said)->size)
void hs_copy_sized(void *out, size_t out_bytes, const void *said, size_t said_bytes);
/* A question's repo; the strings are borrowed. revision NULL: the default branch. */
struct hub_repo hs_repo_to_wire(const struct hs_repo *repo, const char *revision);
/* A NULL-ended list of strings. */
const char *const *hs_list_copy(struct hub_pool *pool, const char *const *said);
const char *hs_text_copy(struct hub_pool *pool, const char *said); /* NULL: "" */

/* Reads a token as configured: the text, a file's first line, a command's first line of output. */
int hs_token_value(struct hub_pool *pool, const struct hs_token *token, const char **out,
                  struct hs_err *err);
#endif
