/* The GitCode site, from its protocol document; "§" in this site's comments are its chapters.
 *
 * The file plane of the AI hub (§18) is the openMind one, so its handlers are those of Modelers,
 * behind this site's gate. All gc_* functions run with the hub's lock held. */
#ifndef TH_SITE_GITCODE_H
#define TH_SITE_GITCODE_H

#include "site.h"

/* site_gitcode_account.c */
th_handler gc_user;
/* site_gitcode_list.c */
th_handler gc_org_repos, gc_user_repos, gc_own_repos;
/* site_gitcode_repo.c */
th_handler gc_repo_get, gc_repo_patch, gc_repo_delete, gc_v4_project, gc_page;
/* site_gitcode_create.c */
th_handler gc_create_org, gc_create_own;
/* site_gitcode_mirror.c */
th_handler gc_pull_mirror, gc_push_mirrors, gc_push_mirror_sync, gc_fork_sync, gc_fork_state;
/* site_gitcode_branch.c */
th_handler gc_branches, gc_branch, gc_branch_create, gc_branch_delete, gc_commits, gc_commit;
/* site_gitcode_tree.c */
th_handler gc_tree, gc_file_list;
/* site_gitcode_contents.c */
th_handler gc_contents_get, gc_contents_put, gc_contents_delete;
/* site_gitcode_raw.c */
th_handler gc_blob, gc_raw, gc_raw_host, gc_raw_blob, gc_resolve, gc_media;
/* site_gitcode_git.c */
th_handler gc_git_refs, gc_git_upload_pack;
/* site_gitcode_lfs.c */
th_handler gc_lfs_batch, gc_lfs_verify, gc_lfs_put_begin, gc_lfs_put;
/* site_gitcode_hub.c */
th_handler gc_hub;

/* The first commit of a seed repository: README.md and .gitattributes. */
void gc_first_commit(struct th_repo *repo);

#endif
