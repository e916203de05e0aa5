/* Progress on stderr: a line that is redrawn on a terminal, a line now and then elsewhere. */
#include "cli/cli.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/banned.h"

enum { REDRAW_MS = 200, PLAIN_MS = 10000, WINDOW_MS = 10000, N_MARKS = 32, BAR = 20 };

struct hs_display {
    enum hs_show show;
    struct hs_rate_window rate;
    int64_t last_ms;
    enum hs_phase last_phase;
    const char *last_repo;
    bool is_drawn;
};

void hs_rate_add(struct hs_rate_window *w, int64_t at_ms, uint64_t bytes)
{
    unsigned last = (w->next + N_MARKS - 1) % N_MARKS;

    if (w->n && at_ms - w->marks[last].at_ms < WINDOW_MS / (N_MARKS - 2))
        return;
    w->marks[w->next].at_ms = at_ms;
    w->marks[w->next].bytes = bytes;
    w->next = (w->next + 1) % N_MARKS;
    w->n += w->n < N_MARKS;
}

uint64_t hs_rate_per_s(const struct hs_rate_window *w)
{
    unsigned last = (w->next + N_MARKS - 1) % N_MARKS;
    int64_t end = w->n ? w->marks[last].at_ms : 0;

    for (unsigned i = w->n; i > 1; i--) {
        unsigned at = (w->next + N_MARKS - i) % N_MARKS;
        int64_t span = end - w->marks[at].at_ms;
        if (span > 0 && span <= WINDOW_MS)
            return (w->marks[last].bytes - w->marks[at].bytes) * 1000 / (uint64_t)span;
    }
    return 0;
}

static const char *phase_name(enum hs_phase phase)
{
    static const char *const names[] = {"scan", "transfer", "commit", "verify"};

    return names[phase];
}

static void add_bar(struct hub_text *text, uint64_t done, uint64_t total)
{
    unsigned full = total ? (unsigned)(done >= total ? BAR : done * BAR / total) : 0;

    hub_text_puts(text, " [");
    for (unsigned i = 0; i < BAR; i++)
        hub_text_puts(text, i < full ? "=" : " ");
    hub_text_puts(text, "]");
}

char *hs_progress_line(struct hub_pool *pool, const struct hs_progress *p, uint64_t rate,
                       size_t columns)
{
    HUB_TEXT(text);
    uint64_t left = p->bytes_total > p->bytes_done ? p->bytes_total - p->bytes_done : 0;

    hub_text_printf(&text, "%-8s", phase_name(p->phase));
    if (p->repos_total)
        hub_text_printf(&text, " %llu/%llu",
                        (unsigned long long)(p->repos_done + 1 > p->repos_total
                                                 ? p->repos_total
                                                 : p->repos_done + 1),
                        (unsigned long long)p->repos_total);
    if (*p->repo)
        hub_text_printf(&text, " %s:%s", p->hub, hs_middle_cut(pool, p->repo, 36));
    if (p->phase == HS_PHASE_TRANSFER && p->files_total > 1)
        hub_text_printf(&text, ", %llu files", (unsigned long long)p->files_total);
    if (p->phase == HS_PHASE_TRANSFER && p->bytes_total) {
        add_bar(&text, p->bytes_done, p->bytes_total);
        hub_text_printf(&text, " %s of %s", hs_bytes_text(pool, p->bytes_done),
                        hs_bytes_text(pool, p->bytes_total));
        if (rate)
            hub_text_printf(&text, ", %s", hs_rate_text(pool, rate));
        if (rate && left)
            hub_text_printf(&text, ", %s left", hs_span_text(pool, (int64_t)(left / rate * 1000)));
    }
    if (p->resent_bytes)
        hub_text_printf(&text, ", %s sent again", hs_bytes_text(pool, p->resent_bytes));
    return hs_middle_cut(pool, text.data, columns);
}

/* ---- drawing: a line of the log may come between, from any thread ---- */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what follows, and its is_drawn */
static struct hs_display *shown;

static void hide_line(void)
{
    if (shown && shown->is_drawn)
        fputs("\r\x1b[K", stderr);
    if (shown)
        shown->is_drawn = false;
}

void hs_display_hide(void)
{
    (void)pthread_mutex_lock(&lock);
    hide_line();
    (void)pthread_mutex_unlock(&lock);
}

/* Around a line of the log. */
static void lock_line(void)
{
    (void)pthread_mutex_lock(&lock);
    hide_line();
}

static void unlock_line(void)
{
    (void)pthread_mutex_unlock(&lock);
}

struct hs_display *hs_display_new(const struct hs_cli *cli)
{
    enum hs_show show = cli->options.progress;
    struct hs_display *d;

    if (show == HS_SHOW_AUTO)
        show = isatty(STDERR_FILENO) ? HS_SHOW_TTY : HS_SHOW_PLAIN;
    if (cli->options.is_quiet || show == HS_SHOW_NONE)
        return NULL;
    d = hs_xcalloc(1, sizeof *d);
    d->show = show;
    d->last_repo = "";
    shown = d;
    if (show == HS_SHOW_TTY)
        hs_log_set_around(lock_line, unlock_line);
    return d;
}

void hs_display_free(struct hs_display *d)
{
    if (!d)
        return;
    hs_log_set_around(NULL, NULL);
    hs_display_hide();
    shown = NULL;
    free(d);
}

static size_t columns_of(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col - 1u : 79;
}

static void draw_json(const struct hs_progress *p, uint64_t rate)
{
    HUB_TEXT(text);
    struct hs_out j = {&text, false};

    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "progress");
    hs_out_text(&j, "phase", phase_name(p->phase));
    hs_out_text(&j, "rule", p->rule);
    hs_out_text(&j, "hub", p->hub);
    hs_out_text(&j, "repo", p->repo);
    hs_out_uint(&j, "repos_done", p->repos_done);
    hs_out_uint(&j, "repos_total", p->repos_total);
    hs_out_uint(&j, "files_total", p->files_total);
    hs_out_uint(&j, "bytes_done", p->bytes_done);
    hs_out_uint(&j, "bytes_total", p->bytes_total);
    hs_out_uint(&j, "bytes_new", p->new_bytes);
    hs_out_uint(&j, "bytes_resent", p->resent_bytes);
    hs_out_uint(&j, "bytes_per_s", rate);
    hs_out_int(&j, "elapsed_ms", p->elapsed_ms);
    hs_out_close(&j, '}');
    fprintf(stderr, "%s\n", text.data);
}

static void draw(struct hs_display *d, const struct hs_progress *p, uint64_t rate)
{
    HUB_POOL(pool);

    if (d->show == HS_SHOW_JSON) {
        draw_json(p, rate);
    } else if (d->show == HS_SHOW_TTY) {
        char *line = hs_progress_line(&pool, p, rate, columns_of());

        (void)pthread_mutex_lock(&lock);
        fprintf(stderr, "\r\x1b[K%s", line);
        fflush(stderr);
        d->is_drawn = true;
        (void)pthread_mutex_unlock(&lock);
    } else {
        fprintf(stderr, "%s\n", hs_progress_line(&pool, p, rate, 500));
    }
}

void hs_display_update(void *ctx, const struct hs_progress *p)
{
    struct hs_display *d = ctx;
    int64_t now = hs_mono_ms();
    bool has_moved;

    if (!d)
        return;
    hs_rate_add(&d->rate, now, p->new_bytes);
    if (!p->is_first && d->show != HS_SHOW_JSON)
        return;
    has_moved = d->last_phase != p->phase || (d->show == HS_SHOW_TTY && d->last_repo != p->repo);
    if (p->phase == HS_PHASE_SCAN && d->show != HS_SHOW_TTY)
        has_moved = false; /* a scan of hundreds of repos is no news by itself */
    if (now - d->last_ms < (has_moved && d->show != HS_SHOW_TTY ? 0
                            : d->show == HS_SHOW_TTY            ? REDRAW_MS
                                                                : PLAIN_MS) &&
        d->last_ms)
        return;
    d->last_ms = now;
    d->last_phase = p->phase;
    d->last_repo = p->repo;
    draw(d, p, hs_rate_per_s(&d->rate));
}
