#include "site_gitcode_import.h"
#include "listener.h"
#include "site_gitcode_reply.h"

#include <stdlib.h>
#include <string.h>

/* "user:password@127.0.0.1:4000/models/o/n.git", behind the scheme. */
struct address {
    char *password, *host, *owner, *name;
    uint16_t port;
};

static void clear_address(struct address *address)
{
    free(address->password);
    free(address->host);
    free(address->owner);
    free(address->name);
}

/* The path's last two segments without ".git"; a first segment "models" is the other clone form. */
static bool split_path(const char *path, struct address *out)
{
    const char *slash;
    size_t length;

    if (!strncmp(path, "models/", 7) && strchr(path + 7, '/'))
        path += 7;
    slash = strchr(path, '/');
    length = slash ? strlen(slash + 1) : 0;
    if (!slash || slash == path || strchr(slash + 1, '/') || length < 5 ||
        strcmp(slash + 1 + length - 4, ".git") != 0)
        return false;
    out->owner = th_percent_decode(path, (size_t)(slash - path), false);
    out->name = th_percent_decode(slash + 1, length - 4, false);
    return true;
}

static bool split_url(const char *url, struct address *out)
{
    const char *start = strstr(url, "://"), *end, *at, *colon;

    if (!start || (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0))
        return false;
    start += 3;
    end = start + strcspn(start, "/");
    at = memchr(start, '@', (size_t)(end - start));
    if (at) {
        colon = memchr(start, ':', (size_t)(at - start));
        if (colon)
            out->password = th_percent_decode(colon + 1, (size_t)(at - colon) - 1, false);
        start = at + 1;
    }
    colon = memchr(start, ':', (size_t)(end - start));
    out->host = th_copy_n(start, (size_t)((colon ? colon : end) - start));
    out->port = colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
    return *end && split_path(end + 1, out);
}

static bool is_loopback(const char *host)
{
    size_t length = strlen(host);

    return !strcmp(host, "127.0.0.1") || !strcmp(host, "localhost") ||
           (length > 10 && !strcmp(host + length - 10, ".localhost"));
}

struct th_repo *gc_import_source(const char *url)
{
    struct address address = {0};
    const struct th_listener *listener = NULL;
    struct th_repo *repo = NULL;

    if (split_url(url, &address) && is_loopback(address.host))
        listener = th_listener_at(address.port);
    if (listener && listener->site)
        repo = th_repo_find(listener->site, address.owner, address.name);
    if (repo && !th_may_read(repo, th_token_find(repo->site, address.password)))
        repo = NULL;
    clear_address(&address);
    return repo;
}

static cJSON *part(const struct th_repo *repo, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(repo->extra, name);
}

bool gc_is_importing(const struct th_repo *repo)
{
    return !strcmp(th_json_text(part(repo, "import"), "state", ""), "started");
}

bool gc_is_pull_mirror(const struct th_repo *repo)
{
    return th_json_bool(part(repo, "mirror"), "enabled", false);
}

bool gc_is_object_missing(const struct th_repo *repo, const char *oid)
{
    return cJSON_GetObjectItemCaseSensitive(part(repo, "lfs_missing"), oid) != NULL;
}

/* "modelscope:alice/demo" */
static struct th_repo *source_named(const char *from)
{
    const char *colon = strchr(from, ':'), *slash = colon ? strchr(colon, '/') : NULL;
    char *site, *owner;
    struct th_repo *repo = NULL;

    if (!slash)
        return NULL;
    site = th_copy_n(from, (size_t)(colon - from));
    owner = th_copy_n(colon + 1, (size_t)(slash - colon) - 1);
    if (th_site_named(site))
        repo = th_repo_find(th_site_named(site), owner, slash + 1);
    free(site);
    free(owner);
    return repo;
}

/* What the copy has pointers to and no bytes for. */
static void note_missing(struct th_repo *repo, bool has_lfs)
{
    const struct th_commit *head = th_repo_resolve(repo, NULL);
    cJSON *missing;

    if (has_lfs) {
        cJSON_DeleteItemFromObjectCaseSensitive(repo->extra, "lfs_missing");
        return;
    }
    missing = gc_child(repo->extra, "lfs_missing");
    for (const struct th_commit *commit = head; commit; commit = commit->parent)
        for (size_t i = 0; i < commit->file_count; i++)
            if (commit->files[i]->is_lfs)
                gc_set_bool(missing, commit->files[i]->blob->sha256, true);
}

/* False when the source is gone or closed. */
static bool copy_source(struct th_repo *repo)
{
    cJSON *import = part(repo, "import");
    const struct th_repo *source = source_named(th_json_text(import, "from", ""));
    bool has_lfs = th_json_bool(import, "lfs", true);
    bool is_only = !strcmp(th_json_text(import, "branches", "all"), "default");

    if (!source)
        return false;
    th_repo_mirror(repo, source,
                   (has_lfs ? TH_MIRROR_LFS : 0u) | (is_only ? TH_MIRROR_DEFAULT_ONLY : 0u));
    note_missing(repo, has_lfs);
    repo->updated = th_now();
    return true;
}

static void end_import(struct th_repo *repo, bool is_good)
{
    cJSON *import = gc_child(repo->extra, "import");

    if (is_good && copy_source(repo)) {
        gc_set_text(import, "state", "finished");
        gc_set_text(import, "error", "");
        return;
    }
    gc_set_text(import, "state", "failed");
    if (!*th_json_text(import, "error", ""))
        gc_set_text(import, "error", "fetch from remote failed");
}

static void point_at(cJSON *import, const struct th_repo *source)
{
    char *from = th_format("%s:%s/%s", source->site->name, source->owner, source->name);

    gc_set_text(import, "from", from);
    free(from);
}

void gc_import_start(const struct th_req *req, struct th_repo *repo, const char *url)
{
    cJSON *import = gc_child(repo->extra, "import");
    const cJSON *fails = th_behave(req, "import_fails");
    bool is_stuck = th_behave(req, "import_never") != NULL;

    gc_set_text(import, "url", url);
    point_at(import, gc_import_source(url));
    gc_set_text(import, "state", "started");
    gc_set_text(import, "result",
                fails      ? "failed"
                : is_stuck ? "never"
                           : th_knob_text(req, "import_result", "finished"));
    gc_set_text(import, "error", th_json_text(fails, "error", ""));
    gc_set_bool(import, "lfs",
                !th_behave(req, "import_no_lfs") && th_knob_bool(req, "import_lfs", true));
    gc_set_text(import, "branches", th_knob_text(req, "import_branches", "all"));
    gc_set_number(import, "polls_left", (double)th_knob_int(req, "import_polls", 1));
    gc_set_number(import, "due", (double)(th_now() + th_knob_int(req, "import_delay_s", 0)));
}

/* Calls by which a client can find out how far it is; info/refs is only half of one. */
static bool is_poll(const char *route)
{
    static const char *const polls[] = {
        "branches", "branch",    "commits",     "commit_get", "git_tree",
        "contents", "file_list", "raw",         "v4_project", "git_upload_pack",
        "tree",     "info",      "repo_mirror", "lfs_batch",
    };

    for (size_t i = 0; i < sizeof(polls) / sizeof(polls[0]); i++)
        if (!strcmp(polls[i], route))
            return true;
    return false;
}

void gc_import_look(struct th_repo *repo, const char *route)
{
    cJSON *import = part(repo, "import");
    int64_t left = th_json_int(import, "polls_left", 0);
    const char *result = th_json_text(import, "result", "finished");

    if (!gc_is_importing(repo) || !strcmp(result, "never") ||
        th_now() < th_json_int(import, "due", 0))
        return;
    if (left > 0) {
        if (is_poll(route))
            gc_set_number(import, "polls_left", (double)(left - 1));
        return;
    }
    end_import(repo, strcmp(result, "failed") != 0);
}

void gc_hide_after_create(const struct th_req *req, struct th_repo *repo)
{
    gc_set_number(repo->extra, "visible_after",
                  (double)(th_now() + th_knob_int(req, "visible_after_s", 0)));
    gc_set_number(repo->extra, "hidden_calls", (double)th_knob_int(req, "visible_after_calls", 0));
}

bool gc_is_visible_yet(struct th_repo *repo)
{
    int64_t calls = th_json_int(repo->extra, "hidden_calls", 0);

    if (th_now() < th_json_int(repo->extra, "visible_after", 0))
        return false;
    if (calls > 0)
        gc_set_number(repo->extra, "hidden_calls", (double)(calls - 1));
    return calls <= 0;
}

static const char *pull(struct th_repo *repo)
{
    cJSON *mirror = gc_child(repo->extra, "mirror");

    if (!gc_is_pull_mirror(repo))
        return "pull mirroring is off";
    gc_set_number(mirror, "last_update", (double)th_now());
    if (!copy_source(repo)) {
        gc_set_text(mirror, "status", "failed");
        gc_set_text(mirror, "last_error", "INVALID_ARGUMENT");
        gc_set_number(mirror, "failures", (double)th_json_int(mirror, "failures", 0) + 1);
        return NULL;
    }
    gc_set_text(mirror, "status", "finished");
    gc_set_text(mirror, "last_error", "");
    gc_set_number(mirror, "failures", 0);
    gc_set_number(mirror, "last_success", (double)th_now());
    return NULL;
}

static void copy_member(cJSON *to, const char *name, const cJSON *order, const char *from)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(order, from);

    if (!value)
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(to, name);
    cJSON_AddItemToObject(to, name, cJSON_Duplicate(value, true));
}

static const char *steer_import(struct th_repo *repo, const cJSON *order)
{
    const char *wish = th_json_text(order, "import", NULL);
    cJSON *import = gc_child(repo->extra, "import");

    copy_member(import, "lfs", order, "lfs");
    copy_member(import, "branches", order, "branches");
    copy_member(import, "polls_left", order, "polls");
    if (!wish)
        return NULL;
    copy_member(import, "error", order, "error");
    if (!strcmp(wish, "finish"))
        end_import(repo, true);
    else if (!strcmp(wish, "fail"))
        end_import(repo, false);
    else if (!strcmp(wish, "hold"))
        gc_set_text(import, "result", "never");
    else if (!strcmp(wish, "release"))
        gc_set_text(import, "result", "finished");
    else
        return "import is none of finish, fail, hold, release";
    if (!strcmp(wish, "hold"))
        gc_set_text(import, "state", "started");
    return NULL;
}

static const char *steer_mirror(struct th_repo *repo, const cJSON *order)
{
    bool was_on = gc_is_pull_mirror(repo), wants_pull = th_json_bool(order, "pull", false);
    cJSON *mirror;

    if (!was_on && !cJSON_HasObjectItem(order, "enabled"))
        return wants_pull ? "pull mirroring is off" : NULL;
    mirror = gc_child(repo->extra, "mirror");
    copy_member(mirror, "enabled", order, "enabled");
    if (!was_on && gc_is_pull_mirror(repo)) {
        gc_set_text(mirror, "status", "finished");
        gc_set_number(mirror, "last_update", (double)th_now());
        gc_set_number(mirror, "last_success", (double)th_now());
        gc_set_number(mirror, "failures", 0);
    }
    if (wants_pull && pull(repo))
        return "pull mirroring is off";
    copy_member(mirror, "status", order, "status");
    copy_member(mirror, "last_error", order, "last_error");
    copy_member(mirror, "failures", order, "failures");
    copy_member(mirror, "last_success", order, "last_success");
    return NULL;
}

const char *gc_mirror_order(const char *owner, const char *name, const cJSON *order)
{
    const struct th_site *site = th_site_named("gitcode");
    struct th_repo *repo = th_repo_find(site, owner, name);
    const char *from = th_json_text(order, "from", NULL), *why;
    struct th_repo *source = from ? source_named(from) : NULL;

    if (from && !source)
        return "from is no repository, as in \"modelscope:alice/demo\"";
    if (!repo && !source)
        return "no such repository, and no from to make it of";
    if (!repo)
        repo = th_repo_create(site, owner, name, source->default_branch);
    if (source)
        point_at(gc_child(repo->extra, "import"), source);
    why = steer_import(repo, order);
    if (!why && source && !cJSON_HasObjectItem(order, "import"))
        end_import(repo, true);
    return why ? why : steer_mirror(repo, order);
}
