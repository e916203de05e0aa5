#include "exchange.h"
#include "hub.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void th_reply_clear(struct th_reply *reply)
{
    th_pairs_clear(&reply->headers);
    free(reply->bytes);
    memset(reply, 0, sizeof(*reply));
}

void th_header(struct th_req *req, const char *name, const char *format, ...)
{
    char *value = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&value, format, args) < 0)
        abort();
    va_end(args);
    th_pairs_add(&req->exchange->reply.headers, th_copy(name), value);
}

static struct th_reply *set_bytes(struct th_req *req, unsigned status, const void *body,
                                  size_t length)
{
    struct th_reply *reply = &req->exchange->reply;

    free(reply->bytes);
    reply->bytes = th_alloc(length);
    if (length)
        memcpy(reply->bytes, body, length);
    reply->kind = TH_REPLY_BYTES;
    reply->status = status;
    reply->blob = NULL;
    reply->from = 0;
    reply->length = length;
    return reply;
}

void th_reply_bytes(struct th_req *req, unsigned status, const char *content_type, const void *body,
                    size_t length)
{
    (void)set_bytes(req, status, body, length);
    if (content_type)
        th_header(req, "Content-Type", "%s", content_type);
}

void th_reply_text(struct th_req *req, unsigned status, const char *content_type, const char *body)
{
    th_reply_bytes(req, status, content_type, body, strlen(body));
}

void th_reply_json(struct th_req *req, unsigned status, cJSON *take_body)
{
    char *text = cJSON_PrintUnformatted(take_body);

    th_reply_text(req, status, "application/json; charset=utf-8", text ? text : "null");
    cJSON_free(text);
    cJSON_Delete(take_body);
}

void th_reply_empty(struct th_req *req, unsigned status)
{
    (void)set_bytes(req, status, "", 0);
}

void th_reply_redirect(struct th_req *req, unsigned status, const char *location)
{
    th_reply_empty(req, status);
    th_header(req, "Location", "%s", location);
}

void th_reply_reset(struct th_req *req)
{
    req->exchange->reply.kind = TH_REPLY_RESET;
}

void th_reply_after_ms(struct th_req *req, uint32_t delay_ms)
{
    req->exchange->reply.delay_ms = delay_ms;
}

void th_reply_declare(struct th_req *req, uint64_t length)
{
    req->exchange->declared = length;
}

void th_reply_stop_after(struct th_req *req, uint64_t bytes)
{
    struct th_reply *reply = &req->exchange->reply;

    if (bytes >= reply->length)
        return;
    req->exchange->declared = reply->length;
    reply->length = bytes;
}

struct range {
    uint64_t first, last; /* inclusive */
    bool is_open;         /* "bytes=N-" */
};

/* 1: a range; 0: none, or one to be ignored; -1: beyond the end. */
static int parse_range(const char *text, uint64_t size, struct range *range)
{
    char *end;

    if (!text || strncmp(text, "bytes=", 6) != 0 || strchr(text, ','))
        return 0;
    text += 6;
    if (*text == '-') {
        uint64_t count = strtoull(text + 1, &end, 10);

        if (end == text + 1 || *end)
            return 0;
        range->first = count < size ? size - count : 0;
        range->last = size ? size - 1 : 0;
        return count && size ? 1 : -1;
    }
    range->first = strtoull(text, &end, 10);
    if (end == text || *end != '-')
        return 0;
    range->is_open = end[1] == 0;
    range->last = range->is_open ? UINT64_MAX : strtoull(end + 1, NULL, 10);
    if (range->last < range->first)
        return 0;
    if (range->first >= size)
        return -1;
    if (range->last >= size)
        range->last = size - 1;
    return 1;
}

/* The rules that tamper with a range. told is what Content-Range will say. */
static void tamper(const struct th_effect *effect, uint64_t size, struct range *range,
                   struct range *told)
{
    uint64_t by = (uint64_t)th_json_int(effect->rule, "by", 1);
    uint64_t most = (uint64_t)th_json_int(effect->rule, "bytes", 1);

    *told = *range;
    if (effect->action == TH_ACT_CLAMP_RANGE && range->last - range->first + 1 > most && most) {
        range->last = range->first + most - 1;
        *told = *range;
    } else if (effect->action == TH_ACT_SHIFT_RANGE || effect->action == TH_ACT_LIE_RANGE) {
        if (range->first + by < size)
            range->first += by;
        range->last = range->last + by < size ? range->last + by : size - 1;
        if (effect->action == TH_ACT_SHIFT_RANGE)
            *told = *range;
    }
}

void th_reply_blob(struct th_req *req, const struct th_blob *blob, enum th_range_mode mode)
{
    const struct th_effect *effect = &req->exchange->effect;
    struct th_reply *reply = &req->exchange->reply;
    struct range range = {0}, told;
    int found = parse_range(th_req_header(req, "Range"), blob->size, &range);

    if (blob->kind == TH_BLOB_HASH_ONLY) {
        th_reply_text(req, 500, "text/plain", "testhub: this object was hashed and not kept\n");
        return;
    }
    if (effect->action == TH_ACT_IGNORE_RANGE || mode == TH_RANGE_IGNORED)
        found = 0;
    if (found < 0) {
        th_reply_empty(req, 416);
        th_header(req, "Content-Range", "bytes */%llu", (unsigned long long)blob->size);
        return;
    }
    reply->kind = TH_REPLY_BLOB;
    reply->status = 200;
    reply->blob = blob;
    reply->from = 0;
    reply->length = blob->size;
    if (mode == TH_RANGE_206)
        th_header(req, "Accept-Ranges", "bytes");
    if (!found)
        return;
    tamper(effect, blob->size, &range, &told);
    if (mode == TH_RANGE_206 && effect->action != TH_ACT_RANGE_200)
        reply->status = 206;
    reply->from = range.first;
    reply->length = range.last - range.first + 1;
    th_header(req, "Content-Range", "bytes %llu-%llu/%llu", (unsigned long long)told.first,
              (unsigned long long)told.last, (unsigned long long)blob->size);
}
