/* upload: asks for the modes, then for the objects, in calls of the size the site allows. */
#include "openmind_impl.h"

static int plan_inline(struct hub_op *op, size_t item, const struct hub_file *file)
{
    struct hub_plan plan = {.size = sizeof plan, .mode = HUB_INLINE, .ticket = "", .resume = ""};

    if (file->file_bytes > OM_INLINE_BYTES_MAX)
        return hub_say(op, fail_item, item, HUB_ETOOBIG,
                       "%s: the site takes no regular file above %u bytes", file->path,
                       OM_INLINE_BYTES_MAX);
    return hub_say(op, plan, item, &plan);
}

static int upload_some(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
                       const struct hub_put *const *puts, size_t n, size_t first_item)
{
    const struct hub_put *objects[OM_ITEMS_MAX];
    size_t items[OM_ITEMS_MAX];
    bool is_lfs[OM_ITEMS_MAX];
    size_t n_objects = 0;
    int r = om_ask_modes(op, plane, repo, puts, n, is_lfs);

    for (size_t i = 0; i < n && r == 0; i++) {
        if (!is_lfs[i]) {
            r = plan_inline(op, first_item + i, puts[i]->file);
            continue;
        }
        objects[n_objects] = puts[i];
        items[n_objects++] = first_item + i;
    }
    if (r == 0 && n_objects > 0)
        r = om_plan_objects(op, plane, repo, objects, items, n_objects);
    return r;
}

int om_upload(struct hub_op *op, const struct om_plane *plane, const struct hub_repo *repo,
              const struct hub_put *const *puts, size_t n)
{
    int r = 0;

    for (size_t at = 0; at < n && r == 0; at += OM_ITEMS_MAX)
        r = upload_some(op, plane, repo, puts + at, n - at < OM_ITEMS_MAX ? n - at : OM_ITEMS_MAX,
                        at);
    return r;
}
