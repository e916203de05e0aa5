/* A command line, read by the table of verbs. */
#ifndef HS_CLI_ARGS_H
#define HS_CLI_ARGS_H
#include "base/mem.h"
#include "cli/verbs.h"

enum hs_form { HS_HUMAN = 0, HS_JSON, HS_JSONL };
struct hs_given {
    const struct hs_flag *flag;
    const char *value; /* NULL if it takes none */
};
struct hs_args { /* texts are argv's */
    const struct hs_verb *verb; /* NULL: only --help, or nothing at all */
    const char *group;          /* "config" of `config --help`; NULL else */
    bool wants_help;
    HS_VEC(const char *) operands;
    HS_VEC(struct hs_given) given;
};
/* Options come before and after the verb, as --name value, --name=value, -c value, -cvalue, -nq;
 * what follows "--" is an operand. Fails with HS_ECONFIG, naming the nearest word; a verb of a
 * later release fails with its own status. */
int hs_args_parse(struct hs_args *args, int argc, char *const *argv, struct hs_err *err);
void hs_args_clear(struct hs_args *args);
/* How often it was given. */
unsigned hs_args_count(const struct hs_args *args, const char *name);
/* Its last value, NULL if it was not given. */
const char *hs_args_value(const struct hs_args *args, const char *name);
/* The --output of a line that may not be readable otherwise: its error is printed in that form. */
enum hs_form hs_args_form(int argc, char *const *argv);
#endif
