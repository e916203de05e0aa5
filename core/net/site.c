#include "net/site.h"
#include <pthread.h>
#include <stdatomic.h>
#include "base/clock.h"
#include "base/mem.h"
#include "net/flow.h"
#include "net/pacer.h"
#include "base/banned.h"

enum {
    ADDRESS_RATE = 4, /* first hops of downloads: so many times the site's rate */
    FLOW_PIECE_BYTES = 32 * 1024
};

struct hs_site {
    char *name;
    int64_t reopen_ms;
    atomic_int place;
    atomic_bool has_flow_limit; /* spares the lock for most sites */
    pthread_mutex_t lock;       /* of what follows */
    struct hs_pacer api, address;
    struct hs_flow download, upload;
    uint32_t parallel, in_use;
    int closed;
    int64_t closed_ms;
};

struct hs_site *hs_site_new(const char *name, int64_t reopen_ms)
{
    struct hs_site *site = hs_xcalloc(1, sizeof *site);

    site->name = hs_xstrdup(name);
    site->reopen_ms = reopen_ms;
    (void)pthread_mutex_init(&site->lock, NULL);
    return site;
}

void hs_site_free(struct hs_site *site)
{
    if (!site)
        return;
    (void)pthread_mutex_destroy(&site->lock);
    free(site->name);
    free(site);
}

const char *hs_site_name(const struct hs_site *site)
{
    return site->name;
}

/* The lock is no part of what a caller may see of a const site. */
static void lock_site(const struct hs_site *site)
{
    (void)pthread_mutex_lock((pthread_mutex_t *)&site->lock);
}

static void unlock_site(const struct hs_site *site)
{
    (void)pthread_mutex_unlock((pthread_mutex_t *)&site->lock);
}

void hs_site_set_limits(struct hs_site *site, const struct hs_site_limits *limits)
{
    lock_site(site);
    hs_pacer_set(&site->api, limits->requests, limits->window_ms, limits->burst);
    hs_pacer_set(&site->address, limits->requests * ADDRESS_RATE, limits->window_ms, limits->burst);
    hs_flow_set(&site->download, limits->download_bps);
    hs_flow_set(&site->upload, limits->upload_bps);
    site->parallel = limits->parallel;
    unlock_site(site);
    atomic_store(&site->has_flow_limit, limits->download_bps || limits->upload_bps);
}

int hs_site_closed(const struct hs_site *site)
{
    int status;

    lock_site(site);
    status = site->closed;
    if (status && site->reopen_ms && hs_mono_ms() - site->closed_ms >= site->reopen_ms)
        status = 0;
    unlock_site(site);
    return status;
}

void hs_site_close(struct hs_site *site, int status)
{
    lock_site(site);
    site->closed = status;
    site->closed_ms = hs_mono_ms();
    unlock_site(site);
}

bool hs_site_slot_take(struct hs_site *site)
{
    bool is_free;

    lock_site(site);
    is_free = site->parallel == 0 || site->in_use < site->parallel;
    site->in_use += is_free;
    unlock_site(site);
    return is_free;
}

void hs_site_slot_give(struct hs_site *site)
{
    lock_site(site);
    site->in_use--;
    unlock_site(site);
}

static struct hs_pacer *pacer_of(struct hs_site *site, enum hs_cost cost)
{
    switch (cost) {
    case HS_COST_API:
        return &site->api;
    case HS_COST_ADDRESS:
        return &site->address;
    case HS_COST_STORAGE:
        break;
    }
    return NULL;
}

int64_t hs_site_start(struct hs_site *site, enum hs_cost cost, int64_t now_ms)
{
    struct hs_pacer *pacer = pacer_of(site, cost);
    int64_t start_ms;

    if (!pacer)
        return now_ms;
    lock_site(site);
    start_ms = hs_pacer_take(pacer, now_ms, hs_random());
    unlock_site(site);
    return start_ms;
}

bool hs_site_is_held(struct hs_site *site, enum hs_cost cost, int64_t now_ms)
{
    struct hs_pacer *pacer = pacer_of(site, cost);
    bool is_held;

    if (!pacer)
        return false;
    lock_site(site);
    is_held = hs_pacer_is_held(pacer, now_ms);
    unlock_site(site);
    return is_held;
}

void hs_site_slow(struct hs_site *site, int64_t hold_ms)
{
    int64_t now_ms = hs_mono_ms();

    lock_site(site);
    hs_pacer_slow(&site->api, now_ms);
    hs_pacer_slow(&site->address, now_ms);
    if (hold_ms > 0) {
        hs_pacer_hold(&site->api, now_ms + hold_ms);
        hs_pacer_hold(&site->address, now_ms + hold_ms);
    }
    unlock_site(site);
}

static bool has_flow_limit(const struct hs_site *site)
{
    return atomic_load_explicit(&site->has_flow_limit, memory_order_relaxed);
}

size_t hs_site_flow_piece(const struct hs_site *site, size_t n_bytes)
{
    return has_flow_limit(site) && n_bytes > FLOW_PIECE_BYTES ? FLOW_PIECE_BYTES : n_bytes;
}

int64_t hs_site_flow_take(struct hs_site *site, bool is_upload, size_t n_bytes, int64_t now_ms)
{
    int64_t wait_ms;

    if (!has_flow_limit(site))
        return 0;
    lock_site(site);
    wait_ms = hs_flow_take(is_upload ? &site->upload : &site->download, n_bytes, now_ms);
    unlock_site(site);
    return wait_ms;
}

void hs_site_flow_give_back(struct hs_site *site, bool is_upload, size_t n_bytes)
{
    if (n_bytes == 0 || !has_flow_limit(site))
        return;
    lock_site(site);
    hs_flow_give_back(is_upload ? &site->upload : &site->download, n_bytes);
    unlock_site(site);
}

enum hs_place hs_site_place(const struct hs_site *site)
{
    return (enum hs_place)atomic_load(&site->place);
}

void hs_site_note_place(struct hs_site *site, enum hs_place place)
{
    atomic_store(&site->place, (int)place);
}
