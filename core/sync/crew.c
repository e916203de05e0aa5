/* Relay threads: each owns a loop and steps its tasks between the loop's turns. */
#include "base/clock.h"
#include "sync/task_run.h"

#include <pthread.h>
#include <time.h>

#include "base/banned.h"

enum { MAX_THREADS = 4, TICK_MS = 100 };

struct hs_crew {
    struct hs_net *net;
    pthread_t threads[MAX_THREADS];
    struct hs_loop *loops[MAX_THREADS];
    unsigned n_threads, files;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    struct hs_task *const *queue;
    size_t n_queue, next, n_done;
    unsigned n_active;
    int stop_status; /* of a failure that ends all that has not begun */
    struct hs_err stop_err;
    bool is_over;
};
struct worker {
    struct hs_crew *crew;
    struct hs_loop *loop;
    struct hs_task **tasks; /* active here */
    size_t n;
};

static void end_task(struct worker *w, size_t i)
{
    struct hs_crew *crew = w->crew;
    struct hs_task *task = w->tasks[i];

    hs_task_end(task);
    w->tasks[i] = w->tasks[--w->n];
    pthread_mutex_lock(&crew->lock);
    if ((hs_is_session(task->status) || hs_is_stop(task->status)) && !crew->stop_status) {
        crew->stop_status = task->status;
        hs_err_copy(&crew->stop_err, &task->err);
    }
    crew->n_active--;
    crew->n_done++;
    pthread_cond_broadcast(&crew->done);
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->lock);
}

/* The next task for this worker; NULL if there is none now. Called with the lock. */
static struct hs_task *take_task(struct hs_crew *crew)
{
    while (crew->next < crew->n_queue && crew->stop_status) {
        struct hs_task *task = crew->queue[crew->next++];
        task->status = crew->stop_status;
        hs_err_copy(&task->err, &crew->stop_err);
        crew->n_done++;
        pthread_cond_broadcast(&crew->done);
    }
    if (crew->next >= crew->n_queue || crew->n_active >= crew->files)
        return NULL;
    crew->n_active++;
    return crew->queue[crew->next++];
}

/* Takes what there is room for; waits for work when there is nothing at all. False: go home. */
static bool take_tasks(struct worker *w, size_t room)
{
    struct hs_crew *crew = w->crew;
    bool is_on;

    pthread_mutex_lock(&crew->lock);
    while (w->n < room) {
        struct hs_task *task = take_task(crew);
        if (task) {
            w->tasks[w->n++] = task;
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
        struct hs_task *task = w->tasks[i];
        int64_t due = -1;
        bool is_done;
        if (!task->run)
            task->status = hs_task_begin(task, w->loop);
        if (task->status == 0 && hs_net_is_canceled(w->crew->net))
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

    files = files ? files : 1;
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
    hs_err_clear(&crew->stop_err);
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

void hs_crew_run(struct hs_crew *crew, struct hs_task *const *tasks, size_t n,
                 void (*tick)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&crew->lock);
    crew->queue = tasks;
    crew->n_queue = n;
    crew->next = crew->n_done = 0;
    crew->stop_status = 0;
    hs_err_clear(&crew->stop_err);
    pthread_cond_broadcast(&crew->work);
    while (crew->n_done < n) {
        wait_tick(crew);
        if (tick) {
            pthread_mutex_unlock(&crew->lock);
            tick(ctx);
            pthread_mutex_lock(&crew->lock);
        }
    }
    crew->queue = NULL;
    crew->n_queue = 0;
    pthread_mutex_unlock(&crew->lock);
}
