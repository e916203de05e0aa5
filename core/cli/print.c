#include "cli/cli.h"

#include "net/redact.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/banned.h"

static int out_errno; /* why standard output did not take all, 0 while it does */

void hs_print(const char *text)
{
    HS_FREE char *safe = hs_redact(text);

    hs_display_hide();
    if (fputs(safe ? safe : text, stdout) == EOF && !out_errno)
        out_errno = errno;
}

/* A hub's words may not move a cursor or set a title: of control characters only newlines, tabs and
 * colours (ESC [ digits m) go to a terminal. */
static size_t color_bytes(const char *at)
{
    size_t n = 2;

    if (at[0] != '\x1b' || at[1] != '[')
        return 0;
    n += strspn(at + n, "0123456789;");
    return at[n] == 'm' ? n + 1 : 0;
}

char *hs_plain_text(const char *text)
{
    char *plain = hs_xstrdup(text);

    for (char *at = plain; *at;) {
        size_t n = color_bytes(at);

        if (!n && ((unsigned char)*at < 0x20 || *at == 0x7f) && *at != '\n' && *at != '\t')
            *at = '?';
        if (!n && (unsigned char)at[0] == 0xc2 && (unsigned char)at[1] >= 0x80 &&
            (unsigned char)at[1] < 0xa0)
            at[0] = at[1] = '?'; /* C1 */
        at += n ? n : 1;
    }
    return plain;
}

void hs_print_text(const struct hub_text *text)
{
    HS_FREE char *plain = hs_plain_text(text->data ? text->data : "");

    hs_print(plain);
}

bool hs_is_json(const struct hs_cli *cli)
{
    return cli->options.output != HS_OUT_HUMAN;
}

void hs_print_json(const struct hs_cli *cli, const char *json)
{
    if (cli->options.output == HS_OUT_JSONL && strncmp(json, "{\"message_type\"", 15) != 0) {
        hs_print("{\"message_type\":\"");
        hs_print(cli->options.verb ? cli->options.verb->name : "error");
        hs_print(json[1] == '}' ? "\"" : "\",");
        hs_print(json + 1);
    } else {
        hs_print(json);
    }
    hs_print("\n");
}

void hs_say(const char *fmt, ...)
{
    char *words = NULL, *safe;
    va_list args;

    va_start(args, fmt);
    if (vasprintf(&words, fmt, args) < 0)
        words = NULL;
    va_end(args);
    safe = words ? hs_redact(words) : NULL;
    if (safe) {
        free(words);
        words = safe;
    }
    safe = hs_plain_text(words ? words : "out of memory");
    hs_display_hide();
    fprintf(stderr, "%s\n", safe);
    free(safe);
    free(words);
}

int hs_print_exit(const struct hs_cli *cli, int code)
{
    char line[64];

    if (cli->options.output == HS_OUT_JSONL) {
        snprintf(line, sizeof line, "{\"message_type\":\"exit\",\"code\":%d}\n", code);
        hs_print(line);
    }
    return hs_print_flush(code);
}

int hs_print_flush(int code)
{
    if (fflush(stdout) != 0 && !out_errno)
        out_errno = errno;
    if (!out_errno || out_errno == EPIPE)
        return code;
    fprintf(stderr, "hubsync: cannot write to standard output: %s\n", strerror(out_errno));
    out_errno = 0;
    return code ? code : 1;
}

int hs_print_page(const struct hs_cli *cli, const char *type, const struct hub_text *text)
{
    HUB_TEXT(document);
    struct hs_out j = {&document, false};

    if (!hs_is_json(cli)) {
        hs_print_text(text);
        return 0;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", type);
    hs_out_text(&j, "text", text->data);
    hs_out_close(&j, '}');
    hs_print_json(cli, document.data);
    return hs_print_exit(cli, 0);
}

int hs_print_error(const struct hs_cli *cli, const struct hs_err *err, const char *hub,
                   const char *rule)
{
    enum hs_class cls = hs_class_of(err->status);
    int code =
        hs_cli_signaled() && hs_is_stop(err->status) ? hs_cli_signaled() : hs_class_exit(cls);
    HUB_TEXT(text);
    struct hs_out j = {&text, false};

    if (!hs_is_json(cli)) {
        hs_say("hubsync: %s", hs_err_text(err));
        if (err->hint)
            hs_say("  %s", err->hint);
        return code;
    }
    hs_out_open(&j, NULL, '{');
    hs_out_text(&j, "message_type", "error");
    hs_out_text(&j, "error", hs_class_name(cls));
    hs_out_uint(&j, "code", (uint64_t)code);
    hs_out_message(&j, hs_err_text(err), err->hint);
    hs_out_text(&j, "hub", hub);
    hs_out_text(&j, "rule", rule);
    hs_out_close(&j, '}');
    hs_print_json(cli, text.data);
    return hs_print_exit(cli, code);
}

bool hs_is_color(const struct hs_cli *cli)
{
    const char *no = getenv("NO_COLOR");

    if (cli->options.color != HS_COLOR_AUTO)
        return cli->options.color == HS_COLOR_ALWAYS;
    return !(no && *no) && isatty(STDOUT_FILENO);
}
