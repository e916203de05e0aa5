/* openmind.h - the file plane of an openMind hub, /api/v1/file/…: tree, media, upload, commit.
 *
 * A provider fills a struct om_plane at open, keeps it in its session, and lets its members call
 * these functions: each answers the op as provider.h asks of the member with that name, and returns
 * what it has to return. There is no state here, so all of it may run side by side. */
#ifndef OM_OPENMIND_H
#define OM_OPENMIND_H
#include <hubsync/kit.h>

/* What the sites' own client keeps to. */
#define OM_ITEMS_MAX        100           /* files of a pre_upload, objects of a batch */
#define OM_INLINE_BYTES_MAX (5u << 20)    /* its client cuts a regular file off here */
#define OM_COMMIT_BYTES_MAX (36u << 20)   /* before base64: 48 MiB of it */
#define OM_FILE_BYTES_MAX   128849018880u /* 120 GiB */
#define OM_PART_BYTES       20000000u     /* if the batch does not say */
#define OM_PATH_BYTES_MAX   500
#define OM_REPLY_BYTES_MAX  (10u << 20)

enum om_license_check {
    OM_NO_LICENSE_CHECK = 0,
    OM_LICENSE_CHECK = 1,
    OM_LICENSE_CHECK_IF_ANY = 2 /* nobody knows whether the site has it: only its "no" counts */
};
struct om_plane {
    const char *base;           /* as of hub_url_endpoint */
    const char *const *secrets; /* of every call but those to addresses of a batch; may be NULL */
    const char *branch;         /* the default branch where the repo does not name it */
    enum om_license_check license_check; /* asked before a commit that writes README.md */
    hub_classify_fn *classify;      /* of a request that may be repeated: om_classify or more */
    hub_classify_fn *classify_once; /* of one that may not: om_classify_once or more */
};

int om_list_files(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo);
int om_branch_heads(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo);
int om_stat_files(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                  const char *const *paths, size_t n);
int om_download(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                const struct hub_file *file);
int om_upload(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
              const struct hub_put *const *puts, size_t n);
int om_finish_upload(struct hub_op *op, const struct om_plane *plane, const struct hub_put *put);
int om_commit(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
              const struct hub_change *change);
/* The branch or commit that the question is about. */
const char *om_ref(const struct om_plane *plane, const struct hub_repo *repo);
/* enum hub_truth: a new model's README.md is nothing but its front matter. */
int om_site_made(const char *path, const void *content, uint64_t n_bytes);

/* ---- answers: {"code":"","msg":"","data":…}, for the calls of the site's other planes too ---- */
/* By the envelope's code, then by status. A 403, 404 or 418 without an envelope is not the site
 * speaking: a firewall's page, or a gateway that found no site. */
hub_classify_fn om_classify;
/* The same for HUB_ONCE: what may have been done is EUNSURE. */
hub_classify_fn om_classify_once;

struct om_reply {
    struct hub_read read;        /* what reads the rest; its pool owns all */
    const struct hub_json *top;  /* the envelope itself */
    const char *code, *msg;      /* "" if none */
    const struct hub_json *data; /* NULL if null or missing */
};
/* The envelope of any answer, whatever its Content-Type and status; false if it has none. */
bool om_envelope(struct hub_pool *pool, const struct hub_reply *reply, struct om_reply *out);
/* The envelope of a good answer. Fails when there is none or when it holds an error after all. */
int om_open_reply(struct hub_op *op, struct hub_pool *pool, const struct hub_reply *reply,
                  struct om_reply *out);
/* Is this one of the codes that the dialect is known to use? */
bool om_knows_code(const char *code);
/* What reading has found wrong, as this call's failure; 0 if nothing. */
int om_check_read(struct hub_op *op, const char *what, const struct hub_read *read);
int om_no_memory(struct hub_op *op);
/* Bytes of a foreign text that a message takes: never half a character. For "%.*s". */
int om_cut(const char *text);
/* A boolean that may come as 0 or 1, or as text. HUB_MAYBE if missing or none of these. */
enum hub_truth om_truth(struct hub_read *read, const struct hub_json *at, const char *key);
#endif
