#include "sync/merge.h"

#include "sync/diff.h"
#include "sync/merge_clash.h"

#include "base/banned.h"

/* ---- one path ---- */
enum { ANY = -1, N_FACTS = 7 };

struct row {
    signed char facts[N_FACTS];
    enum hs_t_action action;
    const char *reason, *words;
};
#define MERGE(a, b, c, d, e, f, g, act, reason_, words_) {{a, b, c, d, e, f, g}, act, reason_, words_},
static const struct row rows[] = {
#include "merge.tbl"
};
#undef MERGE

static struct hs_t_facts turn(const struct hs_t_facts *f)
{
    static const enum hs_t_base bases[] = {T_BOTH_HAD, T_NEITHER_HAD, T_OTHER_HAD, T_ONE_HAD};
    static const enum hs_t_policy policies[] = {T_HOLD, T_NEWEST, T_PREFER_OTHER, T_PREFER_ONE};
    static const enum hs_t_newer newer[] = {T_NOT_TOLD, T_OTHER_NEWER, T_ONE_NEWER};

    return (struct hs_t_facts){bases[f->base],  f->other,           f->one,         f->equal,
                               f->may_delete,   policies[f->policy], newer[f->newer]};
}

static enum hs_t_action turn_action(enum hs_t_action action)
{
    static const enum hs_t_action turned[] = {T_NOTHING, T_LEAVE,     T_TO_ONE,   T_TO_OTHER,
                                              T_DELETE_ONE, T_DELETE_OTHER, T_CONFLICT, T_ASK};

    return turned[action];
}

static bool is_fit(const struct row *row, const struct hs_t_facts *f)
{
    const int facts[N_FACTS] = {(int)f->base,       (int)f->one,    (int)f->other, (int)f->equal,
                                (int)f->may_delete, (int)f->policy, (int)f->newer};
    int k = 0;

    while (k < N_FACTS && (row->facts[k] == ANY || row->facts[k] == facts[k]))
        k++;
    return k == N_FACTS;
}

struct hs_t_judgement hs_merge_judge(const struct hs_t_facts *facts)
{
    const struct hs_t_facts turned = turn(facts);

    for (int i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
        if (is_fit(&rows[i], facts))
            return (struct hs_t_judgement){rows[i].action, rows[i].reason, rows[i].words, i};
        if (is_fit(&rows[i], &turned))
            return (struct hs_t_judgement){turn_action(rows[i].action), rows[i].reason, rows[i].words, i};
    }
    return (struct hs_t_judgement){T_CONFLICT, "conflict", "no row of the decision table fits", -1};
}

/* ---- all paths ---- */
const char *hs_merge_path(const struct hs_merge_row *row)
{
    const struct hs_file *any = row->left ? row->left : row->right;

    any = any ? any : row->left_then ? row->left_then : row->right_then;
    return any->path;
}

static enum hs_t_side side_of(const struct hs_file *now, const struct hs_file *then)
{
    if (!now)
        return T_ABSENT;
    if (!then)
        return T_NEW;
    switch (hs_ident_compare(now, then)) {
    case HS_SAME:
        return T_KEPT;
    case HS_DIFFERENT:
        return T_EDITED;
    default:
        return T_UNSURE;
    }
}

static enum hs_t_base base_of(const struct hs_merge_row *row)
{
    if (row->left_then)
        return row->right_then ? T_BOTH_HAD : T_ONE_HAD;
    return row->right_then ? T_OTHER_HAD : T_NEITHER_HAD;
}

static enum hs_t_equal equal_of(const struct hs_merge_what *what, const struct hs_merge_row *row)
{
    enum hs_same same;

    if (!row->left || !row->right)
        return T_NOT_BOTH;
    same = what->compare ? what->compare(what->ctx, row->left, row->right)
                         : hs_ident_compare(row->left, row->right);
    return same == HS_SAME ? T_EQUAL : same == HS_DIFFERENT ? T_DIFFERENT : T_NOT_KNOWN;
}

/* Sites tell whole seconds: within one, nothing is newer. The file's own commits count where both
 * sides tell them, else the repos'. */
static enum hs_t_newer newer_of(const struct hs_merge_what *what, const struct hs_merge_row *row)
{
    int64_t left = row->left ? row->left->modified_ms / 1000 : 0;
    int64_t right = row->right ? row->right->modified_ms / 1000 : 0;

    if (!left || !right) {
        left = what->left.modified_ms / 1000;
        right = what->right.modified_ms / 1000;
    }
    if (!left || !right || left == right)
        return T_NOT_TOLD;
    return left > right ? T_ONE_NEWER : T_OTHER_NEWER;
}

static void judge_row(const struct hs_merge_what *what, struct hs_merge_row *row)
{
    bool may_delete = what->may_delete && !hs_diff_is_kept(hs_merge_path(row));
    struct hs_t_facts facts = {.base = base_of(row),
                               .one = side_of(row->left, row->left_then),
                               .other = side_of(row->right, row->right_then),
                               .equal = equal_of(what, row),
                               .may_delete = may_delete ? T_MAY_DELETE : T_NO_DELETE,
                               .policy = what->policy,
                               .newer = newer_of(what, row)};

    row->is = hs_merge_judge(&facts);
}

struct cursor {
    const struct hs_listing *listing;
    size_t at;
};

static const struct hs_file *peek(const struct cursor *c)
{
    return c->at < c->listing->files.n ? &c->listing->files.items[c->at] : NULL;
}

static const char *lowest(const struct cursor *cursors, size_t n)
{
    const char *path = NULL;

    for (size_t i = 0; i < n; i++) {
        const struct hs_file *file = peek(&cursors[i]);
        if (file && (!path || strcmp(file->path, path) < 0))
            path = file->path;
    }
    return path;
}

static const struct hs_file *take(struct cursor *c, const char *path)
{
    const struct hs_file *file = peek(c);

    if (!file || strcmp(file->path, path) != 0)
        return NULL;
    c->at++;
    return file;
}

void hs_merge_make(const struct hs_merge_what *what, struct hs_merge *out)
{
    struct cursor c[] = {{what->left.now, 0}, {what->right.now, 0}, {what->left.then, 0}, {what->right.then, 0}};
    const char *path;

    memset(out, 0, sizeof *out);
    while ((path = lowest(c, 4)) != NULL) {
        struct hs_merge_row *row = hs_vec_add(&out->rows);
        row->left = take(&c[0], path);
        row->right = take(&c[1], path);
        row->left_then = take(&c[2], path);
        row->right_then = take(&c[3], path);
        judge_row(what, row);
    }
    hs_merge_hold_clashes(out);
    for (size_t i = 0; i < out->rows.n; i++) {
        out->n_conflicts += out->rows.items[i].is.action == T_CONFLICT;
        out->n_asked += out->rows.items[i].is.action == T_ASK;
    }
}

void hs_merge_clear(struct hs_merge *merge)
{
    if (merge)
        hs_vec_clear(&merge->rows);
}

/* ---- what is in step afterwards ---- */
const struct hs_file *hs_merge_expected(const struct hs_merge_row *row, bool is_left)
{
    switch (row->is.action) {
    case T_TO_OTHER:
        return row->left;
    case T_TO_ONE:
        return row->right;
    case T_DELETE_OTHER:
        return is_left ? row->left : NULL;
    case T_DELETE_ONE:
        return is_left ? NULL : row->right;
    default:
        return is_left ? row->left : row->right;
    }
}

bool hs_merge_writes(const struct hs_merge_row *row, bool is_left)
{
    return row->is.action == (is_left ? T_TO_ONE : T_TO_OTHER) ||
           row->is.action == (is_left ? T_DELETE_ONE : T_DELETE_OTHER);
}

/* A path that was put is as it was read back: its reading was held against what was put. */
static bool is_as_expected(const struct hs_merge_row *row, bool is_left, const struct hs_file *there)
{
    const struct hs_file *want = hs_merge_expected(row, is_left);

    if (!there || !want)
        return !there && !want;
    return hs_merge_writes(row, is_left) || hs_ident_compare(want, there) == HS_SAME;
}

static void add_rows(const struct hs_merge *merge, const struct hs_listing *now, bool is_left,
                     struct hs_listing *out, bool *has_moved)
{
    size_t n_there = 0;

    for (size_t i = 0; i < merge->rows.n; i++) {
        const struct hs_merge_row *row = &merge->rows.items[i];
        const struct hs_file *there = now ? hs_listing_find(now, hs_merge_path(row)) : NULL;
        const struct hs_file *keep = hs_merge_expected(row, is_left);
        bool is_held = row->is.action == T_CONFLICT;

        n_there += there != NULL;
        if (now && !is_as_expected(row, is_left, there))
            *has_moved = true;
        else if (there)
            keep = there;
        if (is_held)
            keep = is_left ? row->left_then : row->right_then;
        else if (row->is.action == T_DELETE_ONE || row->is.action == T_DELETE_OTHER)
            keep = NULL;
        if (keep)
            *hs_vec_add(&out->files) = *keep;
    }
    if (now && n_there != now->files.n)
        *has_moved = true;
}

void hs_merge_base_make(const struct hs_merge *merge, const struct hs_listing *left_now,
                        const struct hs_listing *right_now, struct hs_merge_base *out)
{
    memset(out, 0, sizeof *out);
    add_rows(merge, left_now, true, &out->left, &out->left_has_moved);
    add_rows(merge, right_now, false, &out->right, &out->right_has_moved);
}

void hs_merge_base_clear(struct hs_merge_base *base)
{
    if (!base)
        return;
    hs_vec_clear(&base->left.files);
    hs_vec_clear(&base->right.files);
}
