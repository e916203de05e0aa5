#include "tiny.h"
static const struct hub_provider me = {.size = sizeof me, .abi = HUB_ABI + 1, .name = "toonew", .open = tiny_open, .close = tiny_close};
HUB_PROVIDER(me);
