/* Whose token it is. */
#include "modelers.h"

/* Here a token known by its end but wrong or expired is "no permission" as well. */
static int classify_user(struct hub_op *op, const struct hub_reply *reply, int guess,
                         uint32_t *wait_ms)
{
    int status = om_classify(op, reply, guess, wait_ms);

    if (status != HUB_EDENIED)
        return status;
    return hub_fail(op, HUB_EAUTH, "the site does not accept the token (%u)", reply->http_status);
}

int mo_whoami(struct hub_op *op)
{
    HUB_POOL(pool);
    const struct om_plane *plane = &op->session->plane;
    char *url = hub_pool_printf(&pool, "%s/api/v1/user", plane->base);
    struct hub_account account = {.size = sizeof account};
    const struct hub_reply *reply = NULL;
    struct om_reply answer;
    int r = hub_get(op, url, plane->secrets, classify_user, &reply);

    if (r == 0)
        r = om_open_reply(op, &pool, reply, &answer);
    if (r < 0)
        return r;
    account.name = hub_json_string(&answer.read, answer.data, "account", HUB_MUST);
    r = om_check_read(op, "user", &answer.read);
    return r == 0 ? hub_say(op, account, &account) : r;
}
