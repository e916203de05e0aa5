/* The one table of verbs and options: it drives parsing, help and completion. */
#ifndef HS_CLI_VERBS_H
#define HS_CLI_VERBS_H
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

struct hs_cmd;
struct hs_flag {
    const char *name;  /* "output" of --output */
    char letter;       /* 'n' of -n; 0: none */
    const char *value; /* "FILE"; NULL: takes none */
    const char *words; /* "human|json|jsonl"; NULL: any value */
    const char *help;
};
enum { HS_MANY = 1000000 };
struct hs_verb {
    const char *name; /* "plan", "config show" */
    const char *operands;
    unsigned n_least, n_most;
    const struct hs_flag *flags; /* its own, beside the global ones; ends with name NULL */
    const char *summary;         /* one line */
    const char *more;            /* paragraphs of `help VERB`; "" */
    const char *examples;        /* lines; "" */
    /* 0 or more: the exit code, and its document was printed. Negative: err, and none was. */
    int (*run)(struct hs_cmd *cmd, struct hs_err *err);
    int later; /* not in this release: the status that says so */
};
extern const struct hs_verb hs_verbs[]; /* ends with name NULL */
extern const struct hs_flag hs_global_flags[];

/* The verb of exactly that name, NULL if there is none. */
const struct hs_verb *hs_verb_find(const char *name);
/* Is there a verb "word …"? */
bool hs_verb_is_group(const char *word);
/* The flag of --name (n_bytes of it) or of a letter (name NULL); verb may be NULL: global ones. */
const struct hs_flag *hs_flag_find(const struct hs_verb *verb, const char *name, size_t n_bytes,
                                   char letter);
/* Is word one of "a|b|c"? */
bool hs_word_is_in(const char *words, const char *word);

/* verb_*.c */
int hs_verb_config_check(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_config_show(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_hub_ls(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_hub_test(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_plugin_ls(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_plugin_info(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_ls(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_plan(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_run(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_apply(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_copy(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_verify(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_history(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_alerts(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_alerts_ack(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_version(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_help(struct hs_cmd *cmd, struct hs_err *err);
int hs_verb_completion(struct hs_cmd *cmd, struct hs_err *err);
#endif
