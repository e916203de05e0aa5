#include "provider/host.h"

#include "base/log.h"

#include <stdio.h>

#include "base/banned.h"

static struct hs_call_op *op_of(struct hub_op *op)
{
    return (struct hs_call_op *)op;
}

static int bug(struct hs_call_op *op, const char *what)
{
    return hs_fail(op->err, HUB_EBUG, "provider '%s' broke a rule in %s: %s", op->s->plugin->table.name,
                   op->verb, what);
}

/* Which hub it is about, said once. */
static void name_hub(struct hs_call_op *op)
{
    const char *name = op->s->conf->name;
    size_t n = strlen(name);

    if (op->err && op->err->message && strncmp(op->err->message, name, n) == 0 &&
        strncmp(op->err->message + n, ": ", 2) == 0)
        return;
    (void)hs_prefix(op->err, "%s: ", name);
}

static const char *host_config(struct hub_op *pub, const char *name)
{
    const char *value = hs_map_get(&op_of(pub)->s->own->options, name);

    return value ? value : "";
}

static void host_log(struct hub_op *pub, int level, const char *fmt, ...)
{
    struct hs_call_op *op = op_of(pub);
    char *words = NULL;
    va_list args;

    if (!hs_log_on(level < 0 ? HS_LOG_ERROR : level > HS_LOG_TRACE ? HS_LOG_TRACE : level))
        return;
    va_start(args, fmt);
    if (vasprintf(&words, fmt, args) < 0)
        words = NULL;
    va_end(args);
    hs_log(level < 0 ? HS_LOG_ERROR : level > HS_LOG_TRACE ? HS_LOG_TRACE : level, "provider", "hub",
           op->s->conf->name, "msg", words ? words : "", NULL);
    free(words);
}

static int host_fail(struct hub_op *pub, int status, const char *fmt, ...)
{
    struct hs_call_op *op = op_of(pub);
    va_list args;

    if (status >= 0)
        return bug(op, "it failed with a status that is none");
    va_start(args, fmt);
    (void)hs_vfail(op->err, status, fmt, args);
    va_end(args);
    name_hub(op);
    return status;
}

/* A provider's classify, called for an answer of its own control request. */
struct judge_ctx {
    struct hs_call_op *op;
    hub_classify_fn *classify;
};

static int judge_answer(void *ctx, const struct hub_reply *reply, int guess, uint32_t *wait_ms,
                        struct hs_err *err)
{
    struct judge_ctx *judge = ctx;
    struct hs_err *kept = judge->op->err;
    int r;

    judge->op->err = err;
    r = judge->classify(&judge->op->pub, reply, guess, wait_ms);
    judge->op->err = kept;
    return r > 0 ? HUB_EBUG : r;
}

static int host_http(struct hub_op *pub, const struct hub_request *said,
                     const struct hub_reply **out)
{
    struct hs_call_op *op = op_of(pub);
    struct hub_request request;
    struct judge_ctx judge = {op, NULL};
    struct hs_call call;
    int r;

    *out = NULL;
    HS_COPY_SIZED(&request, said);
    request.size = sizeof request;
    if (!request.method || !request.url)
        return bug(op, "a request without method or url");
    if (op->s->gate.is_local)
        return bug(op, "a local provider sent a request");
    judge.classify = request.classify;
    call = (struct hs_call){
        .gate = &op->s->gate,
        .site = op->s->site,
        .cost = HS_COST_API,
        .request = &request,
        .retry = op->s->retry,
        .judge = request.classify ? judge_answer : NULL,
        .ctx = &judge,
    };
    hs_answer_clear(&op->answer);
    hs_err_clear(op->err);
    r = hs_loop_call(op->loop, &call, &op->answer, op->err);
    if (r < 0)
        name_hub(op);
    if (op->answer.reply.http_status)
        *out = &op->answer.reply;
    return r;
}

#define HEAR(member, what)                          \
    struct hs_call_op *op = op_of(pub);             \
    if (!op->hears || !op->hears->member)           \
        return bug(op, "it answered " what " there")

static int host_limits(struct hub_op *pub, const struct hub_limits *said)
{
    HEAR(limits, "limits");
    return op->hears->limits(op->ctx, said);
}

static int host_account(struct hub_op *pub, const struct hub_account *said)
{
    HEAR(account, "an account");
    return op->hears->account(op->ctx, said);
}

static int host_repo(struct hub_op *pub, const struct hub_repo *said)
{
    struct hub_repo row;

    HEAR(repo, "a repo");
    HS_COPY_SIZED(&row, said);
    return op->hears->repo(op->ctx, &row, op->err);
}

static int host_head(struct hub_op *pub, const struct hub_head *said)
{
    struct hub_head row;

    if (op_of(pub)->hears && op_of(pub)->hears->branch) {
        HS_COPY_SIZED(&row, said);
        return op_of(pub)->hears->branch(op_of(pub)->ctx, &row, op_of(pub)->err);
    }
    HEAR(head, "a head");
    HS_COPY_SIZED(&row, said);
    return op->hears->head(op->ctx, &row);
}

static int host_file(struct hub_op *pub, const struct hub_file *said)
{
    struct hub_file row;

    HEAR(file, "a file");
    HS_COPY_SIZED(&row, said);
    return op->hears->file(op->ctx, &row, op->err);
}

static int host_plan(struct hub_op *pub, size_t item, const struct hub_plan *said)
{
    struct hub_plan row;

    HEAR(plan, "a plan");
    HS_COPY_SIZED(&row, said);
    return op->hears->plan(op->ctx, item, &row, op->err);
}

static int host_part(struct hub_op *pub, size_t item, const struct hub_part *said)
{
    struct hub_part row;

    HEAR(part, "a part");
    HS_COPY_SIZED(&row, said);
    return op->hears->part(op->ctx, item, &row, op->err);
}

static int host_progress(struct hub_op *pub, const struct hub_import *said)
{
    struct hub_import row;

    HEAR(progress, "progress");
    HS_COPY_SIZED(&row, said);
    return op->hears->progress(op->ctx, &row, op->err);
}

static int host_fail_item(struct hub_op *pub, size_t item, int status, const char *fmt, ...)
{
    char *words = NULL;
    va_list args;
    int r;

    HEAR(fail_item, "a failed item");
    if (status >= 0)
        return bug(op, "an item failed with a status that is none");
    va_start(args, fmt);
    if (vasprintf(&words, fmt, args) < 0)
        words = NULL;
    va_end(args);
    r = op->hears->fail_item(op->ctx, item, status, words ? words : "");
    free(words);
    return r;
}

static const struct hub_host host = {
    .size = sizeof host,
    .abi = HUB_ABI,
    .config = host_config,
    .log = host_log,
    .fail = host_fail,
    .http = host_http,
    .limits = host_limits,
    .account = host_account,
    .repo = host_repo,
    .head = host_head,
    .file = host_file,
    .plan = host_plan,
    .part = host_part,
    .progress = host_progress,
    .fail_item = host_fail_item,
};

/* HUB_ONE_CALL: one call at a time in the process, whatever provider. */
static pthread_mutex_t one_call = PTHREAD_MUTEX_INITIALIZER;

static pthread_mutex_t *lock_of(struct hs_session *s)
{
    switch (s->plugin->table.threads) {
    case HUB_PARALLEL:
        return NULL;
    case HUB_ONE_CALL_PER_SESSION:
        return &s->own->lock;
    default:
        return &one_call;
    }
}

void hs_op_begin(struct hs_call_op *op, struct hs_session *s, struct hs_loop *loop,
                 const char *verb, const struct hs_hears *hears, void *ctx, struct hs_err *err)
{
    pthread_mutex_t *lock = lock_of(s);

    *op = (struct hs_call_op){
        .pub = {.size = sizeof op->pub, .host = &host, .session = s->own->provider},
        .s = s,
        .loop = loop,
        .hears = hears,
        .ctx = ctx,
        .err = err,
        .verb = verb,
    };
    if (lock)
        pthread_mutex_lock(lock);
}

int hs_op_end(struct hs_call_op *op, int result)
{
    pthread_mutex_t *lock = lock_of(op->s);

    if (lock)
        pthread_mutex_unlock(lock);
    hs_answer_clear(&op->answer);
    if (result > 0)
        result = bug(op, "it returned a number above 0");
    if (result == 0) {
        hs_err_clear(op->err);
        return 0;
    }
    if (op->err && op->err->status != result) {
        HS_ERR(words);
        hs_err_move(&words, op->err);
        (void)hs_fail(op->err, result, "%s: %s failed%s%s", op->s->conf->name, op->verb,
                      words.message ? ": " : "", words.message ? words.message : "");
    }
    return result;
}
