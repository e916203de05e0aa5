#include "conf/conf.h"
#include "base/mem.h"
#include "conf/conf_check.h"
#include "conf/conf_object.h"
#include "conf/conf_subst.h"
#include "base/banned.h"

enum { HUBS_MAX = 200, RULES_MAX = 500, ALERTS_MAX = 100 };

/* ---- hubs ---- */

static int take_options(const struct hs_reader *reader, const struct hs_object *object,
                        struct hs_hub_conf *hub)
{
    for (size_t i = 0; i < object->settings.n; i++) {
        const struct hs_setting *setting = &object->settings.items[i];
        const struct hs_yaml *node = setting->node;

        if (setting->key)
            continue;
        if (hs_is_null(node))
            return hs_fail_at(reader, node, "%s.%s: found nothing; expected a value", object->label,
                              setting->path);
        *hs_vec_add(&hub->options) =
            (struct hs_option){.key = setting->path,
                               .value = node->text,
                               .where = {reader->conf->file, node->key_line, node->key_column}};
    }
    return 0;
}

static int read_hub(const struct hs_reader *reader, const struct hs_yaml *node)
{
    char *label = hub_pool_printf(&reader->conf->pool, "hubs.%s", node->key);
    struct hs_hub_conf *hub = hs_vec_add(&reader->conf->hubs);
    struct hs_object *object;
    int r;

    hub->name = node->key;
    hub->where = (struct hs_where){reader->conf->file, node->key_line, node->key_column};
    r = hs_object_defaults(reader, &hs_form_hub, hub);
    if (r == 0)
        r = hs_object_read(reader, &hs_form_hub, label, node, hub, &object);
    if (r == 0)
        r = take_options(reader, object, hub);
    if (r < 0)
        return r;
    hub->has_parallel = hs_object_get(object, "limits.parallel") != NULL;
    return hs_check_hub(reader, hub, object);
}

static int read_hubs(const struct hs_reader *reader, const struct hs_yaml *hubs)
{
    if (!hubs || hs_is_null(hubs))
        return 0;
    if (hubs->kind != HS_YAML_MAP)
        return hs_fail_at(reader, hubs, "hubs: found %s; expected a mapping of names to hubs",
                          hs_describe(reader, hubs));
    for (const struct hs_yaml *node = hubs->first; node; node = node->next) {
        int r = reader->conf->hubs.n < HUBS_MAX
                    ? read_hub(reader, node)
                    : hs_fail_key(reader, node, "more than %d hubs", HUBS_MAX);

        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- rules ---- */

static int read_defaults(const struct hs_reader *reader, const struct hs_yaml *node,
                         struct hs_object **out)
{
    struct hs_rule *defaults = &reader->conf->defaults;
    int r = hs_object_defaults(reader, &hs_form_rule, defaults);

    *out = NULL;
    defaults->type = HS_ONE_WAY;
    if (r < 0 || !node)
        return r;
    r = hs_object_read(reader, &hs_form_defaults, "defaults", node, defaults, out);
    return r < 0 ? r : hs_check_sections(reader, *out, defaults);
}

/* every and cron replace each other, also where one of them comes from `defaults`. */
static void settle_schedule(struct hs_object *object, struct hs_rule *rule,
                            const struct hs_object *defaults)
{
    bool has_every = hs_object_get(object, "schedule.every");
    bool has_cron = hs_object_get(object, "schedule.cron");

    (void)hs_object_inherit(object, defaults);
    if (has_every && !has_cron) {
        rule->schedule.cron = "";
        hs_object_drop(object, "schedule.cron");
    } else if (has_cron && !has_every) {
        rule->schedule.every_ms = 0;
        hs_object_drop(object, "schedule.every");
    }
}

static int note_later(const struct hs_reader *reader, const struct hs_object *object,
                      struct hs_rule *rule)
{
    const char **paths = hub_pool_alloc(&reader->conf->pool, object->settings.n + 1, sizeof *paths);
    size_t n = 0;

    if (!paths)
        return hs_fail_memory(reader);
    for (size_t i = 0; i < object->settings.n; i++)
        if (object->settings.items[i].key->later == HS_LATER)
            paths[n++] = object->settings.items[i].path;
    rule->not_yet = (struct hs_strings){paths, n};
    return 0;
}

static void copy_aliases(struct hs_rule *rule, const struct hs_rule *from)
{
    memset(&rule->license.map, 0, sizeof rule->license.map);
    for (size_t i = 0; i < from->license.map.n; i++)
        *hs_vec_add(&rule->license.map) = from->license.map.items[i];
}

static int read_rule(const struct hs_reader *reader, const struct hs_yaml *node,
                     const struct hs_object *defaults)
{
    struct hs_conf *conf = reader->conf;
    const struct hs_yaml *name = hs_yaml_get(node, "name");
    struct hs_rule *rule = hs_vec_add(&conf->rules);
    struct hs_object *object;
    char *label;
    int r;

    *rule = conf->defaults;
    copy_aliases(rule, &conf->defaults);
    rule->where = (struct hs_where){conf->file, node->line, node->column};
    /* a name out of a variable could be a secret in the wrong place */
    label = name && name->kind == HS_YAML_SCALAR && *name->text && !name->variables
                ? hub_pool_printf(&conf->pool, "rules.%s", name->text)
                : hub_pool_printf(&conf->pool, "rules[%zu]", conf->rules.n - 1);
    r = hs_object_read(reader, &hs_form_rule, label, node, rule, &object);
    if (r == 0)
        r = hs_check_sections(reader, object, rule);
    if (r < 0)
        return r;
    settle_schedule(object, rule, defaults);
    r = hs_check_rule(reader, object, rule);
    return r < 0 ? r : note_later(reader, object, rule);
}

static int read_rules(const struct hs_reader *reader, const struct hs_yaml *rules,
                      const struct hs_object *defaults)
{
    if (!rules || hs_is_null(rules))
        return 0;
    if (rules->kind != HS_YAML_LIST)
        return hs_fail_at(reader, rules, "rules: found %s; expected a list of rules",
                          hs_describe(reader, rules));
    for (const struct hs_yaml *node = rules->first; node; node = node->next) {
        int r = reader->conf->rules.n < RULES_MAX
                    ? read_rule(reader, node, defaults)
                    : hs_fail_at(reader, node, "more than %d rules", RULES_MAX);

        if (r < 0)
            return r;
    }
    return hs_check_circles(reader);
}

/* ---- alerts ---- */

static int read_alerts(const struct hs_reader *reader, const struct hs_yaml *alerts)
{
    struct hs_conf *conf = reader->conf;

    if (!alerts || hs_is_null(alerts))
        return 0;
    if (alerts->kind != HS_YAML_LIST)
        return hs_fail_at(reader, alerts, "alerts: found %s; expected a list",
                          hs_describe(reader, alerts));
    for (const struct hs_yaml *node = alerts->first; node; node = node->next) {
        char *label = hub_pool_printf(&conf->pool, "alerts[%zu]", conf->alerts.n);
        struct hs_alert_conf *alert = hs_vec_add(&conf->alerts);
        struct hs_object *object;
        int r = hs_object_defaults(reader, &hs_form_alert, alert);

        if (conf->alerts.n > ALERTS_MAX)
            return hs_fail_at(reader, node, "more than %d alerts", ALERTS_MAX);
        if (r == 0)
            r = hs_object_read(reader, &hs_form_alert, label, node, alert, &object);
        if (r == 0)
            r = hs_secret_add(reader, hs_object_get(object, "webhook"));
        if (r < 0)
            return r;
    }
    return 0;
}

/* ---- all of it ---- */

static int read_all(const struct hs_reader *reader, const struct hs_yaml *root)
{
    struct hs_object *top, *defaults;
    int r = hs_object_defaults(reader, &hs_form_top, reader->conf);

    if (r == 0)
        r = hs_object_read(reader, &hs_form_top, "", root, reader->conf, &top);
    if (r == 0)
        r = read_hubs(reader, hs_yaml_get(root, "hubs"));
    if (r == 0)
        r = read_defaults(reader, hs_yaml_get(root, "defaults"), &defaults);
    if (r == 0)
        r = read_rules(reader, hs_yaml_get(root, "rules"), defaults);
    if (r == 0)
        r = read_alerts(reader, hs_yaml_get(root, "alerts"));
    return r;
}

static int parse(struct hs_conf *conf, const char *bytes, size_t n_bytes, hs_env_fn *env, void *ctx,
                 struct hs_err *err)
{
    struct hs_reader reader = {conf, err};
    struct hs_yaml *root;
    int r;

    if (!conf->file)
        return hs_fail_memory(&reader);
    r = hs_yaml_parse(&conf->pool, conf->file, bytes, n_bytes, &root, err);
    if (r == 0)
        r = hs_substitute(&reader, root, env, ctx);
    if (r == 0)
        r = read_all(&reader, root);
    return r;
}

int hs_conf_parse(struct hs_conf *conf, const char *name, const char *bytes, size_t n_bytes,
                  hs_env_fn *env, void *ctx, struct hs_err *err)
{
    struct hs_conf made;
    int r;

    memset(&made, 0, sizeof made);
    made.file = hub_pool_strdup(&made.pool, name);
    made.shown = hs_xcalloc(1, sizeof *made.shown);
    r = parse(&made, bytes, n_bytes, env, ctx, err);
    if (r < 0)
        hs_conf_clear(&made);
    else
        *conf = made;
    return r;
}

void hs_conf_clear(struct hs_conf *conf)
{
    if (!conf)
        return;
    for (size_t i = 0; i < conf->hubs.n; i++) {
        hs_vec_clear(&conf->hubs.items[i].tokens);
        hs_vec_clear(&conf->hubs.items[i].options);
    }
    for (size_t i = 0; i < conf->rules.n; i++)
        hs_vec_clear(&conf->rules.items[i].license.map);
    for (size_t i = 0; i < conf->warnings.n; i++)
        free(conf->warnings.items[i]);
    hs_vec_clear(&conf->hubs);
    hs_vec_clear(&conf->rules);
    hs_vec_clear(&conf->alerts);
    hs_vec_clear(&conf->warnings);
    hs_vec_clear(&conf->defaults.license.map);
    hs_shown_free(conf->shown);
    hub_pool_clear(&conf->pool);
    memset(conf, 0, sizeof *conf);
}

const struct hs_hub_conf *hs_conf_hub(const struct hs_conf *conf, const char *name)
{
    for (size_t i = 0; i < conf->hubs.n; i++)
        if (strcmp(conf->hubs.items[i].name, name) == 0)
            return &conf->hubs.items[i];
    return NULL;
}

const struct hs_rule *hs_conf_rule(const struct hs_conf *conf, const char *name)
{
    for (size_t i = 0; i < conf->rules.n; i++)
        if (strcmp(conf->rules.items[i].name, name) == 0)
            return &conf->rules.items[i];
    return NULL;
}

struct hs_strings hs_conf_hub_keys(void)
{
    static const char *const keys[] = {"plugin", "owner",   "token",      "tokens", "endpoint",
                                       "access", "ca_file", "allow_http", "limits", NULL};

    return (struct hs_strings){keys, sizeof keys / sizeof *keys - 1};
}

const char *hs_conf_path(struct hs_conf *conf, const char *path)
{
    const char *slash = strrchr(conf->file, '/');

    if (!*path || *path == '/' || !slash)
        return hub_pool_strdup(&conf->pool, path);
    return hub_pool_printf(&conf->pool, "%.*s/%s", (int)(slash - conf->file), conf->file, path);
}
