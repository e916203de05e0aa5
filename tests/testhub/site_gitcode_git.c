/* git-lfs.md §8 on GitCode's clone addresses: branch heads, and the ways a host can get them
 * wrong. */
#include "git_wire.h"
#include "site_gitcode_import.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"

#include <string.h>

static void ask_for_login(struct th_req *req)
{
    th_reply_text(req, 401, "text/plain", "HTTP Basic: Access denied\n");
    th_header(req, "WWW-Authenticate", "Basic realm=\"GitCode\"");
}

/* The ai. host redirects home; here its page comes at once (§18). */
static void reply_missing(struct th_req *req, bool has_token)
{
    const char *how = th_knob_text(req, "git_missing", "401");

    if (!strcmp(how, "html"))
        gc_page(req);
    else if (has_token || !strcmp(how, "404"))
        th_reply_json(req, 404,
                      cJSON_Parse("{\"error_code\":404,\"error_message\":"
                                  "\"Project not found\"}"));
    else
        ask_for_login(req);
}

/* NULL when it has been answered. */
static const struct th_repo *git_repo(struct th_req *req)
{
    struct th_repo *repo =
        th_repo_find(req->site, th_req_arg(req, "owner"), th_req_arg(req, "name"));
    const struct th_token *token = gc_git_token(req);

    if (gc_is_blocked(req))
        return NULL;
    if (!token && th_req_header(req, "Authorization")) {
        ask_for_login(req);
        return NULL;
    }
    if (token && th_token_lacks(token, req->route->name)) {
        th_reply_text(req, 403, "text/plain", "no scopes\n");
        return NULL;
    }
    if (!repo || !gc_may_read(repo, token) || !gc_is_visible_yet(repo)) {
        reply_missing(req, token != NULL);
        return NULL;
    }
    gc_import_look(repo, req->route->name);
    return repo;
}

static bool is_broken(struct th_req *req, const char *what)
{
    const cJSON *rule = th_behave(req, "git_err");
    struct th_packets packets = {0};

    if (rule) {
        th_packets_line(&packets,
                        th_format("ERR %s\n", th_json_text(rule, "text",
                                                           "Mirror repository is currently "
                                                           "syncing, please try again later")));
        th_packets_reply(req, &packets, what);
        return true;
    }
    if (!th_behave(req, "git_html"))
        return false;
    gc_page(req);
    return true;
}

static unsigned flags_of(const struct th_req *req)
{
    return (th_knob_bool(req, "git_v0_only", false) ? TH_GIT_V0_ONLY : 0u) |
           (th_knob_bool(req, "git_no_preamble", false) ? TH_GIT_NO_PREAMBLE : 0u) |
           (th_knob_bool(req, "git_hidden_refs", true) ? TH_GIT_HIDDEN_REFS : 0u);
}

void gc_git_refs(struct th_req *req)
{
    const struct th_repo *repo = git_repo(req);

    if (repo && !is_broken(req, "advertisement"))
        th_git_reply_refs(req, repo, flags_of(req));
}

void gc_git_upload_pack(struct th_req *req)
{
    const struct th_repo *repo = git_repo(req);

    if (repo && !is_broken(req, "result"))
        th_git_reply_ls_refs(req, repo, flags_of(req));
}
