/* What hubs told, checked: copies in a pool, nothing that was not believed. */
#ifndef HS_PROVIDER_FACTS_H
#define HS_PROVIDER_FACTS_H
#include "base/mem.h"
#include <hubsync/kit.h>

/* Strings are never NULL; "" is unknown. Hashes are lowercase hex of the right length or "". */
struct hs_file {
    const char *path, *sha256, *git_sha1, *etag;
    uint64_t file_bytes; /* HUB_UNKNOWN if not told */
    int64_t modified_ms;
    uint32_t flags; /* enum hub_file_flags */
};
struct hs_listing { /* of one repo at one commit, sorted by path, each path once */
    struct hub_pool *pool;
    HS_VEC(struct hs_file) files;
    const char *head, *branch; /* "" for a folder */
    bool is_complete;
    const char *why; /* why it is not complete, quoting the row; "" else */
};
struct hs_repo {
    const char *id, *head, *branch, *stable_id, *license, *clone_url;
    uint32_t visibility, gated, weights;
    int64_t modified_ms;
};
struct hs_repos { /* of one owner, sorted by id, each id once */
    struct hub_pool *pool;
    HS_VEC(struct hs_repo) repos;
    bool is_complete; /* false: absence proves nothing */
    const char *why;
};
struct hs_account {
    const char *name;
    struct hub_pool *pool;
    HS_VEC(const char *) owners;
    uint32_t can_write;
    int64_t expires_ms;
};

struct hs_import { /* what became of an import */
    uint32_t state;    /* enum hub_import_state; 0: not told */
    uint32_t mirror;   /* enum hub_truth: the hub keeps following */
    uint32_t failures; /* in a row */
    int64_t tried_ms, succeeded_ms;
    const char *message; /* the hub's words, one short line; "" */
};

/* The file as a provider is asked about it; the texts are borrowed. */
struct hub_file hs_file_to_wire(const struct hs_file *file);

void hs_listing_clear(struct hs_listing *listing); /* the array; texts are the pool's */
void hs_repos_clear(struct hs_repos *repos);
/* NULL if it is not there. */
const struct hs_file *hs_listing_find(const struct hs_listing *listing, const char *path);
const struct hs_repo *hs_repos_find(const struct hs_repos *repos, const char *id);
/* Sorts; collapses identical rows; rows that differ make the list incomplete. */
void hs_listing_finish(struct hs_listing *listing);
void hs_repos_finish(struct hs_repos *repos);
#endif
