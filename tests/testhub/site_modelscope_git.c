/* Section 12: smart HTTP as far as branch heads, for agents that call themselves git. */
#include "git_wire.h"
#include "site_modelscope.h"

#include <string.h>

/* NULL when it has been answered. */
static struct th_repo *git_repo(struct th_req *req)
{
    const char *agent = th_req_header(req, "User-Agent");
    struct th_repo *repo = ms_repo(req);

    if (ms_is_blocked(req))
        return NULL;
    if (!agent || strncmp(agent, "git/", 4) != 0) {
        th_reply_text(req, 421, "text/plain", "mirror self-forwarded loop detected\n");
        return NULL;
    }
    if (!repo || !th_may_read(repo, ms_token(req))) {
        th_reply_text(req, 401, "text/plain", "HTTP Basic: Access denied\n");
        th_header(req, "WWW-Authenticate", "Basic realm=\"git\"");
        return NULL;
    }
    return repo;
}

void ms_git_refs(struct th_req *req)
{
    const struct th_repo *repo = git_repo(req);

    if (repo)
        th_git_reply_refs(req, repo, 0);
}

void ms_git_upload_pack(struct th_req *req)
{
    const struct th_repo *repo = git_repo(req);

    if (repo)
        th_git_reply_ls_refs(req, repo, 0);
}
