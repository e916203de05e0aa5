#include "sync/mirror.h"

#include <stddef.h>

#include "base/banned.h"

enum { ANY = -1, N_FACTS = 11, N_END = 6 };

struct row {
    signed char facts[N_FACTS];
    enum hs_m_action action;
    const char *reason, *words;
};
#define ROW(a, b, c, d, e, f, g, h, i, j, k, act, reason_, words_) \
    {{a, b, c, d, e, f, g, h, i, j, k}, act, reason_, words_},
static const struct row rows[] = {
#include "mirror.tbl"
};
#undef ROW

struct alarm_row {
    enum hs_m_kind kind;
    signed char end[N_END];
    enum hs_m_alarm what;
};
#define ALARM(kind_, a, b, c, d, e, f, what_) {kind_, {a, b, c, d, e, f}, what_},
static const struct alarm_row alarms[] = {
#include "mirror_alarms.tbl"
};
#undef ALARM

static int fits(const signed char *row, const int *facts, int n)
{
    for (int i = 0; i < n; i++)
        if (row[i] != ANY && row[i] != facts[i])
            return 0;
    return 1;
}

struct hs_mirror_judgement hs_mirror_judge(const struct hs_mirror_facts *f)
{
    const int facts[N_FACTS] = {(int)f->source, (int)f->select, (int)f->name,   (int)f->import,
                                (int)f->target, (int)f->ready,  (int)f->due,    (int)f->heads,
                                (int)f->commit, (int)f->pull,   (int)f->objects};

    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++)
        if (fits(rows[i].facts, facts, N_FACTS))
            return (struct hs_mirror_judgement){rows[i].action, rows[i].reason, rows[i].words, i};
    return (struct hs_mirror_judgement){M_BLOCK, "incomplete", "no row of the decision table fits", -1};
}

enum hs_m_alarm hs_mirror_alarm(enum hs_m_kind kind, const struct hs_mirror_end *end, int *row)
{
    const int facts[N_END] = {(int)end->action,  (int)end->source, (int)end->pull,
                              (int)end->objects, (int)end->age,    (int)end->told};

    *row = -1;
    for (int i = 0; i < (int)(sizeof alarms / sizeof *alarms); i++)
        if (alarms[i].kind == kind && fits(alarms[i].end, facts, N_END)) {
            *row = i;
            return alarms[i].what;
        }
    return M_LEAVE;
}

const char *hs_mirror_kind_name(enum hs_m_kind kind)
{
    static const char *const names[HS_M_KINDS] = {"mirror_manual",       "mirror_stale", "mirror_lfs",
                                                  "mirror_failed",       "visibility_mismatch",
                                                  "gated_public",        "source_vanished"};

    return (size_t)kind < HS_M_KINDS ? names[kind] : "";
}
