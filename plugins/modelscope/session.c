/* session.c - the provider, its options, open and close, whose token it is. */
#include "modelscope.h"
#include <stdlib.h>
#include <string.h>

#define DEFAULT_ENDPOINT "https://www.modelscope.cn" /* without www. bursts meet a firewall */

static const struct hub_option endpoint_option = {
    .size = sizeof(struct hub_option),
    .type = HUB_STRING,
    .name = "endpoint",
    .fallback = DEFAULT_ENDPOINT,
    .help = "address of the site, also for git; uploads go to lfs. + its host",
};
static const struct hub_option cut_option = {
    .size = sizeof(struct hub_option),
    .type = HUB_UINT,
    .name = "listing_cut",
    .fallback = "3000",
    .help = "number of entries at which the site cuts a file listing without saying so",
};
static const struct hub_option *const options[] = {&endpoint_option, &cut_option, NULL};

static bool is_header_text(const char *token)
{
    for (; *token; token++)
        if (*token <= ' ' || *token > '~' || *token == ';' || *token == ',' || *token == '"')
            return false;
    return true;
}

/* Both credentials go together (Authorization and Cookie); git takes the token as a password. */
static bool set_secrets(struct hub_session *session, const char *token)
{
    HUB_TEXT(plain);
    HUB_TEXT(basic);

    if (!*token)
        return true;
    hub_text_printf(&plain, "oauth2:%s", token);
    hub_text_puts(&basic, "Authorization: Basic ");
    if (plain.data)
        hub_text_base64(&basic, plain.data, plain.n_bytes);
    session->secrets[0] = hub_pool_printf(&session->pool, "Authorization: Bearer %s", token);
    session->secrets[1] = hub_pool_printf(&session->pool, "Cookie: m_session_id=%s", token);
    if (!plain.failed && !basic.failed)
        session->git_secrets[0] = hub_pool_strdup(&session->pool, basic.data);
    return session->secrets[0] && session->secrets[1] && session->git_secrets[0];
}

static bool is_international(const char *host)
{
    return strcmp(host, "www.modelscope.ai") == 0 || strcmp(host, "modelscope.ai") == 0;
}

static int fill(struct hub_op *op, struct hub_session *session)
{
    const char *endpoint = hub_say(op, config, "endpoint");
    const char *token = hub_say(op, config, "token");

    session->base = hub_url_endpoint(&session->pool, endpoint);
    if (!session->base)
        return hub_fail(op, HUB_EREFUSED, "endpoint %s: not an http(s) address", endpoint);
    if (!is_header_text(token))
        return hub_fail(op, HUB_EAUTH, "the token holds characters that no header can carry");
    session->host = hub_url_host(&session->pool, session->base);
    session->listing_cut = strtoull(hub_say(op, config, "listing_cut"), NULL, 10);
    if (!session->host || !set_secrets(session, token))
        return ms_no_memory(op);
    if (is_international(session->host))
        session->create_headers[0] = "X-Modelscope-Accept-Language: en_US";
    return ms_limits_say(op, session);
}

int ms_open(struct hub_op *op, struct hub_session **out)
{
    struct hub_session *session = calloc(1, sizeof(*session));
    int r;

    if (!session)
        return ms_no_memory(op);
    r = fill(op, session);
    if (r < 0) {
        ms_close(session);
        return r;
    }
    *out = session;
    return 0;
}

void ms_close(struct hub_session *session)
{
    if (!session)
        return;
    hub_pool_clear(&session->pool);
    free(session);
}

/* The one call that tells a bad token: elsewhere the site ignores it and answers as to a stranger.
 * It does not tell whose repos the token may write, nor whether it may write at all. */
int ms_whoami(struct hub_op *op)
{
    HUB_POOL(pool);
    struct ms_answer answer;
    struct hub_account account = {.size = sizeof(account)};
    int r = ms_get(op, &pool, ms_url(op, &pool, "/openapi/v1/users/me"), &answer);

    if (r < 0)
        return r;
    account.name = hub_json_string(&answer.read, answer.data, "username", HUB_MUST);
    r = ms_check(op, &answer);
    return r < 0 ? r : hub_say(op, account, &account);
}

static const struct hub_provider provider = {
    .size = sizeof(provider),
    .abi = HUB_ABI,
    .threads = HUB_PARALLEL,
    .name = "modelscope",
    .version = HS_VERSION,
    .title = "ModelScope (modelscope.cn)",
    .options = options,
    .open = ms_open,
    .close = ms_close,
    .whoami = ms_whoami,
    .list_repos = ms_list_repos,
    .stat_repo = ms_stat_repo,
    .list_files = ms_list_files,
    .download = ms_download,
    .site_made = ms_site_made,
    .upload = ms_upload,
    .commit = ms_commit,
    .create_repo = ms_create_repo,
    .branch_heads = ms_branch_heads,
};
HUB_PROVIDER(provider);
