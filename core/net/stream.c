#include "net/stream.h"
#include <string.h>
#include "net/hop.h"
#include "net/loop.h"
#include "net/redact.h"
#include "net/site.h"
#include "base/banned.h"

/* ---- making one ---- */
static const char *const *copy_list(struct hub_pool *pool, const char *const *list)
{
    const char **copy;
    size_t n = 0;

    while (list && list[n])
        n++;
    copy = hub_pool_alloc(pool, n + 1, sizeof *copy);
    for (size_t i = 0; copy && i < n; i++) {
        copy[i] = hub_pool_strdup(pool, list[i]);
        if (!copy[i])
            return NULL;
    }
    return copy;
}

static bool copy_request(struct hs_stream *s, const struct hub_request *from)
{
    s->request = (struct hub_request){.size = sizeof s->request,
                                      .flags = from->flags,
                                      .timeout_ms = from->timeout_ms,
                                      .method = hub_pool_strdup(&s->pool, from->method),
                                      .url = hub_pool_strdup(&s->pool, from->url ? from->url : ""),
                                      .headers = copy_list(&s->pool, from->headers),
                                      .secrets = copy_list(&s->pool, from->secrets),
                                      .body = from->body,
                                      .body_bytes = from->body_bytes};
    if (!from->method || !*from->method)
        s->request.method = "GET";
    return s->request.method && s->request.url && s->request.headers && s->request.secrets;
}

struct hs_stream *hs_stream_new(struct hs_loop *loop, const struct hs_stream_conf *conf)
{
    struct hs_stream *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->loop = loop;
    s->conf = *conf;
    s->attempt = 1;
    s->limit_bytes = HS_STREAM_REPLY_MAX;
    s->answer.retry_after_ms = -1;
    if (!copy_request(s, conf->request)) {
        hub_pool_clear(&s->pool);
        free(s);
        return NULL;
    }
    s->conf.request = &s->request;
    for (size_t i = 0; s->request.secrets[i]; i++)
        hs_redact_add_header(s->request.secrets[i]);
    hs_loop_add(loop, s);
    return s;
}

static void leave_site(struct hs_stream *s)
{
    if (s->has_slot)
        hs_site_slot_give(s->conf.site);
    s->has_slot = false;
}

void hs_stream_free(struct hs_stream *s)
{
    if (!s)
        return;
    hs_hop_drop(s);
    leave_site(s);
    hs_loop_remove(s->loop, s);
    hs_headers_clear(&s->headers);
    hs_answer_clear(&s->answer);
    hs_err_clear(&s->err);
    hub_pool_clear(&s->pool);
    free(s);
}

/* ---- where it goes ---- */
static bool has_method(const struct hs_stream *s, const char *method)
{
    return strcmp(s->request.method, method) == 0;
}

/* The first hop must be allowed to see the secrets if there are any; a later one sees them only if
 * every hop so far was a credential host. */
void hs_stream_aim(struct hs_stream *s, const char *url)
{
    const struct hs_gate *gate = s->conf.gate;
    bool is_first = s->redirects == 0, has_secret = s->request.secrets[0] != NULL;
    const char *origin;
    int r = hs_gate_pass(gate, url, is_first && has_secret, &s->at, &s->pool, &s->err);

    if (r == 0 && s->at.scheme == HS_FILE)
        r = hs_fail(&s->err, HUB_ECORRUPT, "file: is not asked over the network");
    origin = r == 0 ? hs_url_origin(&s->pool, &s->at) : NULL;
    s->url = hub_pool_strdup(&s->pool, url);
    if (r == 0 && (!origin || !s->url))
        r = hs_fail(&s->err, HUB_ENOMEM, "out of memory");
    if (r < 0) {
        hs_redact_err(&s->err);
        hs_stream_end(s, r);
        return;
    }
    s->where = hub_pool_printf(&s->pool, "%s %s%.*s", s->request.method, origin,
                               (int)strcspn(s->at.path, "?#"), s->at.path);
    s->is_shown_secret =
        is_first ? has_secret : s->is_shown_secret && hs_gate_is_credential_host(gate, &s->at);
    s->is_at_endpoint =
        strcmp(s->at.host, gate->endpoint.host) == 0 && s->at.port == gate->endpoint.port;
    s->stage = HS_STAGE_WAITING;
}

/* ---- its end ---- */
int hs_stream_fail(struct hs_stream *s, int status, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)hs_vfail(&s->err, status, fmt, args);
    va_end(args);
    (void)hs_prefix(&s->err, "%s: ", s->where ? s->where : s->request.method);
    hs_redact_err(&s->err);
    return status;
}

void hs_stream_end(struct hs_stream *s, int status)
{
    hs_hop_drop(s);
    leave_site(s);
    s->status = status;
    s->stage = HS_STAGE_ENDED;
    s->loop->is_busy = true;
}

/* ---- what callers see ---- */
struct hs_stream *hs_stream_start(struct hs_loop *loop, const struct hs_stream_conf *conf)
{
    struct hs_stream *s = hs_stream_new(loop, conf);

    if (!s)
        return NULL;
    s->has_upload = !has_method(s, "GET") && !has_method(s, "HEAD");
    s->is_download = !s->has_upload;
    hs_stream_aim(s, s->request.url);
    return s;
}

void hs_stream_resume(struct hs_stream *s)
{
    if (!s->is_paused)
        return;
    s->wants_resume = true;
    s->loop->is_busy = true;
}

void hs_stream_cut(struct hs_stream *s)
{
    if (!s)
        return;
    if (!s->loop->is_in_curl) {
        hs_stream_free(s);
        return;
    }
    s->is_cut = true;
    s->loop->is_busy = true;
}
