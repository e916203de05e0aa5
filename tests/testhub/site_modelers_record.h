/* Modelers: a repository's record as the API shows it, in the list (§2.3) and alone (§3). */
#ifndef TH_SITE_MODELERS_RECORD_H
#define TH_SITE_MODELERS_RECORD_H

#include "site.h"

/* "extra" of a seed repository may hold: task, library_name (text), frameworks, hardwares,
 * language, others (arrays of text), download_count, like_count, disable, disable_reason,
 * is_discussion_disabled. */
struct cJSON *mo_record_listed(const struct th_req *req, const struct th_repo *repo);
struct cJSON *mo_record_single(const struct th_req *req, const struct th_repo *repo);

bool mo_is_disabled(const struct th_repo *repo);
/* Taken down by the site means private as well. The site knows no gates and no third visibility. */
bool mo_is_private(const struct th_repo *repo);
bool mo_may_read(const struct th_repo *repo, const struct th_token *token); /* token may be NULL */
int64_t mo_downloads(const struct th_repo *repo);
int64_t mo_likes(const struct th_repo *repo);

#endif
