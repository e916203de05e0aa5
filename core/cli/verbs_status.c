/* `status`, once or as a live screen. */
#include "cli/cli.h"

#include "base/clock.h"
#include "job/control.h"

#include <time.h>
#include <unistd.h>

#include "base/banned.h"

enum { JOBS_MAX = 64, FRAME_MS = 1000 };

struct screen {
    struct hs_cli *cli;
    struct { /* of the jobs of the last frame */
        uint64_t job;
        struct hs_rate_window rate;
    } rates[JOBS_MAX];
};

static struct hs_rate_window *rate_of(struct screen *screen, uint64_t job)
{
    size_t at = (size_t)(job % JOBS_MAX);

    if (screen->rates[at].job != job) {
        memset(&screen->rates[at], 0, sizeof screen->rates[at]);
        screen->rates[at].job = job;
    }
    return &screen->rates[at].rate;
}

static void add_transfer(struct screen *screen, struct hub_pool *pool, struct hub_read *read,
                         const struct hub_json *t, struct hub_text *out)
{
    uint64_t job = hub_json_uint(read, t, "job", HUB_MUST, 0), done = hub_json_uint(read, t, "bytes_done", HUB_MUST, 0);
    uint64_t total = hub_json_uint(read, t, "bytes_total", HUB_MUST, 0), rate;
    struct hs_rate_window *window = rate_of(screen, job);

    hs_rate_add(window, hs_mono_ms(), done);
    rate = hs_rate_per_s(window);
    hub_text_printf(out, "  %-6llu %-9s %s:%s", (unsigned long long)job, hub_json_string(read, t, "phase", HUB_MUST),
                    hub_json_string(read, t, "hub", HUB_MUST), hub_json_string(read, t, "repo", HUB_MUST));
    if (total)
        hub_text_printf(out, "  %s of %s", hs_bytes_text(pool, done), hs_bytes_text(pool, total));
    if (rate)
        hub_text_printf(out, ", %s", hs_rate_text(pool, rate));
    if (rate && total > done)
        hub_text_printf(out, ", %s left", hs_span_text(pool, (int64_t)((total - done) / rate * 1000)));
    hub_text_puts(out, "\n");
}

/* What only the daemon knows: the transfers as they are now. */
static void add_live(struct screen *screen, struct hub_pool *pool, const struct hs_overview *status,
                     struct hub_text *out)
{
    struct hub_read read = {.pool = pool};
    const struct hub_json *doc, *at;
    const char *result, *why = "";
    HS_ERR(ignored);

    if (!status->is_running || hs_control_ask(pool, status->socket, "{\"verb\":\"live\"}", &result, &ignored) < 0)
        return;
    doc = hub_json_parse(pool, result, strlen(result), HS_ANSWER_MAX, &why);
    if (!doc)
        return;
    if (hub_json_truth(&read, doc, "paused", HUB_MAY) == HUB_YES)
        hub_text_puts(out, "Paused: `hubsync resume` goes on.\n");
    for (at = hub_json_first(hub_json_array(&read, doc, "scanning", HUB_MAY)); at; at = hub_json_next(at))
        hub_text_printf(out, "  scanning %s\n", hub_json_string_value(&read, at));
    for (at = hub_json_first(hub_json_array(&read, doc, "transfers", HUB_MAY)); at; at = hub_json_next(at))
        add_transfer(screen, pool, &read, at, out);
}

static int show(struct screen *screen, bool is_screen, struct hs_err *err)
{
    HUB_POOL(pool);
    HUB_TEXT(text);
    struct hs_cli *cli = screen->cli;
    struct hs_overview status;
    int r = hs_status_read(&pool, hs_cli_state_dir(cli), cli->has_conf ? &cli->conf : NULL, &status, err);

    if (r == 0 && hs_is_json(cli)) {
        hs_json_status(&status, &text);
        hs_print_json(cli, text.data);
    } else if (r == 0) {
        if (is_screen)
            hub_text_puts(&text, "\x1b[H\x1b[2J");
        hs_human_status(&pool, &status, &text);
        add_live(screen, &pool, &status, &text);
        hs_print_text(&text);
    }
    hs_status_clear(&status);
    return r;
}

/* The configuration names rules that have not run yet; without one the state alone is shown. */
static int read_conf(struct hs_cli *cli, struct hs_err *err)
{
    int r = hs_cli_conf(cli, err);

    if (r < 0 && !cli->options.config) {
        hs_err_clear(err);
        return 0;
    }
    return r;
}

int hs_verb_status(struct hs_cli *cli)
{
    struct screen screen = {.cli = cli};
    bool goes_on = cli->options.watch && cli->options.output != HS_OUT_JSON;
    bool is_screen = goes_on && isatty(STDOUT_FILENO);
    HS_ERR(err);
    int r = read_conf(cli, &err);

    if (r == 0)
        r = show(&screen, is_screen, &err);
    while (r == 0 && goes_on && !hs_cli_signaled() && hs_print_flush(0) == 0) {
        struct timespec frame = {FRAME_MS / 1000, FRAME_MS % 1000 * 1000000L};
        (void)nanosleep(&frame, NULL); /* a signal cuts it */
        if (!hs_cli_signaled())
            r = show(&screen, is_screen, &err);
    }
    if (r < 0)
        return hs_print_error(cli, &err, NULL, NULL);
    return hs_print_exit(cli, goes_on ? hs_cli_signaled() : 0);
}
