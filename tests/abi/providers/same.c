#include "tiny.h"
static const struct hub_provider me = {.size = sizeof me, .abi = HUB_ABI, .threads = HUB_PARALLEL, .name = "same", .version = "1",
                                       .options = tiny_options, .open = tiny_open, .close = tiny_close,
                                       .list_repos = tiny_list_repos, .list_files = tiny_list_files};
HUB_PROVIDER(me);
