/* Modelers: the call that makes an object of its parts (§6.4). */
#ifndef TH_SITE_MODELERS_VERIFY_H
#define TH_SITE_MODELERS_VERIFY_H

#include "site.h"

struct mo_upload;

#define MO_VERIFY_PATH "/api/v1/file/lfs/verify"

/* Adds the "verify" action of the upload. */
void mo_add_verify(const struct th_req *req, const struct mo_upload *upload, struct cJSON *actions);

#endif
