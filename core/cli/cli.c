#include "cli/cli.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/redact.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/banned.h"

static struct hs_engine *running; /* for the signal handler */
static volatile sig_atomic_t signal_seen;

static void on_signal(int number)
{
    if (signal_seen)
        _exit(128 + number);
    signal_seen = number;
    if (running)
        hs_engine_cancel(running);
}

int hs_cli_signaled(void)
{
    return signal_seen ? 128 + signal_seen : 0;
}

static void set_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* No core file may hold a token. */
static void forbid_cores(void)
{
    struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* ---- configuration and log ---- */
static int set_log(struct hs_cli *cli, struct hs_err *err)
{
    static const char *const formats[] = {"text", "logfmt", "json"};
    const struct hs_options *o = &cli->options;
    enum hs_log_format format = HS_LOG_TEXT;
    int level = o->is_quiet ? HS_LOG_ERROR : o->is_verbose ? HS_LOG_INFO : HS_LOG_WARN;
    FILE *file = stderr;

    if (o->log_level)
        level = hs_log_level_of(o->log_level);
    for (int i = 0; o->log_format && i < 3; i++)
        if (strcmp(formats[i], o->log_format) == 0)
            format = (enum hs_log_format)i;
    if (o->log_file && !(file = fopen(o->log_file, "ae")))
        return hs_fail_errno(err, "open the log file", o->log_file);
    hs_log_setup((enum hs_log_level)level, format, file, isatty(fileno(file)) && o->color != HS_COLOR_NEVER);
    return 0;
}

int hs_cli_conf(struct hs_cli *cli, struct hs_err *err)
{
    struct hs_conf_from from = {cli->options.config, cli->options.env_file};
    int r;

    if (cli->has_conf)
        return 0;
    r = hs_conf_load(&cli->conf, &from, err);
    if (r < 0)
        return r;
    cli->has_conf = true;
    for (size_t i = 0; i < cli->conf.warnings.n; i++)
        hs_logf(HS_LOG_WARN, "config", "%s", cli->conf.warnings.items[i]);
    return 0;
}

const char *hs_cli_state_dir(struct hs_cli *cli)
{
    const char *systemd = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (cli->options.state_dir)
        return cli->options.state_dir;
    if (systemd && *systemd)
        return systemd;
    if (xdg && *xdg)
        return hub_pool_printf(&cli->pool, "%s/hubsync", xdg);
    if (geteuid() == 0 || !home || !*home)
        return "/var/lib/hubsync";
    return hub_pool_printf(&cli->pool, "%s/.local/state/hubsync", home);
}

static struct hs_display *display; /* of the one engine */

int hs_cli_engine(struct hs_cli *cli, unsigned needs, struct hs_err *err)
{
    struct hs_engine_conf conf = {.conf = &cli->conf,
                                  .state_dir = hs_cli_state_dir(cli),
                                  .needs_store = (needs & HS_NEEDS_STORE) != 0,
                                  .needs_jobs_lock = (needs & HS_NEEDS_JOBS) != 0,
                                  .progress = hs_display_update};
    int r = hs_cli_conf(cli, err);

    if (r < 0)
        return r;
    display = hs_display_new(cli);
    conf.ctx = display;
    r = hs_engine_open(&conf, &cli->engine, err);
    if (r < 0)
        return r;
    running = cli->engine;
    if (signal_seen)
        hs_engine_cancel(running);
    return 0;
}

static void close_all(struct hs_cli *cli)
{
    running = NULL;
    hs_engine_close(cli->engine);
    hs_display_free(display);
    display = NULL;
    if (cli->has_conf)
        hs_conf_clear(&cli->conf);
    hs_options_clear(&cli->options);
    hub_pool_clear(&cli->pool);
}

int hs_cli_main(int argc, char **argv)
{
    struct hs_cli cli = {.has_conf = false};
    HS_ERR(err);
    int code;

    forbid_cores();
    hs_log_set_filter(hs_redact_line);
    set_signals();
    if (hs_options_parse(argc, argv, &cli.options, &err) < 0 || set_log(&cli, &err) < 0)
        code = hs_print_error(&cli, &err, NULL, NULL);
    else
        code = cli.options.verb->run(&cli);
    close_all(&cli);
    fflush(stdout);
    return code;
}
