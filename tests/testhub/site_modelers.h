/* The Modelers site: its handlers, one group a file. Written from the protocol document; the marks
 * "§" in this site's comments are that document's chapters.
 *
 * All mo_* functions run with the hub's lock held. */
#ifndef TH_SITE_MODELERS_H
#define TH_SITE_MODELERS_H

#include "site.h"

#define MO_BRANCH "main"
#define MO_BUCKET "modelers-obs"

/* site_modelers_account.c */
th_handler mo_user, mo_account;
/* site_modelers_list.c */
th_handler mo_list;
/* site_modelers_model.c */
th_handler mo_model, mo_update, mo_delete;
/* site_modelers_create.c */
th_handler mo_create;
/* site_modelers_branch.c */
th_handler mo_branch_create, mo_branch_delete;
/* site_modelers_tree.c */
th_handler mo_tree, mo_info;
/* site_modelers_media.c */
th_handler mo_media, mo_browser_media, mo_object_get, mo_object_hop;
/* site_modelers_preupload.c */
th_handler mo_license_check, mo_pre_upload;
/* site_modelers_batch.c */
th_handler mo_batch;
/* site_modelers_parts.c */
th_handler mo_part_begin, mo_part_put;
/* site_modelers_verify.c */
th_handler mo_verify;
/* site_modelers_commit.c */
th_handler mo_commit;

/* The one commit every repository starts with (§8.1): README.md and .gitattributes. */
void mo_first_commit(struct th_repo *repo);

#endif
