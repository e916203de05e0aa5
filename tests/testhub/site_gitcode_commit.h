/* GitCode: commits and trees as the API shows them (§11, §12). */
#ifndef TH_SITE_GITCODE_COMMIT_H
#define TH_SITE_GITCODE_COMMIT_H

#include "site.h"

struct cJSON *gc_commit_json(const struct th_req *req, const struct th_commit *commit);
/* An id for the directory ("" is the root) that changes with its content; not git's own. */
void gc_tree_sha(const struct th_commit *commit, const char *dir, char out[41]);
/* What git holds of a file: its content, or the pointer when it is LFS. Borrowed; the pointer is
 * made on first use. */
const struct th_blob *gc_git_blob(const struct th_file *file);

#endif
