#include "conf/conf_check.h"

#include "data/cron.h"

#include "base/banned.h"

/* ---- sections ---- */

/* Only {name} stands for something. */
static bool is_pattern(const char *text)
{
    for (const char *p = text; (p = strpbrk(p, "{}/")); p += 6)
        if (strncmp(p, "{name}", 6) != 0)
            return false;
    return *text != '\0';
}

int hs_check_sections(const struct hs_reader *reader, const struct hs_object *object,
                      const struct hs_rule *rule)
{
    const struct hs_yaml *cron = hs_object_get(object, "schedule.cron");
    const struct hs_yaml *every = hs_object_get(object, "schedule.every");
    const struct hs_yaml *name = hs_object_get(object, "map.name");
    const struct hs_yaml *templates = hs_object_get(object, "license.templates");
    struct hs_cron times;
    const char *why;

    if (cron && every)
        return hs_fail_key(reader, cron, "%s.schedule: every and cron; expected one of them",
                           object->label);
    if (cron && hs_cron_parse(rule->schedule.cron, &times, &why) < 0)
        return hs_fail_at(reader, cron,
                          "%s.schedule.cron: found %s: %s; expected five fields such as \"30 2 * * *\"",
                          object->label, hs_describe(reader, cron), why);
    if (name && !is_pattern(rule->map.name))
        return hs_fail_at(reader, name,
                          "%s.map.name: found %s; expected a name such as \"prefix-{name}\"",
                          object->label, hs_describe(reader, name));
    for (size_t i = 0; templates && i < rule->license.templates.n; i++) {
        const struct hs_yaml *item = hs_item_at(templates, i);

        if (!hub_is_hex(item->text, 64))
            return hs_fail_at(reader, item, "%s.license.templates: found %s; expected a SHA-256",
                              object->label, hs_describe(reader, item));
    }
    return 0;
}

/* ---- hubs that a rule names ---- */

static int check_hub_known(const struct hs_reader *reader, const char *label, const char *path,
                           const char *hub, const struct hs_yaml *node)
{
    const struct hs_conf *conf = reader->conf;
    const char **names;

    if (hs_conf_hub(conf, hub))
        return 0;
    names = hub_pool_alloc(&reader->conf->pool, conf->hubs.n + 1, sizeof *names);
    if (!names)
        return hs_fail_memory(reader);
    for (size_t i = 0; i < conf->hubs.n; i++)
        names[i] = conf->hubs.items[i].name;
    return hs_fail_at(reader, node, "%s.%s: no hub %s in hubs%s", label, path,
                      hs_describe(reader, node),
                      hs_suggest(reader, node->variables ? "" : hub, names, conf->hubs.n));
}

static int check_writable(const struct hs_reader *reader, const char *label, const char *path,
                          const char *hub, const struct hs_yaml *node)
{
    if (!hs_conf_hub(reader->conf, hub)->is_read_only)
        return 0;
    return hs_fail_at(reader, node, "%s.%s: the hub \"%s\" has access: read", label, path, hub);
}

static int check_targets(const struct hs_reader *reader, const struct hs_object *object,
                         const struct hs_rule *rule)
{
    const struct hs_yaml *to = hs_object_get(object, "to");
    const struct hs_yaml *from = hs_object_get(object, "from");
    int r = check_hub_known(reader, object->label, "from", rule->from, from);

    for (size_t i = 0; r == 0 && i < rule->to.n; i++) {
        const char *hub = rule->to.items[i];
        const struct hs_yaml *node = hs_item_at(to, i);

        r = check_hub_known(reader, object->label, "to", hub, node);
        if (r == 0)
            r = check_writable(reader, object->label, "to", hub, node);
        if (r == 0 && strcmp(hub, rule->from) == 0)
            r = hs_fail_at(reader, node,
                           "%s.to: \"%s\" is where it comes from; expected another hub",
                           object->label, hub);
        for (size_t j = 0; r == 0 && j < i; j++)
            if (strcmp(hub, rule->to.items[j]) == 0)
                r = hs_fail_at(reader, node, "%s.to: \"%s\" is here twice", object->label, hub);
    }
    return r;
}

static int check_pair(const struct hs_reader *reader, const struct hs_object *object,
                      const struct hs_rule *rule)
{
    const struct hs_yaml *between = hs_object_get(object, "between");
    int r = 0;

    for (size_t i = 0; r == 0 && i < 2; i++) {
        const struct hs_yaml *node = hs_item_at(between, i);

        r = check_hub_known(reader, object->label, "between", rule->between[i], node);
        if (r == 0)
            r = check_writable(reader, object->label, "between", rule->between[i], node);
    }
    if (r == 0 && strcmp(rule->between[0], rule->between[1]) == 0)
        r = hs_fail_at(reader, between, "%s.between: \"%s\" twice; expected two hubs",
                       object->label, rule->between[0]);
    return r;
}

static bool is_one_of(const struct hs_rule *rule, const char *hub)
{
    return strcmp(hub, rule->between[0]) == 0 || strcmp(hub, rule->between[1]) == 0;
}

static int fail_side(const struct hs_reader *reader, const struct hs_object *object,
                     const struct hs_rule *rule, const char *path)
{
    const struct hs_yaml *node = hs_object_get(object, path);
    const struct hs_yaml *inner = node->kind == HS_YAML_MAP ? node->first : node;

    return hs_fail_at(reader, inner, "%s.%s: found %s; expected one of between: %s, %s",
                      object->label, path, hs_describe(reader, inner), rule->between[0],
                      rule->between[1]);
}

/* ---- which keys a type needs ---- */

static int need(const struct hs_reader *reader, const struct hs_object *object, const char *path,
                const char *type)
{
    if (hs_object_get(object, path))
        return 0;
    return hs_fail_at(reader, object->node, "%s: a %s rule needs the key \"%s\"", object->label,
                      type, path);
}

static int refuse(const struct hs_reader *reader, const struct hs_object *object, const char *path,
                  const char *type, const char *expected)
{
    const struct hs_yaml *node = hs_object_get(object, path);

    if (!node)
        return 0;
    return hs_fail_key(reader, node, "%s: a %s rule has no \"%s\"; expected %s", object->label,
                       type, path, expected);
}

static int check_bidirectional(const struct hs_reader *reader, const struct hs_object *object,
                               const struct hs_rule *rule)
{
    static const char type[] = "bidirectional";
    bool is_authority = rule->files.mode == HS_MODE_AUTHORITY;
    int r = refuse(reader, object, "from", type, "between");

    if (r == 0)
        r = refuse(reader, object, "to", type, "between");
    if (r == 0)
        r = need(reader, object, "between", type);
    if (r == 0)
        r = check_pair(reader, object, rule);
    if (r == 0)
        r = need(reader, object, "files.mode", type);
    if (r == 0 && is_authority)
        r = need(reader, object, "files.authority", "mode: authority");
    if (r == 0 && is_authority && !is_one_of(rule, rule->files.authority))
        r = fail_side(reader, object, rule, "files.authority");
    if (r == 0 && rule->files.conflict == HS_CONFLICT_PREFER && !is_authority &&
        !is_one_of(rule, rule->files.prefer))
        r = fail_side(reader, object, rule, "files.conflict");
    return r;
}

static int check_directed(const struct hs_reader *reader, const struct hs_object *object,
                          const struct hs_rule *rule, const char *type)
{
    int r = refuse(reader, object, "between", type, "from and to");

    if (r == 0)
        r = need(reader, object, "from", type);
    if (r == 0)
        r = need(reader, object, "to", type);
    if (r == 0 && rule->to.n == 0)
        r = hs_fail_at(reader, hs_object_get(object, "to"), "%s.to: no hub; expected one or more",
                       object->label);
    return r < 0 ? r : check_targets(reader, object, rule);
}

static int check_name(const struct hs_reader *reader, const struct hs_object *object,
                      const struct hs_rule *rule)
{
    const struct hs_yaml *node = hs_object_get(object, "name");
    const struct hs_conf *conf = reader->conf;

    if (!*rule->name || *rule->name == '-' || strpbrk(rule->name, " \t\r\n/"))
        return hs_fail_at(reader, node, "%s.name: found %s; expected a name without blanks",
                          object->label, hs_describe(reader, node));
    for (size_t i = 0; i + 1 < conf->rules.n; i++)
        if (strcmp(conf->rules.items[i].name, rule->name) == 0)
            return hs_fail_at(reader, node, "%s.name: a second rule %s; the first is in line %u",
                              object->label, hs_describe(reader, node),
                              conf->rules.items[i].where.line);
    return 0;
}

int hs_check_rule(const struct hs_reader *reader, const struct hs_object *object,
                  const struct hs_rule *rule)
{
    int r = check_name(reader, object, rule);

    if (r < 0)
        return r;
    if (rule->type == HS_BIDIRECTIONAL)
        return check_bidirectional(reader, object, rule);
    return check_directed(reader, object, rule,
                          rule->type == HS_ONE_WAY ? "one-way" : "mirror-import");
}
