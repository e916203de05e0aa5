#include "conf/conf_object.h"
#include "base/banned.h"

enum { DEPTH_MAX = 8, SIBLINGS_MAX = 64 };

struct level { /* a mapping on the way down: what is left of it, and where it is */
    const struct hs_yaml *next;
    const char *prefix; /* "" or "delete." */
};
struct walk {
    const struct hs_reader *reader;
    struct hs_object *object;
    void *base;
    struct level levels[DEPTH_MAX];
    size_t depth;
};

static const char *join(const struct hs_reader *reader, const char *left, const char *right)
{
    return hub_pool_printf(&reader->conf->pool, "%s%s", left, right);
}

static const char *full_name(const struct walk *walk, const char *path)
{
    const char *label = walk->object->label;

    if (!*label || !*path)
        return *label ? label : path;
    return hub_pool_printf(&walk->reader->conf->pool, "%s.%s", label, path);
}

static const struct hs_key *find_key(const struct hs_form *form, const char *path)
{
    for (struct hs_key_at at = {0}; hs_form_next(form, &at);)
        if (hs_key_is(&at, path))
            return at.key;
    return NULL;
}

static bool has_below(const struct hs_form *form, const char *prefix)
{
    size_t n;
    bool is_whole;

    for (struct hs_key_at at = {0}; hs_form_next(form, &at);)
        if (hs_key_below(&at, prefix, &n, &is_whole))
            return true;
    return false;
}

/* ---- what the table lacks ---- */

static size_t siblings(const struct walk *walk, const char *prefix, const char **names)
{
    size_t n_names = 0, n;
    bool is_whole;

    for (struct hs_key_at at = {0};
         n_names < SIBLINGS_MAX && hs_form_next(walk->object->form, &at);) {
        const char *name = hs_key_below(&at, prefix, &n, &is_whole);

        if (!name || (n_names && strlen(names[n_names - 1]) == n &&
                      strncmp(names[n_names - 1], name, n) == 0))
            continue;
        names[n_names] = hub_pool_strndup(&walk->reader->conf->pool, name, n);
        n_names += names[n_names] != NULL;
    }
    return n_names;
}

static int fail_unknown(const struct walk *walk, const struct hs_yaml *node, const char *prefix)
{
    const char *label = walk->object->label;
    const char *names[SIBLINGS_MAX];
    size_t n = siblings(walk, prefix, names), n_prefix = strlen(prefix);

    return hs_fail_key(walk->reader, node, "%s%s%.*s%sunknown key \"%s\"%s", label,
                       *label && n_prefix ? "." : "", n_prefix ? (int)n_prefix - 1 : 0, prefix,
                       *label || n_prefix ? ": " : "", node->key,
                       hs_suggest(walk->reader, node->key, names, n));
}

/* ---- going down ---- */

static int add_setting(const struct walk *walk, const struct hs_key *key, const char *path,
                       const struct hs_yaml *node)
{
    *hs_vec_add(&walk->object->settings) =
        (struct hs_setting){.key = key, .path = path, .node = node};
    return 0;
}

static int push(struct walk *walk, const struct hs_yaml *node, const char *path)
{
    const char *prefix = *path ? join(walk->reader, path, ".") : "";
    const char *name = full_name(walk, path);

    if (!prefix || !name)
        return hs_fail_memory(walk->reader);
    if (hs_is_null(node)) /* "select:" with nothing below it */
        return 0;
    if (node->kind != HS_YAML_MAP)
        return hs_fail_at(walk->reader, node, "%s%sfound %s; expected a mapping", name,
                          *name ? ": " : "", hs_describe(walk->reader, node));
    /* the forms are less deep than that */
    walk->levels[walk->depth++] = (struct level){node->first, prefix};
    return 0;
}

static int take(struct walk *walk, const struct hs_yaml *node, const char *prefix)
{
    const struct hs_form *form = walk->object->form;
    const char *path = join(walk->reader, prefix, node->key);
    const char *below = path ? join(walk->reader, path, ".") : NULL;
    const char *name = path ? full_name(walk, path) : NULL;
    const struct hs_key *key;

    if (!below || !name)
        return hs_fail_memory(walk->reader);
    key = strchr(node->key, '.') ? NULL : find_key(form, path);
    if (key) {
        int r = hs_value_read(walk->reader, key, name, node, walk->base);

        return r < 0 ? r : add_setting(walk, key, path, node);
    }
    if (!strchr(node->key, '.') && *node->key && has_below(form, below))
        return push(walk, node, path);
    if (!form->has_options || *prefix || node->kind != HS_YAML_SCALAR)
        return fail_unknown(walk, node, prefix);
    return add_setting(walk, NULL, path, node);
}

static int check_needed(const struct hs_reader *reader, const struct hs_object *object)
{
    const char *label = object->label;

    for (struct hs_key_at at = {0}; hs_form_next(object->form, &at);)
        if (at.key->is_needed && !hs_object_get(object, at.key->name))
            return hs_fail_key(reader, object->node, "%s%sthe key \"%s\" is missing", label,
                               *label ? ": " : "", at.key->name);
    return 0;
}

int hs_object_read(const struct hs_reader *reader, const struct hs_form *form, const char *label,
                   const struct hs_yaml *node, void *base, struct hs_object **out)
{
    struct hs_object *object = hub_pool_alloc(&reader->conf->pool, 1, sizeof *object);
    struct walk walk = {.reader = reader, .object = object, .base = base};
    int r;

    if (!object || !label)
        return hs_fail_memory(reader);
    *object = (struct hs_object){.label = label, .form = form, .node = node};
    *hs_vec_add(&reader->conf->shown->objects) = object;
    r = push(&walk, node, "");
    while (r == 0 && walk.depth > 0) {
        struct level *level = &walk.levels[walk.depth - 1];
        const struct hs_yaml *child = level->next;

        if (child) {
            level->next = child->next;
            r = take(&walk, child, level->prefix);
        } else {
            walk.depth--;
        }
    }
    if (r == 0)
        r = check_needed(reader, object);
    if (r == 0)
        *out = object;
    return r;
}

int hs_object_defaults(const struct hs_reader *reader, const struct hs_form *form, void *base)
{
    for (struct hs_key_at at = {0}; hs_form_next(form, &at);) {
        int r = hs_value_default(reader, at.key, base);

        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- the record ---- */

static struct hs_setting *find_setting(const struct hs_object *object, const char *path)
{
    for (size_t i = 0; i < object->settings.n; i++)
        if (strcmp(object->settings.items[i].path, path) == 0)
            return &object->settings.items[i];
    return NULL;
}

const struct hs_yaml *hs_object_get(const struct hs_object *object, const char *path)
{
    const struct hs_setting *setting = find_setting(object, path);

    return setting ? setting->node : NULL;
}

const struct hs_yaml *hs_item_at(const struct hs_yaml *node, size_t i)
{
    if (node->kind != HS_YAML_LIST)
        return node;
    for (node = node->first; i > 0; i--)
        node = node->next;
    return node;
}

int hs_object_inherit(struct hs_object *object, const struct hs_object *from)
{
    for (size_t i = 0; from && i < from->settings.n; i++) {
        struct hs_setting setting = from->settings.items[i];

        setting.is_inherited = true;
        if (!find_setting(object, setting.path))
            *hs_vec_add(&object->settings) = setting;
    }
    return 0;
}

void hs_object_drop(struct hs_object *object, const char *path)
{
    struct hs_setting *setting = find_setting(object, path);

    if (setting)
        *setting = object->settings.items[--object->settings.n];
}

int hs_secret_add(const struct hs_reader *reader, const struct hs_yaml *node)
{
    *hs_vec_add(&reader->conf->shown->secrets) = node;
    return 0;
}

void hs_shown_free(struct hs_shown *shown)
{
    if (!shown)
        return;
    for (size_t i = 0; i < shown->objects.n; i++)
        hs_vec_clear(&shown->objects.items[i]->settings);
    hs_vec_clear(&shown->objects);
    hs_vec_clear(&shown->secrets);
    free(shown);
}
