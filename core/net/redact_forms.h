/* The texts in which a secret can show: itself, percent-encoded, JSON-escaped, within base64. */
#ifndef HS_NET_REDACT_FORMS_H
#define HS_NET_REDACT_FORMS_H
#include <hubsync/kit.h>
enum { HS_FORMS_MAX = 12 };
struct hs_forms {
    char *text[HS_FORMS_MAX]; /* in pool */
    size_t n;
};
/* Each form once. */
void hs_forms_make(struct hub_pool *pool, const char *secret, struct hs_forms *out);
#endif
