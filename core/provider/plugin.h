/* Providers on disk: finding hub-<name>.so, loading it once, believing its one symbol. */
#ifndef HS_PROVIDER_PLUGIN_H
#define HS_PROVIDER_PLUGIN_H
#include "base/err.h"
#include <hubsync/kit.h>

struct hs_plugin {
    const char *path;
    struct hub_provider table; /* a copy, zero where the provider is younger or smaller than us */
    uint32_t said_size;        /* of its own struct */
};
/* The folders that are searched, in order: $HUBSYNC_PLUGIN_PATH, ../plugins beside the program when
 * it runs from a build tree, <libdir>/hubsync/plugins. Ends in NULL. */
const char *const *hs_plugin_folders(struct hub_pool *pool);
/* Finds and loads the provider of that name. Loaded once in a process; the answer lives for ever.
 * HS_EPLUGIN: not found (naming the folders), not loadable, no or a wrong symbol, another name
 * inside, an ABI that is too new, a table too small to hold `open`. Thread-safe. */
int hs_plugin_get(const char *name, const struct hs_plugin **out, struct hs_err *err);
/* The same for one file, whatever its folder. */
int hs_plugin_load(const char *path, const struct hs_plugin **out, struct hs_err *err);
/* All hub-*.so files in the folders, the first of each name; texts in the pool. */
int hs_plugin_list(struct hub_pool *pool, const char ***paths, size_t *n, struct hs_err *err);
/* A declared option, NULL if the provider has none of that name. */
const struct hub_option *hs_plugin_option(const struct hs_plugin *plugin, const char *name);
/* True if the provider was built with that member and fills it. */
#define hs_plugin_can(plugin, member) ((plugin)->table.member != NULL)
#endif
