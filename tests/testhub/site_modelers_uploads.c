#include "site_modelers_uploads.h"
#include "seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096 };

static struct mo_upload *by_id[BUCKETS], *by_oid[BUCKETS];

static size_t bucket_of(const char *hex)
{
    char head[4] = {0};

    memcpy(head, hex, 3);
    return strtoul(head, NULL, 16) % BUCKETS;
}

struct mo_upload *mo_upload_of(const struct th_site *site, const char *oid, uint64_t size)
{
    struct mo_upload *upload = by_oid[bucket_of(oid)];

    while (upload && (upload->site != site || upload->state != MO_OPEN || upload->size != size ||
                      strcmp(upload->oid, oid)))
        upload = upload->next_by_oid;
    return upload;
}

struct mo_upload *mo_upload_named(const struct th_site *site, const char *id)
{
    struct mo_upload *upload;

    if (!th_is_hex(id, 32))
        return NULL;
    upload = by_id[bucket_of(id)];
    while (upload && (upload->site != site || strcmp(upload->id, id)))
        upload = upload->next_by_id;
    return upload;
}

static struct mo_upload *new_upload(const struct th_site *site, const char *oid, uint64_t size,
                                    uint64_t part_bytes)
{
    struct mo_upload *upload = th_alloc(sizeof *upload);
    uint64_t least = (size + MO_PARTS_MAX - 1) / MO_PARTS_MAX;

    if (part_bytes < least)
        part_bytes = least;
    upload->site = site;
    th_fresh_id(upload->id);
    memcpy(upload->oid, oid, 64);
    upload->size = size;
    upload->part_bytes = part_bytes ? part_bytes : 1;
    upload->part_count = size ? (size_t)((size + upload->part_bytes - 1) / upload->part_bytes) : 1;
    upload->parts = th_alloc(upload->part_count * sizeof *upload->parts);
    upload->next_by_id = by_id[bucket_of(upload->id)];
    by_id[bucket_of(upload->id)] = upload;
    upload->next_by_oid = by_oid[bucket_of(oid)];
    by_oid[bucket_of(oid)] = upload;
    return upload;
}

struct mo_upload *mo_upload_start(const struct th_site *site, const char *oid, uint64_t size,
                                  uint64_t part_bytes)
{
    struct mo_upload *upload = new_upload(site, oid, size, part_bytes);

    upload->assembly = th_assembly_new(oid, size, th_seed_discards());
    return upload;
}

struct mo_upload *mo_upload_of_stored(const struct th_site *site, const char *oid, uint64_t size,
                                      uint64_t part_bytes)
{
    struct mo_upload *upload = by_oid[bucket_of(oid)];

    while (upload &&
           (upload->site != site || upload->state != MO_COMPLETE || upload->size != size ||
            upload->part_bytes != part_bytes || strcmp(upload->oid, oid)))
        upload = upload->next_by_oid;
    if (upload)
        return upload;
    upload = new_upload(site, oid, size, part_bytes);
    for (size_t i = 1; i <= upload->part_count; i++)
        mo_part_store(upload, i);
    upload->state = MO_COMPLETE;
    return upload;
}

uint64_t mo_part_offset(const struct mo_upload *upload, size_t index)
{
    return (index - 1) * upload->part_bytes;
}

uint64_t mo_part_length(const struct mo_upload *upload, size_t index)
{
    uint64_t left = upload->size - mo_part_offset(upload, index);

    return left < upload->part_bytes ? left : upload->part_bytes;
}

/* Opaque, and another one for each put, also of the same bytes: no client may compute it. */
void mo_part_store(struct mo_upload *upload, size_t index)
{
    struct mo_part *part = &upload->parts[index - 1];
    char *text = th_format("modelers etag %s %zu %u", upload->id, index, ++part->puts);
    char signature[33];

    th_sign(text, signature);
    (void)snprintf(part->etag, sizeof part->etag, "p%zu-%.20s", index, signature);
    free(text);
}

bool mo_upload_has_all(const struct mo_upload *upload)
{
    for (size_t i = 0; i < upload->part_count; i++)
        if (!upload->parts[i].puts)
            return false;
    return true;
}

/* A client that left in the middle of a part never says so: with writers counted the assembly has
 * to stay until the end of the program. */
static void end_upload(struct mo_upload *upload, enum mo_upload_state state)
{
    upload->state = state;
    if (upload->writers)
        return;
    th_assembly_free(upload->assembly);
    upload->assembly = NULL;
}

bool mo_upload_finish(struct mo_upload *upload)
{
    struct th_blob *blob;

    upload->state = MO_CHECKING;
    blob = th_assembly_finish(upload->assembly);
    if (blob)
        th_blob_put_on_site(blob, upload->site);
    end_upload(upload, blob ? MO_COMPLETE : MO_GONE);
    return blob != NULL;
}

void mo_upload_drop(struct mo_upload *upload)
{
    if (upload->state == MO_OPEN)
        end_upload(upload, MO_GONE);
}

void mo_uploads_reset(void)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct mo_upload *upload = by_id[i]; upload; upload = upload->next_by_id)
            mo_upload_drop(upload);
}

void mo_uploads_clear(void)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        while (by_id[i]) {
            struct mo_upload *upload = by_id[i];

            by_id[i] = upload->next_by_id;
            th_assembly_free(upload->assembly);
            free(upload->parts);
            free(upload);
        }
        by_oid[i] = NULL;
    }
}
