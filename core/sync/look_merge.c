#include "sync/look.h"

#include "base/banned.h"

int hs_look_merge(struct hs_look *look)
{
    return hs_fail(&look->err, HS_ECONFIG, "files.mode: three-way is not available yet");
}
