/* Breaks the header's rules, one in each call; the repo's name says which. */
#include "tiny.h"
#include <string.h>
static int liar_list_files(struct hub_op *op, const struct hub_repo *repo)
{
    struct hub_file file = {.size = sizeof file, .path = "a.txt", .file_bytes = 5, .sha256 = TINY_SHA};
    struct hub_head head = {.size = sizeof head, .flags = HUB_COMPLETE, .commit = "c1"};
    int r;

    if (strcmp(repo->id, "acme/climbs") == 0)
        file.path = "../../etc/passwd";
    if (strcmp(repo->id, "acme/huge") == 0)
        file.file_bytes = UINT64_C(1) << 60;
    if (strcmp(repo->id, "acme/upper") == 0)
        file.sha256 = "2CF24DBA5FB0A30E26E83B2AC5B9E29E1B161E5C1FA7425E73043362938B9824";
    if (strcmp(repo->id, "acme/short") == 0)
        file.sha256 = "2cf24dba";
    if (strcmp(repo->id, "acme/nothing") == 0)
        file.sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    r = hub_say(op, file, &file);
    if (strcmp(repo->id, "acme/twice") == 0) {
        file.file_bytes = 6;
        r = hub_say(op, file, &file);
    }
    if (strcmp(repo->id, "acme/positive") == 0)
        return 7;
    if (strcmp(repo->id, "acme/headless") == 0)
        return r;
    return r ? r : hub_say(op, head, &head);
}
static int liar_whoami(struct hub_op *op)
{
    struct hub_file file = {.size = sizeof file, .path = "a.txt"};

    return hub_say(op, file, &file);
}
static int liar_list_repos(struct hub_op *op, const char *owner)
{
    static const char *const ids[] = {"acme/../x", "acme", "acme/a/b", "/x", "acme/"};
    int r = tiny_list_repos(op, owner);

    for (size_t i = 0; r == 0 && i < sizeof ids / sizeof *ids; i++) {
        struct hub_repo repo = {.size = sizeof repo, .id = ids[i]};
        r = hub_say(op, repo, &repo);
    }
    return r;
}
static int liar_stat_repo(struct hub_op *op, const struct hub_repo *repo)
{
    static const char *const secrets[] = {"Authorization: Bearer T", NULL};
    struct hub_request leak = {.size = sizeof leak, .method = "GET", .url = "https://elsewhere.example/", .secrets = secrets};
    struct hub_repo row = {.size = sizeof row, .id = "../x"};
    const struct hub_reply *reply;

    if (strcmp(repo->id, "acme/leaks") == 0)
        return hub_say(op, http, &leak, &reply);
    if (strcmp(repo->id, "acme/climbs") == 0)
        return hub_say(op, repo, &row);
    return 0;
}
static int liar_create_repo(struct hub_op *op, const struct hub_repo *repo)
{
    (void)op;
    (void)repo;
    return 0;
}
static int liar_download(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *file)
{
    struct hub_request get = {.size = sizeof get, .method = "GET", .url = "https://hub.example/f"};
    struct hub_part part = {.size = sizeof part, .part_bytes = file->file_bytes, .request = &get};
    int r;

    (void)repo;
    if (strcmp(file->path, "none") == 0)
        return 0;
    if (strcmp(file->path, "middle") == 0)
        part.offset = 1;
    if (strcmp(file->path, "held") == 0)
        part.request = NULL;
    r = hub_say(op, part, 0, &part);
    return r == 0 && strcmp(file->path, "twice") == 0 ? hub_say(op, part, 0, &part) : r;
}
static int say_plan(struct hub_op *op, size_t item, uint32_t mode)
{
    struct hub_plan plan = {.size = sizeof plan, .mode = mode};

    return hub_say(op, plan, item, &plan);
}
static int say_part(struct hub_op *op, uint64_t offset, uint64_t part_bytes)
{
    struct hub_request put = {.size = sizeof put, .method = "PUT", .url = "https://hub.example/p"};
    struct hub_part part = {.size = sizeof part, .offset = offset, .part_bytes = part_bytes, .request = &put};

    return hub_say(op, part, 0, &part);
}
/* Of a file of 10 bytes. */
static int liar_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *const *puts, size_t n)
{
    static const struct {
        const char *path;
        uint64_t first_at, first_bytes, second_at, second_bytes;
    } rows[] = {{"good", 0, 6, 6, 4},  {"gap", 0, 5, 6, 4},   {"overlap", 0, 6, 5, 5}, {"behind", 0, 6, 6, 5},
                {"short", 0, 6, 6, 3}, {"back", 6, 4, 0, 6},  {"nothing", 0, 10, 10, 0}, {"more", 0, 10, 10, 5},
                {"wraps", 0, 6, 6, UINT64_MAX - 1}};
    const char *path = puts[0]->file->path;
    int r;

    (void)repo;
    (void)n;
    if (strcmp(path, "silent") == 0)
        return 0;
    if (strcmp(path, "positive") == 0)
        return 3;
    if (strcmp(path, "mode") == 0)
        return say_plan(op, 0, 9);
    if (strcmp(path, "item") == 0)
        return say_plan(op, 7, HUB_INLINE);
    if (strcmp(path, "early") == 0)
        return say_part(op, 0, 10);
    if (strcmp(path, "empty") == 0)
        return say_plan(op, 0, HUB_STORED);
    r = say_plan(op, 0, HUB_PARTS);
    for (size_t i = 0; r == 0 && i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(path, rows[i].path) != 0)
            continue;
        r = say_part(op, rows[i].first_at, rows[i].first_bytes);
        if (r == 0)
            r = say_part(op, rows[i].second_at, rows[i].second_bytes);
    }
    return r;
}
static int liar_finish_upload(struct hub_op *op, const struct hub_repo *repo, const struct hub_put *put)
{
    (void)op;
    (void)repo;
    (void)put;
    return 1;
}
static int liar_commit(struct hub_op *op, const struct hub_repo *repo, const struct hub_change *change)
{
    (void)repo;
    (void)change;
    return say_plan(op, 0, HUB_INLINE);
}
#define COMMIT "0123456789abcdef0123456789abcdef01234567"
#define OTHER "89abcdef0123456789abcdef0123456789abcdef"
static int liar_import_repo(struct hub_op *op, const struct hub_repo *repo, const char *source_url)
{
    struct hub_repo row = {.size = sizeof row, .id = repo->id};

    (void)source_url;
    return hub_say(op, repo, &row);
}
static int liar_follow_import(struct hub_op *op, const struct hub_repo *repo)
{
    struct hub_import said = {.size = sizeof said, .state = HUB_DONE, .mirror = HUB_YES, .message = "all well"};
    int r;

    if (strcmp(repo->id, "acme/silent") == 0)
        return 0;
    if (strcmp(repo->id, "acme/unknown") == 0)
        said = (struct hub_import){.size = sizeof said, .state = 77, .mirror = 9, .tried_ms = -5, .succeeded_ms = INT64_MIN, .message = "a\x1b[2Jb\n\xff"};
    r = hub_say(op, progress, &said);
    return r == 0 && strcmp(repo->id, "acme/twice") == 0 ? hub_say(op, progress, &said) : r;
}
static int liar_branch_heads(struct hub_op *op, const struct hub_repo *repo)
{
    static const struct {
        const char *id, *branch, *commit, *other, *other_commit;
        uint32_t flags, other_flags;
    } rows[] = {{"acme/honest", "main", COMMIT, "dev", OTHER, HUB_DEFAULT_BRANCH, 0},
                {"acme/upper", "main", "0123456789ABCDEF0123456789abcdef01234567", NULL, NULL, HUB_DEFAULT_BRANCH, 0},
                {"acme/only", "main", COMMIT, NULL, NULL, 0, 0},
                {"acme/named", "other", OTHER, "main", COMMIT, 0, 0},
                {"acme/short", "main", "0123456", NULL, NULL, HUB_DEFAULT_BRANCH, 0},
                {"acme/zero", "main", "0000000000000000000000000000000000000000", NULL, NULL, HUB_DEFAULT_BRANCH, 0},
                {"acme/nothing", "main", NULL, NULL, NULL, HUB_DEFAULT_BRANCH, 0},
                {"acme/nameless", NULL, COMMIT, NULL, NULL, HUB_DEFAULT_BRANCH, 0},
                {"acme/two", "main", COMMIT, "dev", OTHER, HUB_DEFAULT_BRANCH, HUB_DEFAULT_BRANCH},
                {"acme/unclear", "left", COMMIT, "right", OTHER, 0, 0},
                {"acme/differs", "main", COMMIT, "main", OTHER, 0, 0}};
    int r = 0;

    for (size_t i = 0; r == 0 && i < sizeof rows / sizeof *rows; i++) {
        struct hub_head head = {.size = sizeof head, .flags = rows[i].flags, .branch = rows[i].branch, .commit = rows[i].commit};
        struct hub_head other = {.size = sizeof other, .flags = rows[i].other_flags, .branch = rows[i].other, .commit = rows[i].other_commit};
        if (strcmp(repo->id, rows[i].id) != 0)
            continue;
        r = hub_say(op, head, &head);
        if (r == 0 && rows[i].other)
            r = hub_say(op, head, &other);
    }
    return r;
}
static int liar_stored_objects(struct hub_op *op, const struct hub_repo *repo, const struct hub_file *const *files, size_t n)
{
    struct hub_file row = *files[0];

    (void)n;
    if (strcmp(repo->id, "acme/silent") == 0)
        return 0;
    if (strcmp(repo->id, "acme/other") == 0)
        row.sha256 = TINY_SHA;
    if (strcmp(repo->id, "acme/size") == 0)
        row.file_bytes++;
    if (strcmp(repo->id, "acme/hashless") == 0)
        row.sha256 = NULL;
    return hub_say(op, file, &row);
}
static const struct hub_provider me = {.size = sizeof me, .abi = HUB_ABI, .name = "liar", .version = "1", .options = tiny_options,
                                       .open = tiny_open, .close = tiny_close, .whoami = liar_whoami, .list_repos = liar_list_repos,
                                       .stat_repo = liar_stat_repo, .list_files = liar_list_files, .download = liar_download,
                                       .upload = liar_upload, .finish_upload = liar_finish_upload, .commit = liar_commit,
                                       .create_repo = liar_create_repo, .import_repo = liar_import_repo,
                                       .follow_import = liar_follow_import, .branch_heads = liar_branch_heads,
                                       .stored_objects = liar_stored_objects};
HUB_PROVIDER(me);
