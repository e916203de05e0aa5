/* Relay threads: each owns a loop and steps its tasks between the loop's turns. */
#include "base/clock.h"
#include "sync/task_run.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/banned.h"

enum { MAX_THREADS = 4, TICK_MS = 100, FILES_MAX = 64 };

struct ended { /* an object that went to a site a while ago */
    char sha256[HS_SHA256_HEX];
    const char *site; /* the session's, which outlives the crew's tasks; compared by address */
    int64_t at_ms;
};
struct batch { /* the tasks of one hs_crew_run */
    struct hs_task *const *tasks;
    size_t n, next, n_done;
    unsigned n_active;
    int stop_status; /* of a failure that ends all that has not begun */
    struct hs_err stop_err;
    struct batch *after;
};
struct hs_crew {
    struct hs_net *net;
    pthread_t threads[MAX_THREADS];
    struct hs_loop *loops[MAX_THREADS];
    unsigned n_threads, files;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    struct batch *first; /* whose turn it is */
    struct hs_task *active[FILES_MAX];
    unsigned n_active; /* of active, those under way; the rest is nothing */
    struct ended ended[FILES_MAX];
    unsigned next_ended;
    bool is_shared; /* several callers: see may_take */
    bool is_over;
};
struct active {
    struct hs_task *task;
    struct batch *batch;
};
struct worker {
    struct hs_crew *crew;
    struct hs_loop *loop;
    struct active *tasks; /* active here */
    size_t n;
};

static void remove_active(struct hs_crew *crew, const struct hs_task *task)
{
    for (unsigned i = 0; i < crew->n_active; i++)
        if (crew->active[i] == task) {
            crew->active[i] = crew->active[--crew->n_active];
            return;
        }
}

/* Sites keep objects by their content, whatever the repo: two uploads of one would write into each
 * other's parts. A folder keeps them by repo. */
static bool is_same_object(const struct hs_task *a, const struct hs_task *b)
{
    return a->kind == HS_TASK_MOVE && b->kind == HS_TASK_MOVE && *a->file->sha256 &&
           !a->target.session->gate.is_local &&
           strcmp(a->file->sha256, b->file->sha256) == 0 &&
           strcmp(hs_session_site_key(a->target.session), hs_session_site_key(b->target.session)) == 0;
}

static void note_ended(struct hs_crew *crew, const struct hs_task *task)
{
    struct ended *ended = &crew->ended[crew->next_ended];

    if (task->kind != HS_TASK_MOVE || !crew->is_shared)
        return;
    (void)snprintf(ended->sha256, sizeof ended->sha256, "%s", task->file->sha256);
    ended->site = hs_session_site_key(task->target.session);
    ended->at_ms = hs_mono_ms();
    crew->next_ended = (crew->next_ended + 1) % FILES_MAX;
}

static bool must_wait(const struct hs_crew *crew, struct hs_task *task)
{
    for (unsigned i = 0; i < crew->n_active; i++)
        if (is_same_object(crew->active[i], task))
            return true;
    for (unsigned i = 0; task->kind == HS_TASK_MOVE && i < FILES_MAX; i++)
        if (crew->ended[i].site == hs_session_site_key(task->target.session) &&
            crew->ended[i].at_ms >= task->asked_ms && strcmp(crew->ended[i].sha256, task->file->sha256) == 0)
            task->must_ask = true;
    return false;
}

static void end_task(struct worker *w, size_t i)
{
    struct hs_crew *crew = w->crew;
    struct hs_task *task = w->tasks[i].task;
    struct batch *batch = w->tasks[i].batch;

    hs_task_end(task);
    w->tasks[i] = w->tasks[--w->n];
    pthread_mutex_lock(&crew->lock);
    if ((hs_is_session(task->status) || hs_is_stop(task->status)) && !batch->stop_status) {
        batch->stop_status = task->status;
        hs_err_copy(&batch->stop_err, &task->err);
    }
    remove_active(crew, task);
    note_ended(crew, task);
    batch->n_active--;
    batch->n_done++;
    pthread_cond_broadcast(&crew->done);
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->lock);
}

/* What has not begun ends with what ended the batch. */
static void skip_stopped(struct hs_crew *crew, struct batch *batch)
{
    while (batch->next < batch->n && batch->stop_status) {
        struct hs_task *task = batch->tasks[batch->next++];
        task->status = batch->stop_status;
        hs_err_copy(&task->err, &batch->stop_err);
        batch->n_done++;
        pthread_cond_broadcast(&crew->done);
    }
}

/* With several callers the last free place goes to who has none yet: a large repo, or one whose
 * source hangs, cannot make another wait for hours. */
static bool may_take(const struct hs_crew *crew, const struct batch *batch)
{
    return !crew->is_shared || batch->n_active == 0 || crew->n_active + 1 < crew->files;
}

static void put_last(struct hs_crew *crew, struct batch *batch)
{
    struct batch **at = &crew->first;

    while (*at != batch)
        at = &(*at)->after;
    *at = batch->after;
    while (*at)
        at = &(*at)->after;
    batch->after = NULL;
    *at = batch;
}

/* The next task for this worker, from the batches in turn; false if there is none now. Called with
 * the lock. */
static bool take_task(struct hs_crew *crew, struct active *out)
{
    if (crew->n_active >= crew->files)
        return false;
    for (struct batch *batch = crew->first; batch; batch = batch->after) {
        skip_stopped(crew, batch);
        if (batch->next >= batch->n || !may_take(crew, batch) || must_wait(crew, batch->tasks[batch->next]))
            continue;
        *out = (struct active){batch->tasks[batch->next++], batch};
        batch->n_active++;
        crew->active[crew->n_active++] = out->task;
        put_last(crew, batch);
        return true;
    }
    return false;
}

/* Takes what there is room for; waits for work when there is nothing at all. False: go home. */
static bool take_tasks(struct worker *w, size_t room)
{
    struct hs_crew *crew = w->crew;
    bool is_on;

    pthread_mutex_lock(&crew->lock);
    while (w->n < room) {
        if (take_task(crew, &w->tasks[w->n])) {
            w->n++;
            continue;
        }
        if (w->n || crew->is_over)
            break;
        pthread_cond_wait(&crew->work, &crew->lock);
    }
    is_on = w->n || !crew->is_over;
    pthread_mutex_unlock(&crew->lock);
    return is_on;
}

static int64_t step_tasks(struct worker *w)
{
    int64_t wait = 1000;

    for (size_t i = 0; i < w->n;) {
        struct hs_task *task = w->tasks[i].task;
        int64_t due = -1;
        bool is_done;
        if (!task->run)
            task->status = hs_task_begin(task, w->loop);
        if (task->status == 0 && (hs_net_is_canceled(w->crew->net) || hs_traffic_is_canceled(task->traffic)))
            task->status = hs_fail(&task->err, HUB_ECANCELED, "interrupted");
        is_done = task->status < 0 || hs_task_step(task, &due);
        if (is_done) {
            end_task(w, i);
            wait = 0;
            continue;
        }
        if (due >= 0 && due < wait)
            wait = due;
        i++;
    }
    return wait;
}

static void *work(void *arg)
{
    struct worker w = *(struct worker *)arg;
    size_t room = (w.crew->files + w.crew->n_threads - 1) / w.crew->n_threads;

    free(arg);
    w.tasks = hs_xcalloc(room, sizeof *w.tasks);
    while (take_tasks(&w, room)) {
        int64_t wait = step_tasks(&w);
        if (w.n)
            (void)hs_loop_turn(w.loop, (int)wait);
    }
    free(w.tasks);
    return NULL;
}

int hs_crew_new(struct hs_net *net, unsigned n_threads, unsigned files, struct hs_crew **out,
                struct hs_err *err)
{
    struct hs_crew *crew = hs_xcalloc(1, sizeof *crew);
    int r = 0;

    files = files > FILES_MAX ? FILES_MAX : files ? files : 1;
    n_threads = n_threads > MAX_THREADS ? MAX_THREADS : n_threads ? n_threads : 1;
    crew->net = net;
    crew->files = files;
    n_threads = n_threads > files ? files : n_threads;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->work, NULL);
    pthread_cond_init(&crew->done, NULL);
    crew->n_threads = n_threads;
    for (unsigned i = 0; r == 0 && i < n_threads; i++) {
        struct worker *w = hs_xcalloc(1, sizeof *w);
        w->crew = crew;
        r = hs_loop_new(net, &crew->loops[i], err);
        w->loop = crew->loops[i];
        if (r == 0 && pthread_create(&crew->threads[i], NULL, work, w) != 0)
            r = hs_fail(err, HS_EFAILED, "cannot start a relay thread");
        if (r < 0) {
            free(w);
            crew->n_threads = i;
        }
    }
    if (r < 0) {
        hs_crew_free(crew);
        return r;
    }
    *out = crew;
    return 0;
}

void hs_crew_free(struct hs_crew *crew)
{
    if (!crew)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->is_over = true;
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->n_threads; i++)
        pthread_join(crew->threads[i], NULL);
    for (unsigned i = 0; i < MAX_THREADS; i++)
        hs_loop_free(crew->loops[i]);
    pthread_mutex_destroy(&crew->lock);
    pthread_cond_destroy(&crew->work);
    pthread_cond_destroy(&crew->done);
    free(crew);
}

static void wait_tick(struct hs_crew *crew)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TICK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&crew->done, &crew->lock, &until);
}

static void join_queue(struct hs_crew *crew, struct batch *batch)
{
    struct batch **at = &crew->first;

    while (*at)
        at = &(*at)->after;
    *at = batch;
    pthread_cond_broadcast(&crew->work);
}

static void leave_queue(struct hs_crew *crew, struct batch *batch)
{
    put_last(crew, batch);
    for (struct batch **at = &crew->first; *at; at = &(*at)->after)
        if (*at == batch) {
            *at = NULL;
            break;
        }
}

void hs_crew_share(struct hs_crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->is_shared = true;
    pthread_mutex_unlock(&crew->lock);
}

void hs_crew_run(struct hs_crew *crew, struct hs_task *const *tasks, size_t n,
                 void (*tick)(void *ctx), void *ctx)
{
    struct batch batch = {.tasks = tasks, .n = n};

    pthread_mutex_lock(&crew->lock);
    join_queue(crew, &batch);
    while (batch.n_done < n) {
        wait_tick(crew);
        if (tick) {
            pthread_mutex_unlock(&crew->lock);
            tick(ctx);
            pthread_mutex_lock(&crew->lock);
        }
    }
    leave_queue(crew, &batch);
    pthread_mutex_unlock(&crew->lock);
    hs_err_clear(&batch.stop_err);
}
