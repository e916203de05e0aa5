#include "conf/conf.h"
#include "conf/conf_print.h"
#include "base/banned.h"

struct page {
    const struct hs_conf *conf;
    bool is_effective;
    struct hub_text *out;
    struct hs_path last; /* of the object's keys */
    bool has_line, is_item;
    unsigned indent;
};

static const struct hs_setting *find(const struct hs_object *object, const struct hs_key *key)
{
    for (size_t i = 0; i < object->settings.n; i++)
        if (object->settings.items[i].key == key)
            return &object->settings.items[i];
    return NULL;
}

/* Is the key printed at all? *node is NULL for a default. */
static bool is_shown(const struct page *page, const struct hs_object *object,
                     const struct hs_key *key, const struct hs_yaml **node)
{
    const struct hs_setting *setting = find(object, key);

    *node = setting ? setting->node : NULL;
    if (key->kind == HS_KIND_OBJECTS)
        return false;
    return setting ? page->is_effective || !setting->is_inherited
                   : page->is_effective && key->fallback;
}

/* ---- YAML ---- */

static void begin_line(struct page *page, unsigned depth)
{
    unsigned n = page->indent + 2 * depth;

    if (page->is_item && !page->has_line)
        hub_text_printf(page->out, "%*s- ", (int)n - 2, "");
    else
        hub_text_printf(page->out, "%*s", (int)n, "");
    page->has_line = true;
}

static void end_line(struct page *page, const struct hs_yaml *node)
{
    if (!node)
        hub_text_puts(page->out, "  # default\n");
    else
        hub_text_printf(page->out, "  # %s:%u%s%s\n", page->conf->file, node->line,
                        node->variables ? ", from " : "", node->variables ? node->variables : "");
}

static void put_key(struct page *page, const struct hs_key_at *at, const struct hs_yaml *node)
{
    struct hs_path path = hs_key_path(at);
    size_t depth = hs_path_shared(&path, &page->last);

    for (; depth + 1 < path.n; depth++) {
        begin_line(page, (unsigned)depth);
        hub_text_printf(page->out, "%.*s:\n", (int)path.n_bytes[depth], path.parts[depth]);
    }
    begin_line(page, (unsigned)depth);
    hub_text_printf(page->out, "%.*s: ", (int)path.n_bytes[depth], path.parts[depth]);
    hs_print_value(page->conf, at->key, at->key->name, node, HS_PRINT_YAML, page->out);
    end_line(page, node);
    page->last = path;
}

static void put_object(struct page *page, const struct hs_object *object)
{
    const struct hs_yaml *node;

    page->last.n = 0;
    page->has_line = false;
    for (struct hs_key_at at = {0}; hs_form_next(object->form, &at);)
        if (is_shown(page, object, at.key, &node))
            put_key(page, &at, node);
    for (size_t i = 0; i < object->settings.n; i++) {
        const struct hs_setting *option = &object->settings.items[i];

        if (option->key)
            continue;
        begin_line(page, 0);
        hs_print_key(option->path, HS_PRINT_YAML, page->out);
        hub_text_puts(page->out, ": ");
        hs_print_value(page->conf, NULL, option->path, option->node, HS_PRINT_YAML, page->out);
        end_line(page, option->node);
    }
}

/* The line above the first object of its form, and how deep the object's keys stand. */
static void put_heading(struct page *page, const struct hs_object *object, bool is_first)
{
    static const struct {
        const struct hs_form *form;
        const char *heading;
        unsigned indent;
        bool is_item;
    } known[] = {
        {&hs_form_hub, "hubs:\n", 4, false},
        {&hs_form_defaults, "defaults:\n", 2, false},
        {&hs_form_rule, "rules:\n", 4, true},
        {&hs_form_alert, "alerts:\n", 4, true},
    };

    page->indent = 0;
    page->is_item = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].form != object->form)
            continue;
        page->indent = known[i].indent;
        page->is_item = known[i].is_item;
        if (is_first)
            hub_text_puts(page->out, known[i].heading);
    }
    if (object->form == &hs_form_hub)
        hub_text_printf(page->out, "  %s:\n", object->node->key);
}

int hs_conf_show(const struct hs_conf *conf, bool effective, struct hub_text *out)
{
    struct page page = {.conf = conf, .is_effective = effective, .out = out};
    const struct hs_form *last = NULL;

    for (size_t i = 0; i < conf->shown->objects.n; i++) {
        const struct hs_object *object = conf->shown->objects.items[i];

        put_heading(&page, object, object->form != last);
        put_object(&page, object);
        last = object->form;
    }
    return out->failed ? HUB_ENOMEM : 0;
}

/* ---- JSON ---- */

static void put_member(struct page *page, const struct hs_object *object, const struct hs_key *key,
                       const char *section, const char *name, const struct hs_yaml *node)
{
    HUB_TEXT(path);

    hub_text_printf(&path, "%s%s%s%s%s", object->label, *object->label ? "." : "", section,
                    *section ? "." : "", name);
    hub_text_puts(page->out, page->has_line ? ",{\"path\":" : "{\"path\":");
    hub_text_json(page->out, path.data ? path.data : "");
    hub_text_puts(page->out, ",\"value\":");
    hs_print_value(page->conf, key, name, node, HS_PRINT_JSON, page->out);
    if (node) {
        hub_text_puts(page->out, ",\"file\":");
        hub_text_json(page->out, page->conf->file);
        hub_text_printf(page->out, ",\"line\":%u,\"column\":%u,\"variables\":", node->line,
                        node->column);
    } else {
        hub_text_puts(page->out, ",\"file\":null,\"line\":null,\"column\":null,\"variables\":");
    }
    if (node && node->variables)
        hub_text_json(page->out, node->variables);
    else
        hub_text_puts(page->out, "null");
    hub_text_puts(page->out, "}");
    page->has_line = true;
}

static void put_members(struct page *page, const struct hs_object *object)
{
    const struct hs_yaml *node;

    for (struct hs_key_at at = {0}; hs_form_next(object->form, &at);)
        if (is_shown(page, object, at.key, &node))
            put_member(page, object, at.key, at.section->name, at.key->name, node);
    for (size_t i = 0; i < object->settings.n; i++) {
        const struct hs_setting *option = &object->settings.items[i];

        if (!option->key)
            put_member(page, object, NULL, "", option->path, option->node);
    }
}

int hs_conf_show_json(const struct hs_conf *conf, bool effective, struct hub_text *out)
{
    struct page page = {.conf = conf, .is_effective = effective, .out = out};

    hub_text_puts(out, "{\"message_type\":\"config\",\"file\":");
    hub_text_json(out, conf->file);
    hub_text_puts(out, ",\"values\":[");
    for (size_t i = 0; i < conf->shown->objects.n; i++)
        put_members(&page, conf->shown->objects.items[i]);
    hub_text_puts(out, "]}\n");
    return out->failed ? HUB_ENOMEM : 0;
}
