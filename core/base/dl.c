#include "dl.h"
#include <dlfcn.h>
#include "banned.h"

int hs_dl_open(const char *path, void **handle, struct hs_err *err)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const char *words = library ? NULL : dlerror();

    if (!library)
        return hs_fail(err, HS_EPLUGIN, "%s: %s", path, words ? words : "cannot be loaded");
    *handle = library;
    return 0;
}

void *hs_dl_symbol(void *handle, const char *name)
{
    return dlsym(handle, name);
}
