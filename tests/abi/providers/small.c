#include "tiny.h"
static const struct hub_provider me = {.size = 16, .abi = HUB_ABI, .name = "small", .open = tiny_open, .close = tiny_close};
HUB_PROVIDER(me);
