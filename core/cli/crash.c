#include "cli/crash.h"

#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/banned.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { IS_SANITIZED = true };
#else
enum { IS_SANITIZED = false };
#endif

enum { MAX_FRAMES = 64, LINE_BYTES = 4608, NAME_BYTES = 64, STACK_BYTES = 64 * 1024, CODE = 12 };

static volatile sig_atomic_t form_wanted;

/* ---- whose code an address is in; nothing here allocates or locks ---- */
static const char *read_hex(const char *at, uintptr_t *value)
{
    *value = 0;
    for (;; at++) {
        if (*at >= '0' && *at <= '9')
            *value = *value * 16 + (uintptr_t)(*at - '0');
        else if (*at >= 'a' && *at <= 'f')
            *value = *value * 16 + (uintptr_t)(*at - 'a' + 10);
        else
            return at;
    }
}

const char *hs_crash_plugin(const char *line, uintptr_t address, int *n)
{
    uintptr_t from, to;
    const char *at = read_hex(line, &from), *name;
    size_t n_bytes;

    if (*at != '-')
        return NULL;
    at = read_hex(at + 1, &to);
    name = strrchr(at, '/');
    if (address < from || address >= to || !name || strncmp(name, "/hub-", 5) != 0)
        return NULL;
    name += 5;
    n_bytes = strlen(name);
    if (n_bytes < 4 || n_bytes > NAME_BYTES || strcmp(name + n_bytes - 3, ".so") != 0 ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != n_bytes - 3)
        return NULL;
    *n = (int)n_bytes - 3;
    return name;
}

struct maps {
    int fd;
    size_t at, n;
    char bytes[4096], line[LINE_BYTES];
};

static bool next_line(struct maps *maps)
{
    size_t n = 0;

    while (true) {
        if (maps->at == maps->n) {
            ssize_t got = read(maps->fd, maps->bytes, sizeof maps->bytes);
            if (got <= 0)
                return false;
            maps->at = 0;
            maps->n = (size_t)got;
        }
        maps->line[n] = maps->bytes[maps->at++];
        if (maps->line[n] == '\n')
            break;
        n += n + 1 < sizeof maps->line;
    }
    maps->line[n] = '\0';
    return true;
}

static bool find_plugin(void *const *frames, int n_frames, char *name)
{
    static struct maps maps;
    bool is_found = false;

    maps.fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    maps.at = maps.n = 0;
    while (maps.fd >= 0 && !is_found && next_line(&maps))
        for (int i = 0; i < n_frames && !is_found; i++) {
            int n = 0;
            const char *found = hs_crash_plugin(maps.line, (uintptr_t)frames[i], &n);
            if (!found)
                continue;
            memcpy(name, found, (size_t)n);
            name[n] = '\0';
            is_found = true;
        }
    return is_found;
}

/* ---- telling ---- */
static void put(int fd, const char *text)
{
    size_t n = strlen(text);

    while (n) {
        ssize_t wrote = write(fd, text, n);
        if (wrote <= 0)
            return;
        text += wrote;
        n -= (size_t)wrote;
    }
}

static void tell(const char *plugin)
{
    put(STDERR_FILENO, "\nhubsync: the plugin '");
    put(STDERR_FILENO, plugin);
    put(STDERR_FILENO, "' crashed; what was checkpointed is kept\n");
    if (form_wanted == HS_CRASH_WORDS)
        return;
    put(STDOUT_FILENO, "{\"message_type\":\"error\",\"error\":\"plugin\",\"code\":12,\"message\":"
                       "\"the plugin '");
    put(STDOUT_FILENO, plugin);
    put(STDOUT_FILENO, "' crashed\",\"hub\":null,\"rule\":null}\n");
    if (form_wanted == HS_CRASH_LINES)
        put(STDOUT_FILENO, "{\"message_type\":\"exit\",\"code\":12}\n");
}

static void on_crash(int number)
{
    static void *frames[MAX_FRAMES];
    static char plugin[NAME_BYTES + 1];
    int n = backtrace(frames, MAX_FRAMES);

    if (find_plugin(frames, n, plugin)) {
        tell(plugin);
        _exit(CODE);
    }
    (void)raise(number); /* SA_RESETHAND: as ever, when this handler returns */
}

void hs_crash_watch(enum hs_crash_form form)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    struct sigaction action = {.sa_handler = on_crash,
                               .sa_flags = SA_RESETHAND | SA_ONSTACK | SA_NODEFER};
    stack_t stack = {.ss_size = STACK_BYTES};
    void *warm[1];

    form_wanted = (sig_atomic_t)form;
    if (IS_SANITIZED)
        return; /* the sanitizers' own handlers say more */
    (void)backtrace(warm, 1); /* loads the unwinder now, not in a handler */
    stack.ss_sp =
        mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack.ss_sp != MAP_FAILED)
        (void)sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        (void)sigaction(numbers[i], &action, NULL);
}
