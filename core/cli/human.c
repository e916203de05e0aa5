/* What people read: plans as tables with reasons, runs in a few lines. */
#include "cli/cli.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/banned.h"

static size_t width_of(void)
{
    struct winsize size;

    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col;
    return isatty(STDOUT_FILENO) ? 80 : 1000;
}

struct paint {
    const char *bold, *red, *yellow, *green, *off;
};

static struct paint paint_of(const struct hs_cli *cli)
{
    if (!hs_is_color(cli))
        return (struct paint){"", "", "", "", ""};
    return (struct paint){"\x1b[1m", "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[0m"};
}

static void put_action(const struct hs_cli *cli, const struct hs_action *a, size_t columns,
                       struct hub_text *out)
{
    HUB_POOL(pool);
    struct paint paint = paint_of(cli);
    const char *color = a->op == HS_OP_DELETE || a->op == HS_OP_DELETE_REPO ? paint.red : a->op == HS_OP_PUT ? paint.green : "";
    bool is_of_repo = a->op == HS_OP_CREATE_REPO || a->op == HS_OP_IMPORT || a->op == HS_OP_NOTICE;
    const char *size = is_of_repo ? "" : hs_bytes_text(&pool, a->file_bytes);

    hub_text_printf(
        out, "  %s%-11s%s  %10s  %-8s  %s\n", color, hs_op_name(a->op), paint.off, size, a->reason,
        hs_middle_cut(&pool, *a->path ? a->path : "(the repo)", columns > 60 ? columns - 40 : 20));
}

static void put_result_note(const struct hs_cli *cli, const struct hs_result *r,
                            struct hub_text *out)
{
    struct paint paint = paint_of(cli);
    bool is_failed = r->status == HS_FAILED || r->status == HS_INTERRUPTED;
    const char *word = is_failed ? hs_class_name(hs_class_of(r->error)) : r->reason;

    if (r->status == HS_INTERRUPTED)
        word = "interrupted";
    hub_text_printf(out, "  %s%-8s%s %s:%s  %s%s%s\n", r->status == HS_SKIPPED ? "" : paint.red,
                    r->status == HS_SKIPPED ? "skipped"
                    : is_failed             ? "failed"
                                            : "blocked",
                    paint.off, r->hub, *r->repo ? r->repo : "*", word ? word : "",
                    *r->message ? ": " : "", r->message);
    if (*r->hint)
        hub_text_printf(out, "           %s\n", r->hint);
}

static void put_direction(const struct paint *paint, const struct hs_result *r, bool is_back,
                          struct hub_text *out)
{
    hub_text_printf(out, "%s%s  %s:%s -> %s:%s%s\n", paint->bold, *r->rule ? r->rule : "copy",
                    is_back ? r->hub : r->from_hub, is_back ? r->repo : r->from_repo,
                    is_back ? r->from_hub : r->hub, is_back ? r->from_repo : r->repo, paint->off);
}

void hs_human_plan(const struct hs_cli *cli, const struct hs_report *report, struct hub_text *out)
{
    HUB_POOL(pool);
    struct paint paint = paint_of(cli);
    uint64_t puts = 0, reuses = 0, deletes = 0, creates = 0, repos = 0, bytes = 0, unchanged = 0,
             imports = 0;
    size_t columns = width_of();

    for (size_t i = 0; i < report->results.n; i++) {
        const struct hs_result *r = &report->results.items[i];
        unchanged += r->status == HS_UNCHANGED;
        if (!r->actions.n)
            continue;
        for (size_t k = 0; k < r->actions.n; k++) {
            const struct hs_action *a = &r->actions.items[k];
            if (k == 0 || a->hub != r->actions.items[k - 1].hub)
                put_direction(&paint, r, a->hub != NULL, out);
            put_action(cli, a, columns, out);
            puts += a->op == HS_OP_PUT;
            reuses += a->op == HS_OP_REUSE;
            deletes += a->op == HS_OP_DELETE;
            creates += a->op == HS_OP_CREATE_REPO;
            repos += a->op == HS_OP_DELETE_REPO;
            imports += a->op == HS_OP_IMPORT;
            bytes += a->op == HS_OP_PUT && a->file_bytes != HUB_UNKNOWN ? a->file_bytes : 0;
        }
    }
    for (size_t i = 0; i < report->results.n; i++) {
        const struct hs_result *r = &report->results.items[i];
        if (r->status == HS_SKIPPED || r->status == HS_BLOCKED || r->status == HS_FAILED ||
            r->status == HS_INTERRUPTED)
            put_result_note(cli, r, out);
    }
    hub_text_printf(out,
                    "%sPlan:%s %llu to put (%s), %llu to reuse, %llu to delete, %llu repos to "
                    "create, %llu to import, %llu to delete whole; %llu repos in step.\n",
                    paint.bold, paint.off, (unsigned long long)puts, hs_bytes_text(&pool, bytes),
                    (unsigned long long)reuses, (unsigned long long)deletes,
                    (unsigned long long)creates, (unsigned long long)imports, (unsigned long long)repos,
                    (unsigned long long)unchanged);
}

void hs_human_summary(const struct hs_cli *cli, const struct hs_report *report,
                      struct hub_text *out)
{
    HUB_POOL(pool);
    struct paint paint = paint_of(cli);
    uint64_t synced = 0, unchanged = 0, failed = 0, blocked = 0, skipped = 0, bytes = 0,
             importing = 0;

    for (size_t i = 0; i < report->results.n; i++) {
        const struct hs_result *r = &report->results.items[i];
        synced += r->status == HS_SYNCED;
        unchanged += r->status == HS_UNCHANGED;
        failed += r->status == HS_FAILED || r->status == HS_INTERRUPTED;
        blocked += r->status == HS_BLOCKED;
        skipped += r->status == HS_SKIPPED;
        importing += r->status == HS_IMPORTING;
        bytes += r->bytes;
        if (r->status == HS_SYNCED)
            hub_text_printf(out,
                            "  %ssynced%s   %s:%s  +%llu -%llu, %llu reused, %s in %llu commit%s\n",
                            paint.green, paint.off, r->hub, r->repo, (unsigned long long)r->put,
                            (unsigned long long)r->deleted, (unsigned long long)r->reused,
                            hs_bytes_text(&pool, r->bytes), (unsigned long long)r->commits,
                            r->commits == 1 ? "" : "s");
        else if (r->status == HS_IMPORTING)
            hub_text_printf(out, "  %simporting%s %s:%s%s%s\n", paint.green, paint.off, r->hub, r->repo,
                            *r->message ? "  " : "", r->message);
        else if (r->status == HS_UNCHANGED && *r->message)
            hub_text_printf(out, "  in step   %s:%s  %s\n", r->hub, r->repo, r->message);
        else if (r->status != HS_UNCHANGED)
            put_result_note(cli, r, out);
    }
    hub_text_printf(
        out, "%s%s:%s %llu synced, %llu in step, %llu importing, %llu skipped, %llu blocked, %llu failed; %s moved",
        paint.bold, report->was_interrupted ? "Interrupted" : "Done", paint.off,
        (unsigned long long)synced, (unsigned long long)unchanged, (unsigned long long)importing,
        (unsigned long long)skipped,
        (unsigned long long)blocked, (unsigned long long)failed, hs_bytes_text(&pool, bytes));
    if (report->resent_bytes)
        hub_text_printf(out, " (%s sent again)", hs_bytes_text(&pool, report->resent_bytes));
    hub_text_printf(out, ", %llu requests, %s.\n", (unsigned long long)report->requests,
                    hs_span_text(&pool, report->elapsed_ms));
}

void hs_human_verify(const struct hs_verify *v, struct hub_text *out)
{
    for (size_t i = 0; i < v->different.n; i++)
        hub_text_printf(
            out, "  different      %s\n                   left  %s\n                   right %s\n",
            v->different.items[i].path,
            v->different.items[i].left ? v->different.items[i].left : "?",
            v->different.items[i].right ? v->different.items[i].right : "?");
    for (size_t i = 0; i < v->missing_left.n; i++)
        hub_text_printf(out, "  missing left   %s\n", v->missing_left.items[i]);
    for (size_t i = 0; i < v->missing_right.n; i++)
        hub_text_printf(out, "  missing right  %s\n", v->missing_right.items[i]);
    for (size_t i = 0; i < v->unknown.n; i++)
        hub_text_printf(out, "  unknown        %s\n", v->unknown.items[i]);
    hub_text_printf(out, "%llu the same, %zu different, %zu missing, %zu unknown.\n",
                    (unsigned long long)v->same, v->different.n,
                    v->missing_left.n + v->missing_right.n, v->unknown.n);
}
