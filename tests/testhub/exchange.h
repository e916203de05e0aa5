/* One request on its way through the server: what request.h hides from the sites. */
#ifndef TH_EXCHANGE_H
#define TH_EXCHANGE_H

#include "fault.h"
#include "site.h"

#include <microhttpd.h>

struct th_listener;

struct th_pair {
    char *name, *value;
};

struct th_pairs {
    struct th_pair *items;
    size_t count;
};

void th_pairs_add(struct th_pairs *pairs, char *take_name, char *take_value);
const char *th_pairs_get(const struct th_pairs *pairs, const char *name); /* first of it, or NULL */
void th_pairs_clear(struct th_pairs *pairs);

enum th_reply_kind {
    TH_REPLY_NONE,
    TH_REPLY_BYTES,
    TH_REPLY_BLOB,
    TH_REPLY_RESET,
};

struct th_reply {
    enum th_reply_kind kind;
    unsigned status;
    struct th_pairs headers;
    unsigned char *bytes; /* BYTES */
    const struct th_blob *blob;
    uint64_t from, length; /* of the blob, or 0 and the count of bytes */
    uint32_t delay_ms;
};

struct th_exchange {
    struct th_req req;
    struct MHD_Connection *connection;
    struct th_listener *listener;
    uint64_t connection_number, seq;
    int64_t started_ms;
    char *path, *query, *method;
    struct th_pairs args, queries, scratch;
    cJSON *json;
    size_t body_room;
    bool is_json_parsed, is_started, is_handled, is_answered;
    struct th_effect effect;
    struct th_reply reply;
    uint64_t bytes_out, declared; /* body handed to the socket; what Content-Length said */
    const char *ended;
};

struct th_exchange *th_exchange_new(const char *uri);
void th_exchange_free(struct th_exchange *exchange);
/* Finds the route and fills args; false when none fits. */
bool th_exchange_route(struct th_exchange *exchange);
int th_exchange_socket(const struct th_exchange *exchange);
void th_reply_clear(struct th_reply *reply);

#endif
