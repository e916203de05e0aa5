/* The command line: one table of verbs and one of options drive parsing, help and completion. */
#ifndef HS_CLI_OPTIONS_H
#define HS_CLI_OPTIONS_H
#include "base/err.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "job/job.h"

enum hs_output { HS_OUT_HUMAN = 0, HS_OUT_JSON, HS_OUT_JSONL };
enum hs_show { HS_SHOW_AUTO = 0, HS_SHOW_TTY, HS_SHOW_PLAIN, HS_SHOW_JSON, HS_SHOW_NONE };
enum hs_color { HS_COLOR_AUTO = 0, HS_COLOR_ALWAYS, HS_COLOR_NEVER };

struct hs_options {
    const char *config, *state_dir, *env_file, *log_level, *log_format,
        *log_file; /* NULL: not set */
    enum hs_output output;
    enum hs_show progress;
    enum hs_color color;
    bool is_dry, is_quiet, is_verbose, yes;
    /* of verbs */
    bool effective, detailed, deep, raw, watch;
    const char *save;
    HS_VEC(const char *) repos;
    HS_VEC(struct hs_allow) allow;

    const struct hs_verb *verb;
    HS_VEC(const char *) args;
};
struct hs_cli; /* a command under way, cli.h */
struct hs_verb {
    const char *name, *args, *summary;
    int (*run)(struct hs_cli *cli); /* the exit code */
    unsigned flags;                 /* of the verb's own options */
    int min_args, max_args;         /* max -1: any */
};
enum { /* which verbs an option belongs to; HS_FOR_ALL: global */
       HS_FOR_ALL = 0,
       HS_FOR_PLAN = 1,
       HS_FOR_RUN = 2,
       HS_FOR_VERIFY = 4,
       HS_FOR_CONFIG = 8,
       HS_FOR_STATUS = 4096
};
struct hs_option_row {
    const char *name;         /* without "--" */
    char letter;              /* 0: none */
    const char *value, *help; /* value NULL: a switch */
    unsigned flags;
};
extern const struct hs_verb hs_verbs[];             /* ends with name NULL */
extern const struct hs_option_row hs_option_rows[]; /* ends with name NULL */

/* argv[0] is the program. HS_ECONFIG: what is wrong and the nearest word. options is good for
 * printing the error even then (its output form is what was asked before the error). */
int hs_options_parse(int argc, char **argv, struct hs_options *options, struct hs_err *err);
void hs_options_clear(struct hs_options *options);
void hs_help_all(struct hub_text *out);
void hs_help_verb(const struct hs_verb *verb, struct hub_text *out);
int hs_completion(const char *shell, struct hub_text *out, struct hs_err *err);
#endif
