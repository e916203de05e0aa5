/* Making and removing a model. */
#include "modelers.h"
#include <string.h>

/* What the site does not offer becomes private: never more people than were meant. */
static void write_body(struct hub_text *body, const struct hub_repo *repo, const char *owner,
                       const char *name)
{
    hub_text_puts(body, "{\"name\":");
    hub_text_json(body, name);
    hub_text_puts(body, ",\"owner\":");
    hub_text_json(body, owner);
    hub_text_puts(body, ",\"license\":");
    hub_text_json(body, mo_license_word(repo->license));
    hub_text_printf(body, ",\"visibility\":\"%s\"}",
                    repo->visibility == HUB_PUBLIC ? "public" : "private");
}

static int make(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    HUB_TEXT(body);
    const struct om_plane *plane = &op->session->plane;
    const char *slash = strchr(repo->id, '/');
    const struct hub_reply *reply = NULL;
    struct om_reply answer;
    char *owner, *url;
    int r;

    if (!slash)
        return hub_fail(op, HUB_EBUG, "\"%s\" is no repo's id", repo->id);
    owner = hub_pool_strndup(&pool, repo->id, (size_t)(slash - repo->id));
    url = hub_pool_printf(&pool, "%s/api/v1/model", plane->base);
    write_body(&body, repo, owner, slash + 1);
    if (body.failed)
        return om_no_memory(op);
    r = hub_post_json(op, HUB_ONCE, url, plane->secrets, body.data, plane->classify_once, &reply);
    return r == 0 && om_envelope(&pool, reply, &answer) ? om_open_reply(op, &pool, reply, &answer)
                                                        : r;
}

int mo_create_repo(struct hub_op *op, const struct hub_repo *repo)
{
    int r = make(op, repo);

    if (r == 0)
        r = mo_stat_repo(op, repo);
    else
        return r;
    if (r == HUB_ENOTFOUND)
        return hub_fail(op, HUB_EUNSURE, "%s was made but is not shown yet", repo->id);
    return r;
}

static bool is_number(const char *text)
{
    return text[0] && text[strspn(text, "0123456789")] == '\0';
}

/* The number is asked for by name each time: the site deletes whatever has it, for good, and calls
 * it done where nothing has. */
static int find_number(struct hub_op *op, struct hub_pool *pool, const struct hub_repo *repo,
                       const char **out)
{
    struct mo_model model;
    int r = mo_ask_model(op, pool, repo->id, &model);

    if (r < 0)
        return r;
    if (strcmp(model.repo.id, repo->id) != 0)
        return hub_fail(op, HUB_ENOTFOUND, "no model %s, only %s", repo->id, model.repo.id);
    if (!is_number(model.repo.stable_id))
        return hub_fail(op, HUB_ECORRUPT, "%s: its id is no number", repo->id);
    if (repo->stable_id[0] && strcmp(repo->stable_id, model.repo.stable_id) != 0)
        return hub_fail(op, HUB_ECONFLICT, "%s is another model now: %s, not %s", repo->id,
                        model.repo.stable_id, repo->stable_id);
    *out = model.repo.stable_id;
    return 0;
}

int mo_delete_repo(struct hub_op *op, const struct hub_repo *repo)
{
    static const char *const JSON[] = {"Content-Type: application/json", NULL};
    HUB_POOL(pool);
    const struct om_plane *plane = &op->session->plane;
    const struct hub_reply *reply = NULL;
    const char *number = NULL;
    struct hub_request request = {
        .size = sizeof request,
        .method = "DELETE",
        .headers = JSON,
        .secrets = plane->secrets,
        .body = "{}", /* the live site refuses a request without one */
        .body_bytes = 2,
        .classify = plane->classify,
    };
    int r = find_number(op, &pool, repo, &number);

    if (r < 0)
        return r;
    request.url = hub_pool_printf(&pool, "%s/api/v1/model/%s", plane->base, number);
    return request.url ? hub_say(op, http, &request, &reply) : om_no_memory(op);
}
