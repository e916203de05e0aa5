/* The provider, its options and its sessions. */
#include "gitcode.h"
#include <stdlib.h>
#include <string.h>

#define OPTION(name_, fallback_, help_)                                                            \
    &(const struct hub_option)                                                                     \
    {                                                                                              \
        .size = sizeof(struct hub_option), .type = HUB_STRING, .name = name_,                      \
        .fallback = fallback_, .help = help_                                                       \
    }
static const struct hub_option *const OPTIONS[] = {
    OPTION("endpoint", GC_ENDPOINT, "address of the API; the other planes are there too if set"),
    OPTION("git_endpoint", "", "address of git and LFS (https://gitcode.com, or endpoint if set)"),
    OPTION("hub_endpoint", "",
           "address of the AI hub's files (https://hub.gitcode.com, or endpoint if set)"),
    OPTION("raw_endpoint", "",
           "address of raw files (https://raw.gitcode.com, or endpoint if set)"),
    NULL,
};

/* A plane's own address, else the endpoint if that is not the real site's, else the real one. */
static int read_plane(struct hub_op *op, struct hub_session *session, const char *option,
                      const char *real, const char **out)
{
    const char *value = hub_say(op, config, option);

    if (value[0] == '\0')
        value = strcmp(session->api, GC_ENDPOINT) == 0 ? real : session->api;
    *out = hub_url_endpoint(&session->pool, value);
    if (!*out)
        return hub_fail(op, HUB_EREFUSED, "%s \"%s\": not an http(s) address", option, value);
    return 0;
}

static int read_planes(struct hub_op *op, struct hub_session *session)
{
    const char *endpoint = hub_say(op, config, "endpoint");
    int r;

    session->api = hub_url_endpoint(&session->pool, endpoint);
    if (!session->api)
        return hub_fail(op, HUB_EREFUSED, "endpoint \"%s\": not an http(s) address", endpoint);
    r = read_plane(op, session, "git_endpoint", "https://gitcode.com", &session->git);
    if (r == 0)
        r = read_plane(op, session, "raw_endpoint", "https://raw.gitcode.com", &session->raw);
    if (r == 0)
        r = read_plane(op, session, "hub_endpoint", "https://hub.gitcode.com",
                       &session->plane.base);
    return r;
}

static bool is_header_text(const char *token)
{
    for (; *token; token++)
        if (*token <= ' ' || *token > '~')
            return false;
    return true;
}

/* Never "Authorization: token", which the site does not know, and never in an address. */
static int read_token(struct hub_op *op, struct hub_session *session)
{
    const char *token = hub_say(op, config, "token");

    if (!is_header_text(token))
        return hub_fail(op, HUB_EAUTH, "the token holds characters that no header can carry");
    session->token = hub_pool_strdup(&session->pool, token);
    if (token[0])
        session->secrets[0] = hub_pool_printf(&session->pool, "Authorization: Bearer %s", token);
    if (!session->token || (token[0] && !session->secrets[0]))
        return om_no_memory(op);
    session->plane.secrets = token[0] ? session->secrets : NULL;
    return 0;
}

static int fill(struct hub_op *op, struct hub_session *session)
{
    int r = read_planes(op, session);

    session->plane.branch = "main";
    session->plane.license_check = OM_LICENSE_CHECK_IF_ANY;
    session->plane.classify = gc_classify_files;
    session->plane.classify_once = gc_classify_commit;
    return r == 0 ? read_token(op, session) : r;
}

static void close_session(struct hub_session *session)
{
    if (!session)
        return;
    (void)pthread_mutex_destroy(&session->lock);
    hub_pool_clear(&session->pool);
    free(session);
}

static int open_session(struct hub_op *op, struct hub_session **out)
{
    struct hub_session *session = calloc(1, sizeof *session);
    int r;

    if (!session)
        return om_no_memory(op);
    (void)pthread_mutex_init(&session->lock, NULL);
    r = fill(op, session);
    if (r == 0)
        r = gc_say_limits(op, session);
    if (r < 0)
        close_session(session);
    else
        *out = session;
    return r;
}

static int stat_files(struct hub_op *op, const struct hub_repo *repo, const char *const *paths,
                      size_t n)
{
    return om_stat_files(op, &op->session->plane, repo, paths, n);
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

static int site_made(struct hub_op *op, const char *path, const void *content, uint64_t n_bytes)
{
    (void)op;
    return om_site_made(path, content, n_bytes);
}

static const struct hub_provider GITCODE = {
    .size = sizeof GITCODE,
    .abi = HUB_ABI,
    .threads = HUB_PARALLEL,
    .name = "gitcode",
    .version = HS_VERSION,
    .title = "GitCode (gitcode.com)",
    .options = OPTIONS,
    .open = open_session,
    .close = close_session,
    .whoami = gc_whoami,
    .list_repos = gc_list_repos,
    .stat_repo = gc_stat_repo,
    .list_files = gc_list_files,
    .stat_files = stat_files,
    .download = gc_download,
    .site_made = site_made,
    .upload = upload,
    .finish_upload = finish_upload,
    .commit = commit,
    .create_repo = gc_create_repo,
    .delete_repo = gc_delete_repo,
    .import_repo = gc_import_repo,
    .follow_import = gc_follow_import,
    .branch_heads = gc_branch_heads,
    .stored_objects = gc_stored_objects,
};
HUB_PROVIDER(GITCODE);
