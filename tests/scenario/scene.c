#include "scene_private.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- life ---- */
int scene_open(void **state)
{
    void *row = *state;
    struct scene *s = calloc(1, sizeof *s);
    const char *tmp = getenv("TMPDIR");
    char *folder = NULL;

    if (!s || asprintf(&folder, "%s/hubsync-scene-XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0)
        return -1;
    if (!mkdtemp(folder))
        return -1;
    s->folder = folder;
    s->attempts = 3;
    s->max_wait = "200ms";
    s->row = row;
    *state = s;
    return mkdir(scene_path(s, "a"), 0777) || mkdir(scene_path(s, "b"), 0777) ? -1 : 0;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

int scene_close(void **state)
{
    struct scene *s = *state;

    scene_daemon_kill(s);
    scene_hub_stop(s);
    (void)nftw(s->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    for (size_t i = 0; i < s->n_kept; i++)
        free(s->kept[i]);
    free(s->kept);
    for (size_t i = 0; i < s->n_docs; i++)
        cJSON_Delete(s->docs[i]);
    free(s->docs);
    free(s->folder);
    free(s);
    return 0;
}

/* ---- texts ---- */
char *scene_keep(struct scene *s, char *text)
{
    assert_non_null(text);
    s->kept = realloc(s->kept, (s->n_kept + 1) * sizeof *s->kept);
    assert_non_null(s->kept);
    s->kept[s->n_kept++] = text;
    return text;
}

cJSON *scene_keep_doc(struct scene *s, cJSON *doc)
{
    if (!doc)
        return NULL;
    s->docs = realloc(s->docs, (s->n_docs + 1) * sizeof *s->docs);
    assert_non_null(s->docs);
    s->docs[s->n_docs++] = doc;
    return doc;
}

const char *scene_printf(struct scene *s, const char *fmt, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    va_end(args);
    return scene_keep(s, text);
}

const char *scene_path(struct scene *s, const char *name)
{
    return scene_printf(s, "%s/%s", s->folder, name);
}

char *scene_slurp(const char *path, size_t *n_bytes)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    struct stat st;

    if (!file)
        return NULL;
    if (fstat(fileno(file), &st) == 0 && (text = malloc((size_t)st.st_size + 1)) != NULL) {
        *n_bytes = fread(text, 1, (size_t)st.st_size, file);
        text[*n_bytes] = '\0';
    }
    (void)fclose(file);
    return text;
}

const char *scene_read(struct scene *s, const char *path)
{
    size_t n_bytes = 0;
    char *text = scene_slurp(path, &n_bytes);

    if (!text)
        scene_fail(s, __FILE__, __LINE__, "%s: %s", path, strerror(errno));
    return scene_keep(s, text);
}

/* ---- children ---- */
/* A full disk and a folder that refuses, without a file system of our own and without other users. */
static void limit_me(const struct scene_limits *limits)
{
    struct rlimit size = {limits->file_bytes_max, limits->file_bytes_max};

    if (limits->file_bytes_max) {
        (void)signal(SIGXFSZ, SIG_IGN); /* stays so in the program: write fails instead */
        (void)setrlimit(RLIMIT_FSIZE, &size);
    }
    if (limits->is_plain_user) {
        (void)prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0);
        (void)prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH, 0, 0, 0);
    }
}

pid_t scene_spawn(char *const argv[], char *const envp[], const char *out, const char *err,
                  const struct scene_limits *limits)
{
    pid_t parent = getpid(), child = fork();
    struct rlimit no_core = {0, 0};

    if (child != 0)
        return child;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    (void)dup2(open("/dev/null", O_RDONLY), 0);
    (void)dup2(open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    (void)dup2(open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    limit_me(limits);
    execve(argv[0], argv, envp);
    perror(argv[0]);
    _exit(127);
}

int scene_reap(pid_t child, int timeout_ms, long *peak_kib)
{
    int fd = (int)syscall(SYS_pidfd_open, child, 0), status = 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    struct rusage usage;
    bool is_late;

    assert_true(fd >= 0);
    is_late = poll(&wait, 1, timeout_ms) != 1;
    (void)close(fd);
    if (is_late)
        (void)kill(child, SIGKILL);
    assert_int_equal(wait4(child, &status, 0, &usage), child);
    if (peak_kib)
        *peak_kib = usage.ru_maxrss;
    if (is_late)
        return -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- testhub ---- */
static bool is_ready(struct scene *s, const char *port_file)
{
    size_t n_bytes = 0;
    char *text = scene_slurp(port_file, &n_bytes);

    if (!text)
        return false;
    s->ports = scene_keep_doc(s, cJSON_Parse(text));
    free(text);
    return s->ports != NULL;
}

static void await_ready(struct scene *s, int watch, const char *port_file)
{
    char events[4096];
    struct pollfd wait = {.fd = watch, .events = POLLIN};

    while (!is_ready(s, port_file)) {
        if (poll(&wait, 1, SCENE_READY_MS) != 1)
            scene_fail(s, __FILE__, __LINE__, "testhub is not ready");
        (void)!read(watch, events, sizeof events);
    }
}

void scene_hub(struct scene *s, const char *seed)
{
    const char *folder = scene_path(s, "hub"), *ports = scene_path(s, "hub/ports");
    const char *log = scene_path(s, "hub/log");
    int watch;

    assert_int_equal(mkdir(folder, 0700), 0);
    scene_write(s, "hub/seed", seed ? seed : scene_seed_text(s, ""));
    watch = inotify_init1(IN_CLOEXEC);
    assert_true(watch >= 0);
    assert_true(inotify_add_watch(watch, folder, IN_MOVED_TO | IN_CREATE) >= 0);
    {
        char *argv[] = {(char *)TESTHUB, (char *)"--port-file", (char *)ports, (char *)"--seed",
                        (char *)scene_path(s, "hub/seed"), (char *)"--requests",
                        (char *)scene_path(s, "hub/requests"),
                        s->is_tls ? (char *)"--tls" : NULL, NULL};
        char *tmp = (char *)scene_printf(s, "TMPDIR=%s", folder);
        char *envp[] = {tmp, NULL};

        s->hub = scene_spawn(argv, envp, log, scene_path(s, "hub/errors"), &(struct scene_limits){0});
    }
    await_ready(s, watch, ports);
    (void)close(watch);
}

void scene_hub_stop(struct scene *s)
{
    if (!s->hub)
        return;
    (void)kill(s->hub, SIGKILL);
    (void)waitpid(s->hub, NULL, 0);
    s->hub = 0;
}

const char *scene_endpoint(struct scene *s, const char *site, const char *plane)
{
    const cJSON *value = scene_at(s->ports, scene_printf(s, "%s.%s", site, plane));

    if (!cJSON_IsString(value))
        scene_fail(s, __FILE__, __LINE__, "the port file has no %s.%s", site, plane);
    return value->valuestring;
}
