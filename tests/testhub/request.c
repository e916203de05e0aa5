#include "exchange.h"

#include <stdlib.h>
#include <string.h>

void th_pairs_add(struct th_pairs *pairs, char *take_name, char *take_value)
{
    pairs->items = th_grow(pairs->items, (pairs->count + 1) * sizeof(*pairs->items));
    pairs->items[pairs->count++] = (struct th_pair){take_name, take_value};
}

const char *th_pairs_get(const struct th_pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (!strcmp(pairs->items[i].name, name))
            return pairs->items[i].value;
    return NULL;
}

void th_pairs_clear(struct th_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        free(pairs->items[i].name);
        free(pairs->items[i].value);
    }
    free(pairs->items);
    memset(pairs, 0, sizeof(*pairs));
}

static void split_query(struct th_exchange *exchange)
{
    const char *at = exchange->query;

    while (*at) {
        size_t length = strcspn(at, "&");
        size_t name = strcspn(at, "=&");
        const char *value = at + (name < length ? name + 1 : length);

        th_pairs_add(&exchange->queries, th_percent_decode(at, name, true),
                     th_percent_decode(value, length - (size_t)(value - at), true));
        at += length + (at[length] == '&');
    }
}

struct th_exchange *th_exchange_new(const char *uri)
{
    struct th_exchange *exchange = th_alloc(sizeof(*exchange));
    size_t path = strcspn(uri, "?");

    exchange->path = th_copy_n(uri, path);
    exchange->query = th_copy(uri[path] ? uri + path + 1 : "");
    exchange->ended = "ok";
    exchange->req.exchange = exchange;
    exchange->req.path = exchange->path;
    exchange->req.query = exchange->query;
    split_query(exchange);
    return exchange;
}

void th_exchange_free(struct th_exchange *exchange)
{
    if (!exchange)
        return;
    free(exchange->path);
    free(exchange->query);
    free(exchange->method);
    free(exchange->req.body);
    th_pairs_clear(&exchange->args);
    th_pairs_clear(&exchange->queries);
    th_pairs_clear(&exchange->scratch);
    cJSON_Delete(exchange->json);
    th_effect_clear(&exchange->effect);
    th_reply_clear(&exchange->reply);
    free(exchange);
}

int th_exchange_socket(const struct th_exchange *exchange)
{
    return MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
        ->connect_fd;
}

/* "{name}.git" against "demo.git": notes name=demo. Text without braces must be equal. */
static bool fits_segment(struct th_pairs *args, const char *pattern, size_t pattern_bytes,
                         const char *segment)
{
    const char *open = memchr(pattern, '{', pattern_bytes);
    const char *close = open ? memchr(open, '}', pattern_bytes - (size_t)(open - pattern)) : NULL;
    size_t head, tail, length = strlen(segment);

    if (!close)
        return length == pattern_bytes && !memcmp(pattern, segment, length);
    head = (size_t)(open - pattern);
    tail = (size_t)(pattern + pattern_bytes - close) - 1;
    if (length <= head + tail || memcmp(pattern, segment, head) != 0 ||
        memcmp(close + 1, segment + length - tail, tail) != 0)
        return false;
    th_pairs_add(args, th_copy_n(open + 1, (size_t)(close - open) - 1),
                 th_copy_n(segment + head, length - head - tail));
    return true;
}

static bool fits_path(struct th_pairs *args, const char *pattern, const char *path)
{
    while (*pattern == '/' && *path == '/') {
        size_t pattern_bytes = strcspn(++pattern, "/");
        size_t path_bytes = strcspn(++path, "/");
        const char *dots = memmem(pattern, pattern_bytes, "...}", 4);
        char *segment;
        bool fits;

        if (dots) {
            segment = th_percent_decode(path, strlen(path), false);
            th_pairs_add(args, th_copy_n(pattern + 1, (size_t)(dots - pattern) - 1), segment);
            return *segment != 0;
        }
        segment = th_percent_decode(path, path_bytes, false);
        fits = fits_segment(args, pattern, pattern_bytes, segment);
        free(segment);
        if (!fits)
            return false;
        pattern += pattern_bytes;
        path += path_bytes;
    }
    return !*pattern && !*path;
}

/* list: "GET|HEAD". */
static bool is_listed(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (!strncmp(at, word, length) && (at[length] == 0 || at[length] == '|'))
            return true;
    }
    return false;
}

bool th_exchange_route(struct th_exchange *exchange)
{
    const struct th_req *req = &exchange->req;

    for (const struct th_route *route = req->site->routes; route->pattern; route++) {
        if (!is_listed(route->plane, req->plane->name) || !is_listed(route->method, req->method))
            continue;
        if (fits_path(&exchange->args, route->pattern, req->path)) {
            exchange->req.route = route;
            return true;
        }
        th_pairs_clear(&exchange->args);
    }
    return false;
}

const char *th_req_arg(const struct th_req *req, const char *name)
{
    const char *value = th_pairs_get(&req->exchange->args, name);

    return value ? value : "";
}

const char *th_req_query(const struct th_req *req, const char *name)
{
    return th_pairs_get(&req->exchange->queries, name);
}

int64_t th_req_query_int(const struct th_req *req, const char *name, int64_t fallback)
{
    const char *text = th_req_query(req, name);
    char *end;
    long long value;

    if (!text || !*text)
        return fallback;
    value = strtoll(text, &end, 10);
    return *end ? fallback : value;
}

const char *th_req_header(const struct th_req *req, const char *name)
{
    return MHD_lookup_connection_value(req->exchange->connection, MHD_HEADER_KIND, name);
}

const cJSON *th_req_json(struct th_req *req)
{
    struct th_exchange *exchange = req->exchange;

    if (!exchange->is_json_parsed && req->body)
        exchange->json = cJSON_ParseWithLength(req->body, req->body_bytes);
    exchange->is_json_parsed = true;
    return exchange->json;
}

const char *th_req_bearer(const struct th_req *req)
{
    const char *value = th_req_header(req, "Authorization");

    return value && !strncasecmp(value, "Bearer ", 7) ? value + 7 : NULL;
}

/* Text that lives as long as the request. */
static const char *keep(const struct th_req *req, char *take)
{
    th_pairs_add(&req->exchange->scratch, NULL, take);
    return take;
}

const char *th_req_cookie(const struct th_req *req, const char *name)
{
    const char *at = th_req_header(req, "Cookie");
    size_t length = strlen(name);

    while (at && *at) {
        at += strspn(at, "; ");
        if (!strncmp(at, name, length) && at[length] == '=') {
            at += length + 1;
            return keep(req, th_copy_n(at, strcspn(at, ";")));
        }
        at += strcspn(at, ";");
    }
    return NULL;
}

static char *basic_text(const struct th_req *req)
{
    const char *value = th_req_header(req, "Authorization");
    size_t length;

    if (!value || strncasecmp(value, "Basic ", 6) != 0)
        return NULL;
    return (char *)th_base64_decode(value + 6, &length);
}

const char *th_req_basic_password(const struct th_req *req)
{
    char *text = basic_text(req), *colon = text ? strchr(text, ':') : NULL;
    const char *password = colon ? keep(req, th_copy(colon + 1)) : NULL;

    free(text);
    return password;
}

const char *th_req_basic_user(const struct th_req *req)
{
    char *text = basic_text(req);

    if (!text)
        return NULL;
    text[strcspn(text, ":")] = 0;
    return keep(req, text);
}

const cJSON *th_behave(const struct th_req *req, const char *name)
{
    return th_fault_behaviour(req, name);
}
