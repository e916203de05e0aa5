#include "cli/cli.h"

#include "base/clock.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/log_file.h"
#include "cli/crash.h"
#include "net/redact.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/banned.h"

static struct hs_engine *volatile running; /* for the signal handler */
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
static enum hs_log_format format_of(const char *word)
{
    return strcmp(word, "json") == 0     ? HS_LOG_JSON
           : strcmp(word, "logfmt") == 0 ? HS_LOG_LOGFMT
                                         : HS_LOG_TEXT;
}

static const char *first_set(const char *option, const char *configured, const char *otherwise)
{
    return option ? option : configured && *configured ? configured : otherwise;
}

/* Options win over the configuration, which is not read yet at first (conf NULL). */
static int set_log(struct hs_cli *cli, const struct hs_conf *conf, struct hs_err *err)
{
    const struct hs_options *o = &cli->options;
    const char *usual = o->is_quiet ? "error" : o->is_verbose ? "info" : cli->usual_level ? cli->usual_level : "warn";
    const char *said = o->is_quiet || o->is_verbose ? usual : NULL;
    const char *level =
        first_set(o->log_level ? o->log_level : said, conf ? conf->log.level : NULL, usual);
    const char *format = first_set(o->log_format, conf ? conf->log.format : NULL, "text");
    const char *path = first_set(o->log_file, conf ? conf->log.file : NULL, NULL);
    const char *no_color = getenv("NO_COLOR");
    bool is_color = o->color == HS_COLOR_ALWAYS;

    bool is_daily = conf && strcmp(conf->log.rotate, "daily") == 0;
    int r = 0;

    if (path && !cli->log_file)
        r = hs_log_file_open(path, false, 0, &cli->log_file, err);
    if (r < 0)
        return r;
    hs_log_set_file(NULL);
    if (cli->log_file && conf)
        hs_log_file_change(cli->log_file, is_daily, conf->log.keep);
    if (o->color == HS_COLOR_AUTO && !(no_color && *no_color))
        is_color = !path && isatty(STDERR_FILENO);
    hs_log_setup((enum hs_log_level)hs_log_level_of(level), format_of(format),
                 stderr, is_color);
    hs_log_set_file(cli->log_file);
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
    if (hs_zone_set(cli->conf.timezone) < 0)
        return hs_fail(err, HS_ECONFIG, "timezone: '%s' is not known to this system; names are those of `timedatectl list-timezones`", cli->conf.timezone);
    r = set_log(cli, &cli->conf, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < cli->conf.warnings.n; i++)
        hs_logf(HS_LOG_WARN, "config", "%s", cli->conf.warnings.items[i]);
    return 0;
}

const char *hs_cli_state_dir(struct hs_cli *cli)
{
    const char *systemd = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME"),
               *home = getenv("HOME");

    if (cli->options.state_dir)
        return cli->options.state_dir;
    if (systemd && *systemd)
        return hub_pool_strndup(&cli->pool, systemd, strcspn(systemd, ":"));
    if (xdg && *xdg == '/')
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
    hs_log_setup(HS_LOG_WARN, HS_LOG_TEXT, stderr, 0);
    hs_log_set_file(NULL);
    hs_log_file_close(cli->log_file);
}

void hs_cli_begin(void)
{
    forbid_cores();
    hs_log_set_filter(hs_redact_line);
    hs_crash_watch(HS_CRASH_WORDS);
}

void hs_cli_end(struct hs_cli *cli)
{
    close_all(cli);
}

int hs_cli_main(int argc, char **argv)
{
    struct hs_cli cli = {.has_conf = false};
    HS_ERR(err);
    int code;

    forbid_cores();
    hs_log_set_filter(hs_redact_line);
    set_signals();
    if (hs_options_parse(argc, argv, &cli.options, &err) < 0 || set_log(&cli, NULL, &err) < 0)
        code = hs_print_error(&cli, &err, NULL, NULL);
    else {
        hs_crash_watch((enum hs_crash_form)cli.options.output);
        code = cli.options.verb->run(&cli);
    }
    close_all(&cli);
    return hs_print_flush(code);
}
