/* Objects before the commit that names them: hash what has no hash, ask, move what is missing. */
#include "base/failpoint.h"
#include "base/log.h"
#include "sync/put_set.h"

#include "base/banned.h"

enum { SMALL_BYTES = 8 * 1024 * 1024 };

static struct hs_source source_of(const struct hs_publish *p)
{
    return (struct hs_source){p->plan->from, &p->plan->source, p->plan->from_all.head};
}

/* The first failure of any file fails the repo, after all have had their try. */
static int note_failure(struct hs_publish *p, int status, const char *path, const struct hs_err *why,
                        struct hs_err *err)
{
    hs_logf(HS_LOG_WARN, "file_failed", "%s %s: %s", p->plan->repo, path, hs_err_text(why));
    if (!err->status)
        hs_err_copy(err, why);
    return err->status ? err->status : status;
}

static int learn_hashes(struct hs_publish *p, struct hs_put_set *set, struct hs_err *err)
{
    struct hs_source source = source_of(p);
    struct hs_need *needs = hs_xcalloc(set->puts.n + 1, sizeof *needs);
    size_t n = 0;
    int r;

    for (size_t i = 0; i < set->puts.n; i++)
        if (!*set->puts.items[i].file.sha256)
            needs[n++].file = &set->puts.items[i].file;
    r = n ? hs_learn_sha256(p->learn, &source, &p->plan->pool, needs, n, err) : 0;
    for (size_t i = 0; r == 0 && i < n; i++)
        if (needs[i].status < 0)
            r = hs_fail(err, needs[i].status, "%s", needs[i].why);
    free(needs);
    return r;
}

static int by_object(const void *a, const void *b)
{
    const struct hs_put_file *x = a, *y = b;
    int order = strcmp(x->file.sha256, y->file.sha256);

    return order ? order : strcmp(x->file.path, y->file.path);
}

static bool is_twin(const struct hs_put_file *a, const struct hs_put_file *b)
{
    return a->file.file_bytes == b->file.file_bytes && strcmp(a->file.sha256, b->file.sha256) == 0;
}

static struct hs_upload_key key_of(const struct hs_publish *p, const struct hs_file *file)
{
    return (struct hs_upload_key){.site = hs_session_site_key(p->plan->to),
                                  .repo = p->plan->repo,
                                  .sha256 = file->sha256,
                                  .file_bytes = file->file_bytes};
}

static const char *stored_resume(struct hs_publish *p, const struct hs_file *file)
{
    struct hs_upload_key key = key_of(p, file);
    const char *resume;
    HS_ERR(ignored);

    if (hs_store_upload_get(p->store, &p->plan->pool, &key, &resume, &ignored) < 0)
        return "";
    return resume;
}

/* ---- asking ---- */
static int ask_batch(struct hs_publish *p, struct hs_put_file *files, size_t n,
                     struct hs_upload_plan *plans, struct hs_err *err)
{
    struct hub_file *wire = hs_xcalloc(n, sizeof *wire), *old = hs_xcalloc(n, sizeof *old);
    struct hub_put *puts = hs_xcalloc(n, sizeof *puts);
    const struct hub_put **list = hs_xcalloc(n, sizeof *list);
    int r;

    for (size_t i = 0; i < n; i++) {
        wire[i] = hs_file_to_wire(&files[i].file);
        if (files[i].old)
            old[i] = hs_file_to_wire(files[i].old);
        puts[i] = (struct hub_put){.size = sizeof *puts,
                                   .file = &wire[i],
                                   .old = files[i].old ? &old[i] : NULL,
                                   .ticket = "",
                                   .resume = stored_resume(p, &files[i].file)};
        list[i] = &puts[i];
    }
    r = hs_ask_upload(p->plan->to, p->loop, &p->plan->pool, &p->plan->target, list, n, plans, err);
    free(list);
    free(puts);
    free(old);
    free(wire);
    return r;
}

static struct hs_task *new_move(struct hs_publish *p, const struct hs_put_file *put,
                                const struct hs_upload_plan *plan)
{
    struct hs_task *task = hs_xcalloc(1, sizeof *task);

    task->kind = HS_TASK_MOVE;
    task->source = source_of(p);
    task->file = &put->file;
    task->made = put->made;
    task->window_bytes = p->window_bytes;
    task->traffic = p->traffic;
    task->target = (struct hs_target){p->plan->to, &p->plan->target};
    task->store = p->store;
    task->old = put->old;
    task->pool = hs_xcalloc(1, sizeof *task->pool);
    task->plan = *plan;
    return task;
}

static void free_move(struct hs_task *task)
{
    hs_task_clear(task);
    hub_pool_clear(task->pool);
    free(task->pool);
    free(task);
}

/* ---- moving ---- */
struct moves {
    struct hs_task **tasks;
    struct hs_put_file **puts;
    size_t n;
};

static int sort_plans(struct hs_publish *p, struct hs_put_file *files, size_t n,
                      const struct hs_upload_plan *plans, struct moves *moves, struct hs_err *err)
{
    int r = 0;

    for (size_t i = 0; i < n; i++) {
        struct hs_put_file *put = &files[i];
        if (plans[i].status < 0) {
            HS_ERR(why);
            (void)hs_fail(&why, plans[i].status, "'%s': %s", put->file.path, plans[i].why);
            r = note_failure(p, plans[i].status, put->file.path, &why, err);
            continue;
        }
        put->mode = plans[i].mode;
        put->ticket = plans[i].ticket;
        put->resume = plans[i].resume;
        if (put->mode != HUB_PARTS)
            continue;
        if (i && is_twin(&files[i - 1], put))
            continue; /* moves once */
        moves->puts[moves->n] = put;
        moves->tasks[moves->n++] = new_move(p, put, &plans[i]);
    }
    return r;
}

static int take_move(struct hs_publish *p, struct hs_task *task, struct hs_put_file *put,
                     struct hs_err *err)
{
    if (task->status < 0) {
        p->is_poisoned |= task->is_poisoned;
        return note_failure(p, task->status, put->file.path, &task->err, err);
    }
    put->was_moved = true;
    put->ticket = hub_pool_strdup(&p->plan->pool, task->ticket);
    return 0;
}

static void count_puts(struct hs_publish *p, const struct hs_put_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool is_reused = files[i].mode == HUB_STORED || (files[i].mode == HUB_PARTS && !files[i].was_moved);
        p->n_put += !is_reused;
        p->n_reused += is_reused;
        p->put_bytes += is_reused ? 0 : files[i].file.file_bytes;
        p->reused_bytes += is_reused ? files[i].file.file_bytes : 0;
    }
}

static int move_batch(struct hs_publish *p, struct hs_put_file *files, size_t n, struct hs_err *err)
{
    struct hs_upload_plan *plans = hs_xcalloc(n, sizeof *plans);
    struct moves moves = {hs_xcalloc(n, sizeof *moves.tasks), hs_xcalloc(n, sizeof *moves.puts), 0};
    int r = ask_batch(p, files, n, plans, err);

    if (r == 0)
        r = sort_plans(p, files, n, plans, &moves, err);
    if (moves.n && !(r < 0 && (hs_is_session(r) || hs_is_stop(r))))
        hs_crew_run(p->crew, moves.tasks, moves.n, p->tick, p->ctx);
    for (size_t i = 0; i < moves.n; i++) {
        int one = take_move(p, moves.tasks[i], moves.puts[i], err);
        r = r == 0 ? one : r;
        free_move(moves.tasks[i]);
    }
    for (size_t i = 1; r == 0 && i < n; i++)
        if (files[i].mode == HUB_PARTS && is_twin(&files[i - 1], &files[i]))
            files[i].ticket = files[i - 1].ticket;
    count_puts(p, files, n);
    free(moves.tasks);
    free(moves.puts);
    free(plans);
    return r;
}

int hs_publish_objects(struct hs_publish *p, struct hs_put_set *set, struct hs_err *err)
{
    size_t step = p->plan->to->limits.batch_items;
    int r = learn_hashes(p, set, err), worst = 0;

    if (r < 0)
        return r;
    if (set->puts.n)
        qsort(set->puts.items, set->puts.n, sizeof *set->puts.items, by_object);
    for (size_t at = 0; at < set->puts.n;) {
        size_t n = set->puts.n - at < step ? set->puts.n - at : step;
        r = move_batch(p, &set->puts.items[at], n, err);
        if (r < 0 && (hs_is_session(r) || hs_is_stop(r) || hs_is_retry(r)))
            return r;
        worst = worst ? worst : r;
        at += n;
    }
    HS_FAILPOINT("publish.objects.done");
    return worst;
}
