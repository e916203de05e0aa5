/* GitCode: error bodies (§3), who is calling (§2), limits (§4), which repository. */
#ifndef TH_SITE_GITCODE_REPLY_H
#define TH_SITE_GITCODE_REPLY_H

#include "site.h"

/* An error in one of the site's five shapes. The behaviours error_200 and error_400 change the
 * status on the wire, not the code in the body. */
void gc_error(struct th_req *req, unsigned status, int code, const char *name, const char *message);
void gc_not_found(struct th_req *req, const char *message); /* knob not_found_status */
void gc_forbidden(struct th_req *req, const char *message); /* knob forbidden_status */
/* A JSON answer; the behaviour echo_token adds the caller's token to it. */
void gc_reply(struct th_req *req, unsigned status, struct cJSON *take_body);

enum gc_need {
    GC_READ,
    GC_WRITE, /* a bad token is told "404, token not found" */
};
/* The gate of every v5 and v4 call: firewall, token, entitlement, rate limit. False when it has
 * replied. */
bool gc_enter(struct th_req *req, enum gc_need need, const struct th_token **token);
/* The firewall alone: true when it has replied. */
bool gc_is_blocked(struct th_req *req);
/* False when the account is over its rate and has been told so. */
bool gc_limit(struct th_req *req, const struct th_token *token);
/* Basic (login and token) or Bearer, for git and LFS; NULL is anonymous or wrong. */
const struct th_token *gc_git_token(const struct th_req *req);
/* Text of the token as sent in any of the API's forms; NULL when there is none. */
const char *gc_sent_token(const struct th_req *req);

bool gc_may_read(const struct th_repo *repo, const struct th_token *token);
/* Why the repository takes no write, or NULL: it is a pull mirror (§10) or archived. */
const char *gc_write_block(const struct th_repo *repo);

/* The repository of {owner}/{name} as the caller sees it; NULL after a 404 or 301. Looks after its
 * import first. */
struct th_repo *gc_repo(struct th_req *req, const struct th_token *token);
/* gc_enter and gc_repo. */
struct th_repo *gc_readable(struct th_req *req);
/* The same for a write: rights, and no mirror. */
struct th_repo *gc_writable(struct th_req *req, const struct th_token **token);
/* The body as a JSON object; NULL after a 400. Borrowed. */
const struct cJSON *gc_body(struct th_req *req);
/* The commit of a revision; NULL after a 404. */
const struct th_commit *gc_commit_of(struct th_req *req, const struct th_repo *repo,
                                     const char *revision);

void gc_gate_clear(void); /* at exit */

/* Members of an object that is kept and changed. */
void gc_set_text(struct cJSON *object, const char *name, const char *value);
void gc_set_number(struct cJSON *object, const char *name, double value);
void gc_set_bool(struct cJSON *object, const char *name, bool value);
struct cJSON *gc_child(struct cJSON *object, const char *name); /* made when missing */

#endif
