/* The openMind file plane: half-done multipart uploads. One open upload for an object of a site;
 * what is stored of it survives until the object is whole, so the next batch (also of another
 * client) names the stored parts. */
#ifndef TH_SITE_MODELERS_UPLOADS_H
#define TH_SITE_MODELERS_UPLOADS_H

#include "site.h"

enum { MO_PARTS_MAX = 10000, MO_PART_BYTES = 20000000, MO_PART_ETAG_BYTES = 48 };

struct mo_part {
    uint32_t puts;                 /* 0: not stored */
    char etag[MO_PART_ETAG_BYTES]; /* of the newest put, without quotes */
};

enum mo_upload_state {
    MO_OPEN,
    MO_CHECKING, /* the whole is being hashed, without the lock */
    MO_COMPLETE,
    MO_GONE,
};

struct mo_upload {
    const struct th_site *site;
    char id[33], oid[65];
    uint64_t size, part_bytes;
    size_t part_count; /* at least 1 */
    struct mo_part *parts;
    struct th_assembly *assembly; /* NULL once complete or gone */
    unsigned writers;             /* part bodies that are streaming into the assembly */
    enum mo_upload_state state;
    struct mo_upload *next_by_id, *next_by_oid;
};

/* The open upload of the object, NULL when there is none. */
struct mo_upload *mo_upload_of(const struct th_site *site, const char *oid, uint64_t size);
struct mo_upload *mo_upload_named(const struct th_site *site, const char *id);
/* part_bytes: grown so that MO_PARTS_MAX parts suffice. */
struct mo_upload *mo_upload_start(const struct th_site *site, const char *oid, uint64_t size,
                                  uint64_t part_bytes);
/* What the site has already, as an upload: every part stored, complete. */
struct mo_upload *mo_upload_of_stored(const struct th_site *site, const char *oid, uint64_t size,
                                      uint64_t part_bytes);

uint64_t mo_part_length(const struct mo_upload *upload, size_t index); /* index from 1 */
uint64_t mo_part_offset(const struct mo_upload *upload, size_t index);
void mo_part_store(struct mo_upload *upload, size_t index); /* gives it a new etag */
bool mo_upload_has_all(const struct mo_upload *upload);

/* Makes the object of the parts and puts it on the site. False, and the upload gone, when the bytes
 * are not what the oid says. Lets go of the lock meanwhile. */
bool mo_upload_finish(struct mo_upload *upload);
void mo_upload_drop(struct mo_upload *upload);

void mo_uploads_reset(void); /* forgets the open ones */
void mo_uploads_clear(void); /* at exit */

#endif
