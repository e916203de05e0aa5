#include "site_gitcode_import.h"
#include "site_gitcode_page.h"
#include "site_gitcode_record.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"

#include <stdlib.h>
#include <string.h>

struct wish {
    const struct th_req *req;
    const struct th_token *token;
    const char *owner;      /* NULL: whatever the token reaches */
    const char *visibility; /* all, public, private */
    const char *type;       /* code, model, dataset, space, all */
    const char *q;
};

typedef cJSON *record_of(const struct th_req *req, const struct th_repo *repo);

static const char *asked(const struct th_req *req, const char *name, const char *fallback)
{
    const char *value = th_req_query(req, name);

    return value && *value ? value : fallback;
}

static bool is_wanted(const struct wish *wish, struct th_repo *repo)
{
    bool is_public = repo->visibility == TH_PUBLIC;

    if (wish->owner ? strcmp(wish->owner, repo->owner) != 0
                    : !th_token_reaches(wish->token, repo->owner))
        return false;
    if (th_json_text(repo->extra, "moved_to", NULL) || !gc_may_read(repo, wish->token) ||
        th_now() < th_json_int(repo->extra, "visible_after", 0) ||
        th_glob(th_knob_text(wish->req, "hidden_from_list", ""), repo->name))
        return false;
    if (strcmp(wish->type, "all") != 0 && strcmp(wish->type, gc_repo_type(repo)) != 0)
        return false;
    if (wish->q && !strstr(repo->name, wish->q))
        return false;
    return !strcmp(wish->visibility, "public")    ? is_public
           : !strcmp(wish->visibility, "private") ? !is_public
                                                  : true;
}

static void reply_list(struct th_req *req, const struct wish *wish, record_of *record)
{
    cJSON *all = cJSON_CreateArray(), *items = cJSON_CreateArray(), *item;
    struct gc_page page;
    size_t place = 0;

    for (struct th_repo *repo = th_repo_first(req->site); repo; repo = repo->next)
        if (is_wanted(wish, repo))
            cJSON_AddItemToArray(all, record(req, repo));
    page = gc_page_of(req, (size_t)cJSON_GetArraySize(all));
    while ((item = cJSON_DetachItemFromArray(all, 0))) {
        if (place >= page.first && place < page.end)
            cJSON_AddItemToArray(items, item);
        else
            cJSON_Delete(item);
        place++;
    }
    cJSON_Delete(all);
    gc_reply_page(req, &page, items);
}

/* §6: the route is for organisations, and repo_type is code when it is left out. */
void gc_org_repos(struct th_req *req)
{
    const char *owner = th_req_arg(req, "owner");
    const struct th_token *token;
    struct wish wish;

    if (!gc_enter(req, GC_READ, &token))
        return;
    if (!th_owner_exists(req->site, owner) ||
        (th_is_account(req->site, owner) && !th_knob_bool(req, "users_as_orgs", false))) {
        gc_not_found(req, "404 Group Not Found");
        return;
    }
    wish = (struct wish){
        .req = req,
        .token = token,
        .owner = owner,
        .visibility = asked(req, "type", "all"),
        .type = asked(req, "repo_type", "code"),
    };
    reply_list(req, &wish, gc_record_listed);
}

void gc_user_repos(struct th_req *req)
{
    const char *owner = th_req_arg(req, "owner");
    const struct th_token *token;
    struct wish wish;
    char *message;

    if (!gc_enter(req, GC_READ, &token))
        return;
    if (!th_is_account(req->site, owner)) {
        message = th_format("User not found:%s", owner);
        gc_not_found(req, message);
        free(message);
        return;
    }
    wish = (struct wish){
        .req = req,
        .token = token,
        .owner = owner,
        .visibility = "public",
        .type = asked(req, "repo_type", "all"),
    };
    reply_list(req, &wish, gc_record_owned);
}

void gc_own_repos(struct th_req *req)
{
    const struct th_token *token;
    struct wish wish;
    const char *type = th_req_query(req, "type");
    bool is_own;

    if (!gc_enter(req, GC_READ, &token))
        return;
    if (!token) {
        gc_error(req, 401, 401, "UN_KNOW", "401 Unauthorized");
        return;
    }
    if (type && th_req_query(req, "affiliation")) {
        gc_error(req, 422, 422, "PARAMETER_ERROR", "type and affiliation exclude each other");
        return;
    }
    is_own = type && (!strcmp(type, "owner") || !strcmp(type, "personal"));
    wish = (struct wish){
        .req = req,
        .token = token,
        .owner = is_own ? token->account : NULL,
        .visibility = asked(req, "visibility", "all"),
        .type = asked(req, "repo_type", "code"),
        .q = th_req_query(req, "q"),
    };
    reply_list(req, &wish, gc_record_owned);
}
