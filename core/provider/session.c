#include "provider/session.h"

#include "base/clock.h"
#include "net/redact.h"
#include "provider/host.h"

#include <limits.h>

#include "base/banned.h"

struct entry { /* a session, or why there is none */
    struct hs_session *session;
    struct hs_err err;
};
struct hs_sessions {
    struct hs_sessions_conf conf;
    struct hs_map entries; /* "hub\nowner" → struct entry */
    pthread_mutex_t lock;
};

int hs_sessions_new(const struct hs_sessions_conf *conf, struct hs_sessions **out,
                    struct hs_err *err)
{
    struct hs_sessions *all = hs_xcalloc(1, sizeof *all);

    (void)err;
    all->conf = *conf;
    pthread_mutex_init(&all->lock, NULL);
    *out = all;
    return 0;
}

static void free_session(struct hs_session *s)
{
    if (!s)
        return;
    if (s->own->is_open)
        s->plugin->table.close(s->own->provider);
    hs_vec_clear(&s->account.owners);
    hs_map_clear(&s->own->options);
    hs_name_rule_clear(&s->own->names);
    pthread_mutex_destroy(&s->own->lock);
    pthread_mutex_destroy(&s->own->account_lock);
    hub_pool_clear(&s->own->pool);
    free(s->own);
    free(s);
}

void hs_sessions_free(struct hs_sessions *all)
{
    const char *key;
    void *value;

    if (!all)
        return;
    for (size_t i = 0; hs_map_each(&all->entries, &i, &key, &value);) {
        struct entry *entry = value;
        free_session(entry->session);
        hs_err_clear(&entry->err);
        free(entry);
    }
    hs_map_clear(&all->entries);
    pthread_mutex_destroy(&all->lock);
    free(all);
}

void hs_sessions_retry(struct hs_sessions *all)
{
    HS_VEC(char *) failed = {0};
    const char *key;
    void *value;

    pthread_mutex_lock(&all->lock);
    for (size_t i = 0; hs_map_each(&all->entries, &i, &key, &value);)
        if (!((struct entry *)value)->session)
            *hs_vec_add(&failed) = hs_xstrdup(key);
    for (size_t i = 0; i < failed.n; i++) {
        struct entry *entry = hs_map_remove(&all->entries, failed.items[i]);
        hs_err_clear(&entry->err);
        free(entry);
        free(failed.items[i]);
    }
    pthread_mutex_unlock(&all->lock);
    hs_vec_clear(&failed);
}

/* ---- options ---- */
static int fail_option(struct hs_err *err, const struct hs_option *set, const char *expected)
{
    return hs_fail(err, HS_ECONFIG, "%s:%u:%u: '%s: %s': expected %s",
                   set->where.file ? set->where.file : "config", set->where.line, set->where.column,
                   set->key, set->value, expected);
}

/* The option's value as the provider reads it: units taken off. */
static int plain_value(struct hub_pool *pool, const struct hub_option *option,
                       const struct hs_option *set, const char **out, struct hs_err *err)
{
    uint64_t number;
    int64_t ms;
    bool yes;
    char *end;

    *out = set->value;
    switch (option->type) {
    case HUB_BOOL:
        if (hs_parse_bool(set->value, &yes) < 0)
            return fail_option(err, set, "true or false");
        return 0;
    case HUB_UINT:
        (void)strtoull(set->value, &end, 10);
        if (!*set->value || *end || *set->value == '-')
            return fail_option(err, set, "a number");
        return 0;
    case HUB_BYTES:
        if (hs_parse_bytes(set->value, &number) < 0)
            return fail_option(err, set, "a size such as 64MiB");
        *out = hub_pool_printf(pool, "%llu", (unsigned long long)number);
        return 0;
    case HUB_MS:
        if (hs_parse_ms(set->value, &ms) < 0)
            return fail_option(err, set, "a time such as 30s");
        *out = hub_pool_printf(pool, "%lld", (long long)ms);
        return 0;
    default:
        return 0;
    }
}

static int refuse_unknown(const struct hs_hub_conf *conf, const struct hs_plugin *plugin,
                          struct hs_err *err)
{
    const char *words[64];
    size_t n = 0;

    for (size_t i = 0; plugin->table.options && plugin->table.options[i] && n < 64; i++)
        words[n++] = plugin->table.options[i]->name;
    for (size_t i = 0; i < conf->options.n; i++) {
        const struct hs_option *set = &conf->options.items[i];
        const char *near = hs_nearest(set->key, words, n);
        if (hs_plugin_option(plugin, set->key))
            continue;
        return hs_fail(err, HS_ECONFIG, "%s:%u:%u: hub '%s' (plugin %s) has no key '%s'%s%s%s",
                       set->where.file ? set->where.file : "config", set->where.line,
                       set->where.column, conf->name, plugin->table.name, set->key,
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    return 0;
}

static int read_options(struct hub_pool *pool, const struct hs_hub_conf *conf,
                        const struct hs_plugin *plugin, struct hs_map *out, struct hs_err *err)
{
    int r = refuse_unknown(conf, plugin, err);

    for (size_t i = 0; r == 0 && plugin->table.options && plugin->table.options[i]; i++) {
        const struct hub_option *option = plugin->table.options[i];
        struct hs_option set = {option->name, option->fallback, {NULL, 0, 0}};
        const char *value = "";
        for (size_t k = 0; k < conf->options.n; k++)
            if (strcmp(conf->options.items[k].key, option->name) == 0)
                set = conf->options.items[k];
        if (strcmp(option->name, "endpoint") == 0 && *conf->endpoint)
            set.value = conf->endpoint;
        if (strcmp(option->name, "owner") == 0 && conf->owners.n)
            set.value = conf->owners.items[0];
        if (!set.value)
            return hs_fail(err, HS_ECONFIG, "%s:%u: hub '%s' (plugin %s) needs '%s': %s",
                           conf->where.file ? conf->where.file : "config", conf->where.line,
                           conf->name, plugin->table.name, option->name,
                           option->help ? option->help : "");
        r = *set.value ? plain_value(pool, option, &set, &value, err) : 0;
        if (r == 0)
            (void)hs_map_put(out, option->name, (void *)hs_text_copy(pool, value));
        if (r == 0 && option->secret)
            hs_redact_add(value);
    }
    return r;
}

int hs_session_check(const struct hs_hub_conf *hub, struct hs_err *err)
{
    HUB_POOL(pool);
    struct hs_map options = {NULL, 0, 0};
    const struct hs_plugin *plugin;
    int r = hs_plugin_get(hub->plugin, &plugin, err);

    if (r == 0)
        r = read_options(&pool, hub, plugin, &options, err);
    hs_map_clear(&options);
    return r;
}

/* ---- opening ---- */
static int set_gate(struct hs_session *s, struct hs_err *err)
{
    struct hs_gate *gate = &s->gate;
    const char *endpoint = hs_map_get(&s->own->options, "endpoint");
    const char *token = hs_map_get(&s->own->options, "token");
    int r;

    gate->is_local = (s->plugin->table.flags & HUB_LOCAL) != 0;
    gate->ca_file = s->conf->ca_file;
    gate->allow_http = s->conf->allow_http;
    gate->has_secret = token && *token;
    if (gate->is_local) {
        const char *root = hs_map_get(&s->own->options, "root");
        char real[PATH_MAX];
        gate->root = hs_text_copy(&s->own->pool, root && realpath(root, real) ? real : root);
        s->own->site_key = hub_pool_printf(&s->own->pool, "%s file:%s", s->plugin->table.name, gate->root);
        return 0;
    }
    if (!endpoint || !*endpoint)
        return hs_fail(err, HS_ECONFIG, "hub '%s' needs an endpoint", s->conf->name);
    r = hs_url_parse(&s->own->pool, endpoint, &gate->endpoint, err);
    if (r < 0 || gate->endpoint.scheme == HS_FILE || gate->endpoint.has_userinfo)
        return hs_fail(err, HS_ECONFIG, "hub '%s': endpoint '%s' is no http(s)://host[:port]",
                       s->conf->name, endpoint);
    gate->place = hs_host_place(gate->endpoint.host);
    if (gate->endpoint.scheme == HS_HTTP && gate->place != HS_LOOPBACK_PLACE && !gate->allow_http) {
        (void)hs_fail(err, HS_ECONFIG, "hub '%s': endpoint '%s' is not https", s->conf->name, endpoint);
        return hs_hint(err, "set allow_http: true if you mean it; the token travels in the clear");
    }
    s->own->site_key = hub_pool_printf(&s->own->pool, "%s %s", s->plugin->table.name,
                                       hub_url_endpoint(&s->own->pool, endpoint));
    return 0;
}

static int hear_limits(void *ctx, const struct hub_limits *said)
{
    struct hs_session *s = ctx;

    hs_limits_copy(&s->own->pool, said, &s->limits);
    return 0;
}

static uint32_t half_of(uint32_t n)
{
    return n > 1 ? n / 2 : n;
}

static void apply_limits(struct hs_session *s, struct hs_net *net, bool half_budget)
{
    struct hs_site_limits site = {
        .requests = s->limits.requests,
        .window_ms = s->limits.window_ms,
        .burst = s->limits.burst,
        .parallel = s->limits.parallel,
        .download_bps = s->conf->download_bps,
        .upload_bps = s->conf->upload_bps,
    };

    s->gate.credential_hosts = s->limits.credential_hosts;
    if (s->gate.is_local)
        return;
    if (s->conf->requests.is_set) {
        site.requests = s->conf->requests.requests;
        site.window_ms = s->conf->requests.window_ms;
        site.burst = s->conf->requests.burst ? s->conf->requests.burst : site.burst;
    }
    if (s->conf->has_parallel)
        site.parallel = s->conf->parallel;
    if (half_budget) {
        site.requests = half_of(site.requests);
        site.burst = half_of(site.burst);
    }
    s->site = hs_net_site(net, &s->gate.endpoint);
    hs_site_set_limits(s->site, &site);
}

static int open_provider(struct hs_session *s, struct hs_loop *loop, struct hs_err *err)
{
    static const struct hs_hears hears = {.limits = hear_limits};
    struct hub_session *provider = NULL;
    struct hs_call_op op;
    int r;

    hs_op_begin(&op, s, loop, "open", &hears, s, err);
    r = hs_op_end(&op, s->plugin->table.open(&op.pub, &provider));
    if (r < 0)
        return r;
    s->own->provider = provider;
    s->own->is_open = true;
    return 0;
}

static const struct hs_token *token_for(const struct hs_hub_conf *conf, const char *owner)
{
    for (size_t i = 0; *owner && i < conf->tokens.n; i++)
        if (strcmp(conf->tokens.items[i].owner, owner) == 0)
            return &conf->tokens.items[i].token;
    return &conf->token;
}

static int open_session(struct hs_sessions *all, struct hs_loop *loop, const struct hs_hub_conf *conf,
                        const char *owner, const struct hs_retry *retry, struct hs_session *s,
                        struct hs_err *err)
{
    const char *token;
    int r = hs_plugin_get(conf->plugin, &s->plugin, err);

    if (r == 0)
        r = read_options(&s->own->pool, conf, s->plugin, &s->own->options, err);
    if (r == 0)
        r = hs_token_value(&s->own->pool, token_for(conf, owner), &token, err);
    if (r < 0)
        return r;
    hs_redact_add(token);
    (void)hs_map_put(&s->own->options, "token", (void *)hs_text_copy(&s->own->pool, token));
    s->retry = *retry;
    r = set_gate(s, err);
    if (r == 0) {
        struct hub_limits none = {.size = sizeof none};
        hs_limits_copy(&s->own->pool, &none, &s->limits);
        if (!s->gate.is_local)
            s->site = hs_net_site(all->conf.net, &s->gate.endpoint);
        r = open_provider(s, loop, err);
    }
    if (r == 0) {
        apply_limits(s, all->conf.net, all->conf.half_budget);
        hs_name_rule_init(&s->own->names, s->limits.name_pattern);
    }
    return r;
}

static struct hs_session *new_session(const struct hs_hub_conf *conf)
{
    struct hs_session *s = hs_xcalloc(1, sizeof *s);

    s->own = hs_xcalloc(1, sizeof *s->own);
    s->conf = conf;
    s->account.pool = &s->own->pool;
    pthread_mutex_init(&s->own->lock, NULL);
    pthread_mutex_init(&s->own->account_lock, NULL);
    return s;
}

int hs_session_get(struct hs_sessions *all, struct hs_loop *loop, const char *hub,
                   const char *owner, const struct hs_retry *retry, struct hs_session **out,
                   struct hs_err *err)
{
    HUB_POOL(pool);
    const struct hs_hub_conf *conf = hs_conf_hub(all->conf.conf, hub);
    const char *key = NULL;
    struct entry *entry;
    int r = 0;

    if (!conf)
        return hs_fail(err, HS_ECONFIG, "no hub is called '%s'", hub);
    key = hub_pool_printf(&pool, "%s\n%s", hub, token_for(conf, owner) == &conf->token ? "" : owner);
    pthread_mutex_lock(&all->lock);
    entry = hs_map_get(&all->entries, key);
    if (!entry) {
        entry = hs_xcalloc(1, sizeof *entry);
        entry->session = new_session(conf);
        r = open_session(all, loop, conf, owner, retry, entry->session, &entry->err);
        if (r < 0) {
            free_session(entry->session);
            entry->session = NULL;
        }
        (void)hs_map_put(&all->entries, key, entry);
    }
    if (entry->session)
        *out = entry->session;
    else
        hs_err_copy(err, &entry->err), r = entry->err.status;
    pthread_mutex_unlock(&all->lock);
    return r;
}

/* ---- small answers ---- */
char *hs_session_manual(const struct hs_session *s, struct hub_pool *pool, enum hub_by_hand what,
                        const char *id)
{
    const struct hub_manual *const *all = s->limits.manual;

    for (size_t i = 0; all && all[i]; i++) {
        const char *at = all[i]->what == what ? strstr(all[i]->text, "{id}") : NULL;
        if (all[i]->what != what)
            continue;
        if (!at)
            return hub_pool_strdup(pool, all[i]->text);
        return hub_pool_printf(pool, "%.*s%s%s", (int)(at - all[i]->text), all[i]->text, id, at + 4);
    }
    return NULL;
}

void hs_session_commit_limits(const struct hs_session *s, uint32_t *items, uint64_t *bytes,
                              uint32_t *gap_ms)
{
    *items = __atomic_load_n(&s->limits.commit_items, __ATOMIC_RELAXED);
    *bytes = __atomic_load_n(&s->limits.commit_bytes, __ATOMIC_RELAXED);
    *gap_ms = __atomic_load_n(&s->limits.commit_gap_ms, __ATOMIC_RELAXED);
}

bool hs_session_takes_name(const struct hs_session *s, const char *name)
{
    return hs_name_rule_takes(&s->own->names, name);
}

const char *hs_session_site_key(const struct hs_session *s)
{
    return s->own->site_key;
}
