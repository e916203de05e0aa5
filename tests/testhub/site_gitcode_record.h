/* GitCode: a repository as the API shows it: in the list of an organisation, in a list of a user,
 * alone (§6, §7), and as the answer to a create (§8). */
#ifndef TH_SITE_GITCODE_RECORD_H
#define TH_SITE_GITCODE_RECORD_H

#include "site.h"

struct cJSON *gc_record_listed(const struct th_req *req, const struct th_repo *repo);
struct cJSON *gc_record_owned(const struct th_req *req, const struct th_repo *repo);
struct cJSON *gc_record_single(const struct th_req *req, const struct th_repo *repo);
struct cJSON *gc_record_created(const struct th_req *req, const struct th_repo *repo,
                                const struct th_token *token);
/* code, model, dataset or space; seed repositories are models. Borrowed. */
const char *gc_repo_type(const struct th_repo *repo);
/* "2026-11-24T10:00:00+08:00", in the spelling of the knob dates. Caller frees. */
char *gc_date(const struct th_req *req, int64_t seconds);

#endif
