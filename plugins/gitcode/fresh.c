/* Repos that we made a moment ago. */
#include "gitcode.h"
#include <string.h>
#include <time.h>

enum { FRESH_MS = 60000 };

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int gc_remember_fresh(struct hub_op *op, const char *id)
{
    HUB_POOL(pool);
    struct hub_session *session = op->session;
    char *path = hub_url_path(&pool, id), *packed = hub_url_segment(&pool, id);
    struct gc_fresh *fresh;
    bool is_kept;

    (void)pthread_mutex_lock(&session->lock);
    fresh = &session->fresh[session->n_fresh++ % GC_FRESH_REPOS];
    fresh->path = path ? hub_pool_printf(&session->pool, "/%s", path) : NULL;
    fresh->packed = hub_pool_strdup(&session->pool, packed);
    fresh->until_ms = now_ms() + FRESH_MS;
    is_kept = fresh->path && fresh->packed;
    (void)pthread_mutex_unlock(&session->lock);
    return is_kept ? 0 : om_no_memory(op);
}

static bool names(const char *url, const char *text)
{
    const char *at = text ? strstr(url, text) : NULL;

    return at && strchr("/?.", at[strlen(text)]); /* or the end */
}

/* With the lock held. */
static struct gc_fresh *find(struct hub_session *session, const char *url)
{
    int64_t now = now_ms();

    for (size_t i = 0; i < GC_FRESH_REPOS; i++) {
        struct gc_fresh *fresh = &session->fresh[i];

        if (fresh->until_ms > now && (names(url, fresh->path) || names(url, fresh->packed)))
            return fresh;
    }
    return NULL;
}

bool gc_is_fresh(struct hub_session *session, const char *url)
{
    bool is_fresh;

    (void)pthread_mutex_lock(&session->lock);
    is_fresh = find(session, url) != NULL;
    (void)pthread_mutex_unlock(&session->lock);
    return is_fresh;
}

void gc_forget_fresh(struct hub_session *session, const char *url)
{
    struct gc_fresh *fresh;

    (void)pthread_mutex_lock(&session->lock);
    while ((fresh = find(session, url)))
        fresh->until_ms = 0;
    (void)pthread_mutex_unlock(&session->lock);
}
