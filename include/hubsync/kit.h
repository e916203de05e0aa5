/* hubsync/kit.h - what most providers need: memory for one call, strict JSON, URLs, times, LFS.
 *
 * libhubsync-kit.a is linked hidden into every plugin (and into the engine): nothing of it crosses
 * the ABI. All functions are thread-safe on different objects; none sends a request, prints or
 * keeps global state.
 *
 * memory  A pool owns everything that the kit hands out, until hub_pool_clear. One pool a call:
 *             HUB_POOL(pool);                      cleared when it goes out of scope
 *         Out of memory ends no process: a pool function answers NULL, and every kit function takes
 *         NULL for what failed before and fails in turn, so one check at the end is enough.
 * errors  0 or a negative enum hub_status; where a message is worth reading it goes to *why, a text
 *         in the pool or a literal ("" if none): return hub_fail(op, r, "%s", why).
 */
#ifndef HUB_KIT_H
#define HUB_KIT_H
#include "provider.h"
#include <stdarg.h>
#include <stdbool.h>

/* ---- memory and text ---- */
struct hub_pool {
    struct hub_pool_block *newest;
    size_t held_bytes;
};
#define HUB_POOL(name) \
    struct hub_pool name __attribute__((cleanup(hub_pool_clear))) = {NULL, 0}
/* Frees all that the pool handed out; the pool can be used again. */
void hub_pool_clear(struct hub_pool *pool);
/* Zeroed, aligned for any object; NULL when out of memory or n * each overflows. */
void *hub_pool_alloc(struct hub_pool *pool, size_t n, size_t each);
/* Copies; NULL for NULL. */
char *hub_pool_strdup(struct hub_pool *pool, const char *text);
char *hub_pool_strndup(struct hub_pool *pool, const char *text, size_t n_bytes);
char *hub_pool_printf(struct hub_pool *pool, const char *fmt, ...) HUB_PRINTF(2, 3);
char *hub_pool_vprintf(struct hub_pool *pool, const char *fmt, va_list args) HUB_PRINTF(2, 0);

/* A text that grows; data is NUL-terminated, and NULL only before the first append (which may add
 * nothing) or after a failure. A failed append (memory, NULL, or over limit_bytes; 0: no limit)
 * frees data and sets failed, and later ones do nothing. Not in a pool: clear it, or declare it
 * with HUB_TEXT. */
struct hub_text {
    char *data;
    size_t n_bytes, room_bytes, limit_bytes;
    bool failed;
};
#define HUB_TEXT(name) \
    struct hub_text name __attribute__((cleanup(hub_text_clear))) = {NULL, 0, 0, 0, false}
/* Empty again, limit_bytes stays. */
void hub_text_clear(struct hub_text *text);
void hub_text_add(struct hub_text *text, const void *bytes, size_t n_bytes);
void hub_text_puts(struct hub_text *text, const char *string);
void hub_text_printf(struct hub_text *text, const char *fmt, ...) HUB_PRINTF(2, 3);
/* "…" with JSON's escapes; invalid UTF-8 becomes U+FFFD. */
void hub_text_json(struct hub_text *text, const char *string);
void hub_text_base64(struct hub_text *text, const void *bytes, size_t n_bytes);

bool hub_utf8_ok(const char *text, size_t n_bytes);
/* Exactly n lowercase-able hex digits? lower copies them in lower case into the pool, NULL if not. */
bool hub_is_hex(const char *text, size_t n_digits);
char *hub_hex_lower(struct hub_pool *pool, const char *text, size_t n_digits);
/* An ETag as hubs write it (W/"x", "x", x) without its dress. */
char *hub_etag_bare(struct hub_pool *pool, const char *etag);

/* ---- strict JSON (cJSON inside; struct hub_json is a node of it) ----
 * A *document* is refused for: more than limit_bytes (0: no limit), 64 levels or 2^22 values,
 * invalid UTF-8, bad syntax, a byte order mark, anything but blanks behind it
 * (hub_json_parse_first: whatever follows is ignored).
 * A *member that is read* is refused for: its key twice in that object, a wrong type, a NUL, half
 * a surrogate pair, U+FFFE or U+FFFF in a string, an integer that is not plain digits within
 * 0..2^53. A member that nobody reads may be anything. Keys are compared exactly. */
struct hub_json;
const struct hub_json *hub_json_parse(struct hub_pool *pool, const char *text, size_t n_bytes,
                                      size_t limit_bytes, const char **why);
const struct hub_json *hub_json_parse_first(struct hub_pool *pool, const char *text,
                                            size_t n_bytes, size_t limit_bytes, const char **why);
/* The documents live until the pool is cleared. */

/* A reader remembers the first thing that went wrong, so a provider reads a whole object and asks
 * once. at is NULL-safe: a missing object reads as all missing. */
struct hub_read {
    struct hub_pool *pool;
    int status;      /* 0, or HUB_ECORRUPT */
    const char *why; /* "data.files[3].size: not a number" */
};
enum hub_need { HUB_MAY = 0, HUB_MUST = 1 }; /* missing or null: fine, or an error */
bool hub_json_is_object(const struct hub_json *node);
bool hub_json_is_array(const struct hub_json *node);
bool hub_json_is_string(const struct hub_json *node);
/* The member (NULL if missing, null, or not an object), whatever its type. */
const struct hub_json *hub_json_get(struct hub_read *read, const struct hub_json *at,
                                    const char *key, enum hub_need need);
const struct hub_json *hub_json_object(struct hub_read *read, const struct hub_json *at,
                                       const char *key, enum hub_need need);
const struct hub_json *hub_json_array(struct hub_read *read, const struct hub_json *at,
                                      const char *key, enum hub_need need);
/* for (n = hub_json_first(array); n; n = hub_json_next(n)) */
const struct hub_json *hub_json_first(const struct hub_json *array);
const struct hub_json *hub_json_next(const struct hub_json *node);
size_t hub_json_count(const struct hub_json *array);
/* The same for an object whose keys are data, such as headers: its members in the hub's order, then
 * hub_json_next. A key is "" for an element of an array, or if no C string can hold it. */
const struct hub_json *hub_json_first_member(const struct hub_json *object);
const char *hub_json_key(const struct hub_json *member);
/* "" if missing (HUB_MAY). The node's own text when it is an element of an array: _value. */
const char *hub_json_string(struct hub_read *read, const struct hub_json *at, const char *key,
                            enum hub_need need);
const char *hub_json_string_value(struct hub_read *read, const struct hub_json *node);
/* fallback if missing. A string of digits is taken too when loose. */
uint64_t hub_json_uint(struct hub_read *read, const struct hub_json *at, const char *key,
                       enum hub_need need, uint64_t fallback);
uint64_t hub_json_uint_loose(struct hub_read *read, const struct hub_json *at, const char *key,
                             enum hub_need need, uint64_t fallback);
/* The member's text when it is a string, its digits when it is a number, else "": for codes that a
 * site sends both ways. Never an error. */
const char *hub_json_word(struct hub_read *read, const struct hub_json *at, const char *key);
/* HUB_MAYBE if missing or not a boolean (HUB_MUST: an error). */
enum hub_truth hub_json_truth(struct hub_read *read, const struct hub_json *at, const char *key,
                              enum hub_need need);

/* ---- URLs ---- */
/* Percent-encodes all but unreserved characters; a path keeps its '/'. */
char *hub_url_segment(struct hub_pool *pool, const char *text);
char *hub_url_path(struct hub_pool *pool, const char *path);
/* The endpoint without a trailing '/', scheme and host in lower case; NULL unless it is
 * http(s)://host[:port][/path]. */
char *hub_url_endpoint(struct hub_pool *pool, const char *endpoint);
/* "host" or "host:port", in lower case, as the URL has it ("[::1]" keeps its brackets); NULL if it
 * names a user or is no http(s) URL. */
char *hub_url_host(struct hub_pool *pool, const char *url);

/* ---- times: ms since 1970 UTC, 0 if it is no such time ---- */
/* With Z or an offset such as +08:00, with or without a fraction. */
int64_t hub_time_rfc3339(const char *text);
int64_t hub_time_epoch(uint64_t value);     /* seconds, or milliseconds when above 10^11 */

/* ---- headers of a reply ---- */
/* The value of the first header of that (lowercase) name, "" if there is none. */
const char *hub_header(const struct hub_reply *reply, const char *name);

/* ---- Git LFS ---- */
/* The pointer text of an object; without the final newline, as the sites' own clients send it.
 * NULL unless sha256 is 64 hex digits. */
char *hub_lfs_pointer(struct hub_pool *pool, const char *sha256, uint64_t object_bytes);
/* Is this text, whole, an LFS pointer? sha256 (65 bytes) and *object_bytes on success only. */
bool hub_lfs_is_pointer(const void *bytes, size_t n_bytes, char *sha256, uint64_t *object_bytes);
/* {"operation":"upload",<extra>"objects":[{"oid","size"}…]} for the puts, each sha256 once where
 * equal ones follow each other. extra is "" or members with a trailing comma. */
char *hub_lfs_batch_body(struct hub_pool *pool, const char *operation, const char *extra,
                         const struct hub_put *const *puts, size_t n_puts);

/* ---- shorthands ---- */
/* Sends one control request with these members set; *out as of host->http. */
int hub_get(struct hub_op *op, const char *url, const char *const *secrets,
            hub_classify_fn *classify, const struct hub_reply **out);
int hub_post_json(struct hub_op *op, uint32_t flags, const char *url, const char *const *secrets,
                  const char *body, hub_classify_fn *classify, const struct hub_reply **out);

#endif
