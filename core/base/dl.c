#include "dl.h"
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "banned.h"

/* Does the file end before a part that would be loaded? The loader maps without looking, and the
 * first touch of what is missing kills the process. What is no library at all, it tells itself. */
static bool is_cut(int fd, uint64_t file_bytes)
{
    ElfW(Ehdr) head;
    ElfW(Phdr) part;

    if (pread(fd, &head, sizeof head, 0) != sizeof head ||
        memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_phentsize != sizeof part)
        return false;
    for (unsigned i = 0; i < head.e_phnum; i++) {
        off_t at = (off_t)(head.e_phoff + (uint64_t)i * sizeof part);
        if (pread(fd, &part, sizeof part, at) != sizeof part)
            return true;
        if (part.p_type == PT_LOAD &&
            (part.p_offset > file_bytes || part.p_filesz > file_bytes - part.p_offset))
            return true;
    }
    return false;
}

static int check_whole(const char *path, struct hs_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    bool cut = fd >= 0 && fstat(fd, &st) == 0 && is_cut(fd, (uint64_t)st.st_size);

    if (fd >= 0)
        close(fd);
    return cut ? hs_fail(err, HS_EPLUGIN, "%s: the file is cut short", path) : 0;
}

int hs_dl_open(const char *path, void **handle, struct hs_err *err)
{
    void *library;
    const char *words;
    int r = check_whole(path, err);

    if (r < 0)
        return r;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    words = library ? NULL : dlerror();
    if (!library)
        return hs_fail(err, HS_EPLUGIN, "%s: %s", path, words ? words : "cannot be loaded");
    *handle = library;
    return 0;
}

void *hs_dl_symbol(void *handle, const char *name)
{
    return dlsym(handle, name);
}
