/* Whose token it is. */
#include "gitcode.h"
#include <string.h>

/* The only question that every token may ask: what refuses it refuses the token. */
static int classify_user(struct hub_op *op, const struct hub_reply *reply, int guess,
                         uint32_t *wait_ms)
{
    int status = gc_classify(op, reply, guess, wait_ms);

    if (status != HUB_EDENIED && status != HUB_EREFUSED)
        return status;
    return hub_fail(op, HUB_EAUTH, "the site does not accept the token (%u)", reply->http_status);
}

static int ask_user(struct hub_op *op, struct hub_pool *pool, const char **login)
{
    struct gc_answer answer;
    int r = gc_get(op, pool, gc_url(op, pool, "/api/v5/user"), classify_user, &answer);

    if (r < 0)
        return r;
    *login = hub_json_string(&answer.read, answer.top, "login", HUB_MUST);
    return gc_check(op, "user", &answer);
}

static int keep_login(struct hub_op *op, const char *login)
{
    struct hub_session *session = op->session;
    bool is_kept;

    (void)pthread_mutex_lock(&session->lock);
    if (!session->login)
        session->login = hub_pool_strdup(&session->pool, login);
    is_kept = session->login != NULL;
    (void)pthread_mutex_unlock(&session->lock);
    return is_kept ? 0 : om_no_memory(op);
}

int gc_prove_token(struct hub_op *op)
{
    HUB_POOL(pool);
    const char *login = "";
    int r = ask_user(op, &pool, &login);

    return r == 0 ? keep_login(op, login) : r;
}

int gc_ask_login(struct hub_op *op, const char **login)
{
    struct hub_session *session = op->session;
    int r = 0;

    if (session->token[0] == '\0')
        return hub_fail(op, HUB_EDENIED, "the site asks for a token here");
    (void)pthread_mutex_lock(&session->lock);
    *login = session->login;
    (void)pthread_mutex_unlock(&session->lock);
    if (!*login)
        r = gc_prove_token(op);
    if (r == 0)
        *login = session->login; /* written once */
    return r;
}

int gc_ask_git_secrets(struct hub_op *op, const char *const **out)
{
    HUB_TEXT(plain);
    HUB_TEXT(header);
    struct hub_session *session = op->session;
    const char *login = NULL;
    bool is_made;
    int r;

    *out = NULL;
    if (session->token[0] == '\0')
        return 0;
    r = gc_ask_login(op, &login);
    if (r < 0)
        return r;
    hub_text_printf(&plain, "%s:%s", login, session->token);
    hub_text_puts(&header, "Authorization: Basic ");
    hub_text_base64(&header, plain.data, plain.n_bytes);
    (void)pthread_mutex_lock(&session->lock);
    if (!session->git_secrets[0] && !plain.failed && !header.failed)
        session->git_secrets[0] = hub_pool_strdup(&session->pool, header.data);
    is_made = session->git_secrets[0] != NULL;
    (void)pthread_mutex_unlock(&session->lock);
    *out = session->git_secrets;
    return is_made ? 0 : om_no_memory(op);
}

int gc_whoami(struct hub_op *op)
{
    HUB_POOL(pool);
    struct hub_account account = {.size = sizeof account};
    int r = ask_user(op, &pool, &account.name);

    if (r == 0)
        r = keep_login(op, account.name);
    return r == 0 ? hub_say(op, account, &account) : r;
}
