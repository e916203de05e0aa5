#include "job/engine.h"

#include <sched.h>
#include <unistd.h>

#include "job/hands.h"

#include "base/banned.h"

enum { MIN_WINDOW = 2 * 1024 * 1024 };

static unsigned count_cores(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    return 1;
}

static int open_state(struct hs_engine *e, struct hs_err *err)
{
    int r;

    if (!e->conf.needs_store)
        return 0;
    r = hs_store_open(e->conf.state_dir, HS_STORE_WRITE, &e->store, err);
    if (r == 0 && e->conf.needs_jobs_lock)
        r = hs_store_lock_jobs(e->store, err);
    if (r == 0 && e->conf.needs_jobs_lock)
        r = hs_store_jobs_recover(e->store, err);
    return r;
}

static int start_net(struct hs_engine *e, struct hs_err *err)
{
    const struct hs_conf *conf = e->conf.conf;
    struct hs_net_conf net = {
        .stall_ms = conf->transfer.stall_ms, .user_agent = "hubsync/" HS_VERSION, .is_batch = !e->conf.is_daemon};
    struct hs_sessions_conf sessions = {.conf = conf};
    uint32_t files = conf->transfer.files ? conf->transfer.files : 4;
    int r = hs_net_new(&net, &e->net, err);

    if (r == 0)
        r = hs_loop_new(e->net, &e->loop, err);
    sessions.net = e->net;
    if (r == 0)
        r = hs_sessions_new(&sessions, &e->sessions, err);
    if (r == 0)
        r = hs_crew_new(e->net, count_cores(), files, &e->crew, err);
    e->inline_budget = conf->transfer.max_memory_bytes / 4;
    e->window_bytes = (size_t)(conf->transfer.max_memory_bytes / 4 * 3 / files);
    if (e->window_bytes < MIN_WINDOW)
        e->window_bytes = MIN_WINDOW;
    return r;
}

int hs_engine_open(const struct hs_engine_conf *conf, struct hs_engine **out, struct hs_err *err)
{
    struct hs_engine *e = hs_xcalloc(1, sizeof *e);
    int r;

    e->conf = *conf;
    hs_hand_start(e, NULL);
    r = open_state(e, err);
    if (r == 0)
        r = start_net(e, err);
    if (r < 0) {
        hs_engine_close(e);
        return r;
    }
    hs_hand_ready(e);
    *out = e;
    return 0;
}

void hs_engine_close(struct hs_engine *e)
{
    if (!e)
        return;
    hs_crew_free(e->crew);
    hs_sessions_free(e->sessions);
    hs_loop_free(e->loop);
    hs_net_free(e->net);
    hs_store_close(e->store);
    hs_hand_end(e);
    free(e);
}

void hs_engine_cancel(struct hs_engine *e)
{
    hs_net_cancel(e->net);
}

struct hs_store *hs_engine_store(struct hs_engine *e)
{
    return e->store;
}

struct hs_net *hs_engine_net(struct hs_engine *e)
{
    return e->net;
}

struct hs_loop *hs_engine_loop(struct hs_engine *e)
{
    return e->loop;
}

struct hs_sessions *hs_engine_sessions(struct hs_engine *e)
{
    return e->sessions;
}

uint64_t hs_engine_requests(const struct hs_engine *e)
{
    return hs_net_requests(e->net);
}

int hs_engine_list(struct hs_engine *e, struct hs_session *session, struct hub_pool *pool,
                   const struct hs_repo *repo, const char *revision, struct hs_listing *out,
                   struct hs_err *err)
{
    struct hs_source source = {session, repo, revision};
    int r = hs_ask_files(session, e->loop, pool, repo, revision, out, err);

    if (r < 0)
        return r;
    r = hs_learn_local(&e->learn, &source, out, NULL, NULL, err);
    if (r < 0)
        hs_listing_clear(out);
    return r;
}
