/* Root, and the folders that are repos. */
#include "dir.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int di_open_root(struct hub_op *op, int *fd)
{
    const char *root = op->session->root;

    *fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*fd >= 0)
        return 0;
    /* Not ENOTFOUND: a disk that is not mounted says nothing about the repos on it. */
    return hub_fail(op, HUB_EDENIED, "root '%s': %s", root, strerror(errno));
}

int di_whoami(struct hub_op *op)
{
    DI_FD(root);
    const struct hub_session *session = op->session;
    const char *const owners[] = {session->owner, NULL};
    struct hub_account account = {
        .size = sizeof account,
        .name = session->owner ? session->owner : "",
        .owners = owners,
    };

    root = open(session->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return hub_fail(op, errno == ENOENT ? HUB_ENOTFOUND : HUB_EDENIED, "root '%s': %s",
                        session->root,
                        errno == ENOENT ? "there is no such folder" : strerror(errno));
    account.can_write = faccessat(root, ".", W_OK | X_OK, AT_EACCESS) == 0 ? HUB_YES : HUB_NO;
    return hub_say(op, account, &account);
}

/* ---- names ---- */
static bool is_name(const char *name, size_t n)
{
    return n && n <= NAME_MAX && name[0] != '.' && !memchr(name, '/', n);
}

/* The repo's folder beneath root. */
static int find_folder(struct hub_op *op, struct hub_pool *pool, const char *id,
                       const char **folder)
{
    const char *owner = op->session->owner, *slash = strchr(id, '/');
    size_t n_owner = slash ? (size_t)(slash - id) : 0;

    if (!slash || !is_name(id, n_owner) || !is_name(slash + 1, strlen(slash + 1)))
        return hub_fail(op, HUB_EREFUSED, "'%s': no name for a repo's folder", id);
    if (owner && (strlen(owner) != n_owner || memcmp(owner, id, n_owner) != 0))
        return hub_fail(op, HUB_ENOTFOUND, "'%s': all repos here are of owner '%s'", id, owner);
    *folder = hub_pool_strdup(pool, owner ? slash + 1 : id);
    return *folder ? 0 : di_no_memory(op);
}

int di_open_repo(struct hub_op *op, struct hub_pool *pool, const char *id, int *fd,
                 const char **folder)
{
    DI_FD(root);
    int r = di_open_root(op, &root);

    if (r == 0)
        r = find_folder(op, pool, id, folder);
    if (r < 0)
        return r;
    r = di_open(root, *folder, O_PATH | O_DIRECTORY, 0, fd);
    return r < 0 ? di_fail(op, -r, "open", root, op->session->root, *folder) : 0;
}

static int say_repo(struct hub_op *op, const char *id)
{
    struct hub_repo repo = {
        .size = sizeof repo,
        .visibility = HUB_PRIVATE,
        .gated = HUB_NO,
        .id = id,
        .head = "",
    };

    return hub_say(op, repo, &repo);
}

/* ---- asking ---- */
static int say_if_repo(struct hub_op *op, int folder, const char *owner, const char *name)
{
    HUB_POOL(pool);
    struct stat st;
    const char *id;

    if (!is_name(name, strlen(name)))
        return 0;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) /* a repo not seen is not one gone */
        return errno == ENOENT ? 0 : di_fail(op, errno, "list", -1, owner, name);
    if (!S_ISDIR(st.st_mode))
        return 0;
    id = hub_pool_printf(&pool, "%s/%s", owner, name);
    return id ? say_repo(op, id) : di_no_memory(op);
}

static int list_folder(struct hub_op *op, int fd, const char *owner)
{
    DIR *folder = fdopendir(fd);
    struct dirent *entry;
    int r = 0, error = errno;

    if (!folder) {
        close(fd);
        return hub_fail(op, HUB_EAGAIN, "read '%s': %s", op->session->root, strerror(error));
    }
    for (errno = 0; r == 0 && (entry = readdir(folder)) != NULL; errno = 0)
        r = say_if_repo(op, dirfd(folder), owner, entry->d_name);
    error = errno;
    closedir(folder);
    if (r == 0 && error)
        return hub_fail(op, HUB_EAGAIN, "read '%s': %s", op->session->root, strerror(error));
    return r;
}

int di_list_repos(struct hub_op *op, const char *owner)
{
    DI_FD(root);
    const struct hub_session *session = op->session;
    const char *path = session->owner ? "" : owner;
    int r, fd;

    r = di_open_root(op, &root);
    if (r < 0)
        return r;
    if (session->owner && strcmp(owner, session->owner) != 0)
        return 0;
    if (!session->owner && !is_name(owner, strlen(owner)))
        return hub_fail(op, HUB_EREFUSED, "'%s': no name for an owner's folder", owner);
    r = di_open(root, path, O_RDONLY | O_DIRECTORY, 0, &fd);
    if (r == -ENOENT && !session->owner)
        return 0; /* an owner without repos */
    if (r < 0)
        return di_fail(op, -r, "list", root, session->root, path);
    return list_folder(op, fd, owner);
}

int di_stat_repo(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    DI_FD(fd);
    const char *folder;
    int r = di_open_repo(op, &pool, repo->id, &fd, &folder);

    return r < 0 ? r : say_repo(op, repo->id);
}

/* ---- making ---- */
int di_create_repo(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    DI_FD(root);
    DI_FD(parent);
    const char *folder, *last, *slash;
    int r = di_open_root(op, &root);

    if (r == 0)
        r = find_folder(op, &pool, repo->id, &folder);
    if (r < 0)
        return r;
    slash = strrchr(folder, '/');
    if (slash)
        r = di_make_folders(&pool, root, hub_pool_strndup(&pool, folder, (size_t)(slash - folder)));
    if (r == 0)
        r = di_open_parent(root, folder, &parent, &last);
    if (r == 0 && mkdirat(parent, last, 0777) != 0)
        r = -errno;
    if (r == 0)
        r = di_sync_folder(parent, "");
    if (r == 0 && slash)
        r = di_sync_folder(root, "");
    if (r < 0)
        return di_fail(op, -r, "create", root, op->session->root, folder);
    return say_repo(op, repo->id);
}
