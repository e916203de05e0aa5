/* `status` as JSON and for people. */
#include "cli/cli.h"

#include "base/clock.h"

#include "base/banned.h"

static void add_rule_json(struct hs_out *j, const struct hs_status_rule *rule)
{
    hs_out_open(j, NULL, '{');
    hs_out_text(j, "name", rule->name);
    hs_out_time(j, "last_run", rule->last_run_ms);
    hs_out_time(j, "last_success", rule->last_success_ms);
    hs_out_time(j, "next_run", rule->next_run_ms);
    if (rule->lag_s < 0)
        hs_out_text(j, "lag_s", NULL);
    else
        hs_out_int(j, "lag_s", rule->lag_s);
    hs_out_open(j, "repos", '{');
    hs_out_uint(j, "in_sync", rule->in_sync);
    hs_out_uint(j, "behind", rule->behind);
    hs_out_uint(j, "blocked", rule->blocked);
    hs_out_uint(j, "failed", rule->failed);
    hs_out_close(j, '}');
    hs_out_close(j, '}');
}

void hs_json_status(const struct hs_overview *status, struct hub_text *out)
{
    struct hs_out j = {out, false};

    hs_out_open(&j, NULL, '{');
    hs_out_open(&j, "daemon", '{');
    hs_out_bool(&j, "running", status->is_running);
    if (status->is_running)
        hs_out_int(&j, "pid", status->pid);
    else
        hs_out_text(&j, "pid", NULL);
    hs_out_close(&j, '}');
    hs_out_open(&j, "rules", '[');
    for (size_t i = 0; i < status->rules.n; i++)
        add_rule_json(&j, &status->rules.items[i]);
    hs_out_close(&j, ']');
    hs_out_open(&j, "queue", '{');
    hs_out_uint(&j, "queued", status->queued);
    hs_out_uint(&j, "running", status->running);
    hs_out_uint(&j, "waiting", status->waiting);
    hs_out_uint(&j, "failed", status->failed);
    hs_out_close(&j, '}');
    hs_out_close(&j, '}');
}

static const char *ago(struct hub_pool *pool, int64_t at_ms, int64_t now, const char *never)
{
    if (!at_ms)
        return never;
    return at_ms > now ? hub_pool_printf(pool, "in %s", hs_span_text(pool, at_ms - now))
                       : hub_pool_printf(pool, "%s ago", hs_span_text(pool, now - at_ms));
}

void hs_human_status(struct hub_pool *pool, const struct hs_overview *status, struct hub_text *out)
{
    int64_t now = hs_now_ms();

    if (status->is_running)
        hub_text_printf(out, "The daemon runs (process %ld).\n", status->pid);
    else
        hub_text_puts(out, "No daemon runs.\n");
    hub_text_printf(out, "%-20s %-16s %-16s %-16s %-14s %s\n", "RULE", "LAST RUN", "LAST SUCCESS", "NEXT RUN", "LAG",
                    "REPOS");
    for (size_t i = 0; i < status->rules.n; i++) {
        const struct hs_status_rule *r = &status->rules.items[i];
        hub_text_printf(out, "%-20s %-16s %-16s %-16s %-14s", r->name, ago(pool, r->last_run_ms, now, "never"),
                        ago(pool, r->last_success_ms, now, "never"), ago(pool, r->next_run_ms, now, "-"),
                        r->lag_s < 0    ? "?"
                        : r->lag_s == 0 ? "none"
                                        : hs_span_text(pool, r->lag_s * 1000));
        hub_text_printf(out, " %llu in sync, %llu behind, %llu blocked, %llu failed\n", (unsigned long long)r->in_sync,
                        (unsigned long long)r->behind, (unsigned long long)r->blocked,
                        (unsigned long long)r->failed);
    }
    hub_text_printf(out, "Queue: %llu queued, %llu running, %llu waiting, %llu failed\n",
                    (unsigned long long)status->queued, (unsigned long long)status->running,
                    (unsigned long long)status->waiting, (unsigned long long)status->failed);
}
