/* Built against a later header: a longer table, longer rows, flags and codes that nobody knew. */
#include "tiny.h"
#include <string.h>
struct longer_file {
    struct hub_file file;
    const char *more;
    uint64_t much_more[32];
};
struct longer_repo {
    struct hub_repo repo;
    const char *more;
};
struct longer_limits {
    struct hub_limits limits;
    uint64_t more[8];
};
struct longer_option {
    struct hub_option option;
    uint64_t more[8];
};
static int new_open(struct hub_op *op, struct hub_session **out)
{
    struct longer_limits row = {.limits = {.size = sizeof row, .flags = 0xFFFF0000u, .inline_bytes = 1024}, .more = {7}};

    if (strcmp(hub_say(op, config, "later"), "word") != 0)
        return hub_fail(op, HUB_EBUG, "an option of a later type is no text");
    *out = NULL;
    return hub_say(op, limits, &row.limits);
}
static int new_list_files(struct hub_op *op, const struct hub_repo *repo)
{
    struct longer_file row = {.file = {.size = sizeof row, .flags = 0xFFFF0000u, .path = "a.txt", .file_bytes = 5, .sha256 = TINY_SHA},
                              .more = "later"};
    struct hub_head head = {.size = sizeof head, .flags = HUB_COMPLETE | 0x4000, .commit = "c1"};
    int r = hub_say(op, file, &row.file);

    (void)repo;
    return r ? r : hub_say(op, head, &head);
}
static int new_list_repos(struct hub_op *op, const char *owner)
{
    struct longer_repo row = {.repo = {.size = sizeof row, .id = "acme/demo", .visibility = 77, .gated = 99}, .more = "later"};

    (void)owner;
    return hub_say(op, repo, &row.repo);
}
static int new_whoami(struct hub_op *op)
{
    return hub_fail(op, -17, "a status of later days");
}
static const struct longer_option later = {
    .option = {.size = sizeof later, .type = 99, .name = "later", .fallback = "word", .help = "of a type of later days"}};
static const struct hub_option *const new_options[] = {&tiny_endpoint, &later.option, NULL};
static const struct {
    struct hub_provider known;
    int (*later)(struct hub_op *);
    uint64_t much_later[16];
} me = {.known = {.size = sizeof me, .abi = HUB_ABI, .threads = 55, .flags = 0x8000, .name = "new", .version = "9", .options = new_options,
                  .open = new_open, .close = tiny_close, .whoami = new_whoami, .list_repos = new_list_repos,
                  .list_files = new_list_files}};
HUB_PROVIDER(me.known);
