#include "fault.h"
#include "counters.h"
#include "site.h"

#include <stdlib.h>
#include <string.h>

struct rule {
    cJSON *json;
    enum th_action action; /* NONE for a behaviour */
    const char *behaviour;
    int64_t matched, acted;
    struct rule *next;
};

static struct rule *rules;
static unsigned rounds;

static const struct {
    const char *name;
    enum th_action action;
} actions[] = {
    {"status", TH_ACT_STATUS},
    {"html", TH_ACT_HTML},
    {"empty_body", TH_ACT_EMPTY_BODY},
    {"reset", TH_ACT_RESET},
    {"close", TH_ACT_CLOSE},
    {"hang", TH_ACT_HANG},
    {"early", TH_ACT_EARLY},
    {"apply_then_drop", TH_ACT_APPLY_THEN_DROP},
    {"after_apply_status", TH_ACT_AFTER_APPLY_STATUS},
    {"delay", TH_ACT_DELAY},
    {"cut_after", TH_ACT_CUT_AFTER},
    {"stall", TH_ACT_STALL},
    {"slow", TH_ACT_SLOW},
    {"flip", TH_ACT_FLIP},
    {"wrong_length", TH_ACT_WRONG_LENGTH},
    {"ignore_range", TH_ACT_IGNORE_RANGE},
    {"clamp_range", TH_ACT_CLAMP_RANGE},
    {"shift_range", TH_ACT_SHIFT_RANGE},
    {"lie_range", TH_ACT_LIE_RANGE},
    {"range_200", TH_ACT_RANGE_200},
    {"drop_header", TH_ACT_DROP_HEADER},
    {"text", TH_ACT_TEXT},
    {"rows", TH_ACT_ROWS},
    {"then_seed", TH_ACT_THEN_SEED},
    {"hold", TH_ACT_HOLD},
};

static enum th_action action_named(const char *name)
{
    for (size_t i = 0; name && i < sizeof(actions) / sizeof(actions[0]); i++)
        if (!strcmp(actions[i].name, name))
            return actions[i].action;
    return TH_ACT_UNKNOWN;
}

static bool is_equal_or_absent(const cJSON *rule, const char *member, const char *value)
{
    const char *wanted = th_json_text(rule, member, NULL);

    return !wanted || !strcmp(wanted, value);
}

static bool fits(const cJSON *rule, const struct th_req *req)
{
    const char *query = th_json_text(rule, "query", NULL);
    const char *header = th_json_text(rule, "header", NULL);
    const char *range = th_json_text(rule, "range", NULL), *asked = th_req_header(req, "Range");

    return is_equal_or_absent(rule, "site", req->site->name) &&
           is_equal_or_absent(rule, "plane", req->plane->name) &&
           is_equal_or_absent(rule, "route", req->route ? req->route->name : "") &&
           is_equal_or_absent(rule, "method", req->method) &&
           th_glob(th_json_text(rule, "path", "*"), req->path) &&
           (!query || strstr(req->query, query)) && (!header || th_req_header(req, header)) &&
           (!range || (asked && strstr(asked, range)));
}

/* The same rule picks the same matches in each run. */
static bool is_picked(const struct rule *rule)
{
    uint64_t z = (uint64_t)rule->matched * 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    return (int64_t)((z >> 32) % 100) < th_json_int(rule->json, "percent", 100);
}

/* Counts the match and says whether the rule acts this time. */
static bool is_due(struct rule *rule)
{
    int64_t nth = th_json_int(rule->json, "nth", 1), times = th_json_int(rule->json, "times", 0);
    int64_t every = th_json_int(rule->json, "every", 1), place = ++rule->matched - nth;

    if (place < 0 || (every > 1 && place % every != 0) || (times > 0 && rule->acted >= times) ||
        !is_picked(rule))
        return false;
    rule->acted++;
    th_counters_fault();
    return true;
}

void th_fault_match(const struct th_req *req, struct th_effect *effect)
{
    for (struct rule *rule = rules; rule; rule = rule->next) {
        if (!rule->behaviour && fits(rule->json, req) && is_due(rule)) {
            effect->action = rule->action;
            effect->round = rounds;
            effect->rule = cJSON_Duplicate(rule->json, true);
            return;
        }
    }
}

const cJSON *th_fault_behaviour(const struct th_req *req, const char *name)
{
    for (struct rule *rule = rules; rule; rule = rule->next)
        if (rule->behaviour && !strcmp(rule->behaviour, name) && fits(rule->json, req) &&
            is_due(rule))
            return rule->json;
    return NULL;
}

void th_effect_clear(struct th_effect *effect)
{
    cJSON_Delete(effect->rule);
    effect->rule = NULL;
    effect->action = TH_ACT_NONE;
}

static const char *fault_of_rule(const cJSON *rule)
{
    const char *behaviour = th_json_text(rule, "behaviour", NULL);
    const char *action = th_json_text(rule, "action", NULL);

    if (!cJSON_IsObject(rule))
        return "a rule must be an object";
    if (!behaviour == !action)
        return "a rule needs either action or behaviour";
    if (action && action_named(action) == TH_ACT_UNKNOWN)
        return "unknown action";
    return NULL;
}

static void add_rule(const cJSON *json)
{
    struct rule *rule = th_alloc(sizeof(*rule)), **end = &rules;

    rule->json = cJSON_Duplicate(json, true);
    rule->behaviour = th_json_text(rule->json, "behaviour", NULL);
    if (!rule->behaviour)
        rule->action = action_named(th_json_text(rule->json, "action", NULL));
    while (*end)
        end = &(*end)->next;
    *end = rule;
}

bool th_fault_add(const cJSON *json, const char **why)
{
    const cJSON *item;

    if (!cJSON_IsArray(json)) {
        *why = fault_of_rule(json);
        if (!*why)
            add_rule(json);
        return !*why;
    }
    cJSON_ArrayForEach(item, json)
    {
        *why = fault_of_rule(item);
        if (*why)
            return false;
    }
    cJSON_ArrayForEach(item, json) add_rule(item);
    return true;
}

cJSON *th_fault_list(void)
{
    cJSON *list = cJSON_CreateArray();

    for (const struct rule *rule = rules; rule; rule = rule->next) {
        cJSON *item = cJSON_Duplicate(rule->json, true);

        cJSON_AddNumberToObject(item, "matched", (double)rule->matched);
        cJSON_AddNumberToObject(item, "acted", (double)rule->acted);
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

unsigned th_fault_round(void)
{
    return rounds;
}

void th_fault_clear(void)
{
    rounds++;
    while (rules) {
        struct rule *rule = rules;

        rules = rule->next;
        cJSON_Delete(rule->json);
        free(rule);
    }
}
