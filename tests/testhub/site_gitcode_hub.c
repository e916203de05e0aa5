/* §18: the AI hub's file plane is the openMind one. Its calls go to the same code as on Modelers,
 * after this site's own questions: firewall, entitlement, import, mirror. */
#include "site_gitcode_import.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"
#include "site_modelers.h"
#include "site_modelers_reply.h"
#include "site_modelers_verify.h"

#include <string.h>

static const struct {
    const char *route;
    th_handler *handle;
    bool is_write;
} calls[] = {
    {"hub_user", mo_user, false},
    {"hub_account", mo_account, false},
    {"hub_model", mo_model, false},
    {"hub_create", mo_create, true},
    {"tree", mo_tree, false},
    {"info", mo_info, false},
    {"media", gc_media, false},
    {"resolve", gc_resolve, false},
    {"license_check", mo_license_check, false},
    {"pre_upload", mo_pre_upload, true},
    {"batch", mo_batch, true},
    {"commit", mo_commit, true},
    {"verify", mo_verify, false},
};

/* False when it has replied. */
static bool may_pass(struct th_req *req, bool is_write)
{
    struct th_repo *repo =
        th_repo_find_nocase(req->site, th_req_arg(req, "owner"), th_req_arg(req, "name"));
    const struct th_token *token = th_token_find(req->site, th_req_bearer(req));

    if (gc_is_blocked(req))
        return false;
    if ((token && th_token_lacks(token, req->route->name)) ||
        (!token && !th_req_header(req, "Authorization") &&
         !th_knob_bool(req, "hub_anonymous", true) && strcmp(req->route->name, "verify") != 0)) {
        th_count_event(req, "not_entitled");
        mo_reply_error(req, 403, "no_permission", "FORBIDDEN: no scopes");
        return false;
    }
    if (repo && !gc_is_visible_yet(repo)) {
        mo_reply_error(req, 404, "repo_not_found", "not found");
        return false;
    }
    if (repo)
        gc_import_look(repo, req->route->name);
    if (!repo || !is_write || !gc_write_block(repo))
        return true;
    th_count_event(req, "write_refused_mirror");
    mo_reply_error(req, 403, "no_permission", gc_write_block(repo));
    return false;
}

void gc_hub(struct th_req *req)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (strcmp(calls[i].route, req->route->name) != 0)
            continue;
        if (may_pass(req, calls[i].is_write))
            calls[i].handle(req);
        return;
    }
}
