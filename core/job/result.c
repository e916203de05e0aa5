#include "job/engine.h"

#include "data/hash.h"

#include "base/banned.h"

const char *hs_status_name(enum hs_status_word status)
{
    static const char *const names[] = {"synced",  "unchanged", "importing", "failed",
                                        "blocked", "skipped",   "failed"};

    return status <= HS_INTERRUPTED ? names[status] : "";
}

const char *hs_report_text(struct hs_report *report, const char *text)
{
    const char *copy = text && *text ? hub_pool_strdup(&report->pool, text) : "";

    return copy ? copy : "";
}

struct hs_result *hs_report_add(struct hs_report *report, const struct hs_route *route,
                                const char *repo, enum hs_status_word status)
{
    struct hs_result *result = hs_vec_add(&report->results);

    *result = (struct hs_result){.rule = hs_report_text(report, route->rule_name),
                                 .hub = hs_report_text(report, route->to_hub),
                                 .repo = hs_report_text(report, repo),
                                 .from_hub = hs_report_text(report, route->from_hub),
                                 .from_repo = "",
                                 .status = status,
                                 .reason = "",
                                 .message = "",
                                 .hint = "",
                                 .alert = "",
                                 .alert_message = "",
                                 .digest = ""};
    return result;
}

struct hs_result *hs_report_fail(struct hs_report *report, const char *rule, const char *hub,
                                 const char *repo, const struct hs_err *err)
{
    struct hs_route route = {.rule_name = rule, .to_hub = hub, .from_hub = ""};
    struct hs_result *result = hs_report_add(report, &route, repo, HS_FAILED);

    result->error = err->status;
    result->message = hs_report_text(report, hs_err_text(err));
    result->hint = hs_report_text(report, err->hint);
    if (err->status == HS_ECONFIG)
        report->rule_config_status = HS_ECONFIG;
    return result;
}

/* What a saved plan must still be: the heads it rests on and each thing it would do. */
static void add_to_digest(struct hub_text *text, const struct hs_repo_plan *plan)
{
    hub_text_printf(text, "%s\n%s\n", plan->from_all.head, plan->to_all.head);
    for (size_t i = 0; i < plan->actions.n; i++) {
        const struct hs_action *a = &plan->actions.items[i];
        hub_text_printf(text, "%s %s %llu %s", hs_op_name(a->op), a->path,
                        (unsigned long long)a->file_bytes, a->sha256);
        hub_text_printf(text, " %s %s\n", a->old ? a->old->sha256 : "", a->old ? a->old->git_sha1 : "");
    }
}

static const char *digest_of(struct hs_report *report, const struct hs_repo_plan *plan)
{
    char hex[HS_SHA256_HEX];
    HUB_TEXT(text);

    add_to_digest(&text, plan);
    if (plan->back)
        add_to_digest(&text, plan->back);
    hs_sha256_of(text.data, text.n_bytes, hex);
    return hs_report_text(report, hex);
}

static void take_actions(struct hs_report *report, struct hs_result *result,
                         const struct hs_repo_plan *plan, bool is_back)
{
    const char *from = "";
    const char *hub = is_back ? hs_report_text(report, plan->hub) : NULL;
    const char *repo = is_back ? hs_report_text(report, plan->repo) : NULL;

    result->plan_commits += plan->commits;
    result->plan_requests += plan->requests;
    for (size_t i = 0; i < plan->actions.n; i++) {
        struct hs_action action = plan->actions.items[i];
        action.path = hs_report_text(report, action.path);
        action.sha256 = hs_report_text(report, action.sha256);
        if (strcmp(from, action.from) != 0)
            from = hs_report_text(report, action.from);
        action.from = *action.from ? from : "";
        action.reason = hs_report_text(report, action.reason);
        action.file = action.old = NULL;
        action.hub = hub;
        action.repo = repo;
        action.made = NULL;
        action.fallback = NULL;
        *hs_vec_add(&result->actions) = action;
    }
    if (plan->renamed_from && *plan->renamed_from)
        *hs_vec_add(&result->actions) = (struct hs_action){.op = HS_OP_NOTICE,
                                                           .path = "",
                                                           .reason = "renamed",
                                                           .from = hs_report_text(report, plan->renamed_from),
                                                           .file_bytes = HUB_UNKNOWN,
                                                           .sha256 = ""};
}

void hs_result_take_plan(struct hs_report *report, struct hs_result *result,
                         const struct hs_repo_plan *plan)
{
    result->from_repo = hs_report_text(report, plan->from_repo);
    result->alert = hs_report_text(report, plan->alert);
    result->alert_message = hs_report_text(report, plan->alert_message);
    take_actions(report, result, plan, false);
    if (plan->back)
        take_actions(report, result, plan->back, true);
    if (result->actions.n)
        result->digest = digest_of(report, plan);
}

void hs_report_join(struct hs_report *report, struct hs_report *part)
{
    for (size_t i = 0; i < part->results.n; i++)
        *hs_vec_add(&report->results) = part->results.items[i];
    hs_vec_clear(&part->results); /* what they point to is in the part's pool still */
    report->reused_bytes += part->reused_bytes;
    report->was_interrupted = report->was_interrupted || part->was_interrupted;
    if (part->rule_config_status)
        report->rule_config_status = part->rule_config_status;
    *hs_vec_add(&report->parts) = part;
}

static int by_order(const void *a, const void *b)
{
    const struct hs_result *left = a, *right = b;

    return left->order < right->order ? -1 : left->order > right->order;
}

void hs_report_sort(struct hs_report *report)
{
    if (report->results.n > 1)
        qsort(report->results.items, report->results.n, sizeof *report->results.items, by_order);
}

void hs_report_clear(struct hs_report *report)
{
    if (!report)
        return;
    for (size_t i = 0; i < report->results.n; i++)
        hs_vec_clear(&report->results.items[i].actions);
    hs_vec_clear(&report->results);
    hs_vec_clear(&report->rules);
    for (size_t i = 0; i < report->parts.n; i++) {
        hs_report_clear(report->parts.items[i]);
        free(report->parts.items[i]);
    }
    hs_vec_clear(&report->parts);
    hub_pool_clear(&report->pool);
    memset(report, 0, sizeof *report);
}

static enum hs_class class_of(const struct hs_result *result)
{
    if (result->status == HS_BLOCKED)
        return strcmp(result->reason, "conflict") == 0 ? HS_CLASS_CONFLICT : HS_CLASS_SAFETY;
    if (result->status == HS_FAILED)
        return hs_class_of(result->error);
    return HS_CLASS_NONE;
}

int hs_report_exit(const struct hs_report *report, bool detailed)
{
    static const enum hs_class order[] = {HS_CLASS_INTEGRITY, HS_CLASS_SAFETY, HS_CLASS_CONFLICT,
                                          HS_CLASS_AUTH,      HS_CLASS_PLUGIN, HS_CLASS_TEMPORARY};
    bool has[HS_CLASS_PLUGIN + 1] = {false};
    size_t n_failed = 0, n_config = 0, n_good = 0, n_actions = 0;

    for (size_t i = 0; i < report->results.n; i++) {
        const struct hs_result *result = &report->results.items[i];
        enum hs_class cls = class_of(result);
        has[cls] = true;
        n_config += cls == HS_CLASS_CONFIG;
        n_failed += cls == HS_CLASS_FAILED || cls == HS_CLASS_PARTIAL;
        n_good += cls == HS_CLASS_NONE && result->status != HS_SKIPPED && result->status != HS_INTERRUPTED;
        for (size_t k = 0; k < result->actions.n; k++)
            n_actions += result->actions.items[k].op != HS_OP_NOTICE;
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (has[order[i]])
            return hs_class_exit(order[i]);
    if (n_failed)
        return hs_class_exit(n_good ? HS_CLASS_PARTIAL : HS_CLASS_FAILED);
    if (n_config)
        return hs_class_exit(HS_CLASS_CONFIG);
    return detailed && n_actions ? 4 : 0;
}
