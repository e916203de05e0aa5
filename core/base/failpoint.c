#include "failpoint.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "banned.h"

#ifdef HS_FAILPOINTS
void hs_failpoint(const char *name)
{
    static atomic_ulong passed;
    const char *wanted = getenv("HUBSYNC_FAILPOINT");
    size_t length = strlen(name);
    unsigned long nth = 1;

    if (!wanted || strncmp(wanted, name, length) != 0)
        return;
    if (wanted[length] == ':')
        nth = strtoul(wanted + length + 1, NULL, 10);
    else if (wanted[length] != '\0')
        return;
    if (atomic_fetch_add(&passed, 1) + 1 == nth)
        (void)kill(getpid(), SIGKILL);
}
#endif
