/* From a reply to bytes on the socket, with the wire faults. They are made in the body's reader:
 * it runs in the connection's own thread, so it may wait, stop early, or reset the socket under the
 * library's feet; no relay in front is needed, and all of it works under TLS. */
#include "counters.h"
#include "exchange.h"
#include "hub.h"
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BLOCK_BYTES = 256 << 10, SLOW_STEPS_PER_S = 20 };

/* connect() to nowhere makes Linux forget the connection and send RST. */
enum MHD_Result th_reply_cut(struct th_exchange *exchange, const char *how)
{
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

    exchange->ended = how;
    (void)connect(th_exchange_socket(exchange), &nowhere, sizeof(nowhere));
    return MHD_NO;
}

static ssize_t end_body(struct th_exchange *exchange, bool wants_reset)
{
    if (wants_reset)
        (void)th_reply_cut(exchange, "reset");
    else
        exchange->ended = "cut";
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* How many of max bytes may go now; 0 when the body ends here. May wait. */
static size_t allowed_now(struct th_exchange *exchange, uint64_t position, size_t max)
{
    const struct th_effect *effect = &exchange->effect;
    uint64_t at = (uint64_t)th_json_int(effect->rule, "bytes", 0);
    uint64_t rate = (uint64_t)th_json_int(effect->rule, "bytes_per_s", 65536);
    int64_t ms = th_json_int(effect->rule, "ms", UINT32_MAX);
    size_t step;

    switch (effect->action) {
    case TH_ACT_CUT_AFTER:
        return position >= at ? 0 : max < at - position ? max : (size_t)(at - position);
    case TH_ACT_STALL:
        if (position < at)
            return max < at - position ? max : (size_t)(at - position);
        if (position > at)
            return max;
        return th_wait_ms(th_exchange_socket(exchange), (uint32_t)ms) ? max : 0;
    case TH_ACT_SLOW:
        step = rate / SLOW_STEPS_PER_S ? (size_t)(rate / SLOW_STEPS_PER_S) : 1;
        if (position && !th_wait_ms(th_exchange_socket(exchange), 1000 / SLOW_STEPS_PER_S))
            return 0;
        return max < step ? max : step;
    default:
        return max;
    }
}

static void flip(const struct th_effect *effect, uint64_t position, char *data, size_t length)
{
    uint64_t at = (uint64_t)th_json_int(effect->rule, "offset", 0);

    if (effect->action == TH_ACT_FLIP && at >= position && at < position + length)
        data[at - position] = (char)~data[at - position];
}

static ssize_t read_body(void *cls, uint64_t position, char *out, size_t max)
{
    struct th_exchange *exchange = cls;
    const struct th_reply *reply = &exchange->reply;
    bool wants_reset = th_json_bool(exchange->effect.rule, "reset", false);
    uint64_t left = reply->length > position ? reply->length - position : 0;
    long n;

    if (!left)
        return end_body(exchange, false);
    if (max > left)
        max = (size_t)left;
    max = allowed_now(exchange, position, max);
    if (!max)
        return end_body(exchange, wants_reset);
    if (reply->blob) {
        n = th_blob_read(reply->blob, reply->from + position, out, max);
    } else {
        memcpy(out, reply->bytes + position, max);
        n = (long)max;
    }
    if (n <= 0)
        return end_body(exchange, false);
    flip(&exchange->effect, position, out, (size_t)n);
    exchange->bytes_out += (uint64_t)n;
    if (exchange->req.site)
        th_counters_out(&exchange->req, (uint64_t)n);
    return n;
}

static bool is_dropped(const struct th_exchange *exchange, const char *header)
{
    const char *name = th_json_text(exchange->effect.rule, "header", "");

    return exchange->effect.action == TH_ACT_DROP_HEADER && !strcasecmp(name, header);
}

/* Small bodies go to the library as they are, unless something is to be done to them. */
static bool needs_reader(const struct th_exchange *exchange)
{
    switch (exchange->effect.action) {
    case TH_ACT_CUT_AFTER:
    case TH_ACT_STALL:
    case TH_ACT_SLOW:
    case TH_ACT_FLIP:
    case TH_ACT_WRONG_LENGTH:
        return true;
    default:
        return exchange->reply.kind == TH_REPLY_BLOB;
    }
}

static struct MHD_Response *new_response(struct th_exchange *exchange)
{
    const struct th_reply *reply = &exchange->reply;
    bool is_body_free = !strcmp(exchange->req.method ? exchange->req.method : "", "HEAD");
    uint64_t declared = reply->length;

    if (exchange->effect.action == TH_ACT_WRONG_LENGTH)
        declared += (uint64_t)th_json_int(exchange->effect.rule, "delta", 1);
    if (exchange->declared)
        declared = exchange->declared;
    if (needs_reader(exchange) && declared)
        return MHD_create_response_from_callback(
            declared, declared < BLOCK_BYTES ? (size_t)declared : BLOCK_BYTES, read_body, exchange,
            NULL);
    if (!is_body_free)
        exchange->bytes_out = reply->length;
    if (exchange->req.site)
        th_counters_out(&exchange->req, exchange->bytes_out);
    return MHD_create_response_from_buffer((size_t)reply->length, reply->bytes,
                                           MHD_RESPMEM_MUST_COPY);
}

enum MHD_Result th_reply_send(struct th_exchange *exchange)
{
    const struct th_reply *reply = &exchange->reply;
    struct MHD_Response *response = new_response(exchange);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < reply->headers.count; i++) {
        const struct th_pair *header = &reply->headers.items[i];

        if (!is_dropped(exchange, header->name))
            (void)MHD_add_response_header(response, header->name, header->value);
    }
    if (exchange->effect.action == TH_ACT_WRONG_LENGTH)
        (void)MHD_add_response_header(response, "Connection", "close");
    exchange->is_answered = true;
    if (exchange->req.site)
        th_counters_answer(&exchange->req, reply->status, exchange->req.received);
    result = MHD_queue_response(exchange->connection, reply->status, response);
    MHD_destroy_response(response);
    return result;
}

void th_reply_from_rule(struct th_exchange *exchange, unsigned fallback_status)
{
    static const char page[] =
        "<!DOCTYPE html><html><head><title>Request blocked</title></head><body><h1>Your request "
        "was blocked</h1><p>YUNWAF_CLIENT_UNCLASSIFIED</p></body></html>\n";
    const cJSON *rule = exchange->effect.rule, *header;
    const cJSON *body = cJSON_GetObjectItemCaseSensitive(rule, "body");
    unsigned status = (unsigned)th_json_int(rule, "status", fallback_status);
    struct th_req *req = &exchange->req;

    th_reply_clear(&exchange->reply);
    if (exchange->effect.action == TH_ACT_HTML)
        th_reply_text(req, status, "text/html; charset=utf-8", page);
    else if (exchange->effect.action == TH_ACT_EMPTY_BODY || !body)
        th_reply_empty(req, status);
    else if (cJSON_IsString(body))
        th_reply_text(req, status, th_json_text(rule, "content_type", "text/plain"),
                      body->valuestring);
    else
        th_reply_json(req, status, cJSON_Duplicate(body, true));
    if (cJSON_HasObjectItem(rule, "retry_after"))
        th_header(req, "Retry-After", "%lld", (long long)th_json_int(rule, "retry_after", 1));
    cJSON_ArrayForEach(header, cJSON_GetObjectItemCaseSensitive(rule, "headers"))
    {
        if (cJSON_IsString(header))
            th_header(req, header->string, "%s", header->valuestring);
    }
}
