/* Smart HTTP as far as branch heads; there are no packs. Shared by the sites. */
#ifndef TH_GIT_WIRE_H
#define TH_GIT_WIRE_H

#include "site.h"

struct th_packets {
    char *text;
    size_t length;
};

void th_packets_raw(struct th_packets *packets, const char *text, size_t length);
/* One pkt-line; length counts the bytes of text, which may hold a NUL. */
void th_packets_add(struct th_packets *packets, const char *text, size_t length);
void th_packets_line(struct th_packets *packets, char *take_text);
/* Answers 200 with them and frees them. what: "advertisement" or "result". */
void th_packets_reply(struct th_req *req, struct th_packets *packets, const char *what);

enum th_git_flags {
    TH_GIT_V0_ONLY = 1,     /* answers as if nobody had ever heard of version 2 */
    TH_GIT_NO_PREAMBLE = 2, /* version 2 without the "# service" line, as git itself does */
    TH_GIT_HIDDEN_REFS = 4, /* refs/merge-requests, refs/keep-around and refs/tmp as well */
};
/* GET info/refs of a repository the caller may read; 403 for another service. */
void th_git_reply_refs(struct th_req *req, const struct th_repo *repo, unsigned flags);
/* POST git-upload-pack: ls-refs; anything else gets an ERR line. */
void th_git_reply_ls_refs(struct th_req *req, const struct th_repo *repo, unsigned flags);

#endif
