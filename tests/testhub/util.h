/* Small helpers. Memory: every th_* that returns a pointer aborts the program when memory is out
 * (this is a test tool), and the caller frees the result unless the comment says "borrowed". */
#ifndef TH_UTIL_H
#define TH_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

void *th_alloc(size_t bytes); /* zeroed */
void *th_grow(void *old, size_t bytes);
char *th_copy(const char *text); /* NULL stays NULL */
char *th_copy_n(const char *text, size_t length);
char *th_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Percent-decodes; plus_is_space for query values. The result may hold no NUL in the middle. */
char *th_percent_decode(const char *text, size_t length, bool plus_is_space);
/* Percent-encodes everything but unreserved characters and those in keep (for example "/"). */
char *th_percent_encode(const char *text, const char *keep);

/* Standard alphabet with padding. Decode: NULL on a bad character or bad padding. */
char *th_base64_encode(const void *data, size_t length);
unsigned char *th_base64_decode(const char *text, size_t *length);

bool th_is_hex(const char *text, size_t digits); /* exactly so many lower-case digits */
void th_hex(const unsigned char *bytes, size_t count, char *out); /* 2*count+1 characters */
void th_sha256_hex(const void *data, size_t length, char out[65]);
void th_sha1_hex(const void *data, size_t length, char out[41]);
void th_git_blob_sha1(const void *data, size_t length, char out[41]);
void th_md5_hex(const void *data, size_t length, char out[33]);

/* "2026-09-21T03:17:31Z" and "2026-09-21T11:17:31+08:00". */
char *th_time_utc(int64_t seconds);
char *th_time_offset(int64_t seconds, int offset_hours);

bool th_glob(const char *pattern, const char *text); /* '*' matches '/' too; '?' one character */

/* Reading JSON without fear: a missing or mistyped member gives the fallback (text: borrowed). */
const char *th_json_text(const struct cJSON *object, const char *name, const char *fallback);
int64_t th_json_int(const struct cJSON *object, const char *name, int64_t fallback);
bool th_json_bool(const struct cJSON *object, const char *name, bool fallback);
/* The whole file as text, NULL when it cannot be read or is larger than limit. */
char *th_file_text(const char *path, size_t limit, size_t *length);

#endif
