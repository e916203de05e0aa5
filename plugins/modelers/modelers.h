/* modelers.h - Modelers (modelers.cn): models, accounts and limits; the files are openmind.h's. */
#ifndef MO_MODELERS_H
#define MO_MODELERS_H
#include "openmind.h"

struct hub_session {
    struct hub_pool pool; /* owns the session itself; nothing is written after open */
    struct om_plane plane;
};

/* ---- limits.c ---- */
int mo_say_limits(struct hub_op *op, struct hub_pool *pool, const char *endpoint);
/* The site's word for a license, "other" for one that it lacks. */
const char *mo_license_word(const char *id);

/* ---- model.c: one model as the site tells of it ---- */
struct mo_model {
    struct hub_repo repo;
    const char *owner, *name;
};
/* Of a list's row or of the detail call; texts are in the pool of read. */
void mo_read_model(struct hub_read *read, const struct hub_json *node, const char *owner,
                   struct mo_model *out);
/* GET of that one model. ENOTFOUND is the site's own word. */
int mo_ask_model(struct hub_op *op, struct hub_pool *pool, const char *id, struct mo_model *out);

/* ---- members of the provider ---- */
int mo_whoami(struct hub_op *op);
int mo_list_repos(struct hub_op *op, const char *owner);
int mo_stat_repo(struct hub_op *op, const struct hub_repo *repo);
int mo_create_repo(struct hub_op *op, const struct hub_repo *repo);
int mo_delete_repo(struct hub_op *op, const struct hub_repo *repo);
#endif
