/* A one-way rule that deletes, and others that lead from its target back to its source: what one
 * of them deletes the next ones take for the truth. */
#include "conf/conf_check.h"
#include "base/banned.h"

static size_t index_of(const struct hs_conf *conf, const char *hub)
{
    return (size_t)(hs_conf_hub(conf, hub) - conf->hubs.items);
}

static bool is_edge(const struct hs_rule *rule)
{
    return rule->is_enabled && rule->type == HS_ONE_WAY;
}

static bool deletes(const struct hs_rule *rule)
{
    return rule->del.files_extra || rule->del.repos_mirror;
}

/* Marks what the rules reach from the hub; by_rule[hub] is the rule that reached it, plus 1. */
static void spread(const struct hs_conf *conf, size_t start, size_t *by_rule, size_t *waiting)
{
    size_t n_waiting = 1;

    memset(by_rule, 0, conf->hubs.n * sizeof *by_rule);
    waiting[0] = start;
    while (n_waiting > 0) {
        const char *from = conf->hubs.items[waiting[--n_waiting]].name;

        for (size_t i = 0; i < conf->rules.n; i++) {
            const struct hs_rule *rule = &conf->rules.items[i];

            if (!is_edge(rule) || strcmp(rule->from, from) != 0)
                continue;
            for (size_t t = 0; t < rule->to.n; t++) {
                size_t hub = index_of(conf, rule->to.items[t]);

                if (by_rule[hub])
                    continue;
                by_rule[hub] = i + 1;
                waiting[n_waiting++] = hub;
            }
        }
    }
}

static bool goes_to(const struct hs_rule *rule, const char *hub)
{
    for (size_t i = 0; i < rule->to.n; i++)
        if (strcmp(rule->to.items[i], hub) == 0)
            return true;
    return false;
}

/* Rules are named by their lines: a name out of a variable could be a secret in the wrong place. */
static int fail_circle(const struct hs_reader *reader, const struct hs_rule *rule, const char *hub,
                       const struct hs_rule *last)
{
    const struct hs_where *where = &rule->where;

    (void)hs_fail(
        reader->err, HS_ECONFIG,
        "the rule deletes on \"%s\", from which the rule in line %u leads back to \"%s\"; "
        "expected no circle with deletion",
        hub, last->where.line, rule->from);
    (void)hs_prefix(reader->err, "%s:%u:%u: ", where->file, where->line, where->column);
    return HS_ECONFIG;
}

/* The rules that delete on this hub. */
static int check_target(const struct hs_reader *reader, size_t target, size_t *by_rule,
                        size_t *waiting)
{
    const struct hs_conf *conf = reader->conf;
    const char *hub = conf->hubs.items[target].name;

    spread(conf, target, by_rule, waiting);
    for (size_t i = 0; i < conf->rules.n; i++) {
        const struct hs_rule *rule = &conf->rules.items[i];
        size_t last;

        if (!is_edge(rule) || !deletes(rule) || !goes_to(rule, hub))
            continue;
        last = by_rule[index_of(conf, rule->from)];
        if (last)
            return fail_circle(reader, rule, hub, &conf->rules.items[last - 1]);
    }
    return 0;
}

int hs_check_circles(const struct hs_reader *reader)
{
    const struct hs_conf *conf = reader->conf;
    size_t HS_FREE *by_rule = hs_xcalloc(conf->hubs.n + 1, sizeof *by_rule);
    size_t HS_FREE *waiting = hs_xcalloc(conf->hubs.n + 1, sizeof *waiting);
    int r = 0;

    for (size_t i = 0; r == 0 && i < conf->hubs.n; i++)
        r = check_target(reader, i, by_rule, waiting);
    return r;
}
