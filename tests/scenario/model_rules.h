/* The rules that a repo of a pair follows, once more and as plainly as they can be told: what one
 * undisturbed run must leave behind, from what is there before it. Shares nothing with core/. Repos
 * are tables of content numbers, 0 is "no such file"; side 0 is the rule's `from` or between[0]. */
#ifndef MODEL_RULES_H
#define MODEL_RULES_H
#include <stdbool.h>

enum { MODEL_README = 0, MODEL_PATHS = 9 };
enum model_type { MODEL_ONE_WAY, MODEL_AUTHORITY, MODEL_THREE_WAY };
enum model_conflict { MODEL_HOLD, MODEL_PREFER, MODEL_NEWEST };
struct model_rule {
    enum model_type type;
    int lead; /* the side of the authority, or the preferred one */
    enum model_conflict conflict;
    bool may_delete; /* delete.files: extra */
    int max_files;   /* delete.max.files; 0: no cap */
};
struct model_repo {
    char name[16];
    bool is_there[2];
    int now[2][MODEL_PATHS];
    bool is_known;            /* it had been in step, and the state directory is not lost since */
    int then[2][MODEL_PATHS]; /* what each side had, as far as it was in step */
    long edited[2][MODEL_PATHS], moved[2]; /* when each file, and anything of the side, was last changed; only for > */
};
/* Does to the repo what a run does. Returns the exit code that it asks for: 0, 6 (blocked, nothing
 * of it moves) or 9 (a conflict is held, the rest is in step). */
int model_run(const struct model_rule *rule, struct model_repo *repo);
#endif
