/* The daemon's command line. */
#include "cli/cli.h"
#include "daemon/daemon.h"
#include "daemon/watch.h"

#include "base/log.h"

#include <getopt.h>
#include <stdio.h>

#include "base/banned.h"

static const char usage[] =
    "usage: hubsyncd [-c FILE] [--state-dir DIR] [--env-file FILE]\n"
    "                [--log-level LEVEL] [--log-format FORMAT] [--log-file FILE]\n"
    "It stays in the foreground. SIGTERM drains, SIGHUP reads the configuration again, SIGUSR1\n"
    "logs what is going on. Options mean what they mean for hubsync.\n";

enum { STATE_DIR = 256, ENV_FILE, LOG_LEVEL, LOG_FORMAT, LOG_FILE, HELP, VERSION };
static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"state-dir", required_argument, NULL, STATE_DIR},
    {"env-file", required_argument, NULL, ENV_FILE},
    {"log-level", required_argument, NULL, LOG_LEVEL},
    {"log-format", required_argument, NULL, LOG_FORMAT},
    {"log-file", required_argument, NULL, LOG_FILE},
    {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},
    {NULL, 0, NULL, 0},
};

/* -1: go on; else the exit code. */
static int read_options(int argc, char **argv, struct hs_options *o)
{
    for (int c; (c = getopt_long(argc, argv, "c:", options, NULL)) != -1;) {
        if (c == 'c')
            o->config = optarg;
        else if (c == STATE_DIR)
            o->state_dir = optarg;
        else if (c == ENV_FILE)
            o->env_file = optarg;
        else if (c == LOG_LEVEL)
            o->log_level = optarg;
        else if (c == LOG_FORMAT)
            o->log_format = optarg;
        else if (c == LOG_FILE)
            o->log_file = optarg;
        else if (c == HELP)
            return fputs(usage, stdout) < 0;
        else if (c == VERSION)
            return puts("hubsyncd " HS_VERSION) < 0;
        else
            return fputs(usage, stderr), 2;
    }
    if (optind < argc) {
        hs_say("hubsyncd: '%s' is no option\n%s", argv[optind], usage);
        return 2;
    }
    return -1;
}

static int load(void *ctx, struct hs_conf **out, struct hs_err *err)
{
    const struct hs_cli *cli = ctx;
    struct hs_conf_from from = {cli->options.config, cli->options.env_file};
    struct hs_conf *conf = hs_xcalloc(1, sizeof *conf);
    int r = hs_conf_load(conf, &from, err);

    if (r < 0) {
        free(conf);
        return r;
    }
    *out = conf;
    return 0;
}

static void loaded(void *ctx, const struct hs_conf *conf)
{
    (void)ctx;
    for (size_t i = 0; i < conf->warnings.n; i++)
        hs_logf(HS_LOG_WARN, "config", "%s", conf->warnings.items[i]);
}

int main(int argc, char **argv)
{
    struct hs_cli cli = {.usual_level = "info"};
    struct hs_daemon_conf conf = {.load = load, .loaded = loaded, .hooks = hs_watch_hooks(), .ctx = &cli};
    HS_ERR(err);
    int code = read_options(argc, argv, &cli.options);

    if (code >= 0)
        return code;
    hs_cli_begin();
    code = 0;
    if (hs_cli_conf(&cli, &err) < 0) {
        code = hs_print_error(&cli, &err, NULL, NULL);
    } else {
        conf.state_dir = hs_cli_state_dir(&cli);
        if (hs_daemon_run(&conf, &code, &err) < 0)
            code = hs_print_error(&cli, &err, NULL, NULL);
    }
    hs_cli_end(&cli);
    return code;
}
