/* What operators see of a running service beside its own programs: messages on webhooks, metrics in
 * Prometheus' text form, and health over HTTP.
 *
 * Nothing here fails a job: what cannot be sent is logged, kept in the store and tried again. */
#ifndef HS_OPS_OPS_H
#define HS_OPS_OPS_H
#include "conf/conf.h"
#include "data/json_out.h"
#include "net/net.h"
#include "store/store.h"

/* ---- alerts as texts ---- */
/* One object of the contract's `alerts`, and what the form `json` sends. */
void hs_alert_json(struct hs_out *j, const struct hs_alert_row *alert);
/* The body in that form: "json", "feishu", "dingtalk" or "wecom". */
void hs_webhook_body(const char *form, const struct hs_alert_row *alert, struct hub_text *out);
/* Does the answer (200 and this body) say that the message was taken? The three chat services answer
 * 200 with an error code. *why: the service's words, from the pool. */
bool hs_webhook_taken(const char *form, const char *body, size_t n_bytes, struct hub_pool *pool,
                      const char **why);

/* ---- webhooks ---- */
/* Tells each configured webhook what it was not told yet: an alert once when it opens and once when
 * it is resolved; not again within `dedupe` of the last message of the same (rule, repo, kind).
 * One try for each message and at most 10 s for each webhook that does not answer: the first
 * message that fails ends its round. Waits after failures are 1, 5, 30 min, 2 h, then 6 h, kept in
 * the store. Returns how many were sent. On the
 * thread of loop; the hooks are those of the configuration. */
size_t hs_webhooks_send(const struct hs_alert_conf *hooks, size_t n, struct hs_store *store,
                        struct hs_net *net, struct hs_loop *loop, int64_t now_ms);

/* ---- metrics: names and labels from closed lists, never a repo's name ---- */
struct hs_metrics; /* thread-safe; counters live as long as the process */
struct hs_metrics *hs_metrics_new(void);
void hs_metrics_free(struct hs_metrics *m);
/* Adds to a counter, or sets a gauge: hs_metrics_add(m, "hubsync_commits_total", "hub", "ms", NULL).
 * The names are those of metrics.tbl; others are HUB_EBUG and change nothing. Labels: name, value,
 * ..., NULL, in the table's order. */
int hs_metrics_add(struct hs_metrics *m, double value, const char *name, ...) __attribute__((sentinel));
int hs_metrics_set(struct hs_metrics *m, double value, const char *name, ...) __attribute__((sentinel));
/* Drops all series of a gauge, before it is set anew. */
void hs_metrics_forget(struct hs_metrics *m, const char *name);
void hs_metrics_print(struct hs_metrics *m, struct hub_text *out);

/* ---- health and metrics over HTTP ---- */
struct hs_status_server;
struct hs_status_pages { /* called on the server's thread */
    /* 0: ready; else why not, in words. */
    int (*ready)(void *ctx, struct hub_text *why);
    /* The text of /metrics. */
    void (*metrics)(void *ctx, struct hub_text *out);
    void *ctx;
};
/* listen: "127.0.0.1:9090", "[::1]:9090", ":9090" (loopback), "0.0.0.0:9090"; port 0: the kernel's
 * choice, see hs_status_server_port. GET and HEAD of /metrics, /livez, /readyz. */
int hs_status_server_start(const char *listen, const struct hs_status_pages *pages,
                           struct hs_status_server **out, struct hs_err *err);
unsigned hs_status_server_port(const struct hs_status_server *server);
void hs_status_server_stop(struct hs_status_server *server);
#endif
