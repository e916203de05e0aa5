#include "seed.h"
#include "site.h"

#include <stdlib.h>
#include <string.h>

static bool discards;

bool th_seed_discards(void)
{
    return discards;
}

static bool fail(char **why, char *take_text)
{
    *why = take_text;
    return false;
}

static bool add_token(const cJSON *json, char **why)
{
    const cJSON *owners = cJSON_GetObjectItemCaseSensitive(json, "owners"), *owner;
    const char *value = th_json_text(json, "value", NULL);
    const char *account = th_json_text(json, "account", NULL);
    const char *rights = th_json_text(json, "rights", "write");
    struct th_token *token;

    if (!value || !account)
        return fail(why, th_copy("a token needs value and account"));
    token = th_alloc(sizeof(*token));
    token->value = th_copy(value);
    token->account = th_copy(account);
    token->email = th_format("%s@example.com", account);
    if (th_json_text(json, "email", NULL))
        th_repo_set_text(&token->email, th_json_text(json, "email", ""));
    token->site = th_copy(th_json_text(json, "site", NULL));
    token->can_write = !strcmp(rights, "write");
    token->is_expired = th_json_bool(json, "expired", false);
    token->owners = th_alloc((size_t)cJSON_GetArraySize(owners) * sizeof(char *));
    cJSON_ArrayForEach(owner, owners)
    {
        if (cJSON_IsString(owner))
            token->owners[token->owner_count++] = th_copy(owner->valuestring);
    }
    token->lacks = cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(json, "lacks"), true);
    th_token_add(token);
    return true;
}

static struct th_blob *blob_of(const cJSON *file)
{
    const char *text = th_json_text(file, "text", NULL);
    const char *base64 = th_json_text(file, "base64", NULL);
    const char *path = th_json_text(file, "file", NULL);
    struct th_blob *blob = NULL;
    unsigned char *bytes;
    size_t length;

    if (text)
        return th_blob_literal(text, strlen(text));
    if (path)
        return th_blob_from_file(path);
    if (base64) {
        bytes = th_base64_decode(base64, &length);
        if (bytes)
            blob = th_blob_literal(bytes, length);
        free(bytes);
        return blob;
    }
    if (!cJSON_HasObjectItem(file, "size") || th_json_int(file, "size", 0) < 0)
        return NULL;
    return th_blob_generated((uint64_t)th_json_int(file, "seed", 0),
                             (uint64_t)th_json_int(file, "size", 0),
                             th_json_text(file, "sha256", NULL));
}

static bool commit_files(struct th_repo *repo, const cJSON *files, const char *message, char **why)
{
    size_t count = (size_t)cJSON_GetArraySize(files), n = 0;
    struct th_change *changes = th_alloc(count * sizeof(*changes));
    const cJSON *file;

    cJSON_ArrayForEach(file, files)
    {
        struct th_change *change = &changes[n++];

        change->path = file->string;
        if (cJSON_IsNull(file))
            continue;
        change->blob = blob_of(file);
        if (!change->blob) {
            free(changes);
            return fail(why, th_format("%s/%s: %s: not a readable content", repo->owner, repo->name,
                                       file->string));
        }
        change->is_lfs = th_json_bool(file, "lfs",
                                      repo->site->is_lfs &&
                                          repo->site->is_lfs(file->string, change->blob->size));
        if (change->blob->size == 0)
            change->is_lfs = false;
    }
    if (count)
        (void)th_repo_commit(repo, repo->default_branch, message, repo->owner, changes, count);
    free(changes);
    return true;
}

static void set_facts(struct th_repo *repo, const cJSON *json)
{
    const char *visibility = th_json_text(json, "visibility", NULL);
    const cJSON *extra = cJSON_GetObjectItemCaseSensitive(json, "extra"), *item;

    if (visibility)
        repo->visibility = !strcmp(visibility, "private")    ? TH_PRIVATE
                           : !strcmp(visibility, "internal") ? TH_INTERNAL
                                                             : TH_PUBLIC;
    repo->is_gated = th_json_bool(json, "gated", repo->is_gated);
    if (th_json_text(json, "license", NULL))
        th_repo_set_text(&repo->license, th_json_text(json, "license", ""));
    if (th_json_text(json, "display_name", NULL))
        th_repo_set_text(&repo->display_name, th_json_text(json, "display_name", ""));
    if (th_json_text(json, "description", NULL))
        th_repo_set_text(&repo->description, th_json_text(json, "description", ""));
    cJSON_ArrayForEach(item, extra)
    {
        cJSON_DeleteItemFromObjectCaseSensitive(repo->extra, item->string);
        cJSON_AddItemToObject(repo->extra, item->string, cJSON_Duplicate(item, true));
    }
}

static bool add_history(struct th_repo *repo, const cJSON *json, char **why)
{
    const cJSON *entry, *tag;
    const struct th_commit *commit;

    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(json, "history"))
    {
        if (!commit_files(repo, cJSON_GetObjectItemCaseSensitive(entry, "files"),
                          th_json_text(entry, "message", "seed"), why))
            return false;
    }
    cJSON_ArrayForEach(tag, cJSON_GetObjectItemCaseSensitive(json, "tags"))
    {
        commit = th_repo_resolve(repo, cJSON_IsString(tag) ? tag->valuestring : NULL);
        if (!commit)
            return fail(why, th_format("%s/%s: tag %s: no such revision", repo->owner, repo->name,
                                       tag->string));
        th_repo_set_ref(repo, tag->string, true, commit);
    }
    return true;
}

static bool add_repo(const struct th_site *site, const cJSON *json, char **why)
{
    const char *id = th_json_text(json, "id", ""), *slash = strchr(id, '/');
    char *owner;
    struct th_repo *repo;

    if (!slash || slash == id || !slash[1])
        return fail(
            why, th_format("%s: a repository needs an id owner/name, not \"%s\"", site->name, id));
    owner = th_copy_n(id, (size_t)(slash - id));
    repo = th_repo_find(site, owner, slash + 1);
    if (th_json_bool(json, "remove", false)) {
        if (repo)
            th_repo_remove(repo);
        free(owner);
        return true;
    }
    if (!repo) {
        repo = th_repo_create(site, owner, slash + 1, site->default_branch);
        set_facts(repo, json);
        if (site->seeded && th_json_bool(json, "defaults", true))
            site->seeded(repo);
    } else {
        set_facts(repo, json);
        if (*th_json_text(json, "rename", ""))
            th_repo_set_text(&repo->name, th_json_text(json, "rename", ""));
    }
    free(owner);
    return commit_files(repo, cJSON_GetObjectItemCaseSensitive(json, "files"),
                        th_json_text(json, "message", "seed"), why) &&
           add_history(repo, json, why);
}

static bool apply_site(const cJSON *json, char **why)
{
    const struct th_site *site = th_site_named(json->string);
    const cJSON *item;

    if (!site)
        return true; /* a seed may speak of sites that this build does not have */
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "knobs"))
        th_knob_set(site, item->string, item);
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "repos"))
    {
        if (!add_repo(site, item, why))
            return false;
    }
    return true;
}

bool th_seed_apply(const cJSON *seed, char **why)
{
    const cJSON *item;

    if (!cJSON_IsObject(seed))
        return fail(why, th_copy("a seed must be a JSON object"));
    discards = th_json_bool(seed, "discard", discards);
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(seed, "owners"))
    {
        if (cJSON_IsString(item))
            th_owner_add(item->valuestring);
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(seed, "tokens"))
    {
        if (!add_token(item, why))
            return false;
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(seed, "sites"))
    {
        if (!apply_site(item, why))
            return false;
    }
    return true;
}
