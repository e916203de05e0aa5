/* The words of the standard LFS protocol (git-lfs.md), shared by the sites. */
#ifndef TH_LFS_WIRE_H
#define TH_LFS_WIRE_H

#include "site.h"

void th_lfs_reply(struct th_req *req, unsigned status, struct cJSON *take_body);
/* {"message"}; a 401 asks for Basic in both headers. */
void th_lfs_reply_error(struct th_req *req, unsigned status, const char *message);
/* Adds {"error":{code,message}} to one object's answer. */
void th_lfs_object_error(struct cJSON *answer, int code, const char *message);
/* Adds actions.<name> with its href; borrowed, for header and the like. */
struct cJSON *th_lfs_action(struct cJSON *answer, const char *name, char *take_href);
/* The same address by number: git-lfs has a resolver of its own, which does not know *.localhost.
 * Takes the address, gives the one to free. */
char *th_lfs_by_number(char *take_address);

#endif
