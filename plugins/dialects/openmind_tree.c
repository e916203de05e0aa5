/* Listing: one directory a call, all of them at the commit that the root told. */
#include "openmind_impl.h"
#include <string.h>

enum { FOLDERS_MAX = 100000, PATH_BYTES_MAX = 4096 };

struct folder {
    struct folder *next;
    const char *path; /* "" is the root */
};
struct walk {
    struct hub_op *op;
    const struct om_plane *plane;
    const struct hub_repo *repo;
    struct hub_pool *pool; /* lives as long as the walk; a page's own pool does not */
    struct folder *queue, **last;
    size_t n_folders;
    const char *ref;    /* what is asked for: the commit, once it is known */
    const char *commit; /* "" before the root's answer, and of a repo without commits */
    bool is_complete;
};

static int push_folder(struct walk *walk, const char *path)
{
    struct folder *folder = hub_pool_alloc(walk->pool, 1, sizeof *folder);

    if (++walk->n_folders > FOLDERS_MAX)
        return hub_fail(walk->op, HUB_ETOOBIG, "%s: more than %d folders", walk->repo->id,
                        FOLDERS_MAX);
    if (!folder || !(folder->path = hub_pool_strdup(walk->pool, path)))
        return om_no_memory(walk->op);
    *walk->last = folder;
    walk->last = &folder->next;
    return 0;
}

/* So that no answer leads outside, and every folder is deeper than the one that named it. */
static bool is_inside(const struct folder *folder, const char *path)
{
    size_t n = strlen(folder->path);

    if (strlen(path) > PATH_BYTES_MAX)
        return false;
    if (n > 0 && (strncmp(path, folder->path, n) != 0 || path[n++] != '/'))
        return false;
    return path[n] != '\0' && !strchr(path + n, '/');
}

static bool is_link(const char *type)
{
    return strcmp(type, "symlink") == 0 || strcmp(type, "submodule") == 0;
}

static int take_entry(struct walk *walk, struct hub_read *read, const struct hub_json *entry,
                      const struct folder *folder)
{
    const char *type = hub_json_string(read, entry, "type", HUB_MUST);
    struct hub_file file;

    om_read_file(read, entry, &file);
    if (read->status < 0)
        return om_check_read(walk->op, walk->repo->id, read);
    if (!is_inside(folder, file.path))
        return hub_fail(walk->op, HUB_ECORRUPT, "%s: \"%s\" is listed in \"%s\"", walk->repo->id,
                        file.path, folder->path);
    if (strcmp(type, "dir") == 0)
        return push_folder(walk, file.path);
    if (strcmp(type, "file") != 0)
        file.flags |= HUB_NOT_PLAIN;
    if (strcmp(type, "file") != 0 && !is_link(type))
        walk->is_complete = false; /* a word of today could be a folder */
    return hub_say(walk->op, file, &file);
}

/* git knows no empty folder, and a null where the root's entries were can be a failure too. */
static bool proves_all(const struct folder *folder, const struct hub_json *tree)
{
    return hub_json_first(tree) || (tree && folder->path[0] == '\0');
}

static int pin(struct walk *walk, struct om_reply *answer)
{
    const char *commit = om_read_commit(&answer->read, answer->data);
    char *asked = hub_hex_lower(walk->pool, walk->ref, OM_SHA1_DIGITS);

    if (answer->read.status < 0)
        return om_check_read(walk->op, walk->repo->id, &answer->read);
    walk->commit = asked ? asked : hub_pool_strdup(walk->pool, commit);
    walk->ref = walk->commit;
    return walk->commit ? 0 : om_no_memory(walk->op);
}

static bool is_empty_repo(struct hub_pool *pool, const struct hub_reply *reply)
{
    struct om_reply answer;

    return reply && om_envelope(pool, reply, &answer) && strcmp(answer.code, "empty_repo") == 0;
}

static int ask_folder(struct walk *walk, struct hub_pool *pool, const struct folder *folder,
                      const struct hub_reply **reply)
{
    char *url = om_path_url(pool, walk->plane, walk->repo, "", walk->ref, folder->path);
    int r = hub_get(walk->op, url, walk->plane->secrets, walk->plane->classify, reply);

    if (r == HUB_ENOTFOUND && folder->path[0])
        return hub_fail(walk->op, HUB_ECONFLICT, "%s: folder \"%s\" went away while it was listed",
                        walk->repo->id, folder->path);
    return r;
}

static int list_folder(struct walk *walk, const struct folder *folder)
{
    HUB_POOL(pool);
    bool is_root = folder->path[0] == '\0';
    const struct hub_reply *reply = NULL;
    const struct hub_json *tree;
    struct om_reply answer;
    int r = ask_folder(walk, &pool, folder, &reply);

    if (r == HUB_ENOTFOUND && is_root && is_empty_repo(&pool, reply))
        return 0;
    if (r == 0)
        r = om_open_reply(walk->op, &pool, reply, &answer);
    if (r == 0 && is_root)
        r = pin(walk, &answer);
    if (r < 0)
        return r;
    tree = hub_json_array(&answer.read, answer.data, "tree", HUB_MAY);
    walk->is_complete = walk->is_complete && proves_all(folder, tree);
    for (const struct hub_json *n = hub_json_first(tree); n && r == 0; n = hub_json_next(n))
        r = take_entry(walk, &answer.read, n, folder);
    return r == 0 ? om_check_read(walk->op, walk->repo->id, &answer.read) : r;
}

static int say_head(struct hub_op *op, const char *ref, const char *commit, uint32_t flags)
{
    struct hub_head head = {
        .size = sizeof head,
        .flags = flags,
        .branch = hub_is_hex(ref, OM_SHA1_DIGITS) ? "" : ref,
        .commit = commit,
    };

    return hub_say(op, head, &head);
}

int om_list_files(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    struct walk walk = {
        .op = op,
        .plane = plane,
        .repo = repo,
        .pool = &pool,
        .ref = om_ref(plane, repo),
        .commit = "",
        .is_complete = true,
    };
    int r;

    walk.last = &walk.queue;
    r = push_folder(&walk, "");
    for (const struct folder *folder = walk.queue; folder && r == 0; folder = folder->next)
        r = list_folder(&walk, folder);
    if (r < 0)
        return r;
    return say_head(op, om_ref(plane, repo), walk.commit, walk.is_complete ? HUB_COMPLETE : 0);
}

int om_branch_heads(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    const char *branch = repo->branch[0] ? repo->branch : plane->branch;
    const struct hub_reply *reply = NULL;
    struct om_reply answer;
    const char *commit;
    int r = hub_get(op, om_path_url(&pool, plane, repo, "", branch, ""), plane->secrets,
                    plane->classify, &reply);

    if (r == 0)
        r = om_open_reply(op, &pool, reply, &answer);
    if (r < 0)
        return r;
    commit = om_read_commit(&answer.read, answer.data);
    r = om_check_read(op, repo->id, &answer.read);
    return r == 0 ? say_head(op, branch, commit, HUB_DEFAULT_BRANCH) : r;
}
