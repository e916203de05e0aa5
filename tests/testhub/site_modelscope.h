/* The ModelScope site, from its protocol document (the numbers in comments are its sections). */
#ifndef TH_SITE_MODELSCOPE_H
#define TH_SITE_MODELSCOPE_H

#include "site.h"

/* Codes of the legacy envelope (10.1). */
#define MS_NOT_FOUND     10010205001
#define MS_NO_ACCESS     10010200001
#define MS_NO_TREE       10990101004
#define MS_NAME_TAKEN    10010101001
#define MS_REFUSED       10030000001
#define MS_BAD_PARAMETER 10010101000

/* True when the firewall, the edge proxy or a flaky backend has answered instead of us. Every
 * handler of the API host asks first. */
bool ms_is_blocked(struct th_req *req);

/* The caller: Bearer, else the session cookie, else Basic. NULL is anonymous, also for a wrong
 * token (N19). */
const struct th_token *ms_token(const struct th_req *req);
bool ms_may_list(const struct th_repo *repo, const struct th_token *token);
int ms_visibility_number(const struct th_repo *repo);

/* Legacy envelope. */
void ms_ok(struct th_req *req, cJSON *take_data);
void ms_ok_empty(struct th_req *req);
void ms_error(struct th_req *req, unsigned status, double code, const char *message);
/* OpenAPI envelope. */
void ms_openapi_ok(struct th_req *req, cJSON *take_data);
void ms_openapi_error(struct th_req *req, unsigned status, const char *code, const char *message);

/* {owner}/{name} of the path. NULL when missing; nothing is answered. */
struct th_repo *ms_repo(const struct th_req *req);
/* The repository whose files the caller may read; NULL when it has been answered: 404, with what
 * failed ("获取模型信息失败") in the message. */
struct th_repo *ms_readable(struct th_req *req, const char *what_failed);
/* The repository that the caller may write; NULL when it has been answered. */
struct th_repo *ms_writable(struct th_req *req);

/* The signed address of an object on the CDN; caller frees. */
char *ms_cdn_address(const struct th_req *req, const struct th_repo *repo, const char *revision,
                     const char *path, const struct th_blob *blob);
/* README.md and .gitattributes as the site's first commit. */
void ms_first_commit(struct th_repo *repo, const char *language);
bool ms_is_lfs(const char *path, uint64_t size);

th_handler ms_login, ms_me, ms_region;
th_handler ms_list, ms_openapi_model, ms_legacy_list, ms_info;
th_handler ms_create, ms_settings, ms_delete_refused, ms_tag;
th_handler ms_files, ms_download, ms_cdn_get;
th_handler ms_revisions, ms_commits;
th_handler ms_batch, ms_blob_begin, ms_blob_put, ms_blob_abandoned, ms_commit;
th_handler ms_git_refs, ms_git_upload_pack;
th_handler ms_lfs_batch, ms_lfs_begin, ms_lfs_put, ms_lfs_verify;
void ms_download_clear(void);

#endif
