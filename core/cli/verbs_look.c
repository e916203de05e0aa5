/* ls, hub and plugin: what is there, without changing anything. */
#include "cli/cli.h"

#include "base/clock.h"

#include "base/banned.h"

static const char *visibility_name(uint32_t visibility)
{
    static const char *const names[] = {"", "public", "internal", "private"};

    return visibility <= HUB_PRIVATE ? names[visibility] : "";
}

/* ---- ls ---- */
static void repos_out(struct hs_cli *cli, const struct hs_repos *repos)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    char when[HS_TIME_BYTES];

    if (!hs_is_json(cli)) {
        for (size_t i = 0; i < repos->repos.n; i++) {
            const struct hs_repo *r = &repos->repos.items[i];
            hub_text_printf(&text, "%-10s %-8s %-20s %s  %s\n", r->visibility ? visibility_name(r->visibility) : "?",
                            r->gated == HUB_YES ? "gated" : "", r->modified_ms ? hs_time_rfc3339(r->modified_ms, when) : "-",
                            r->id, r->license);
        }
        if (!repos->is_complete)
            hs_say("the list is not complete: %s", repos->why);
        hs_print_text(&text);
        return;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_open(&j, "repos", '[');
    for (size_t i = 0; i < repos->repos.n; i++) {
        const struct hs_repo *r = &repos->repos.items[i];
        hs_out_open(&j, NULL, '{');
        hs_out_text(&j, "id", r->id);
        hs_out_text(&j, "visibility", visibility_name(r->visibility));
        hs_out_truth(&j, "gated", r->gated);
        hs_out_text(&j, "license", r->license);
        hs_out_time(&j, "last_modified", r->modified_ms);
        hs_out_text(&j, "head", r->head);
        hs_out_close(&j, '}');
    }
    hs_out_close(&j, ']');
    hs_out_bool(&j, "complete", repos->is_complete);
    hs_out_close(&j, '}');
    hs_print_json(cli, text.data);
}

static void files_out(struct hs_cli *cli, const char *id, const char *revision, const struct hs_listing *files)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};

    if (!hs_is_json(cli)) {
        for (size_t i = 0; i < files->files.n; i++) {
            const struct hs_file *f = &files->files.items[i];
            hub_text_printf(&text, "%10s  %-12.12s %-4s %s%s\n", hs_bytes_text(&cli->pool, f->file_bytes),
                            *f->sha256 ? f->sha256 : *f->git_sha1 ? f->git_sha1 : "-", f->flags & HUB_LFS ? "lfs" : "",
                            f->path, f->flags & HUB_NOT_PLAIN ? "  (link)" : f->flags & HUB_SITE_OWNED ? "  (the site's)" : "");
        }
        if (!files->is_complete)
            hs_say("the listing is not complete: %s", files->why);
        hs_print_text(&text);
        return;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "repo", id);
    hs_out_text(&j, "revision", *files->head ? files->head : revision);
    hs_out_bool(&j, "complete", files->is_complete);
    hs_out_open(&j, "files", '[');
    for (size_t i = 0; i < files->files.n; i++) {
        const struct hs_file *f = &files->files.items[i];
        hs_out_open(&j, NULL, '{');
        hs_out_text(&j, "path", f->path);
        hs_out_size(&j, "bytes", f->file_bytes);
        hs_out_text(&j, "sha256", f->sha256);
        hs_out_text(&j, "git_sha1", f->flags & HUB_LFS ? "" : f->git_sha1);
        hs_out_bool(&j, "lfs", (f->flags & HUB_LFS) != 0);
        hs_out_bool(&j, "site_owned", (f->flags & HUB_SITE_OWNED) != 0);
        hs_out_close(&j, '}');
    }
    hs_out_close(&j, ']');
    hs_out_close(&j, '}');
    hs_print_json(cli, text.data);
}

static int open_hub(struct hs_cli *cli, const char *hub, const char *owner, struct hs_session **s, struct hs_err *err)
{
    struct hs_retry retry;
    int r = hs_cli_engine(cli, 0, err);

    if (r < 0)
        return r;
    retry = (struct hs_retry){cli->conf.defaults.retry.attempts, cli->conf.defaults.retry.max_wait_ms};
    return hs_session_get(hs_engine_sessions(cli->engine), hs_engine_loop(cli->engine), hub, owner, &retry, s, err);
}

static int list_owners(struct hs_cli *cli, struct hs_session *s, const char *owner, struct hs_repos *all,
                       struct hs_err *err)
{
    const struct hub_option *option = hs_plugin_option(s->plugin, "owner");
    size_t n = *owner ? 1 : s->conf->owners.n;
    int r = 0;

    *all = (struct hs_repos){.pool = &cli->pool, .is_complete = true, .why = ""};
    if (!n && option && option->fallback && *option->fallback) {
        owner = option->fallback;
        n = 1;
    }
    if (!n)
        return hs_fail(err, HS_ECONFIG, "hub '%s' has no owner: name one as %s:OWNER", s->conf->name, s->conf->name);
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct hs_repos one;
        r = hs_ask_repos(s, hs_engine_loop(cli->engine), &cli->pool, *owner ? owner : s->conf->owners.items[i], &one, err);
        for (size_t k = 0; r == 0 && k < one.repos.n; k++)
            *hs_vec_add(&all->repos) = one.repos.items[k];
        if (r == 0 && !one.is_complete) {
            all->is_complete = false;
            all->why = one.why;
        }
        if (r == 0)
            hs_repos_clear(&one);
    }
    return r;
}

static int ls_files(struct hs_cli *cli, struct hs_session *s, const struct hs_place_name *place, struct hs_err *err)
{
    struct hs_listing files;
    struct hs_repo repo;
    int r = hs_ask_repo(s, hs_engine_loop(cli->engine), &cli->pool, place->repo, &repo, err);

    if (r == 0)
        r = hs_engine_list(cli->engine, s, &cli->pool, &repo, place->revision, &files, err);
    if (r < 0)
        return r;
    files_out(cli, repo.id, place->revision, &files);
    hs_listing_clear(&files);
    return 0;
}

int hs_verb_ls(struct hs_cli *cli)
{
    struct hs_place_name place = {"", "", "", ""};
    struct hs_session *s;
    struct hs_repos repos;
    HS_ERR(err);
    int r = hs_place_parse(&cli->pool, cli->options.args.items[0], &place, &err);

    if (r == 0)
        r = open_hub(cli, place.hub,
                     *place.repo ? hub_pool_strndup(&cli->pool, place.repo, strcspn(place.repo, "/")) : place.owner, &s, &err);
    if (r == 0 && *place.repo)
        r = ls_files(cli, s, &place, &err);
    else if (r == 0) {
        r = list_owners(cli, s, place.owner, &repos, &err);
        if (r == 0) {
            repos_out(cli, &repos);
            hs_repos_clear(&repos);
        }
    }
    return r < 0 ? hs_print_error(cli, &err, place.hub, NULL) : hs_print_exit(cli, 0);
}

/* ---- hub ---- */
static void add_hub(struct hs_out *j, const struct hs_hub_conf *hub)
{
    hs_out_open(j, NULL, '{');
    hs_out_text(j, "name", hub->name);
    hs_out_text(j, "plugin", hub->plugin);
    hs_out_text(j, "endpoint", hub->endpoint);
    hs_out_open(j, "owners", '[');
    for (size_t i = 0; i < hub->owners.n; i++)
        hs_out_text(j, NULL, hub->owners.items[i]);
    hs_out_close(j, ']');
    hs_out_text(j, "access", hub->is_read_only ? "read" : "write");
    hs_out_bool(j, "has_token", hub->token.kind != HS_TOKEN_NONE);
    hs_out_close(j, '}');
}

static int hub_ls(struct hs_cli *cli)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    HS_ERR(err);

    if (hs_cli_conf(cli, &err) < 0)
        return hs_print_error(cli, &err, NULL, NULL);
    if (hs_is_json(cli)) {
        hs_out_open(&j, NULL, '{');
        hs_out_open(&j, "hubs", '[');
        for (size_t i = 0; i < cli->conf.hubs.n; i++)
            add_hub(&j, &cli->conf.hubs.items[i]);
        hs_out_close(&j, ']');
        hs_out_close(&j, '}');
        hs_print_json(cli, text.data);
        return hs_print_exit(cli, 0);
    }
    for (size_t i = 0; i < cli->conf.hubs.n; i++) {
        const struct hs_hub_conf *hub = &cli->conf.hubs.items[i];
        hub_text_printf(&text, "%-12s %-12s %-6s %s\n", hub->name, hub->plugin, hub->is_read_only ? "read" : "write",
                        *hub->endpoint ? hub->endpoint : "(the plugin's own endpoint)");
    }
    hs_print_text(&text);
    return 0;
}

static void test_out(struct hs_cli *cli, const struct hs_session *s, bool has_identity)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    const char *place = hs_session_site_key(s);
    const struct hs_account *a = &s->account;

    if (!hs_is_json(cli)) {
        hub_text_printf(&text, "%s is reachable (%s)\n  identity  %s\n  writes    %s\n", s->conf->name, place,
                        has_identity && *a->name ? a->name : has_identity ? "(accepted)" : "(this hub does not tell)",
                        a->can_write == HUB_YES ? "yes" : a->can_write == HUB_NO ? "no" : "the hub does not tell");
        hub_text_printf(&text, "  limits    %u requests in %u ms, %u at once, %u entries a commit, files up to %s\n",
                        s->limits.requests, s->limits.window_ms, s->limits.parallel, s->limits.commit_items,
                        s->limits.file_bytes ? hs_bytes_text(&cli->pool, s->limits.file_bytes) : "any size");
        hs_print_text(&text);
        return;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "hub_test");
    hs_out_text(&j, "hub", s->conf->name);
    hs_out_bool(&j, "reachable", true);
    hs_out_text(&j, "site", place);
    hs_out_text(&j, "account", a->name);
    hs_out_truth(&j, "can_write", a->can_write);
    hs_out_time(&j, "expires", a->expires_ms);
    hs_out_open(&j, "limits", '{');
    hs_out_uint(&j, "requests", s->limits.requests);
    hs_out_uint(&j, "window_ms", s->limits.window_ms);
    hs_out_uint(&j, "parallel", s->limits.parallel);
    hs_out_uint(&j, "commit_items", s->limits.commit_items);
    hs_out_uint(&j, "file_bytes", s->limits.file_bytes);
    hs_out_close(&j, '}');
    hs_out_close(&j, '}');
    hs_print_json(cli, text.data);
}

static int hub_test(struct hs_cli *cli, const char *name)
{
    struct hs_session *s;
    HS_ERR(err);
    bool has_identity = true;
    int r = open_hub(cli, name, "", &s, &err);

    if (r == 0)
        r = hs_ask_whoami(s, hs_engine_loop(cli->engine), &err);
    if (r == HUB_ENOTSUP) {
        hs_err_clear(&err);
        has_identity = false;
        r = 0;
    }
    if (r < 0)
        return hs_print_error(cli, &err, name, NULL);
    test_out(cli, s, has_identity);
    return hs_print_exit(cli, 0);
}

int hs_verb_hub(struct hs_cli *cli)
{
    const struct hs_options *o = &cli->options;
    HS_ERR(err);

    if (strcmp(o->args.items[0], "ls") == 0 && o->args.n == 1)
        return hub_ls(cli);
    if (strcmp(o->args.items[0], "test") == 0 && o->args.n == 2)
        return hub_test(cli, o->args.items[1]);
    (void)hs_fail(&err, HS_ECONFIG, "usage: hubsync hub ls | test NAME");
    return hs_print_error(cli, &err, NULL, NULL);
}

/* ---- plugin ---- */
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
            char *line = hub_pool_printf(&cli->pool, "%-14s %-10s %s\n", plugin->table.name, plugin->table.version, paths[i]);
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

    hub_text_printf(out, "%s %s: %s\n  %s\n  ABI %u, table of %u bytes\n", t->name, t->version, t->title, plugin->path,
                    t->abi, plugin->said_size);
    hub_text_printf(out, "  reads %s, writes %s, creates %s, deletes %s, imports %s\n", t->list_files ? "yes" : "no",
                    t->commit ? "yes" : "no", t->create_repo ? "yes" : "no", t->delete_repo ? "yes" : "no",
                    t->import_repo ? "yes" : "no");
    for (size_t i = 0; t->options && t->options[i]; i++)
        hub_text_printf(out, "  %-16s %s%s%s%s\n", t->options[i]->name, t->options[i]->help ? t->options[i]->help : "",
                        t->options[i]->fallback ? " (" : " (must be set", t->options[i]->fallback ? t->options[i]->fallback : "",
                        ")");
}

static int plugin_info(struct hs_cli *cli, const char *name)
{
    const struct hs_plugin *plugin;
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    HS_ERR(err);
    int r = strchr(name, '/') ? hs_plugin_load(name, &plugin, &err) : hs_plugin_get(name, &plugin, &err);

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
