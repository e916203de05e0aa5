/* The provider and its sessions. */
#include "dir.h"
#include <stdlib.h>
#include <string.h>

#define BY_NAME  "{name}"
#define BY_OWNER "{owner}/{name}"

static const struct hub_option ROOT = {
    .size = sizeof ROOT,
    .type = HUB_STRING,
    .name = "root",
    .help = "the folder that holds the repos",
};
static const struct hub_option LAYOUT = {
    .size = sizeof LAYOUT,
    .type = HUB_STRING,
    .name = "layout",
    .fallback = BY_NAME,
    .help = "where a repo's folder is beneath root: \"" BY_NAME "\" or \"" BY_OWNER "\"",
};
static const struct hub_option OWNER = {
    .size = sizeof OWNER,
    .type = HUB_STRING,
    .name = "owner",
    .fallback = "local",
    .help = "owner of all repos where the layout has none",
};
static const struct hub_option *const OPTIONS[] = {&ROOT, &LAYOUT, &OWNER, NULL};

static int say_limits(struct hub_op *op)
{
    struct hub_limits limits = {
        .size = sizeof limits,
        .inline_bytes = DI_INLINE_BYTES,
        .part_bytes = DI_PART_BYTES,
        .path_bytes = DI_PATH_BYTES,
    };

    return hub_say(op, limits, &limits);
}

static bool is_owner(const char *owner)
{
    return *owner && *owner != '.' && !strchr(owner, '/');
}

static int fill(struct hub_op *op, struct hub_session *session)
{
    const char *root = hub_say(op, config, "root");
    const char *layout = hub_say(op, config, "layout");
    const char *owner = hub_say(op, config, "owner");
    char *real;

    if (!*root)
        return hub_fail(op, HUB_EREFUSED, "root is not set");
    if (strcmp(layout, BY_NAME) != 0 && strcmp(layout, BY_OWNER) != 0)
        return hub_fail(op, HUB_EREFUSED,
                        "layout \"%s\": only \"" BY_NAME "\" and \"" BY_OWNER "\" are known",
                        layout);
    if (strcmp(layout, BY_NAME) == 0) {
        if (!is_owner(owner))
            return hub_fail(op, HUB_EREFUSED, "owner \"%s\": not the name of an owner", owner);
        session->owner = hub_pool_strdup(&session->pool, owner);
        if (!session->owner)
            return di_no_memory(op);
    }
    real = realpath(root, NULL); /* missing: whoami says so */
    session->root = hub_pool_strdup(&session->pool, real ? real : root);
    free(real);
    return session->root ? say_limits(op) : di_no_memory(op);
}

static void close_session(struct hub_session *session)
{
    struct hub_pool pool;

    if (!session)
        return;
    di_memory_clear(&session->memory);
    pool = session->pool; /* which holds the session, too */
    hub_pool_clear(&pool);
}

static int open_session(struct hub_op *op, struct hub_session **out)
{
    struct hub_pool pool = {NULL, 0};
    struct hub_session *session = hub_pool_alloc(&pool, 1, sizeof *session);
    int r;

    if (!session)
        return di_no_memory(op);
    session->pool = pool;
    di_memory_init(&session->memory);
    r = fill(op, session);
    if (r < 0)
        close_session(session);
    else
        *out = session;
    return r;
}

static const struct hub_provider DIR_HUB = {
    .size = sizeof DIR_HUB,
    .abi = HUB_ABI,
    .threads = HUB_PARALLEL,
    .flags = HUB_LOCAL,
    .name = "dir",
    .version = HS_VERSION,
    .title = "A local folder",
    .options = OPTIONS,
    .open = open_session,
    .close = close_session,
    .whoami = di_whoami,
    .list_repos = di_list_repos,
    .stat_repo = di_stat_repo,
    .list_files = di_list_files,
    .download = di_download,
    .upload = di_upload,
    .finish_upload = di_finish_upload,
    .commit = di_commit,
    .create_repo = di_create_repo,
    .delete_repo = di_delete_repo,
};
HUB_PROVIDER(DIR_HUB);
