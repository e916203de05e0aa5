#include "net/net.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include "base/mem.h"
#include "net/process.h"
#include "net/site.h"
#include "base/banned.h"

enum { STALL_DEFAULT_MS = 60 * 1000, REOPEN_MS = 10 * 60 * 1000 };

struct hs_net {
    int64_t stall_ms, reopen_ms;
    char *user_agent;
    atomic_bool is_canceled;
    _Atomic uint64_t requests;
    pthread_mutex_t lock; /* of sites */
    struct hs_map sites;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_result;

static void start_curl(void)
{
    curl_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

int hs_net_new(const struct hs_net_conf *conf, struct hs_net **out, struct hs_err *err)
{
    struct hs_net *net;

    (void)pthread_once(&curl_once, start_curl);
    if (curl_result != CURLE_OK)
        return hs_fail(err, HS_EFAILED, "cannot start libcurl: %s",
                       curl_easy_strerror(curl_result));
    net = hs_xcalloc(1, sizeof *net);
    net->stall_ms = conf->stall_ms ? conf->stall_ms : STALL_DEFAULT_MS;
    net->reopen_ms = conf->is_batch ? 0 : REOPEN_MS;
    net->user_agent = hs_xstrdup(conf->user_agent ? conf->user_agent : "hubsync/" HS_VERSION);
    (void)pthread_mutex_init(&net->lock, NULL);
    *out = net;
    return 0;
}

void hs_net_free(struct hs_net *net)
{
    const char *name;
    void *site;

    if (!net)
        return;
    for (size_t at = 0; hs_map_each(&net->sites, &at, &name, &site);)
        hs_site_free(site);
    hs_map_clear(&net->sites);
    (void)pthread_mutex_destroy(&net->lock);
    free(net->user_agent);
    free(net);
}

void hs_net_cancel(struct hs_net *net)
{
    atomic_store(&net->is_canceled, true);
}

bool hs_net_is_canceled(const struct hs_net *net)
{
    return atomic_load(&net->is_canceled);
}

uint64_t hs_net_requests(const struct hs_net *net)
{
    return atomic_load(&net->requests);
}

void hs_net_count_request(struct hs_net *net)
{
    atomic_fetch_add(&net->requests, 1);
}

int64_t hs_net_stall_ms(const struct hs_net *net)
{
    return net->stall_ms;
}

const char *hs_net_user_agent(const struct hs_net *net)
{
    return net->user_agent;
}

struct hs_site *hs_net_site(struct hs_net *net, const struct hs_url *endpoint)
{
    HUB_POOL(pool);
    char *name = hs_url_origin(&pool, endpoint);
    struct hs_site *site;

    if (!name)
        abort(); /* some hundred bytes: see base/mem.h */
    (void)pthread_mutex_lock(&net->lock);
    site = hs_map_get(&net->sites, name);
    if (!site) {
        site = hs_site_new(name, net->reopen_ms);
        (void)hs_map_put(&net->sites, name, site);
    }
    (void)pthread_mutex_unlock(&net->lock);
    return site;
}
