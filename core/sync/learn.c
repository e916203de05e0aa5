#include "sync/learn.h"

#include "base/clock.h"
#include "sync/ident.h"

#include "base/banned.h"

enum { FRESH_MS = 2000 };

static struct hs_task *new_task(const struct hs_learn *learn, const struct hs_source *source,
                                const struct hs_file *file, enum hs_task_kind kind)
{
    struct hs_task *task = hs_xcalloc(1, sizeof *task);

    task->kind = kind;
    task->source = *source;
    task->file = file;
    task->window_bytes = learn->window_bytes;
    task->traffic = learn->traffic;
    return task;
}

static void free_tasks(struct hs_task **tasks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        hs_task_clear(tasks[i]);
        free(tasks[i]);
    }
    free(tasks);
}

static const char *site_of(const struct hs_source *source)
{
    return hs_session_site_key(source->session);
}

/* What is learned is written in one step: it can be learned again, so a failure is ignored. */
static bool start_notes(struct hs_learn *learn)
{
    HS_ERR(ignored);

    return learn->store && hs_store_begin(learn->store, &ignored) == 0;
}

static void end_notes(struct hs_learn *learn, bool has_begun)
{
    HS_ERR(ignored);

    if (has_begun)
        (void)hs_store_end(learn->store, &ignored);
}

static void remember_pair(struct hs_learn *learn, const char *sha256, const char *git_sha1,
                          uint64_t file_bytes)
{
    HS_ERR(ignored); /* it can be learned again */

    if (learn->store)
        (void)hs_store_pair_put(learn->store, sha256, git_sha1, file_bytes, &ignored);
}

/* ---- local files ---- */
static bool know_etag(struct hs_learn *learn, const struct hs_source *source,
                      struct hs_listing *listing, struct hs_file *file)
{
    const char *sha256, *git_sha1;
    HS_ERR(ignored);

    if (!learn->store || !*file->etag)
        return false;
    if (hs_store_etag_get(learn->store, listing->pool, site_of(source), file->etag, &sha256, &git_sha1,
                          &ignored) < 0)
        return false;
    file->sha256 = sha256;
    file->git_sha1 = git_sha1;
    return true;
}

static void keep_etag(struct hs_learn *learn, const struct hs_source *source,
                      const struct hs_file *file)
{
    HS_ERR(ignored);

    if (learn->store && *file->etag && hs_now_ms() - file->modified_ms > FRESH_MS)
        (void)hs_store_etag_put(learn->store, site_of(source), file->etag, file->sha256,
                                file->git_sha1, &ignored);
}

static void take_hashes(struct hub_pool *pool, struct hs_file *file, const struct hs_task *task)
{
    file->sha256 = hub_pool_strdup(pool, task->sha256);
    file->git_sha1 = hub_pool_strdup(pool, task->git_sha1);
    file->sha256 = file->sha256 ? file->sha256 : "";
    file->git_sha1 = file->git_sha1 ? file->git_sha1 : "";
}

int hs_learn_local(struct hs_learn *learn, const struct hs_source *source,
                   struct hs_listing *listing, bool (*wanted)(void *ctx, const struct hs_file *file),
                   void *ctx, struct hs_err *err)
{
    struct hs_task **tasks;
    size_t n = 0;
    bool has_begun;
    int r = 0;

    if (!source->session->gate.is_local)
        return 0;
    tasks = hs_xcalloc(listing->files.n + 1, sizeof *tasks);
    for (size_t i = 0; i < listing->files.n; i++) {
        struct hs_file *file = &listing->files.items[i];
        if ((file->flags & HUB_NOT_PLAIN) || (*file->sha256 && *file->git_sha1) || (wanted && !wanted(ctx, file)))
            continue;
        if (!know_etag(learn, source, listing, file))
            tasks[n++] = new_task(learn, source, file, HS_TASK_HASH);
    }
    if (n)
        hs_crew_run(learn->crew, tasks, n, learn->tick, learn->ctx);
    has_begun = start_notes(learn);
    for (size_t i = 0; i < n; i++) {
        struct hs_file *file = (struct hs_file *)tasks[i]->file;
        if (tasks[i]->status < 0 && r == 0) {
            hs_err_copy(err, &tasks[i]->err);
            r = tasks[i]->status;
        }
        if (tasks[i]->status == 0) {
            take_hashes(listing->pool, file, tasks[i]);
            keep_etag(learn, source, file);
        }
    }
    end_notes(learn, has_begun);
    free_tasks(tasks, n);
    return r;
}

/* ---- pairs ---- */
static bool know_pair(struct hs_learn *learn, struct hub_pool *pool, struct hs_file *file)
{
    const char *other;
    HS_ERR(ignored);

    if (!learn->store || (!*file->sha256 && !*file->git_sha1))
        return false;
    if (hs_store_pair_get(learn->store, pool, file->sha256, *file->sha256 ? "" : file->git_sha1,
                          file->file_bytes, &other, &ignored) < 0)
        return false;
    if (*file->sha256)
        file->git_sha1 = other;
    else
        file->sha256 = other;
    return true;
}

int hs_learn_pairs(struct hs_learn *learn, const struct hs_source *source,
                   struct hs_listing *from, const struct hs_listing *to, struct hs_err *err)
{
    struct hs_need *needs = hs_xcalloc(from->files.n + 1, sizeof *needs);
    size_t n = 0;
    int r;

    for (size_t i = 0; i < from->files.n; i++) {
        struct hs_file *file = &from->files.items[i];
        const struct hs_file *other = hs_listing_find(to, file->path);
        if (!other || hs_ident_compare(file, other) != HS_UNKNOWN)
            continue;
        (void)know_pair(learn, from->pool, file);
        if (hs_ident_compare(file, other) == HS_UNKNOWN)
            needs[n++].file = file;
    }
    r = hs_learn_sha256(learn, source, from->pool, needs, n, err);
    for (size_t i = 0; r == 0 && i < n; i++)
        if (needs[i].status < 0)
            r = hs_fail(err, needs[i].status, "%s", needs[i].why);
    free(needs);
    return r;
}

int hs_learn_sha256(struct hs_learn *learn, const struct hs_source *source, struct hub_pool *pool,
                    struct hs_need *needs, size_t n, struct hs_err *err)
{
    struct hs_task **tasks = hs_xcalloc(n + 1, sizeof *tasks);
    bool has_begun;

    (void)err;
    for (size_t i = 0; i < n; i++)
        tasks[i] = new_task(learn, source, needs[i].file, HS_TASK_HASH);
    if (n)
        hs_crew_run(learn->crew, tasks, n, learn->tick, learn->ctx);
    learn->requests += n;
    has_begun = start_notes(learn);
    for (size_t i = 0; i < n; i++) {
        needs[i].status = tasks[i]->status;
        if (tasks[i]->status < 0) {
            needs[i].why = hub_pool_strdup(pool, hs_err_text(&tasks[i]->err));
            continue;
        }
        take_hashes(pool, needs[i].file, tasks[i]);
        remember_pair(learn, tasks[i]->sha256, tasks[i]->git_sha1, needs[i].file->file_bytes);
    }
    end_notes(learn, has_begun);
    free_tasks(tasks, n);
    return 0;
}

/* ---- README and LICENSE ---- */
bool hs_learn_known(struct hs_learn *learn, struct hub_pool *pool, struct hs_file *file)
{
    return (*file->sha256 && *file->git_sha1) || know_pair(learn, pool, file);
}

int hs_learn_fetch(struct hs_learn *learn, const struct hs_source *source, struct hub_pool *pool,
                   struct hs_file *file, struct hub_text *content, struct hs_err *err)
{
    struct hs_task *task = new_task(learn, source, file, HS_TASK_FETCH);
    int r;

    hs_crew_run(learn->crew, &task, 1, learn->tick, learn->ctx);
    learn->requests++;
    r = task->status;
    if (r < 0) {
        hs_err_copy(err, &task->err);
    } else {
        hub_text_add(content, task->content.data ? task->content.data : "", task->content.n_bytes);
        take_hashes(pool, file, task);
        remember_pair(learn, task->sha256, task->git_sha1, file->file_bytes);
        if (content->failed)
            r = hs_fail(err, HUB_ENOMEM, "'%s': out of memory", file->path);
    }
    hs_task_clear(task);
    free(task);
    return r;
}

static int ask_site_made(struct hs_learn *learn, const struct hs_source *source, struct hub_pool *pool,
                         struct hs_file *file, bool *is_site_made, struct hs_err *err)
{
    HUB_TEXT(content);
    enum hub_truth made = HUB_NO;
    int r = hs_learn_fetch(learn, source, pool, file, &content, err);
    HS_ERR(ignored);

    if (r == 0)
        r = hs_ask_site_made(source->session, file->path, content.data, content.n_bytes, &made, err);
    *is_site_made = made == HUB_YES;
    if (r == 0 && learn->store)
        (void)hs_store_made_put(learn->store, source->session->plugin->table.name, file->git_sha1, *is_site_made,
                                &ignored);
    return r;
}

int hs_learn_site_made(struct hs_learn *learn, const struct hs_source *source,
                       const struct hs_file *file, bool *is_site_made, struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_file known = *file;
    HS_ERR(ignored);

    *is_site_made = false;
    if (!source->session->plugin->table.site_made || file->file_bytes > HS_LEARN_SMALL_BYTES)
        return 0;
    if (!*known.git_sha1)
        (void)know_pair(learn, &pool, &known);
    if (learn->store && *known.git_sha1 &&
        hs_store_made_get(learn->store, source->session->plugin->table.name, known.git_sha1, is_site_made,
                          &ignored) == 0)
        return 0;
    return ask_site_made(learn, source, &pool, &known, is_site_made, err);
}
