/* plugin: the providers that can be loaded. */
#include "cli/cli.h"

#include "base/banned.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static int plugin_ls(struct hs_cli *cli)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    const char **paths;
    size_t n = 0;
    int code = 0;
    HS_ERR(err);

    if (hs_plugin_list(&cli->pool, &paths, &n, &err) < 0)
        return hs_print_error(cli, &err, NULL, NULL);
    hs_out_open(&j, NULL, '{');
    hs_out_open(&j, "plugins", '[');
    for (size_t i = 0; i < n; i++) {
        const struct hs_plugin *plugin = NULL;
        HS_ERR(bad);
        int r = hs_plugin_load(paths[i], &plugin, &bad);
        code = r < 0 ? hs_class_exit(HS_CLASS_PLUGIN) : code;
        hs_out_open(&j, NULL, '{');
        hs_out_text(&j, "name", r < 0 ? NULL : plugin->table.name);
        hs_out_text(&j, "version", r < 0 ? NULL : plugin->table.version);
        hs_out_text(&j, "title", r < 0 ? NULL : plugin->table.title);
        hs_out_text(&j, "path", paths[i]);
        hs_out_text(&j, "error", r < 0 ? hs_err_text(&bad) : NULL);
        hs_out_close(&j, '}');
        if (!hs_is_json(cli) && r == 0) {
            char *line = hub_pool_printf(&cli->pool, "%-14s %-10s %s\n", plugin->table.name,
                                         plugin->table.version, paths[i]);
            hs_print(line);
        } else if (!hs_is_json(cli)) {
            hs_say("%s: %s", base_name(paths[i]), hs_err_text(&bad));
        }
    }
    hs_out_close(&j, ']');
    hs_out_close(&j, '}');
    if (hs_is_json(cli))
        hs_print_json(cli, text.data);
    return hs_print_exit(cli, code);
}

static void add_can(struct hs_out *j, const struct hub_provider *t)
{
    hs_out_open(j, "can", '{');
    hs_out_bool(j, "whoami", t->whoami != NULL);
    hs_out_bool(j, "list_repos", t->list_repos != NULL);
    hs_out_bool(j, "list_files", t->list_files != NULL);
    hs_out_bool(j, "download", t->download != NULL);
    hs_out_bool(j, "upload", t->upload != NULL);
    hs_out_bool(j, "commit", t->commit != NULL);
    hs_out_bool(j, "create_repo", t->create_repo != NULL);
    hs_out_bool(j, "delete_repo", t->delete_repo != NULL);
    hs_out_bool(j, "import_repo", t->import_repo != NULL);
    hs_out_close(j, '}');
}

static void info_human(const struct hs_plugin *plugin, struct hub_text *out)
{
    const struct hub_provider *t = &plugin->table;

    hub_text_printf(out, "%s %s: %s\n  %s\n  ABI %u, table of %u bytes\n", t->name, t->version,
                    t->title, plugin->path, t->abi, plugin->said_size);
    hub_text_printf(out, "  reads %s, writes %s, creates %s, deletes %s, imports %s\n",
                    t->list_files ? "yes" : "no", t->commit ? "yes" : "no",
                    t->create_repo ? "yes" : "no", t->delete_repo ? "yes" : "no",
                    t->import_repo ? "yes" : "no");
    for (size_t i = 0; t->options && t->options[i]; i++)
        hub_text_printf(out, "  %-16s %s%s%s%s\n", t->options[i]->name,
                        t->options[i]->help ? t->options[i]->help : "",
                        t->options[i]->fallback ? " (" : " (must be set",
                        t->options[i]->fallback ? t->options[i]->fallback : "", ")");
}

static int plugin_info(struct hs_cli *cli, const char *name)
{
    const struct hs_plugin *plugin;
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    HS_ERR(err);
    int r = strchr(name, '/') ? hs_plugin_load(name, &plugin, &err)
                              : hs_plugin_get(name, &plugin, &err);

    if (r < 0)
        return hs_print_error(cli, &err, NULL, NULL);
    if (!hs_is_json(cli)) {
        info_human(plugin, &text);
        hs_print_text(&text);
        return 0;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "plugin");
    hs_out_text(&j, "name", plugin->table.name);
    hs_out_text(&j, "version", plugin->table.version);
    hs_out_text(&j, "title", plugin->table.title);
    hs_out_text(&j, "path", plugin->path);
    hs_out_uint(&j, "abi", plugin->table.abi);
    add_can(&j, &plugin->table);
    hs_out_open(&j, "options", '[');
    for (size_t i = 0; plugin->table.options && plugin->table.options[i]; i++) {
        const struct hub_option *option = plugin->table.options[i];
        hs_out_open(&j, NULL, '{');
        hs_out_text(&j, "name", option->name);
        hs_out_text(&j, "default", option->fallback);
        hs_out_bool(&j, "secret", option->secret != 0);
        hs_out_text(&j, "help", option->help);
        hs_out_close(&j, '}');
    }
    hs_out_close(&j, ']');
    hs_out_close(&j, '}');
    hs_print_json(cli, text.data);
    return hs_print_exit(cli, 0);
}

int hs_verb_plugin(struct hs_cli *cli)
{
    const struct hs_options *o = &cli->options;
    HS_ERR(err);

    if (strcmp(o->args.items[0], "ls") == 0 && o->args.n == 1)
        return plugin_ls(cli);
    if (strcmp(o->args.items[0], "info") == 0 && o->args.n == 2)
        return plugin_info(cli, o->args.items[1]);
    if (strcmp(o->args.items[0], "test") == 0 || strcmp(o->args.items[0], "new") == 0)
        (void)hs_fail(&err, HS_ECONFIG, "'plugin %s' is not available yet", o->args.items[0]);
    else
        (void)hs_fail(&err, HS_ECONFIG, "usage: hubsync plugin ls | info NAME");
    return hs_print_error(cli, &err, NULL, NULL);
}
