/* Built when the table ended after list_files and a file had no etag. */
#include "tiny.h"
static int old_list_files(struct hub_op *op, const struct hub_repo *repo)
{
    struct hub_file file = {.size = offsetof(struct hub_file, etag), .path = "a.txt", .file_bytes = 5, .sha256 = TINY_SHA,
                            .etag = (const char *)1 /* lies beyond its size: must not be read */};
    struct hub_head head = {.size = sizeof head, .flags = HUB_COMPLETE, .commit = "c1"};
    int r = hub_say(op, file, &file);

    (void)repo;
    return r ? r : hub_say(op, head, &head);
}
static const struct hub_provider me = {.size = offsetof(struct hub_provider, stat_files), .abi = HUB_ABI, .name = "old", .version = "0",
                                       .options = tiny_options, .open = tiny_open, .close = tiny_close,
                                       .list_repos = tiny_list_repos, .list_files = old_list_files,
                                       /* beyond its size: must not be seen */
                                       .delete_repo = (int (*)(struct hub_op *, const struct hub_repo *))1};
HUB_PROVIDER(me);
