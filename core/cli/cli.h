/* A command under way: its options, configuration, engine and where its words go. */
#ifndef HS_CLI_CLI_H
#define HS_CLI_CLI_H
#include "cli/options.h"
#include "data/json_out.h"
#include "job/overview.h"
#include <stdio.h>

struct hs_cli {
    struct hs_options options;
    struct hs_conf conf;
    bool has_conf;
    struct hs_log_file *log_file; /* NULL: standard error */
    struct hs_engine *engine;
    struct hub_pool pool;
    const char *usual_level; /* of the log where nothing says it; NULL: warn */
};

/* ---- cli.c ---- */
int hs_cli_main(int argc, char **argv);
/* For a program of its own: before anything else, and after everything. */
void hs_cli_begin(void);
void hs_cli_end(struct hs_cli *cli);
/* Reads the configuration and sets the log up; HS_ECONFIG. */
int hs_cli_conf(struct hs_cli *cli, struct hs_err *err);
/* Opens the engine for the command. */
enum { HS_NEEDS_STORE = 1, HS_NEEDS_JOBS = 2 };
int hs_cli_engine(struct hs_cli *cli, unsigned needs, struct hs_err *err);
const char *hs_cli_state_dir(struct hs_cli *cli);
/* 130 or 143 if a signal ended it, else 0. */
int hs_cli_signaled(void);

/* ---- print.c: data to stdout, redacted; a broken pipe is silence ---- */
void hs_print(const char *text);
void hs_print_text(const struct hub_text *text);
/* One JSON document (json) or line (jsonl). message_type goes first in jsonl when the document has
 * none. */
void hs_print_json(const struct hs_cli *cli, const char *json);
/* The error document or sentence; returns the exit code. */
int hs_print_error(const struct hs_cli *cli, const struct hs_err *err, const char *hub,
                   const char *rule);
void hs_say(const char *fmt, ...) HUB_PRINTF(1, 2); /* stderr */
bool hs_is_color(const struct hs_cli *cli);
bool hs_is_json(const struct hs_cli *cli);
/* jsonl: the last line. Returns code, or what hs_print_flush makes of it. */
int hs_print_exit(const struct hs_cli *cli, int code);
/* 1 in place of 0 if standard output took not all of it (a broken pipe is no reason). */
int hs_print_flush(int code);
/* malloc'd: control characters but newlines, tabs and colours are '?'. */
char *hs_plain_text(const char *text);
/* Any text as a document of its own: {"message_type":TYPE,"text":…}, or as it is for people. */
int hs_print_page(const struct hs_cli *cli, const char *type, const struct hub_text *text);

/* ---- json.c ---- */
void hs_json_plan(const struct hs_report *report, struct hub_text *out);
void hs_json_summary(const struct hs_report *report, int code, struct hub_text *out);
void hs_json_verify(const struct hs_verify *verify, struct hub_text *out);

/* ---- words.c ---- */
char *hs_bytes_text(struct hub_pool *pool, uint64_t bytes); /* "1.5 GiB" */
char *hs_rate_text(struct hub_pool *pool, uint64_t bytes_per_s);
char *hs_span_text(struct hub_pool *pool, int64_t ms); /* "2 h 05 min" */
size_t hs_columns(const char *text);                   /* that it takes on a terminal */
/* "weigh…nsors": at most so many columns, but never fewer than 5. */
char *hs_middle_cut(struct hub_pool *pool, const char *text, size_t columns);

/* ---- human.c ---- */
void hs_human_plan(const struct hs_cli *cli, const struct hs_report *report, struct hub_text *out);
void hs_human_summary(const struct hs_cli *cli, const struct hs_report *report,
                      struct hub_text *out);
void hs_human_verify(const struct hs_verify *verify, struct hub_text *out);

/* ---- status.c ---- */
void hs_json_status(const struct hs_overview *status, struct hub_text *out);
void hs_human_status(struct hub_pool *pool, const struct hs_overview *status, struct hub_text *out);

/* ---- progress.c ---- */
struct hs_display;
struct hs_display *hs_display_new(const struct hs_cli *cli);
void hs_display_free(struct hs_display *display);
void hs_display_hide(void);       /* until the next update: something else is about to be printed */
hs_progress_fn hs_display_update; /* ctx: struct hs_display, may be NULL */
struct hs_rate_window {           /* bytes over the last ten seconds */
    struct {
        int64_t at_ms;
        uint64_t bytes;
    } marks[32];
    unsigned n, next;
};
void hs_rate_add(struct hs_rate_window *w, int64_t at_ms, uint64_t bytes);
uint64_t hs_rate_per_s(const struct hs_rate_window *w);
char *hs_progress_line(struct hub_pool *pool, const struct hs_progress *p, uint64_t bytes_per_s,
                       size_t columns);

/* ---- the verbs ---- */
/* A session of the hub, without a rule. verbs_ls.c */
int hs_cli_hub(struct hs_cli *cli, const char *hub, const char *owner, struct hs_session **s,
               struct hs_err *err);
/* The repos of an owner; "" : of all owners of the hub. From cli->pool; hs_repos_clear it. */
int hs_cli_list(struct hs_cli *cli, struct hs_session *s, const char *owner, struct hs_repos *all,
                struct hs_err *err);
int hs_verb_config(struct hs_cli *cli);
int hs_verb_hub(struct hs_cli *cli);
int hs_verb_plugin(struct hs_cli *cli);
int hs_verb_ls(struct hs_cli *cli);
int hs_verb_plan(struct hs_cli *cli);
int hs_verb_run(struct hs_cli *cli);
int hs_verb_apply(struct hs_cli *cli);
int hs_verb_copy(struct hs_cli *cli);
int hs_verb_verify(struct hs_cli *cli);
int hs_verb_history(struct hs_cli *cli);
int hs_verb_alerts(struct hs_cli *cli);
int hs_verb_status(struct hs_cli *cli);
int hs_verb_queue(struct hs_cli *cli);
int hs_verb_daemon(struct hs_cli *cli); /* pause, resume, trigger, cancel */
int hs_verb_version(struct hs_cli *cli);
int hs_verb_help(struct hs_cli *cli);
int hs_verb_completion(struct hs_cli *cli);
/* "HUB:OWNER/NAME@REV" taken apart; parts not there are "". */
struct hs_place_name {
    const char *hub, *owner, *repo, *revision; /* repo: "owner/name", "" if none */
};
int hs_place_parse(struct hub_pool *pool, const char *text, struct hs_place_name *out,
                   struct hs_err *err);
#endif
