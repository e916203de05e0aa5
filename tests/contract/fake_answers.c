/* fake_answers.c - keeps what a provider answers, deeply copied. */
#include "fake_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct fake *of(struct hub_op *op)
{
    return (struct fake *)op; /* op is the first member */
}

/* Room for one more behind n items: doubles at each power of two. */
void **fake_grow(struct fake *f, void **items, size_t n)
{
    void **more;

    if (n & (n - 1))
        return items;
    more = hub_pool_alloc(&f->pool, n ? 2 * n : 1, sizeof(*more));
    assert_non_null(more);
    if (n)
        memcpy(more, items, n * sizeof(*more));
    return more;
}

/* A struct that crossed: its first `size` bytes, the rest zero. */
static void *copy(struct fake *f, const void *from, uint32_t size, size_t room)
{
    void *to = hub_pool_alloc(&f->pool, 1, room);

    assert_non_null(to);
    if (size < 2 * sizeof(uint32_t))
        fail_msg("an answer whose size is %u", size);
    memcpy(to, from, size < room ? size : room);
    return to;
}
#define COPY(f, from) copy((f), (from), (from)->size, sizeof(*(from)))

static void copy_text(struct fake *f, const char **text)
{
    *text = hub_pool_strdup(&f->pool, *text ? *text : "");
    assert_non_null(*text);
    if (!hub_utf8_ok(*text, strlen(*text)))
        fail_msg("a text that is no UTF-8");
}

static void copy_list(struct fake *f, const char *const **list)
{
    const char **to;
    size_t n = 0;

    if (!*list)
        return;
    while ((*list)[n])
        n++;
    to = hub_pool_alloc(&f->pool, n + 1, sizeof(*to));
    assert_non_null(to);
    for (size_t i = 0; i < n; i++) {
        to[i] = (*list)[i];
        copy_text(f, &to[i]);
    }
    *list = to;
}

struct hub_request *fake_copy_request(struct fake *f, const struct hub_request *request)
{
    struct hub_request *to = COPY(f, request);

    copy_text(f, &to->method);
    copy_text(f, &to->url);
    copy_list(f, &to->headers);
    copy_list(f, &to->secrets);
    if (to->body) {
        char *body = hub_pool_alloc(&f->pool, to->body_bytes + 1, 1);

        assert_non_null(body);
        memcpy(body, request->body, to->body_bytes);
        to->body = body;
    }
    return to;
}

static void copy_licenses(struct fake *f, struct hub_limits *limits)
{
    const struct hub_license **to;
    size_t n = 0;

    if (!limits->licenses)
        return;
    while (limits->licenses[n])
        n++;
    to = hub_pool_alloc(&f->pool, n + 1, sizeof(*to));
    assert_non_null(to);
    for (size_t i = 0; i < n; i++) {
        struct hub_license *one = COPY(f, limits->licenses[i]);

        copy_text(f, &one->id);
        copy_text(f, &one->create);
        copy_text(f, &one->card);
        copy_list(f, &one->aliases);
        to[i] = one;
    }
    limits->licenses = to;
}

static void copy_manual(struct fake *f, struct hub_limits *limits)
{
    const struct hub_manual **to;
    size_t n = 0;

    if (!limits->manual)
        return;
    while (limits->manual[n])
        n++;
    to = hub_pool_alloc(&f->pool, n + 1, sizeof(*to));
    assert_non_null(to);
    for (size_t i = 0; i < n; i++) {
        struct hub_manual *one = COPY(f, limits->manual[i]);

        copy_text(f, &one->text);
        to[i] = one;
    }
    limits->manual = to;
}

static int fake_limits(struct hub_op *op, const struct hub_limits *limits)
{
    struct fake *f = of(op);

    f->limits = COPY(f, limits);
    copy_text(f, &f->limits->name_pattern);
    copy_list(f, &f->limits->credential_hosts);
    copy_licenses(f, f->limits);
    copy_manual(f, f->limits);
    return f->answer;
}

static int fake_account(struct hub_op *op, const struct hub_account *account)
{
    struct fake *f = of(op);

    f->account = COPY(f, account);
    copy_text(f, &f->account->name);
    copy_list(f, &f->account->owners);
    return f->answer;
}

static int fake_answer_repo(struct hub_op *op, const struct hub_repo *repo)
{
    struct fake *f = of(op);
    struct hub_repo *to = COPY(f, repo);

    copy_text(f, &to->id);
    copy_text(f, &to->revision);
    copy_text(f, &to->head);
    copy_text(f, &to->branch);
    copy_text(f, &to->stable_id);
    copy_text(f, &to->license);
    copy_text(f, &to->clone_url);
    f->repos = (struct hub_repo **)fake_grow(f, (void **)f->repos, f->n_repos);
    f->repos[f->n_repos++] = to;
    return f->answer;
}

static int fake_head(struct hub_op *op, const struct hub_head *head)
{
    struct fake *f = of(op);
    struct hub_head *to = COPY(f, head);

    copy_text(f, &to->branch);
    copy_text(f, &to->commit);
    f->heads = (struct hub_head **)fake_grow(f, (void **)f->heads, f->n_heads);
    f->heads[f->n_heads++] = to;
    return f->answer;
}

static int fake_answer_file(struct hub_op *op, const struct hub_file *file)
{
    struct fake *f = of(op);
    struct hub_file *to = COPY(f, file);

    copy_text(f, &to->path);
    copy_text(f, &to->sha256);
    copy_text(f, &to->git_sha1);
    copy_text(f, &to->etag);
    if (!*to->path)
        fail_msg("a file without path");
    f->files = (struct hub_file **)fake_grow(f, (void **)f->files, f->n_files);
    f->files[f->n_files++] = to;
    return f->answer;
}

static int fake_answer_plan(struct hub_op *op, size_t item, const struct hub_plan *plan)
{
    struct fake *f = of(op);
    struct hub_plan *to = COPY(f, plan);
    struct fake_plan *one = hub_pool_alloc(&f->pool, 1, sizeof(*one));

    assert_non_null(one);
    copy_text(f, &to->ticket);
    copy_text(f, &to->resume);
    one->item = item;
    one->plan = *to;
    f->plans = (struct fake_plan **)fake_grow(f, (void **)f->plans, f->n_plans);
    f->plans[f->n_plans++] = one;
    return f->answer;
}

static int fake_answer_part(struct hub_op *op, size_t item, const struct hub_part *part)
{
    struct fake *f = of(op);
    struct hub_part *to = COPY(f, part);
    struct fake_part *one = hub_pool_alloc(&f->pool, 1, sizeof(*one));

    assert_non_null(one);
    copy_text(f, &to->etag);
    if (to->request) {
        to->request = fake_copy_request(f, to->request);
        if (to->request->secrets && *to->request->secrets &&
            !fake_may_see_secret(f, to->request->url))
            return (f->host.fail)(op, HUB_ECORRUPT, "%s: not a credential host",
                                  to->request->url); /* in (): CMocka has a macro fail() */
    }
    one->item = item;
    one->part = *to;
    f->parts = (struct fake_part **)fake_grow(f, (void **)f->parts, f->n_parts);
    f->parts[f->n_parts++] = one;
    return f->answer;
}

static int fake_progress(struct hub_op *op, const struct hub_import *progress)
{
    struct fake *f = of(op);

    f->progress = COPY(f, progress);
    copy_text(f, &f->progress->message);
    return f->answer;
}

static int fake_fail_item(struct hub_op *op, size_t item, int status, const char *fmt, ...)
{
    struct fake *f = of(op);
    struct fake_failure *one = hub_pool_alloc(&f->pool, 1, sizeof(*one));
    va_list args;

    assert_non_null(one);
    va_start(args, fmt);
    one->text = hub_pool_vprintf(&f->pool, fmt, args);
    va_end(args);
    assert_non_null(one->text);
    one->item = item;
    one->status = status;
    f->failures = (struct fake_failure **)fake_grow(f, (void **)f->failures, f->n_failures);
    f->failures[f->n_failures++] = one;
    return f->answer;
}

void fake_set_answers(struct hub_host *host)
{
    host->limits = fake_limits;
    host->account = fake_account;
    host->repo = fake_answer_repo;
    host->head = fake_head;
    host->file = fake_answer_file;
    host->plan = fake_answer_plan;
    host->part = fake_answer_part;
    host->progress = fake_progress;
    host->fail_item = fake_fail_item;
}

void fake_forget(struct fake *f)
{
    f->n_repos = f->n_heads = f->n_files = f->n_plans = f->n_parts = 0;
    f->n_failures = f->n_sent = 0;
    f->account = NULL;
    f->progress = NULL;
    f->status = 0;
    f->message = "";
}

const struct hub_file *fake_file(const struct fake *f, const char *path)
{
    for (size_t i = 0; i < f->n_files; i++)
        if (strcmp(f->files[i]->path, path) == 0)
            return f->files[i];
    return NULL;
}

const struct hub_repo *fake_repo(const struct fake *f, const char *id)
{
    for (size_t i = 0; i < f->n_repos; i++)
        if (strcmp(f->repos[i]->id, id) == 0)
            return f->repos[i];
    return NULL;
}
