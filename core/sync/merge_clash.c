/* A file on one side that is a folder on the other: no side can have both. */
#include "sync/merge_clash.h"

#include "base/banned.h"

/* Calls each(ctx, folder) for the folders above path, the nearest first, until it says true. */
static bool each_folder(const char *path, bool (*each)(void *ctx, const char *folder), void *ctx)
{
    char *copy = hs_xstrdup(path);
    bool is_over = false;

    for (char *slash = strrchr(copy, '/'); slash && !is_over; slash = strrchr(copy, '/')) {
        *slash = '\0';
        is_over = each(ctx, copy);
    }
    free(copy);
    return is_over;
}

struct tree { /* of a side when all is done */
    struct hs_map files, folders;
};

static bool add_folder(void *ctx, const char *folder)
{
    struct tree *tree = ctx;

    return hs_map_put(&tree->folders, folder, tree) != NULL; /* then those above are in, too */
}

static bool is_file(void *ctx, const char *folder)
{
    const struct tree *tree = ctx;

    return hs_map_get(&tree->files, folder) != NULL;
}

static bool adds_files(const struct hs_merge *merge, bool is_left)
{
    for (size_t i = 0; i < merge->rows.n; i++) {
        const struct hs_merge_row *row = &merge->rows.items[i];
        if (hs_merge_writes(row, is_left) && !(is_left ? row->left : row->right))
            return true;
    }
    return false;
}

static void hold_side(struct hs_merge *merge, bool is_left)
{
    struct tree tree = {{NULL, 0, 0}, {NULL, 0, 0}};

    for (size_t i = 0; i < merge->rows.n; i++) {
        const struct hs_file *file = hs_merge_expected(&merge->rows.items[i], is_left);
        if (!file)
            continue;
        (void)hs_map_put(&tree.files, file->path, (void *)file);
        (void)each_folder(file->path, add_folder, &tree);
    }
    for (size_t i = 0; i < merge->rows.n; i++) {
        struct hs_merge_row *row = &merge->rows.items[i];
        const char *path = hs_merge_path(row);
        if (!hs_merge_writes(row, is_left) || !hs_merge_expected(row, is_left))
            continue;
        if (hs_map_get(&tree.folders, path) || each_folder(path, is_file, &tree))
            row->is = (struct hs_t_judgement){T_CONFLICT, "conflict", "a file on one side is a folder on the other", -1};
    }
    hs_map_clear(&tree.files);
    hs_map_clear(&tree.folders);
}

void hs_merge_hold_clashes(struct hs_merge *merge)
{
    bool of_left = adds_files(merge, true), of_right = adds_files(merge, false);

    if (of_left)
        hold_side(merge, true);
    if (of_right)
        hold_side(merge, false);
}
