#include "sync/judge.h"

#include "base/banned.h"

enum { ANY = -1, N_FACTS = 12 };

struct row {
    signed char facts[N_FACTS];
    enum hs_j_action action;
    const char *reason, *words;
};
#define ROW(a, b, c, d, e, f, g, h, i, j, k, l, act, reason_, words_) \
    {{a, b, c, d, e, f, g, h, i, j, k, l}, act, reason_, words_},
static const struct row rows[] = {
#include "judge.tbl"
};
#undef ROW

struct hs_judgement hs_judge(const struct hs_facts *f)
{
    const int facts[N_FACTS] = {(int)f->source,       (int)f->select,       (int)f->gated,
                                (int)f->name,         (int)f->source_sight, (int)f->target,
                                (int)f->target_sight, (int)f->create,       (int)f->source_files,
                                (int)f->target_files, (int)f->loss,         (int)f->asked};

    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
        int k = 0;
        while (k < N_FACTS && (rows[i].facts[k] == ANY || rows[i].facts[k] == facts[k]))
            k++;
        if (k == N_FACTS)
            return (struct hs_judgement){rows[i].action, rows[i].reason, rows[i].words, i};
    }
    return (struct hs_judgement){J_BLOCK, "incomplete", "no row of the decision table fits", -1};
}
