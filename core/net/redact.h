/* The redactor: known secrets by value (also percent-encoded, JSON-escaped and inside base64) and
 * the queries, fragments and user names of all http URLs are taken out of whatever is printed,
 * logged, stored as a message or answered as JSON. One for the process; thread-safe. */
#ifndef HS_NET_REDACT_H
#define HS_NET_REDACT_H
#include "base/err.h"
#include <stddef.h>
/* Kept for the life of the process. Values shorter than 6 bytes are not worth hiding and are
 * ignored; so is one that is known. */
void hs_redact_add(const char *secret);
/* A secret that comes and goes, such as the token of one upload: the newest 256 are known. */
void hs_redact_add_passing(const char *secret);
/* Both of them for a header's line: its value, and what follows "Bearer " or the like. */
void hs_redact_add_header(const char *header);
void hs_redact_forget(void); /* tests */
/* malloc'd; NULL if nothing had to go. */
char *hs_redact(const char *text);
/* hs_log_filter_fn */
char *hs_redact_line(const char *line);
/* In place: message and hint. */
void hs_redact_err(struct hs_err *err);
#endif
