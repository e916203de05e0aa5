/* Modelers: addresses of the object store that expire (§5.2, §6.3). */
#ifndef TH_SITE_MODELERS_SIGNATURE_H
#define TH_SITE_MODELERS_SIGNATURE_H

#include "site.h"

/* The address of an object's bytes. plane: which host serves it. Caller frees. */
char *mo_object_url(const struct th_req *req, const char *plane, const struct th_blob *blob,
                    const char *name, int64_t expires);
/* The address that takes one part (from 1). Caller frees. */
char *mo_part_url(const struct th_req *req, const char *oid, const char *upload_id, size_t index,
                  int64_t expires);

/* When an address made now ends; in the past when the behaviour is due. */
int64_t mo_expiry(const struct th_req *req, const char *expired_behaviour);

/* What the request's signature is worth; the text is the storage's error code, NULL when good. */
const char *mo_object_problem(const struct th_req *req);
const char *mo_part_problem(const struct th_req *req);

#endif
