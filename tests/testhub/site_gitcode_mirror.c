/* §10: what a client may see of mirrors. Switching one on is a person's work: POST /mirror. */
#include "site_gitcode_import.h"
#include "site_gitcode_page.h"
#include "site_gitcode_record.h"
#include "site_gitcode_reply.h"
#include "site_gitcode.h"

#include <stdlib.h>
#include <string.h>

static void add_date(const struct th_req *req, cJSON *to, const char *name, int64_t seconds)
{
    char *text = seconds ? gc_date(req, seconds) : NULL;

    if (th_knob_bool(req, "mirror_dates", true))
        cJSON_AddItemToObject(to, name, text ? cJSON_CreateString(text) : cJSON_CreateNull());
    free(text);
}

/* The address may hold the credentials of the other site. */
static void add_url(const struct th_req *req, cJSON *to, const char *url)
{
    const char *rest = strstr(url, "://");
    bool has_secret = rest && th_knob_bool(req, "mirror_url_secret", false);
    char *text = has_secret ? th_format("%.*soauth2:mirror-secret-0000@%s", (int)(rest + 3 - url),
                                        url, rest + 3)
                            : th_copy(url);

    cJSON_AddStringToObject(to, "url", text);
    free(text);
}

static cJSON *state_of(const struct th_req *req, const struct th_repo *repo)
{
    const cJSON *mirror = cJSON_GetObjectItemCaseSensitive(repo->extra, "mirror");
    const cJSON *import = cJSON_GetObjectItemCaseSensitive(repo->extra, "import");
    const char *error = th_json_text(mirror, "last_error", "");
    cJSON *body = cJSON_CreateObject();

    cJSON_AddNumberToObject(body, "id", (double)repo->number + 1000);
    cJSON_AddNumberToObject(body, "project_id", (double)repo->number);
    add_url(req, body, th_json_text(import, "url", ""));
    cJSON_AddStringToObject(body, "update_status", th_json_text(mirror, "status", "default"));
    add_date(req, body, "last_update_at", th_json_int(mirror, "last_update", 0));
    add_date(req, body, "last_successful_update_at", th_json_int(mirror, "last_success", 0));
    cJSON_AddNumberToObject(body, "number_of_failures", (double)th_json_int(mirror, "failures", 0));
    cJSON_AddBoolToObject(body, "mirroring_enabled", gc_is_pull_mirror(repo));
    cJSON_AddBoolToObject(body, "is_private", false);
    cJSON_AddItemToObject(body, "last_error",
                          *error ? cJSON_CreateString(error) : cJSON_CreateNull());
    cJSON_AddBoolToObject(body, "force", true);
    return body;
}

/* What the route says of a repository without a mirror is unknown: four forms. */
static void reply_off(struct th_req *req, const struct th_repo *repo)
{
    const char *form = th_knob_text(req, "mirror_off", "404");

    if (!strcmp(form, "null"))
        th_reply_text(req, 200, "application/json", "null");
    else if (!strcmp(form, "empty"))
        th_reply_json(req, 200, cJSON_CreateObject());
    else if (!strcmp(form, "disabled"))
        gc_reply(req, 200, state_of(req, repo));
    else
        gc_not_found(req, "404 Remote Mirror Not Found");
}

void gc_pull_mirror(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);

    if (!repo)
        return;
    if (!th_knob_bool(req, "mirror_route", true))
        gc_error(req, 404, 404, "error", "404 Not Found");
    else if (gc_is_pull_mirror(repo))
        gc_reply(req, 200, state_of(req, repo));
    else
        reply_off(req, repo);
}

/* "extra": {"push_mirrors": [{"id": 7, "url": …}]} of the seed. */
void gc_push_mirrors(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);
    const cJSON *list, *item;
    cJSON *items;
    struct gc_page page;
    size_t place = 0;

    if (!repo)
        return;
    list = cJSON_GetObjectItemCaseSensitive(repo->extra, "push_mirrors");
    page = gc_page_of(req, (size_t)cJSON_GetArraySize(list));
    items = cJSON_CreateArray();
    cJSON_ArrayForEach(item, list)
    {
        if (place >= page.first && place < page.end)
            cJSON_AddItemToArray(items, cJSON_Duplicate(item, true));
        place++;
    }
    gc_reply_page(req, &page, items);
}

void gc_push_mirror_sync(struct th_req *req)
{
    const struct th_token *token;
    const struct th_repo *repo = gc_enter(req, GC_WRITE, &token) ? gc_repo(req, token) : NULL;

    if (!repo)
        return;
    if (!th_may_write(repo->owner, token))
        gc_forbidden(req, "no permission");
    else if (th_behave(req, "sync_too_frequent"))
        th_reply_json(req, 403,
                      cJSON_Parse("{\"error_message\":\"Sync too frequently, please try again "
                                  "later\"}"));
    else
        th_reply_json(req, 200, cJSON_CreateObject());
}

/* Forks only (§10). */
void gc_fork_sync(struct th_req *req)
{
    const struct th_token *token;
    const struct th_repo *repo = gc_writable(req, &token);

    if (!repo)
        return;
    th_count_event(req, "fork_sync");
    if (th_json_bool(repo->extra, "fork", false))
        th_reply_json(req, 200, cJSON_Parse("{\"repo_sync_result\":true}"));
    else
        gc_error(req, 400, 400, "UN_KNOW", "the project is not a fork");
}

void gc_fork_state(struct th_req *req)
{
    const struct th_repo *repo = gc_readable(req);

    if (repo)
        th_reply_json(req, 200, cJSON_Parse("{\"repo_sync_result\":true}"));
}
