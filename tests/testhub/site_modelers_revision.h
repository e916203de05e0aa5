/* Modelers, reading files: which commit a call means, and what a directory is in it. */
#ifndef TH_SITE_MODELERS_REVISION_H
#define TH_SITE_MODELERS_REVISION_H

#include "site.h"

struct mo_revision {
    struct th_repo *repo;
    const char *ref; /* as asked, or "main" */
    const struct th_commit *commit;
};

/* Token, repository, and the query's ref. False when it has replied. */
bool mo_revision_read(struct th_req *req, struct mo_revision *out);
/* The same for a given repository and ref ("" or NULL: main). */
bool mo_revision_of(struct th_req *req, struct th_repo *repo, const char *ref,
                    struct mo_revision *out);
/* The file; NULL after a 404 not_file or branch_or_path_not_found. */
const struct th_file *mo_file_or_reply(struct th_req *req, const struct th_commit *commit,
                                       const char *path);

/* Positions in commit->files of all files below the directory ("" is the root). */
struct mo_range {
    size_t first, end;
};
struct mo_range mo_dir_range(const struct th_commit *commit, const char *dir);
/* The last commit that touched anything below the directory; the head itself for the root. */
const struct th_commit *mo_dir_since(const struct th_commit *commit, const char *dir);

#endif
