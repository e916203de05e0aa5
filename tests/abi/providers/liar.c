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
static const struct hub_provider me = {.size = sizeof me, .abi = HUB_ABI, .name = "liar", .version = "1", .options = tiny_options,
                                       .open = tiny_open, .close = tiny_close, .whoami = liar_whoami, .list_repos = tiny_list_repos,
                                       .list_files = liar_list_files};
HUB_PROVIDER(me);
