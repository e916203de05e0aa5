#include "provider/plugin.h"

#include "base/dl.h"
#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

/* Where the installed programs find the plugins: absolute, or from the program's own folder. */
#ifndef HS_PLUGIN_FOLDER
#define HS_PLUGIN_FOLDER "../lib/hubsync/plugins"
#endif

enum { MAX_FOLDERS = 32 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hs_map loaded; /* path → struct hs_plugin, for ever */

static char *program_folder(struct hub_pool *pool)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash;

    if (n <= 0)
        return NULL;
    path[n] = '\0';
    slash = strrchr(path, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    return hub_pool_strdup(pool, path);
}

/* <build>/bin/hubsync runs from a build tree when <build>/CMakeCache.txt is there. */
static char *build_folder(struct hub_pool *pool)
{
    char *folder = program_folder(pool);
    char *cache = folder ? hub_pool_printf(pool, "%s/../CMakeCache.txt", folder) : NULL;

    if (!cache || access(cache, F_OK) != 0)
        return NULL;
    return hub_pool_printf(pool, "%s/../plugins", folder);
}

static char *installed_folder(struct hub_pool *pool)
{
    char *folder = HS_PLUGIN_FOLDER[0] == '/' ? NULL : program_folder(pool);

    return folder ? hub_pool_printf(pool, "%s/" HS_PLUGIN_FOLDER, folder)
                  : hub_pool_strdup(pool, HS_PLUGIN_FOLDER);
}

const char *const *hs_plugin_folders(struct hub_pool *pool)
{
    const char **folders = hub_pool_alloc(pool, MAX_FOLDERS + 3, sizeof *folders);
    const char *list = getenv("HUBSYNC_PLUGIN_PATH");
    char *build = build_folder(pool);
    size_t n = 0;

    while (list && *list && n < MAX_FOLDERS) {
        size_t length = strcspn(list, ":");
        if (length)
            folders[n++] = hub_pool_strndup(pool, list, length);
        list += length + (list[length] == ':');
    }
    if (build)
        folders[n++] = build;
    folders[n++] = installed_folder(pool);
    folders[n] = NULL;
    return folders;
}

/* The name in hub-<name>.so; NULL if the file is not called so. */
static char *name_of_file(struct hub_pool *pool, const char *path)
{
    const char *base = strrchr(path, '/');
    size_t n;

    base = base ? base + 1 : path;
    n = strlen(base);
    if (n < 8 || strncmp(base, "hub-", 4) != 0 || strcmp(base + n - 3, ".so") != 0)
        return NULL;
    return hub_pool_strndup(pool, base + 4, n - 7);
}

static bool is_good_name(const char *name)
{
    return name && *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name);
}

static int check_table(const char *path, const struct hub_provider *said, const char *name,
                       struct hs_err *err)
{
    if (said->abi != HUB_ABI)
        return hs_fail(err, HS_EPLUGIN, "%s: it speaks provider ABI %u, this hubsync speaks %d", path,
                       said->abi, HUB_ABI);
    if (said->size < offsetof(struct hub_provider, whoami))
        return hs_fail(err, HS_EPLUGIN, "%s: its table of %u bytes is too small to be a provider",
                       path, said->size);
    if (!is_good_name(said->name))
        return hs_fail(err, HS_EPLUGIN, "%s: it does not tell a good name ([a-z0-9-]+)", path);
    if (name && strcmp(name, said->name) != 0)
        return hs_fail(err, HS_EPLUGIN, "%s: it calls itself '%s', so the file must be hub-%s.so",
                       path, said->name, said->name);
    if (!said->open || !said->close)
        return hs_fail(err, HS_EPLUGIN, "%s: it has no open or no close", path);
    return 0;
}

static int load_file(struct hub_pool *pool, const char *path, struct hs_plugin **out,
                     struct hs_err *err)
{
    const struct hub_provider *const *symbol;
    struct hs_plugin *plugin;
    void *handle;
    int r;

    if (access(path, F_OK) != 0)
        return hs_fail(err, HS_EPLUGIN, "%s: no such file", path);
    r = hs_dl_open(path, &handle, err);
    if (r < 0)
        return r;
    symbol = hs_dl_symbol(handle, "hub_plugin");
    if (!symbol || !*symbol)
        return hs_fail(err, HS_EPLUGIN, "%s: it exports no hub_plugin, so it is no hubsync provider",
                       path);
    r = check_table(path, *symbol, name_of_file(pool, path), err);
    if (r < 0)
        return r;
    plugin = hs_xcalloc(1, sizeof *plugin);
    plugin->path = hs_xstrdup(path);
    plugin->said_size = (*symbol)->size;
    memcpy(&plugin->table, *symbol,
           plugin->said_size < sizeof plugin->table ? plugin->said_size : sizeof plugin->table);
    if (!plugin->table.version)
        plugin->table.version = "";
    if (!plugin->table.title)
        plugin->table.title = plugin->table.name;
    *out = plugin;
    return 0;
}

int hs_plugin_load(const char *path, const struct hs_plugin **out, struct hs_err *err)
{
    HUB_POOL(pool);
    char real[PATH_MAX];
    struct hs_plugin *plugin;
    int r = 0;

    if (realpath(path, real))
        path = real;
    pthread_mutex_lock(&lock);
    plugin = hs_map_get(&loaded, path);
    if (!plugin) {
        r = load_file(&pool, path, &plugin, err);
        if (r == 0)
            (void)hs_map_put(&loaded, path, plugin);
    }
    pthread_mutex_unlock(&lock);
    if (r == 0)
        *out = plugin;
    return r;
}

int hs_plugin_get(const char *name, const struct hs_plugin **out, struct hs_err *err)
{
    HUB_POOL(pool);
    HUB_TEXT(searched);
    const char *const *folders = hs_plugin_folders(&pool);

    if (!is_good_name(name))
        return hs_fail(err, HS_EPLUGIN, "no plugin can be called '%s' ([a-z0-9-]+)", name);
    for (size_t i = 0; folders[i]; i++) {
        char *path = hub_pool_printf(&pool, "%s/hub-%s.so", folders[i], name);
        if (access(path, F_OK) == 0)
            return hs_plugin_load(path, out, err);
        hub_text_printf(&searched, "%s%s", i ? ", " : "", folders[i]);
    }
    (void)hs_fail(err, HS_EPLUGIN, "plugin '%s' is missing: no hub-%s.so in %s", name, name,
                  searched.data);
    return hs_hint(err, "put hub-%s.so there or name its folder in HUBSYNC_PLUGIN_PATH", name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int hs_plugin_list(struct hub_pool *pool, const char ***paths, size_t *n, struct hs_err *err)
{
    const char *const *folders = hs_plugin_folders(pool);
    struct hs_map seen = {NULL, 0, 0};
    HS_VEC(const char *) found = {NULL, 0, 0};

    (void)err;
    for (size_t i = 0; folders[i]; i++) {
        DIR *dir = opendir(folders[i]);
        struct dirent *entry;
        size_t before = found.n;
        while (dir && (entry = readdir(dir))) {
            char *path = hub_pool_printf(pool, "%s/%s", folders[i], entry->d_name);
            char *name = name_of_file(pool, path);
            if (name && !hs_map_get(&seen, name)) {
                (void)hs_map_put(&seen, name, name);
                *hs_vec_add(&found) = path;
            }
        }
        if (dir)
            closedir(dir);
        if (found.n > before)
            qsort(found.items + before, found.n - before, sizeof *found.items, by_text);
    }
    *paths = hub_pool_alloc(pool, found.n + 1, sizeof **paths);
    if (found.n)
        memcpy(*paths, found.items, found.n * sizeof **paths);
    *n = found.n;
    hs_vec_clear(&found);
    hs_map_clear(&seen);
    return 0;
}

const struct hub_option *hs_plugin_option(const struct hs_plugin *plugin, const char *name)
{
    const struct hub_option *const *options = plugin->table.options;

    for (size_t i = 0; options && options[i]; i++)
        if (options[i]->name && strcmp(options[i]->name, name) == 0)
            return options[i];
    return NULL;
}
