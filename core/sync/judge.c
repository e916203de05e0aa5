#include "sync/judge.h"

#include "base/banned.h"

enum { ANY = -1, N_FACTS = 12, N_GONE_FACTS = 8 };

struct row {
    signed char facts[N_FACTS];
    enum hs_j_action action;
    const char *reason, *alert, *words;
};
#define ROW(a, b, c, d, e, f, g, h, i, j, k, l, act, reason_, alert_, words_) \
    {{a, b, c, d, e, f, g, h, i, j, k, l}, act, reason_, alert_, words_},
#define GONE(...)
static const struct row rows[] = {
#include "judge.tbl"
};
#undef ROW
#undef GONE
#define ROW(...)
#define GONE(a, b, c, d, e, f, g, h, act, reason_, alert_, words_) \
    {{a, b, c, d, e, f, g, h, ANY, ANY, ANY, ANY}, act, reason_, alert_, words_},
static const struct row gone_rows[] = {
#include "judge.tbl"
};
#undef ROW
#undef GONE

static struct hs_judgement look_up(const struct row *table, int n_rows, const int *facts, int n_facts)
{
    for (int i = 0; i < n_rows; i++) {
        int k = 0;
        while (k < n_facts && (table[i].facts[k] == ANY || table[i].facts[k] == facts[k]))
            k++;
        if (k == n_facts)
            return (struct hs_judgement){table[i].action, table[i].reason, table[i].alert, table[i].words, i};
    }
    return (struct hs_judgement){J_BLOCK, "incomplete", "", "no row of the decision table fits", -1};
}

struct hs_judgement hs_judge(const struct hs_facts *f)
{
    const int facts[N_FACTS] = {(int)f->role,         (int)f->select,       (int)f->gated,
                                (int)f->name,         (int)f->source_sight, (int)f->target,
                                (int)f->target_sight, (int)f->create,       (int)f->source_files,
                                (int)f->target_files, (int)f->loss,         (int)f->asked};
    const int gone[N_GONE_FACTS] = {(int)f->select, (int)f->name,  (int)f->target, (int)f->mirror,
                                    (int)f->grace,  (int)f->proof, (int)f->loss,   (int)f->hand};

    if (f->source == J_VANISHED)
        return look_up(gone_rows, (int)(sizeof gone_rows / sizeof *gone_rows), gone, N_GONE_FACTS);
    return look_up(rows, (int)(sizeof rows / sizeof *rows), facts, N_FACTS);
}
