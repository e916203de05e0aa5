/* Alerts that a run's results open, and resolve when the cause is gone. */
#include "base/clock.h"
#include "job/engine.h"

#include "base/banned.h"

static const char *const kinds[] = {"brake",           "listing_suspect", "visibility_mismatch",
                                    "gated_public",    "source_vanished", "delete_manual",
                                    "conflict_held",   "integrity",       "poisoned_upload",
                                    "auth",            "job_crashed"};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static const char *kind_of(const struct hs_result *result, bool is_poisoned)
{
    if (result->status == HS_FAILED) {
        if (is_poisoned || result->error == HS_EPOISONED)
            return "poisoned_upload";
        if (hs_class_of(result->error) == HS_CLASS_INTEGRITY)
            return "integrity";
        return hs_class_of(result->error) == HS_CLASS_AUTH ? "auth" : NULL;
    }
    if (*result->alert)
        return result->alert;
    return result->status == HS_BLOCKED && strcmp(result->reason, "visibility") == 0 ? "visibility_mismatch"
                                                                                      : NULL;
}

static const char *level_of(const char *kind)
{
    return strcmp(kind, "integrity") == 0 || strcmp(kind, "poisoned_upload") == 0 ||
                   strcmp(kind, "visibility_mismatch") == 0 || strcmp(kind, "gated_public") == 0
               ? "critical"
               : "warn";
}

void hs_alert_of(struct hs_engine *engine, const struct hs_result *result, bool is_poisoned)
{
    const char *kind = kind_of(result, is_poisoned);
    int64_t now = hs_now_ms();
    HS_ERR(ignored); /* an alert that cannot be written must not fail the run */

    if (!engine->store || !*result->repo || result->status == HS_INTERRUPTED)
        return;
    for (size_t i = 0; i < N_KINDS && result->status != HS_FAILED && result->status != HS_BLOCKED; i++)
        if (!kind || strcmp(kind, kinds[i]) != 0)
            (void)hs_store_alert_resolve(engine->store, result->rule, result->repo, kinds[i], now, &ignored);
    if (!kind)
        return;
    HUB_POOL(pool);
    struct hs_alert_row row = {.rule = result->rule,
                               .repo = result->repo,
                               .kind = kind,
                               .level = level_of(kind),
                               .state = "open",
                               .message = *result->alert_message ? result->alert_message : result->message,
                               .command = hub_pool_printf(&pool, "hubsync plan %s --repo '%s'", result->rule,
                                                          result->repo),
                               .first_ms = now,
                               .last_ms = now};
    (void)hs_store_alert_open(engine->store, &row, &ignored);
}
