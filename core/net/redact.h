/* The redactor: known secrets by value (also percent-encoded and base64) and the queries and
 * fragments of all URLs are taken out of whatever is printed, logged, stored as a message or
 * answered as JSON. One for the process; thread-safe. */
#ifndef HS_NET_REDACT_H
#define HS_NET_REDACT_H
#include <stddef.h>
/* Values shorter than 6 bytes are not worth hiding and are ignored. */
void hs_redact_add(const char *secret);
void hs_redact_forget(void); /* tests */
/* malloc'd; NULL if nothing had to go. */
char *hs_redact(const char *text);
/* hs_log_filter_fn */
char *hs_redact_line(const char *line);
#endif
