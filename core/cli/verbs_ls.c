/* ls: repos of an owner, files of a repo. */
#include "cli/cli.h"

#include "base/clock.h"

#include "base/banned.h"

static const char *visibility_name(uint32_t visibility)
{
    static const char *const names[] = {"", "public", "internal", "private"};

    return visibility <= HUB_PRIVATE ? names[visibility] : "";
}

static void repos_out(struct hs_cli *cli, const struct hs_repos *repos)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};
    char when[HS_TIME_BYTES];

    if (!hs_is_json(cli)) {
        for (size_t i = 0; i < repos->repos.n; i++) {
            const struct hs_repo *r = &repos->repos.items[i];
            hub_text_printf(&text, "%-10s %-8s %-20s %s  %s\n",
                            r->visibility ? visibility_name(r->visibility) : "?",
                            r->gated == HUB_YES ? "gated" : "",
                            r->modified_ms ? hs_time_rfc3339(r->modified_ms, when) : "-", r->id,
                            r->license);
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

static void files_out(struct hs_cli *cli, const char *id, const char *revision,
                      const struct hs_listing *files)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};

    if (!hs_is_json(cli)) {
        for (size_t i = 0; i < files->files.n; i++) {
            const struct hs_file *f = &files->files.items[i];
            hub_text_printf(&text, "%10s  %-12.12s %-4s %s%s\n",
                            hs_bytes_text(&cli->pool, f->file_bytes),
                            *f->sha256     ? f->sha256
                            : *f->git_sha1 ? f->git_sha1
                                           : "-",
                            f->flags & HUB_LFS ? "lfs" : "", f->path,
                            f->flags & HUB_NOT_PLAIN    ? "  (link)"
                            : f->flags & HUB_SITE_OWNED ? "  (the site's)"
                                                        : "");
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

int hs_cli_hub(struct hs_cli *cli, const char *hub, const char *owner, struct hs_session **s,
               struct hs_err *err)
{
    struct hs_retry retry;
    int r = hs_cli_engine(cli, 0, err);

    if (r < 0)
        return r;
    retry =
        (struct hs_retry){cli->conf.defaults.retry.attempts, cli->conf.defaults.retry.max_wait_ms};
    return hs_session_get(hs_engine_sessions(cli->engine), hs_engine_loop(cli->engine), hub, owner,
                          &retry, s, err);
}

int hs_cli_list(struct hs_cli *cli, struct hs_session *s, const char *owner, struct hs_repos *all,
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
        return hs_fail(err, HS_ECONFIG, "hub '%s' has no owner: name one as %s:OWNER",
                       s->conf->name, s->conf->name);
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct hs_repos one;
        r = hs_ask_repos(s, hs_engine_loop(cli->engine), &cli->pool,
                         *owner ? owner : s->conf->owners.items[i], &one, err);
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

static int ls_files(struct hs_cli *cli, struct hs_session *s, const struct hs_place_name *place,
                    bool *is_complete, struct hs_err *err)
{
    struct hs_listing files;
    struct hs_repo repo;
    int r = hs_ask_repo(s, hs_engine_loop(cli->engine), &cli->pool, place->repo, &repo, err);

    if (r == 0)
        r = hs_engine_list(cli->engine, s, &cli->pool, &repo, place->revision, &files, err);
    if (r < 0)
        return r;
    files_out(cli, repo.id, place->revision, &files);
    *is_complete = files.is_complete;
    hs_listing_clear(&files);
    return 0;
}

int hs_verb_ls(struct hs_cli *cli)
{
    struct hs_place_name place = {"", "", "", ""};
    struct hs_session *s;
    struct hs_repos repos;
    bool is_complete = true;
    HS_ERR(err);
    int r = hs_place_parse(&cli->pool, cli->options.args.items[0], &place, &err);

    if (r == 0)
        r = hs_cli_hub(cli, place.hub,
                       *place.repo
                           ? hub_pool_strndup(&cli->pool, place.repo, strcspn(place.repo, "/"))
                           : place.owner,
                       &s, &err);
    if (r == 0 && *place.repo)
        r = ls_files(cli, s, &place, &is_complete, &err);
    else if (r == 0) {
        r = hs_cli_list(cli, s, place.owner, &repos, &err);
        if (r == 0) {
            is_complete = repos.is_complete;
            repos_out(cli, &repos);
            hs_repos_clear(&repos);
        }
    }
    if (r < 0)
        return hs_print_error(cli, &err, place.hub, NULL);
    return hs_print_exit(cli, is_complete ? 0 : hs_class_exit(HS_CLASS_SAFETY));
}
