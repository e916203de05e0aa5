/* A saved plan: what each repo would do and what that rests on; done only if both still hold. */
#include "base/clock.h"
#include "job/engine.h"

#include "base/banned.h"

enum { MAX_SAVED = 256 * 1024 * 1024 };

int hs_plan_save(const struct hs_report *report, struct hub_text *out)
{
    bool is_first = true;

    hub_text_puts(out, "{\"message_type\":\"saved_plan\",\"version\":1,\"rules\":[");
    for (size_t i = 0; i < report->rules.n; i++) {
        hub_text_puts(out, i ? "," : "");
        hub_text_json(out, report->rules.items[i]);
    }
    hub_text_puts(out, "],\"repos\":[");
    for (size_t i = 0; i < report->results.n; i++) {
        const struct hs_result *result = &report->results.items[i];
        if (!*result->digest)
            continue;
        hub_text_puts(out, is_first ? "\n{\"rule\":" : ",\n{\"rule\":");
        hub_text_json(out, result->rule);
        hub_text_puts(out, ",\"hub\":");
        hub_text_json(out, result->hub);
        hub_text_puts(out, ",\"repo\":");
        hub_text_json(out, result->repo);
        hub_text_puts(out, ",\"digest\":");
        hub_text_json(out, result->digest);
        hub_text_puts(out, "}");
        is_first = false;
    }
    hub_text_puts(out, "]}\n");
    return out->failed ? HUB_ENOMEM : 0;
}

struct saved {
    struct hub_pool pool;
    HS_VEC(const char *) rules;
    HS_VEC(struct hs_expected) repos;
    HS_VEC(const char *) globs; /* the repos' names, for --repo */
};

static void clear_saved(struct saved *saved)
{
    hs_vec_clear(&saved->rules);
    hs_vec_clear(&saved->repos);
    hs_vec_clear(&saved->globs);
    hub_pool_clear(&saved->pool);
}

static int read_saved(struct saved *saved, const char *json, size_t n_bytes, struct hs_err *err)
{
    struct hub_read read = {.pool = &saved->pool};
    const char *why = "";
    const struct hub_json *doc = hub_json_parse(&saved->pool, json, n_bytes, MAX_SAVED, &why), *at;

    if (!doc)
        return hs_fail(err, HS_ECONFIG, "the saved plan cannot be read: %s", why);
    if (strcmp(hub_json_string(&read, doc, "message_type", HUB_MUST), "saved_plan") != 0)
        return hs_fail(err, HS_ECONFIG, "that is no plan saved by `plan --save`");
    at = hub_json_first(hub_json_array(&read, doc, "rules", HUB_MUST));
    for (; at; at = hub_json_next(at))
        *hs_vec_add(&saved->rules) = hub_json_string_value(&read, at);
    at = hub_json_first(hub_json_array(&read, doc, "repos", HUB_MUST));
    for (; at; at = hub_json_next(at)) {
        struct hs_expected *repo = hs_vec_add(&saved->repos);
        repo->rule = hub_json_string(&read, at, "rule", HUB_MUST);
        repo->hub = hub_json_string(&read, at, "hub", HUB_MUST);
        repo->repo = hub_json_string(&read, at, "repo", HUB_MUST);
        repo->digest = hub_json_string(&read, at, "digest", HUB_MUST);
    }
    return read.status < 0 ? hs_fail(err, HS_ECONFIG, "the saved plan cannot be read: %s", read.why) : 0;
}

static const struct hs_expected *expected_of(const struct saved *saved, const struct hs_result *have)
{
    for (size_t i = 0; i < saved->repos.n; i++) {
        const struct hs_expected *want = &saved->repos.items[i];
        if (strcmp(have->rule, want->rule) == 0 && strcmp(have->hub, want->hub) == 0 &&
            strcmp(have->repo, want->repo) == 0)
            return want;
    }
    return NULL;
}

static void block_stale(struct hs_result *result)
{
    result->status = HS_BLOCKED;
    result->reason = "stale";
    result->message = "a side has moved since the plan was saved; nothing was done. Make a new one with "
                      "`hubsync plan --save FILE`";
}

/* Rows for repos that the saved plan has and today's has not: they are gone, or their rule failed. */
static size_t add_lost(const struct saved *saved, struct hs_report *now)
{
    size_t n_rows = now->results.n, n_stale = 0;

    for (size_t i = 0; i < saved->repos.n; i++) {
        const struct hs_expected *want = &saved->repos.items[i];
        struct hs_route route = {.rule_name = want->rule, .to_hub = want->hub, .from_hub = ""};
        bool is_there = false;
        for (size_t k = 0; k < n_rows && !is_there; k++) {
            const struct hs_result *have = &now->results.items[k];
            is_there = strcmp(have->rule, want->rule) == 0 &&
                       ((strcmp(have->hub, want->hub) == 0 && strcmp(have->repo, want->repo) == 0) ||
                        (have->status == HS_FAILED && !strchr(have->repo, '/')));
        }
        if (!is_there) {
            block_stale(hs_report_add(now, &route, want->repo, HS_BLOCKED));
            n_stale++;
        }
    }
    return n_stale;
}

/* True when every saved repo's plan still stands. Else the report says, row by row, which do not. */
static bool is_still_so(const struct saved *saved, struct hs_report *now)
{
    size_t n_bad = 0;

    for (size_t i = 0; i < now->results.n; i++) {
        struct hs_result *have = &now->results.items[i];
        const struct hs_expected *want = expected_of(saved, have);
        if (have->status == HS_FAILED || have->status == HS_INTERRUPTED) {
            n_bad++;
        } else if (want ? strcmp(want->digest, have->digest) != 0 : have->actions.n > 0) {
            block_stale(have);
            n_bad++;
        }
    }
    n_bad += add_lost(saved, now);
    for (size_t i = 0; n_bad && i < now->results.n; i++) {
        struct hs_result *have = &now->results.items[i];
        if (have->status == HS_SYNCED) {
            have->status = HS_SKIPPED;
            have->reason = "not_applied";
            have->message = "another repo of the saved plan cannot be done";
        }
    }
    return n_bad == 0;
}

/* Nothing is done unless every repo's plan is still the saved one. */
int hs_apply_saved(struct hs_engine *engine, const char *json, size_t n_bytes, bool is_dry,
                   struct hs_report *report, struct hs_err *err)
{
    struct saved saved = {.rules = {NULL, 0, 0}};
    struct hs_what what = {.revision = ""};
    struct hs_report now = {.is_plan = true};
    int r = read_saved(&saved, json, n_bytes, err);
    bool is_good;

    what.rules = (struct hs_strings){saved.rules.items, saved.rules.n};
    what.expected = saved.repos.items;
    what.n_expected = saved.repos.n;
    if (r == 0 && saved.rules.n)
        r = hs_plan_rules(engine, &what, &now, err);
    is_good = r < 0 || is_still_so(&saved, &now);
    if (is_good) {
        hs_report_clear(&now);
    } else {
        *report = now;
        report->is_plan = is_dry;
    }
    if (r == 0 && is_good)
        r = is_dry ? hs_plan_rules(engine, &what, report, err) : hs_run_rules(engine, &what, report, err);
    clear_saved(&saved);
    return r;
}
