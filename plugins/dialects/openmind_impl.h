/* openmind_impl.h - between the files of the dialect. */
#ifndef OM_OPENMIND_IMPL_H
#define OM_OPENMIND_IMPL_H
#include "openmind.h"

enum { OM_SHA256_DIGITS = 64, OM_SHA1_DIGITS = 40, OM_COMMIT_MS = 300000 };

/* ---- addresses; NULL when out of memory ---- */
/* BASE/api/v1/file/OWNER/NAME and tail, which is already encoded. */
char *om_repo_url(struct hub_pool *pool, const struct om_plane *plane, const struct hub_repo *repo,
                  const char *tail);
/* The same with ?ref=…&path=…. */
char *om_path_url(struct hub_pool *pool, const struct om_plane *plane, const struct hub_repo *repo,
                  const char *tail, const char *ref, const char *path);

/* ---- answers ---- */
/* The class of an envelope's code; fallback if it is not known. */
int om_class_of_code(const char *code, int fallback, bool is_once);
/* An entry of a tree, or the info of one file; all texts in the pool of read. */
void om_read_file(struct hub_read *read, const struct hub_json *entry, struct hub_file *out);
/* The commit of one branch as the tree's root tells it. */
const char *om_read_commit(struct hub_read *read, const struct hub_json *data);
/* {"Name":"value"} as a list of "Name: value"; what is the engine's to set is left out. */
const char *const *om_read_headers(struct hub_read *read, const struct hub_json *at,
                                   const char *key);

/* ---- one object of a batch ---- */
struct om_part {
    const char *href, *etag; /* href "": stored, with that etag */
    const char *const *headers;
};
struct om_object {
    enum hub_mode mode; /* HUB_STORED or HUB_PARTS */
    const char *ticket; /* for om_finish_upload, "" if nothing is left to confirm */
    uint64_t file_bytes, part_bytes;
    const struct om_part *parts;
    size_t n_parts;
    int refused; /* a status with the text why; 0 if the hub takes it */
    const char *why;
};
/* What object says of a file of that length. Wrong shapes go to read. */
void om_read_object(struct hub_read *read, const struct hub_json *object, uint64_t file_bytes,
                    struct om_object *out);
/* A verify action as a ticket. */
const char *om_ticket(struct hub_read *read, const struct hub_json *verify);

/* ---- steps of an upload ---- */
/* pre_upload: which of the puts go to LFS. At most OM_ITEMS_MAX. */
int om_ask_modes(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                 const struct hub_put *const *puts, size_t n, bool *is_lfs);
/* The batch, then each put's plan and parts. items: their numbers in the op's call. */
int om_plan_objects(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                    const struct hub_put *const *puts, const size_t *items, size_t n);
/* license_check of a README.md; EREFUSED if the site does not like its license. */
int om_check_license(struct hub_op *op, const struct om_plane *plane, const struct hub_put *readme);

/* POST of JSON; fails with ENOMEM for a NULL url or a failed body. */
struct om_post {
    const char *url;
    const struct hub_text *body;
    const char *const *headers, *const *secrets;
    uint32_t flags, timeout_ms;
    hub_classify_fn *classify;
};
int om_send(struct hub_op *op, const struct om_post *post, const struct hub_reply **out);
/* A fault in what the hub said, where the kit's readers see none. */
void om_refuse(struct hub_read *read, const char *fmt, ...) HUB_PRINTF(2, 3);
#endif
