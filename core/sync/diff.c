#include "sync/diff.h"

#include "sync/ident.h"

#include "base/banned.h"

static size_t *count_of(struct hs_diff *diff, enum hs_diff_kind kind)
{
    size_t *counts[] = {&diff->n_same, &diff->n_missing, &diff->n_changed, &diff->n_extra, &diff->n_unknown};

    return counts[kind];
}

static void add_row(struct hs_diff *out, enum hs_diff_kind kind, const struct hs_file *from,
                    const struct hs_file *to)
{
    *hs_vec_add(&out->rows) = (struct hs_diff_row){kind, from, to};
    (*count_of(out, kind))++;
}

static enum hs_diff_kind kind_of(const struct hs_file *from, const struct hs_file *to)
{
    switch (hs_ident_compare(from, to)) {
    case HS_SAME:
        return HS_DIFF_SAME;
    case HS_DIFFERENT:
        return HS_DIFF_CHANGED;
    default:
        return HS_DIFF_UNKNOWN;
    }
}

void hs_diff_make(const struct hs_listing *from, const struct hs_listing *to, struct hs_diff *out)
{
    size_t a = 0, b = 0;

    memset(out, 0, sizeof *out);
    while (a < from->files.n || b < to->files.n) {
        const struct hs_file *left = a < from->files.n ? &from->files.items[a] : NULL;
        const struct hs_file *right = b < to->files.n ? &to->files.items[b] : NULL;
        int order = !left ? 1 : !right ? -1 : strcmp(left->path, right->path);
        if (order < 0)
            add_row(out, HS_DIFF_MISSING, left, NULL);
        else if (order > 0)
            add_row(out, HS_DIFF_EXTRA, NULL, right);
        else
            add_row(out, kind_of(left, right), left, right);
        a += order <= 0;
        b += order >= 0;
    }
}

void hs_diff_settle(struct hs_diff *diff, const char *path, enum hs_diff_kind kind,
                    const struct hs_file *from)
{
    for (size_t i = 0; i < diff->rows.n; i++) {
        struct hs_diff_row *row = &diff->rows.items[i];
        if (!row->from || strcmp(row->from->path, path) != 0)
            continue;
        (*count_of(diff, row->kind))--;
        (*count_of(diff, kind))++;
        row->kind = kind;
        row->from = from;
    }
}

void hs_diff_drop(struct hs_diff *diff, const char *path)
{
    size_t kept = 0;

    for (size_t i = 0; i < diff->rows.n; i++) {
        const struct hs_diff_row row = diff->rows.items[i];
        if (strcmp(row.from ? row.from->path : row.to->path, path) == 0)
            (*count_of(diff, row.kind))--;
        else
            diff->rows.items[kept++] = row;
    }
    diff->rows.n = kept;
}

void hs_diff_clear(struct hs_diff *diff)
{
    if (diff)
        hs_vec_clear(&diff->rows);
}

bool hs_diff_is_kept(const char *path)
{
    return strcmp(path, "README.md") == 0;
}

static uint64_t bytes_of(const struct hs_file *file)
{
    return file->file_bytes == HUB_UNKNOWN ? 0 : file->file_bytes;
}

struct hs_loss hs_diff_loss(const struct hs_diff *diff, size_t n_target_files)
{
    struct hs_loss loss = {.target_files = n_target_files};
    uint64_t added = 0, added_bytes = 0, gone_bytes = 0;

    for (size_t i = 0; i < diff->rows.n; i++) {
        const struct hs_diff_row *row = &diff->rows.items[i];
        if (row->kind == HS_DIFF_EXTRA && !hs_diff_is_kept(row->to->path)) {
            loss.deletes++;
            gone_bytes += bytes_of(row->to);
        } else if (row->kind == HS_DIFF_MISSING) {
            added++;
            added_bytes += bytes_of(row->from);
        }
    }
    loss.net_files = loss.deletes > added ? loss.deletes - added : 0;
    loss.net_bytes = gone_bytes > added_bytes ? gone_bytes - added_bytes : 0;
    if (n_target_files)
        loss.net_percent = (loss.net_files * 100 + n_target_files - 1) / n_target_files;
    return loss;
}
