#include "cli/cli.h"

#include "net/redact.h"

#include <stdio.h>
#include <unistd.h>

#include "base/banned.h"

void hs_print(const char *text)
{
    char *safe = hs_redact(text);

    fputs(safe ? safe : text, stdout);
    free(safe);
}

void hs_print_text(const struct hub_text *text)
{
    hs_print(text->data ? text->data : "");
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
    fputc('\n', stdout);
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
    fprintf(stderr, "%s\n", safe ? safe : words ? words : "out of memory");
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
    fflush(stdout);
    return code;
}

int hs_print_error(const struct hs_cli *cli, const struct hs_err *err, const char *hub, const char *rule)
{
    enum hs_class cls = hs_class_of(err->status);
    int code = hs_cli_signaled() && hs_is_stop(err->status) ? hs_cli_signaled() : hs_class_exit(cls);
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
    hs_out_text(&j, "message", hs_err_text(err));
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
