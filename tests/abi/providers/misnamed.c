#include "tiny.h"
static const struct hub_provider me = {.size = sizeof me, .abi = HUB_ABI, .name = "another", .open = tiny_open, .close = tiny_close};
HUB_PROVIDER(me);
