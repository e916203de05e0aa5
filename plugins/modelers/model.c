/* One model: its members in a list and in the detail call, and that call. */
#include "modelers.h"
#include <string.h>
#include <strings.h>

static uint32_t visibility_of(const char *word)
{
    if (strcmp(word, "public") == 0)
        return HUB_PUBLIC;
    return strcmp(word, "private") == 0 ? HUB_PRIVATE : 0;
}

static char *lower(struct hub_pool *pool, const char *text)
{
    char *copy = hub_pool_strdup(pool, text);

    for (char *c = copy; c && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

/* The first of a list, or the text itself. at: a row, or the labels of the detail call. */
static const char *read_license(struct hub_read *read, const struct hub_json *at)
{
    const struct hub_json *license = hub_json_get(read, at, "license", HUB_MAY);

    if (hub_json_is_array(license))
        license = hub_json_first(license);
    return hub_json_is_string(license) ? lower(read->pool, hub_json_string_value(read, license))
                                       : "";
}

void mo_read_model(struct hub_read *read, const struct hub_json *node, const char *owner,
                   struct mo_model *out)
{
    const struct hub_json *labels = hub_json_object(read, node, "labels", HUB_MAY);
    struct hub_repo *repo = &out->repo;

    *out = (struct mo_model){.repo = {.size = sizeof out->repo}};
    out->name = hub_json_string(read, node, "name", HUB_MUST);
    out->owner = hub_json_string(read, node, "owner", HUB_MAY);
    if (out->owner[0] == '\0')
        out->owner = owner;
    repo->id = hub_pool_printf(read->pool, "%s/%s", out->owner, out->name);
    repo->stable_id = hub_json_word(read, node, "id");
    repo->visibility = visibility_of(hub_json_string(read, node, "visibility", HUB_MAY));
    repo->modified_ms = hub_time_epoch(hub_json_uint_loose(read, node, "updated_at", HUB_MAY, 0));
    repo->license = read_license(read, labels ? labels : node);
    repo->revision = repo->head = repo->branch = repo->clone_url = "";
    if (!repo->id || !repo->license) {
        read->status = HUB_ENOMEM;
        read->why = "out of memory";
    }
}

/* A 404 of any other kind is no word about this model. */
static bool says_absent(struct hub_pool *pool, const struct hub_reply *reply)
{
    static const char *const CODES[] = {"model_not_found", "repo_not_found", "user_not_found",
                                        "owner_not_found", "organization_not_found"};
    struct om_reply answer;

    if (!reply || !om_envelope(pool, reply, &answer))
        return false;
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
        if (strcmp(answer.code, CODES[i]) == 0)
            return true;
    return false;
}

static int take_model(struct hub_op *op, const struct om_plane *plane, const char *id,
                      struct om_reply *answer, struct mo_model *out)
{
    mo_read_model(&answer->read, answer->data, "", out);
    if (answer->read.status < 0)
        return om_check_read(op, id, &answer->read);
    if (strcasecmp(out->repo.id, id) != 0)
        return hub_fail(op, HUB_ECORRUPT, "asked for %s, told of %s", id, out->repo.id);
    out->repo.branch = plane->branch;
    if (out->repo.visibility == HUB_PUBLIC)
        out->repo.clone_url =
            hub_pool_printf(answer->read.pool, "%s/%s.git", plane->base, out->repo.id);
    return out->repo.clone_url ? 0 : om_no_memory(op);
}

int mo_ask_model(struct hub_op *op, struct hub_pool *pool, const char *id, struct mo_model *out)
{
    const struct om_plane *plane = &op->session->plane;
    char *path = hub_url_path(pool, id);
    char *url = path ? hub_pool_printf(pool, "%s/api/v1/model/%s", plane->base, path) : NULL;
    const struct hub_reply *reply = NULL;
    struct om_reply answer;
    int r = hub_get(op, url, plane->secrets, plane->classify, &reply);

    if (r == HUB_ENOTFOUND && !says_absent(pool, reply))
        return hub_fail(op, HUB_ECORRUPT, "%s: \"not found\", but not of the model", id);
    if (r == 0)
        r = om_open_reply(op, pool, reply, &answer);
    return r == 0 ? take_model(op, plane, id, &answer, out) : r;
}

int mo_stat_repo(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    struct mo_model model;
    int r = mo_ask_model(op, &pool, repo->id, &model);

    return r == 0 ? hub_say(op, repo, &model.repo) : r;
}
