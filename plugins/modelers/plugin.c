/* The provider and its sessions. */
#include "modelers.h"

static const struct hub_option ENDPOINT = {
    .size = sizeof ENDPOINT,
    .type = HUB_STRING,
    .name = "endpoint",
    .fallback = "https://modelers.cn",
    .help = "address of the site; its API and its files are both beneath it",
};
static const struct hub_option *const OPTIONS[] = {&ENDPOINT, NULL};

/* The one header with the token, or NULL for a session without one. */
static int make_secrets(struct hub_op *op, struct hub_session *session)
{
    const char *token = hub_say(op, config, "token");
    const char **list;

    if (token[0] == '\0')
        return 0;
    list = hub_pool_alloc(&session->pool, 2, sizeof *list);
    if (!list || !(list[0] = hub_pool_printf(&session->pool, "Authorization: Bearer %s", token)))
        return om_no_memory(op);
    session->plane.secrets = list;
    return 0;
}

static int fill(struct hub_op *op, struct hub_session *session)
{
    const char *endpoint = hub_say(op, config, "endpoint");
    int r;

    session->plane = (struct om_plane){
        .base = hub_url_endpoint(&session->pool, endpoint),
        .branch = "main",
        .license_check = OM_LICENSE_CHECK,
        .classify = om_classify,
        .classify_once = om_classify_once,
    };
    if (!session->plane.base)
        return hub_fail(op, HUB_EREFUSED, "endpoint \"%s\": not an http(s) address", endpoint);
    r = make_secrets(op, session);
    return r == 0 ? mo_say_limits(op, &session->pool, session->plane.base) : r;
}

static void close_session(struct hub_session *session)
{
    struct hub_pool pool;

    if (!session)
        return;
    pool = session->pool; /* which holds the session, too */
    hub_pool_clear(&pool);
}

static int open_session(struct hub_op *op, struct hub_session **out)
{
    struct hub_pool pool = {NULL, 0};
    struct hub_session *session = hub_pool_alloc(&pool, 1, sizeof *session);
    int r;

    if (!session)
        return om_no_memory(op);
    session->pool = pool;
    r = fill(op, session);
    if (r < 0)
        close_session(session);
    else
        *out = session;
    return r;
}

static int list_files(struct hub_op *op, const struct hub_repo *repo)
{
    return om_list_files(op, &op->session->plane, repo);
}

static int stat_files(struct hub_op *op, const struct hub_repo *repo, const char *const *paths,
                      size_t n)
{
    return om_stat_files(op, &op->session->plane, repo, paths, n);
}

static int download(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *file)
{
    return om_download(op, &op->session->plane, repo, file);
}

static int upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *const *puts,
                  size_t n)
{
    return om_upload(op, &op->session->plane, repo, puts, n);
}

static int finish_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *put)
{
    (void)repo;
    return om_finish_upload(op, &op->session->plane, put);
}

static int commit(struct hub_op *op, const struct hub_repo *repo, const struct hub_change *change)
{
    return om_commit(op, &op->session->plane, repo, change);
}

static int branch_heads(struct hub_op *op, const struct hub_repo *repo)
{
    return om_branch_heads(op, &op->session->plane, repo);
}

static int site_made(struct hub_op *op, const char *path, const void *content, uint64_t n_bytes)
{
    (void)op;
    return om_site_made(path, content, n_bytes);
}

static const struct hub_provider MODELERS = {
    .size = sizeof MODELERS,
    .abi = HUB_ABI,
    .threads = HUB_PARALLEL,
    .name = "modelers",
    .version = HS_VERSION,
    .title = "Modelers",
    .options = OPTIONS,
    .open = open_session,
    .close = close_session,
    .whoami = mo_whoami,
    .list_repos = mo_list_repos,
    .stat_repo = mo_stat_repo,
    .list_files = list_files,
    .stat_files = stat_files,
    .download = download,
    .site_made = site_made,
    .upload = upload,
    .finish_upload = finish_upload,
    .commit = commit,
    .create_repo = mo_create_repo,
    .delete_repo = mo_delete_repo,
    .branch_heads = branch_heads,
};
HUB_PROVIDER(MODELERS);
