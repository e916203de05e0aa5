/* Sending alerts. A message is a call of its own, with one try: what failed waits in the store. */
#include "base/log.h"
#include "data/hash.h"
#include "net/redact.h"
#include "ops/ops.h"

#include "base/banned.h"

enum { TIMEOUT_MS = 10000, BODY_MAX = 64 * 1024 };

static int level_rank(const char *level)
{
    static const char *const levels[] = {"info", "warn", "error", "critical"};

    for (int i = 0; i < 4; i++)
        if (strcmp(levels[i], level) == 0)
            return i;
    return 1;
}

static int64_t wait_after(uint32_t tries)
{
    static const int64_t minutes[] = {1, 5, 30, 120, 360};
    size_t n = sizeof minutes / sizeof *minutes;

    return minutes[tries < n ? tries : n - 1] * 60 * 1000;
}

/* The address is a secret: the store knows the channel by a hash, the log by its number. */
static const char *channel_of(struct hub_pool *pool, const struct hs_alert_conf *hook)
{
    char hex[HS_SHA256_HEX];

    hs_sha256_of(hook->webhook, strlen(hook->webhook), hex);
    return hub_pool_printf(pool, "webhook %.16s", hex);
}

static int set_gate(struct hub_pool *pool, const char *url, struct hs_gate *gate, struct hs_err *err)
{
    int r = hs_url_parse(pool, url, &gate->endpoint, err);

    if (r < 0)
        return r;
    if (gate->endpoint.scheme == HS_FILE)
        return hs_fail(err, HS_ECONFIG, "a webhook is an http or https address");
    gate->place = hs_host_place(gate->endpoint.host);
    gate->allow_http = true; /* the operator wrote the address */
    gate->ca_file = "";
    return 0;
}

static int post(struct hs_net *net, struct hs_loop *loop, const struct hs_alert_conf *hook,
                const struct hs_alert_row *alert, struct hs_err *err)
{
    static const char *const headers[] = {"Content-Type: application/json; charset=utf-8", NULL};
    HUB_POOL(pool);
    HUB_TEXT(body);
    struct hs_gate gate = {.root = ""};
    struct hs_answer answer = {.guess = 0};
    struct hub_request request = {.size = sizeof request,
                                  .flags = HUB_HTTP1,
                                  .timeout_ms = TIMEOUT_MS,
                                  .method = "POST",
                                  .url = hook->webhook,
                                  .headers = headers};
    struct hs_call call = {.gate = &gate,
                           .cost = HS_COST_STORAGE,
                           .request = &request,
                           .retry = {.attempts = 1, .max_wait_ms = 1},
                           .limit_bytes = BODY_MAX};
    const char *why = "";
    int r = set_gate(&pool, hook->webhook, &gate, err);

    if (r < 0)
        return r;
    hs_redact_add(gate.endpoint.path); /* whoever knows it can send */
    hs_webhook_body(hook->form, alert, &body);
    if (body.failed)
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    request.body = body.data;
    request.body_bytes = body.n_bytes;
    call.site = hs_net_site(net, &gate.endpoint);
    r = hs_loop_call(loop, &call, &answer, err);
    if (r == 0 && !hs_webhook_taken(hook->form, answer.reply.body, answer.reply.body_bytes, &pool, &why))
        r = hs_fail(err, HUB_EREFUSED, "the message was not taken: %s", why);
    hs_answer_clear(&answer);
    return r;
}

static bool is_worth_telling(const struct hs_alert_conf *hook, const struct hs_send_row *row, int64_t now_ms)
{
    if (level_rank(row->alert.level) < level_rank(hook->min))
        return false;
    return strcmp(row->alert.state, "resolved") == 0 || !hook->dedupe_ms || !row->last_sent_ms ||
           now_ms - row->last_sent_ms >= hook->dedupe_ms || now_ms < row->last_sent_ms;
}

static size_t send_due(const struct hs_alert_conf *hook, size_t number, struct hs_store *store,
                       struct hs_net *net, struct hs_loop *loop, int64_t now_ms)
{
    HUB_POOL(pool);
    const char *channel = channel_of(&pool, hook);
    struct hs_send_row *rows = NULL;
    size_t n = 0, n_sent = 0;
    HS_ERR(err);
    int r = hs_store_sends_due(store, &pool, channel, now_ms, &rows, &n, &err);

    for (size_t i = 0; r == 0 && i < n; i++) {
        const struct hs_alert_row *alert = &rows[i].alert;
        bool is_told = is_worth_telling(hook, &rows[i], now_ms);
        HS_ERR(one);
        if (is_told && post(net, loop, hook, alert, &one) < 0) {
            hs_logf(HS_LOG_WARN, "webhook_failed", "webhook %zu: %s: %s; it is tried again later", number,
                    alert->kind, hs_err_text(&one));
            r = hs_store_send_failed(store, channel, alert->id, now_ms + wait_after(rows[i].tries), &err);
            break;
        }
        r = hs_store_send_done(store, channel, alert, !is_told, now_ms, &err);
        n_sent += is_told && r == 0;
    }
    if (r < 0)
        hs_logf(HS_LOG_WARN, "webhook_failed", "webhook %zu: %s", number, hs_err_text(&err));
    return n_sent;
}

size_t hs_webhooks_send(const struct hs_alert_conf *hooks, size_t n, struct hs_store *store,
                        struct hs_net *net, struct hs_loop *loop, int64_t now_ms)
{
    size_t n_sent = 0;

    for (size_t i = 0; i < n && !hs_net_is_canceled(net); i++)
        n_sent += send_due(&hooks[i], i + 1, store, net, loop, now_ms);
    return n_sent;
}
