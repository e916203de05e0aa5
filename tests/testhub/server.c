#include "server.h"
#include "counters.h"
#include "edit.h"
#include "exchange.h"
#include "hub.h"
#include "listener.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_ullong last_seq;

void *th_server_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct th_exchange *exchange = th_exchange_new(uri);

    exchange->listener = cls;
    exchange->connection = connection;
    return exchange;
}

static bool has_credentials(const struct th_req *req)
{
    return th_req_header(req, "Authorization") || th_req_header(req, "Cookie");
}

/* A rule with request_bytes waits for the body; th_server_answer looks again as it comes. */
static bool is_before_body(const struct th_effect *effect)
{
    switch (effect->action) {
    case TH_ACT_RESET:
    case TH_ACT_CLOSE:
    case TH_ACT_HANG:
        return th_json_int(effect->rule, "request_bytes", 0) == 0;
    case TH_ACT_EARLY:
        return true;
    default:
        return false;
    }
}

static bool replaces_handler(enum th_action action)
{
    return action == TH_ACT_STATUS || action == TH_ACT_HTML || action == TH_ACT_EMPTY_BODY;
}

static enum MHD_Result break_off(struct th_exchange *exchange)
{
    const struct th_effect *effect = &exchange->effect;
    int64_t ms = th_json_int(effect->rule, "ms", UINT32_MAX);

    th_counters_answer(&exchange->req, 0, exchange->req.received);
    exchange->is_answered = true;
    if (effect->action == TH_ACT_HANG)
        (void)th_wait_ms(th_exchange_socket(exchange), (uint32_t)ms);
    if (effect->action == TH_ACT_RESET)
        return th_reply_cut(exchange, "reset");
    exchange->ended = "cut";
    return MHD_NO;
}

static enum MHD_Result answer_early(struct th_exchange *exchange)
{
    th_reply_from_rule(exchange, 400);
    th_header(&exchange->req, "Connection", "close");
    return th_reply_send(exchange);
}

static enum MHD_Result begin(struct th_exchange *exchange, struct MHD_Connection *connection,
                             const char *method)
{
    struct th_req *req = &exchange->req;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const char *coding;

    exchange->is_started = true;
    exchange->method = th_copy(method);
    exchange->seq = atomic_fetch_add(&last_seq, 1) + 1;
    exchange->started_ms = th_ticks_ms();
    exchange->connection_number = (uintptr_t)info->socket_context;
    req->method = exchange->method;
    req->site = exchange->listener->site;
    req->plane = exchange->listener->plane;
    coding = th_req_header(req, "Transfer-Encoding");
    req->is_chunked = coding && strcasestr(coding, "chunked");
    if (!req->site)
        return MHD_YES;
    (void)th_exchange_route(exchange);
    th_counters_request(req, !req->plane->takes_credentials && has_credentials(req),
                        exchange->listener->is_bad_tls);
    th_lock();
    th_fault_match(req, &exchange->effect);
    if (req->route && req->route->begin && !replaces_handler(exchange->effect.action) &&
        !is_before_body(&exchange->effect))
        req->route->begin(req);
    th_unlock();
    if (exchange->effect.action == TH_ACT_EARLY)
        return answer_early(exchange);
    return is_before_body(&exchange->effect) ? break_off(exchange) : MHD_YES;
}

/* False when the body is larger than any JSON we take. */
static bool take_body(struct th_exchange *exchange, const char *data, size_t length)
{
    struct th_req *req = &exchange->req;

    if (req->assembly)
        th_assembly_write(req->assembly, req->assembly_offset + req->received, data, length);
    req->received += length;
    if (req->route && req->route->begin)
        return true;
    if (req->received > TH_JSON_BODY_MAX)
        return false;
    if (req->body_bytes + length >= exchange->body_room) {
        exchange->body_room = 2 * (req->body_bytes + length) + 1;
        req->body = th_grow(req->body, exchange->body_room);
    }
    memcpy(req->body + req->body_bytes, data, length);
    req->body_bytes += length;
    req->body[req->body_bytes] = 0;
    return true;
}

static bool is_body_fault_due(const struct th_exchange *exchange)
{
    int64_t at = th_json_int(exchange->effect.rule, "request_bytes", 0);

    return at > 0 && exchange->req.received >= (uint64_t)at;
}

static void handle(struct th_exchange *exchange)
{
    struct th_req *req = &exchange->req;

    if (!req->site) {
        th_admin_handle(exchange);
    } else if (req->route) {
        req->route->handle(req);
    } else if (req->site->not_found) {
        req->site->not_found(req);
    } else {
        th_reply_text(req, 404, "text/plain", "404 page not found\n");
    }
    if (exchange->reply.kind == TH_REPLY_NONE)
        th_reply_text(req, 500, "text/plain", "testhub: the handler gave no reply\n");
}

/* Until the rules are taken back, or nobody waits any more. */
static void hold(const struct th_exchange *exchange)
{
    enum { LOOK_MS = 20 };
    bool is_held = true;

    while (is_held && th_wait_ms(th_exchange_socket(exchange), LOOK_MS)) {
        th_lock();
        is_held = th_fault_round() == exchange->effect.round;
        th_unlock();
    }
}

static enum MHD_Result finish(struct th_exchange *exchange)
{
    enum th_action action = exchange->effect.action;
    uint32_t delay_ms;

    if (replaces_handler(action)) {
        th_reply_from_rule(exchange, action == TH_ACT_HTML ? 403 : 200);
        return th_reply_send(exchange);
    }
    if (action == TH_ACT_HOLD)
        hold(exchange);
    th_lock();
    exchange->is_handled = true;
    handle(exchange);
    th_edit_reply(exchange);
    th_unlock();
    delay_ms = exchange->reply.delay_ms;
    if (action == TH_ACT_DELAY)
        delay_ms = (uint32_t)th_json_int(exchange->effect.rule, "ms", 1000);
    if (delay_ms)
        (void)th_wait_ms(th_exchange_socket(exchange), delay_ms);
    if (action == TH_ACT_APPLY_THEN_DROP || exchange->reply.kind == TH_REPLY_RESET) {
        exchange->is_answered = true;
        if (exchange->req.site)
            th_counters_answer(&exchange->req, 0, exchange->req.received);
        return th_reply_cut(exchange, "reset");
    }
    if (action == TH_ACT_AFTER_APPLY_STATUS)
        th_reply_from_rule(exchange, 500);
    return th_reply_send(exchange);
}

enum MHD_Result th_server_answer(void *cls, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *upload_data,
                                 size_t *upload_data_size, void **req_cls)
{
    struct th_exchange *exchange = *req_cls;

    (void)cls;
    (void)url;
    (void)version;
    if (!exchange->is_started)
        return begin(exchange, connection, method);
    if (!*upload_data_size)
        return exchange->is_answered ? MHD_YES : finish(exchange);
    if (!take_body(exchange, upload_data, *upload_data_size))
        return MHD_NO;
    *upload_data_size = 0;
    return is_body_fault_due(exchange) ? break_off(exchange) : MHD_YES;
}

void th_server_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
                         enum MHD_RequestTerminationCode code)
{
    struct th_exchange *exchange = *req_cls;

    (void)cls;
    (void)connection;
    if (!exchange)
        return;
    if (code != MHD_REQUEST_TERMINATED_COMPLETED_OK && !strcmp(exchange->ended, "ok"))
        exchange->ended = "cut";
    if (exchange->is_started && exchange->req.site) {
        th_lock();
        if (!exchange->is_handled && exchange->req.assembly && exchange->req.site->abandoned)
            exchange->req.site->abandoned(&exchange->req);
        th_unlock();
        th_log_exchange(exchange);
    }
    th_exchange_free(exchange);
    *req_cls = NULL;
}
