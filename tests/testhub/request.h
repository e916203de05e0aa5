/* One HTTP request and its reply, as a handler sees them. */
#ifndef TH_REQUEST_H
#define TH_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;
struct th_assembly;
struct th_blob;
struct th_plane;
struct th_route;
struct th_site;

struct th_req {
    const struct th_site *site; /* NULL on the admin listener */
    const struct th_plane *plane;
    const struct th_route *route;
    const char *method;
    const char *path;  /* as sent, still percent-encoded, no query */
    const char *query; /* as sent, without '?'; "" when none */
    /* A body that is not streamed; NUL-terminated behind its end. */
    char *body;
    size_t body_bytes;
    /* A streamed body: where it went (by the route's begin), how much came. */
    struct th_assembly *assembly;
    uint64_t assembly_offset; /* set by begin: the body's place in the object */
    uint64_t received;
    bool is_chunked; /* came with Transfer-Encoding: chunked */
    void *own;       /* free for the handler's use between begin and handle; not freed by us */
    struct th_exchange *exchange; /* the server's side */
};

/* A `{name}` of the route's pattern, percent-decoded; "" when the pattern has none. Borrowed. */
const char *th_req_arg(const struct th_req *req, const char *name);
/* A query parameter, decoded; NULL when absent. Names match exactly. Borrowed. */
const char *th_req_query(const struct th_req *req, const char *name);
int64_t th_req_query_int(const struct th_req *req, const char *name, int64_t fallback);
/* A request header; NULL when absent. Borrowed. */
const char *th_req_header(const struct th_req *req, const char *name);
/* The body as JSON, parsed once; NULL when it is none. Borrowed. */
const struct cJSON *th_req_json(struct th_req *req);

/* Credentials; NULL when absent. Borrowed. */
const char *th_req_bearer(const struct th_req *req);
const char *th_req_cookie(const struct th_req *req, const char *name);
const char *th_req_basic_password(const struct th_req *req);
const char *th_req_basic_user(const struct th_req *req);

/* "http://cdn.localhost:41234", no slash at the end; "" for an unknown plane. Borrowed. */
const char *th_base(const struct th_req *req, const char *plane);
/* Now, in epoch seconds, with the offset of POST /clock. */
int64_t th_now(void);
/* A 32-digit signature over text, for addresses; only this run can make it. */
void th_sign(const char *text, char out[33]);
/* 32 hex digits, different for each call (request ids, upload ids). */
void th_fresh_id(char out[33]);

/* The site's knobs: from the seed's "knobs" and POST /knob. Text is borrowed. */
int64_t th_knob_int(const struct th_req *req, const char *name, int64_t fallback);
bool th_knob_bool(const struct th_req *req, const char *name, bool fallback);
const char *th_knob_text(const struct th_req *req, const char *name, const char *fallback);

/* The rule of a fault {"behaviour": name} that matches this request now, else NULL. Counts as a
 * match: ask once, and only where the behaviour would show. Borrowed, for its parameters. */
const struct cJSON *th_behave(const struct th_req *req, const char *name);

/* Notes an object upload for GET /counters: so many bytes came for oid. For one part of a multipart
 * upload give "<oid>#<part number>": parts are shown together, duplicates are found part by part.
 */
void th_count_put(const struct th_req *req, const char *oid, uint64_t bytes);
/* Adds one to a named counter of the site ("events" in GET /counters). */
void th_count_event(const struct th_req *req, const char *name);

/* --- the reply: call exactly one th_reply_*, th_header before or after it --- */

void th_header(struct th_req *req, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void th_reply_json(struct th_req *req, unsigned status, struct cJSON *take_body);
void th_reply_text(struct th_req *req, unsigned status, const char *content_type, const char *body);
void th_reply_bytes(struct th_req *req, unsigned status, const char *content_type, const void *body,
                    size_t length);
void th_reply_empty(struct th_req *req, unsigned status);
void th_reply_redirect(struct th_req *req, unsigned status, const char *location);

enum th_range_mode {
    TH_RANGE_206,     /* as the standard says: 206 and Content-Range, 416 beyond the end */
    TH_RANGE_200,     /* status 200 with the slice and Content-Range */
    TH_RANGE_IGNORED, /* the whole, 200 */
};
/* The blob's bytes, honouring the request's Range (and HEAD) by mode. Streams after the handler
 * has returned, without the lock. */
void th_reply_blob(struct th_req *req, const struct th_blob *blob, enum th_range_mode mode);
/* Content-Length shall say so (> 0), whatever the blob's reply really has; then it breaks off. */
void th_reply_declare(struct th_req *req, uint64_t length);
/* After th_reply_blob: the body breaks off after so many bytes. */
void th_reply_stop_after(struct th_req *req, uint64_t bytes);
/* No answer at all: the connection is reset. */
void th_reply_reset(struct th_req *req);
/* Hold the answer back for so long (the client may leave; the program's end wakes it). */
void th_reply_after_ms(struct th_req *req, uint32_t delay_ms);

#endif
