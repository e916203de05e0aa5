/* GitCode: imports (§9) and pull mirrors (§10), kept in repo->extra as "import" and "mirror".
 * An import copies a repository of any site of this program: GET /repo shows where it stands. */
#ifndef TH_SITE_GITCODE_IMPORT_H
#define TH_SITE_GITCODE_IMPORT_H

#include "site.h"

/* The repository behind a clone address of this program that anyone (or the credentials in the
 * address) may read; NULL when unreachable. */
struct th_repo *gc_import_source(const char *url);
/* Starts one on an empty repository; the knobs of the request say how it will go. */
void gc_import_start(const struct th_req *req, struct th_repo *repo, const char *url);
/* Lets a running import go on. Calls that ask for content or state use up import_polls. */
void gc_import_look(struct th_repo *repo, const char *route);
bool gc_is_importing(const struct th_repo *repo);

void gc_hide_after_create(const struct th_req *req, struct th_repo *repo);
/* Ask once a request: a hidden one has a number of calls left. */
bool gc_is_visible_yet(struct th_repo *repo);

bool gc_is_pull_mirror(const struct th_repo *repo);
/* An object that a pointer of this repository names and the import did not bring. */
bool gc_is_object_missing(const struct th_repo *repo, const char *oid);

/* POST /mirror: th_site.mirror. */
const char *gc_mirror_order(const char *owner, const char *name, const struct cJSON *order);

#endif
