#include "conf/conf.h"
#include "base/file.h"
#include "conf/conf_dotenv.h"
#include "conf/conf_object.h"
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/banned.h"

enum { FILE_BYTES_MAX = 1 << 20, ENV_BYTES_MAX = 1 << 20 };

/* ---- which file ---- */

static const char *user_file(struct hub_pool *pool)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (config && *config == '/')
        return hub_pool_printf(pool, "%s/hubsync/hubsync.yaml", config);
    if (home && *home)
        return hub_pool_printf(pool, "%s/.config/hubsync/hubsync.yaml", home);
    return NULL;
}

static int find_file(struct hub_pool *pool, const char **file, struct hs_err *err)
{
    const char *user = user_file(pool);
    const char *const places[] = {"hubsync.yaml", user, "/etc/hubsync/hubsync.yaml"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i] && access(places[i], F_OK) == 0) {
            *file = places[i];
            return 0;
        }
    }
    return hs_fail(err, HS_ECONFIG, "no configuration: looked for ./hubsync.yaml, %s%s%s",
                   user ? user : "", user ? ", " : "", places[2]);
}

/* As hs_file_read, but whatever is wrong is the configuration's fault. */
static int read_file(const char *path, size_t limit_bytes, struct hub_text *text,
                     struct hs_err *err)
{
    HS_ERR(why);
    int r = hs_file_read(path, limit_bytes, text, &why);

    return r < 0 ? hs_fail(err, HS_ECONFIG, "%s", hs_err_text(&why)) : 0;
}

/* ---- variables ---- */

static const char *beside(struct hub_pool *pool, const char *file)
{
    const char *slash = strrchr(file, '/');

    return slash ? hub_pool_printf(pool, "%.*s/.env", (int)(slash - file), file) : ".env";
}

static int load_dotenv(struct hs_dotenv *env, const char *path, bool is_asked_for,
                       struct hs_err *err)
{
    HUB_TEXT(text);
    int r;

    if (!is_asked_for && access(path, F_OK) != 0)
        return 0;
    r = read_file(path, ENV_BYTES_MAX, &text, err);
    if (r < 0)
        return r;
    return text.data ? hs_dotenv_parse(env, path, text.data, err) : 0;
}

static const char *look_up(void *ctx, const char *name)
{
    const char *value = getenv(name);

    return value ? value : hs_dotenv_get(ctx, name);
}

/* ---- who can read the secrets ---- */

static bool is_open_to(const char *path, mode_t whom, mode_t *mode)
{
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    *mode = st.st_mode & 0777;
    return (*mode & whom) != 0;
}

static void warn_token(struct hs_conf *conf, const char *hub, const struct hs_token *token)
{
    mode_t mode;

    if (token->kind == HS_TOKEN_FILE && is_open_to(token->file, 0077, &mode))
        *hs_vec_add(&conf->warnings) =
            hs_xprintf("hubs.%s: the token file %s can be read by others (mode %04o): chmod 600 it",
                       hub, token->file, (unsigned)mode);
}

static void warn_tokens(struct hs_conf *conf)
{
    for (size_t i = 0; i < conf->hubs.n; i++) {
        const struct hs_hub_conf *hub = &conf->hubs.items[i];

        warn_token(conf, hub->name, &hub->token);
        for (size_t j = 0; j < hub->tokens.n; j++)
            warn_token(conf, hub->name, &hub->tokens.items[j].token);
    }
}

/* A secret written into the file itself; a group may be meant to read that. */
static void warn_file(struct hs_conf *conf)
{
    mode_t mode;

    for (size_t i = 0; i < conf->shown->secrets.n; i++) {
        const struct hs_yaml *node = conf->shown->secrets.items[i];

        if (node->variables || !*node->text || !is_open_to(conf->file, 0007, &mode))
            continue;
        *hs_vec_add(&conf->warnings) =
            hs_xprintf("%s:%u: a secret in a file that everybody can read (mode %04o)", conf->file,
                       node->line, (unsigned)mode);
        return;
    }
}

int hs_conf_load(struct hs_conf *conf, const struct hs_conf_from *from, struct hs_err *err)
{
    struct hs_dotenv env __attribute__((cleanup(hs_dotenv_clear))) = {{NULL, 0}, {NULL, 0, 0}};
    const char *file = from->file, *env_file;
    HUB_TEXT(text);
    HUB_POOL(pool);
    int r;

    r = file ? 0 : find_file(&pool, &file, err);
    if (r == 0)
        r = read_file(file, FILE_BYTES_MAX, &text, err);
    if (r < 0)
        return r;
    env_file = from->env_file ? from->env_file : beside(&pool, file);
    if (!env_file)
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    r = load_dotenv(&env, env_file, from->env_file != NULL, err);
    if (r == 0)
        r = hs_conf_parse(conf, file, text.data ? text.data : "", text.n_bytes, look_up, &env, err);
    if (r < 0)
        return r;
    warn_tokens(conf);
    warn_file(conf);
    return 0;
}
