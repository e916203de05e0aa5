/* Modelers: the envelope (§1.1), who is calling (§2.1), the limiter (§10.1), which repository. */
#ifndef TH_SITE_MODELERS_REPLY_H
#define TH_SITE_MODELERS_REPLY_H

#include "site.h"

void mo_reply_data(struct th_req *req, unsigned status, struct cJSON *take_data);
void mo_reply_done(struct th_req *req, unsigned status); /* data null, msg "success" */
void mo_reply_error(struct th_req *req, unsigned status, const char *code, const char *message);

enum mo_need {
    MO_OPTIONAL, /* no token is fine, a wrong one is not */
    MO_READ,
    MO_WRITE,
};
/* False when it has replied. *token is NULL for an anonymous caller (MO_OPTIONAL only). */
bool mo_authenticate(struct th_req *req, enum mo_need need, const struct th_token **token);
/* False when the account is over its rate and has been told so. token may be NULL: not counted. */
bool mo_limit(struct th_req *req, const struct th_token *token);
void mo_limit_clear(void);

/* The repository of the route's {owner} and {name}; NULL when missing or hidden, after a 404 with
 * this code, or when the names are none, after a 400. */
struct th_repo *mo_repo(struct th_req *req, const struct th_token *token, const char *code);
/* mo_repo for a write call: token, its rights, the repository, membership. */
struct th_repo *mo_repo_to_write(struct th_req *req, const char *code,
                                 const struct th_token **token);
/* The body as a JSON object; NULL after a 400 bad_request_body. Borrowed. */
const struct cJSON *mo_body(struct th_req *req);

/* The storage's errors carry no envelope. */
void mo_reply_storage_error(struct th_req *req, unsigned status, const char *code);

#endif
