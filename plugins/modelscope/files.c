/* files.c - all files of a commit.
 *
 * The site cuts a listing at 3000 entries without a word, and pages nothing. So a listing of that
 * length is thrown away: the folder is asked again for its direct children only, and each folder in
 * it on its own. A folder with 3000 direct children cannot be enumerated at all; then the head is
 * answered without HUB_COMPLETE. */
#include "modelscope.h"
#include <inttypes.h>
#include <string.h>

#define REQUESTS_MAX   5000
#define EMPTY_SHA256   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define EMPTY_GIT      "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
#define MODE_LINK      "40960" /* 0120000, a git mode in decimal */
#define MODE_SUBMODULE "57344" /* 0160000 */

struct walk {
    struct hub_op *op;
    const char *repo;    /* its id, encoded */
    const char *commit;  /* encoded */
    struct ms_seen seen; /* paths of files, and of folders with a slash behind them */
    const char **dirs;   /* still to be listed, in the pool of seen */
    size_t n_dirs, room, n_files, n_requests;
    bool is_cut;
};
struct page { /* one listing */
    struct ms_answer answer;
    const struct hub_json *files;
    size_t n;
};

/* ---- the commit ---- */

/* The newest commit of a branch or tag; NULL in *commit: the site knows no such ref. */
static int newest_commit(struct hub_op *op, struct hub_pool *pool, const char *repo,
                         const char *ref, const char **commit)
{
    struct ms_answer answer;
    const struct hub_json *first;
    const char *id;
    char *name = hub_url_segment(pool, ref), *url;
    int r;

    if (!name)
        return ms_no_memory(op);
    url = ms_url(op, pool, "/api/v1/models/%s/commits?Ref=%s&PageNumber=1&PageSize=1", repo, name);
    r = ms_get(op, pool, url, &answer);
    if (r < 0)
        return r;
    *commit = NULL;
    first = hub_json_first(hub_json_array(&answer.read, answer.data, "Commit", HUB_MAY));
    id = first ? hub_json_string(&answer.read, first, "Id", HUB_MUST) : "";
    r = ms_check(op, &answer);
    if (r < 0 || !first)
        return r;
    *commit = hub_hex_lower(pool, id, MS_COMMIT_DIGITS);
    return *commit ? 0 : hub_fail(op, HUB_ECORRUPT, "%s: not a commit id: %.80s", ref, id);
}

/* An empty listing is also what an unknown commit gets. */
static int explain_nothing(struct walk *walk, struct hub_pool *pool)
{
    const char *known = NULL;
    int r = newest_commit(walk->op, pool, walk->repo, walk->commit, &known);

    if (r < 0)
        return r;
    if (!known)
        return hub_fail(walk->op, HUB_ENOTFOUND, "no commit %s", walk->commit);
    walk->is_cut = true;
    return 0;
}

/* ---- entries ---- */

static bool is_below(const char *path, const char *dir)
{
    size_t n = strlen(dir);

    return n == 0 || (strncmp(path, dir, n) == 0 && path[n] == '/' && path[n + 1] != '\0');
}

/* The field is called Sha256, but a few small files come with git's blob id in it, some with
 * nothing, and a hash of nothing is no hash of a file that has bytes. */
static void read_hash(struct hub_pool *pool, const char *hash, struct hub_file *file)
{
    const char *sha256 = hub_hex_lower(pool, hash, MS_SHA256_DIGITS);
    const char *git = hub_hex_lower(pool, hash, MS_COMMIT_DIGITS);

    if (sha256 && (file->file_bytes == 0 || strcmp(sha256, EMPTY_SHA256) != 0))
        file->sha256 = sha256;
    /* Of an LFS file it might be the pointer's. */
    if (git && !(file->flags & HUB_LFS) && (file->file_bytes == 0 || strcmp(git, EMPTY_GIT) != 0))
        file->git_sha1 = git;
}

static int say_file(struct walk *walk, struct page *page, const struct hub_json *entry,
                    const char *path, bool is_plain)
{
    struct hub_read *read = &page->answer.read;
    const char *mode = hub_json_word(read, entry, "Mode");
    struct hub_file file = {.size = sizeof(file), .path = path};
    int r;

    file.file_bytes = hub_json_uint_loose(read, entry, "Size", HUB_MAY, HUB_UNKNOWN);
    file.modified_ms = ms_time(hub_json_word(read, entry, "CommittedDate"));
    /* The last commit that touched the path. */
    file.etag = hub_hex_lower(read->pool, hub_json_word(read, entry, "Revision"), MS_COMMIT_DIGITS);
    if (hub_json_truth(read, entry, "IsLFS", HUB_MAY) == HUB_YES)
        file.flags |= HUB_LFS;
    if (!is_plain || strcmp(mode, MODE_LINK) == 0 || strcmp(mode, MODE_SUBMODULE) == 0)
        file.flags |= HUB_NOT_PLAIN;
    if (strcmp(path, ".gitattributes") == 0)
        file.flags |= HUB_SITE_OWNED;
    read_hash(read->pool, hub_json_word(read, entry, "Sha256"), &file);
    r = ms_check(walk->op, &page->answer);
    if (r < 0)
        return r;
    walk->n_files++;
    return hub_say(walk->op, file, &file);
}

static int push_dir(struct walk *walk, const char *dir)
{
    const char **more = walk->dirs;

    if (walk->n_dirs == walk->room) {
        more = hub_pool_alloc(walk->seen.pool, walk->room * 2 + 16, sizeof(*more));
        if (!more)
            return ms_no_memory(walk->op);
        if (walk->n_dirs)
            memcpy(more, walk->dirs, walk->n_dirs * sizeof(*more));
        walk->dirs = more;
        walk->room = walk->room * 2 + 16;
    }
    walk->dirs[walk->n_dirs++] = dir;
    return 0;
}

/* A folder counts only where its content was not listed along with it. */
static int take_tree(struct walk *walk, struct page *page, const char *path, bool is_shallow)
{
    char *key = hub_pool_printf(page->answer.read.pool, "%s/", path);
    char *dir;
    int r;

    if (!is_shallow)
        return 0;
    r = key ? ms_seen_add(&walk->seen, key, NULL) : HUB_ENOMEM;
    if (r < 0)
        return ms_no_memory(walk->op);
    if (r == 0)
        return 0;
    dir = hub_pool_strdup(walk->seen.pool, path);
    return dir ? push_dir(walk, dir) : ms_no_memory(walk->op);
}

static int take_entry(struct walk *walk, struct page *page, const struct hub_json *entry,
                      const char *dir, bool is_shallow)
{
    struct hub_read *read = &page->answer.read;
    const char *path = hub_json_string(read, entry, "Path", HUB_MUST);
    const char *type = hub_json_string(read, entry, "Type", HUB_MUST);
    int r = ms_check(walk->op, &page->answer);

    if (r < 0)
        return r;
    if (!is_below(path, dir))
        return hub_fail(walk->op, HUB_ECORRUPT, "asked for folder %s, got %.200s", dir, path);
    if (strcmp(type, "tree") == 0)
        return take_tree(walk, page, path, is_shallow);
    r = ms_seen_add(&walk->seen, path, NULL);
    if (r < 0)
        return ms_no_memory(walk->op);
    return r == 0 ? 0 : say_file(walk, page, entry, path, strcmp(type, "blob") == 0);
}

static int take_page(struct walk *walk, struct page *page, const char *dir, bool is_shallow)
{
    int r = 0;

    for (const struct hub_json *entry = hub_json_first(page->files); r == 0 && entry;
         entry = hub_json_next(entry))
        r = take_entry(walk, page, entry, dir, is_shallow);
    return r;
}

/* ---- the walk ---- */

static int ask_page(struct walk *walk, struct hub_pool *pool, const char *dir, bool is_shallow,
                    struct page *page)
{
    char *root = hub_url_segment(pool, dir);
    char *url = ms_url(walk->op, pool, "/api/v1/models/%s/repo/files?Revision=%s&Recursive=%s%s%s",
                       walk->repo, walk->commit, is_shallow ? "False" : "True",
                       *dir ? "&Root=" : "", root ? root : "");
    int r = root ? ms_get(walk->op, pool, url, &page->answer) : ms_no_memory(walk->op);

    if (r < 0)
        return r;
    walk->n_requests++;
    page->files = hub_json_array(&page->answer.read, page->answer.data, "Files", HUB_MAY);
    page->n = hub_json_count(page->files);
    return ms_check(walk->op, &page->answer);
}

static int list_shallow(struct walk *walk, const char *dir)
{
    HUB_POOL(pool);
    struct page page;
    int r = ask_page(walk, &pool, dir, true, &page);

    if (r < 0)
        return r;
    if (page.n == 0 || page.n >= walk->op->session->listing_cut)
        walk->is_cut = true;
    return take_page(walk, &page, dir, true);
}

static int list_deep(struct walk *walk, const char *dir)
{
    HUB_POOL(pool);
    struct page page;
    int r = ask_page(walk, &pool, dir, false, &page);

    if (r < 0)
        return r;
    if (page.n >= walk->op->session->listing_cut) {
        hub_pool_clear(&pool);
        return list_shallow(walk, dir);
    }
    if (page.n == 0 && *dir == '\0')
        return explain_nothing(walk, &pool);
    if (page.n == 0) /* git keeps no empty folders */
        walk->is_cut = true;
    return take_page(walk, &page, dir, false);
}

static int walk_all(struct walk *walk)
{
    int r = push_dir(walk, "");

    while (r == 0 && walk->n_dirs > 0) {
        if (walk->n_requests >= REQUESTS_MAX) {
            walk->is_cut = true;
            break;
        }
        r = list_deep(walk, walk->dirs[--walk->n_dirs]);
    }
    return r;
}

int ms_list_files(struct hub_op *op, const struct hub_repo *repo)
{
    HUB_POOL(pool);
    struct walk walk = {.op = op, .seen = {.pool = &pool}};
    struct hub_head head = {.size = sizeof(head)};
    const char *ref = *repo->revision ? repo->revision : MS_BRANCH;
    int r = 0;

    walk.repo = hub_url_path(&pool, repo->id);
    walk.commit = hub_hex_lower(&pool, ref, MS_COMMIT_DIGITS);
    if (!walk.repo)
        return ms_no_memory(op);
    if (!walk.commit) {
        head.branch = ref;
        r = newest_commit(op, &pool, walk.repo, ref, &walk.commit);
        if (r == 0 && !walk.commit)
            r = hub_fail(op, HUB_ENOTFOUND, "%s has no %s", repo->id, ref);
    }
    if (r == 0)
        r = walk_all(&walk);
    if (r < 0)
        return r;
    head.commit = walk.commit;
    if (!walk.is_cut)
        head.flags |= HUB_COMPLETE;
    return hub_say(op, head, &head);
}
