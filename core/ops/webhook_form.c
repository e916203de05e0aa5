/* An alert as a message. */
#include "base/clock.h"
#include "ops/ops.h"

#include "base/banned.h"

static void add_text(struct hub_text *out, const char *key, const char *value)
{
    hub_text_printf(out, ",\"%s\":", key);
    if (value && *value)
        hub_text_json(out, value);
    else
        hub_text_puts(out, "null");
}

static void add_time(struct hub_text *out, const char *key, int64_t ms)
{
    char time[HS_TIME_BYTES];

    add_text(out, key, ms ? hs_time_rfc3339(ms, time) : NULL);
}

void hs_alert_json(const struct hs_alert_row *alert, struct hub_text *out)
{
    hub_text_printf(out, "{\"id\":%lld", (long long)alert->id);
    add_text(out, "rule", alert->rule);
    add_text(out, "repo", alert->repo);
    add_text(out, "kind", alert->kind);
    add_text(out, "level", alert->level);
    add_text(out, "state", alert->state);
    add_time(out, "first", alert->first_ms);
    add_time(out, "last", alert->last_ms);
    hub_text_printf(out, ",\"count\":%llu", (unsigned long long)alert->count);
    add_text(out, "message", alert->message);
    add_text(out, "command", alert->command);
    hub_text_puts(out, "}");
}

/* For people: what, where, what to do. */
static void add_words(const struct hs_alert_row *alert, struct hub_text *out)
{
    bool is_over = strcmp(alert->state, "resolved") == 0;

    hub_text_printf(out, "hubsync %s: %s", is_over ? "resolved" : alert->level, alert->kind);
    if (*alert->rule)
        hub_text_printf(out, "\nrule: %s", alert->rule);
    if (*alert->repo)
        hub_text_printf(out, "\nrepo: %s", alert->repo);
    if (*alert->message)
        hub_text_printf(out, "\n%s", alert->message);
    if (*alert->command && !is_over)
        hub_text_printf(out, "\n> %s", alert->command);
}

void hs_webhook_body(const char *form, const struct hs_alert_row *alert, struct hub_text *out)
{
    HUB_TEXT(words);

    if (strcmp(form, "json") == 0) {
        hs_alert_json(alert, out);
        return;
    }
    add_words(alert, &words);
    hub_text_puts(out, strcmp(form, "feishu") == 0
                           ? "{\"msg_type\":\"text\",\"content\":{\"text\":"
                           : "{\"msgtype\":\"text\",\"text\":{\"content\":");
    hub_text_json(out, words.data ? words.data : "");
    hub_text_puts(out, "}}");
}

bool hs_webhook_taken(const char *form, const char *body, size_t n_bytes, struct hub_pool *pool,
                      const char **why)
{
    static const char *const codes[] = {"code", "StatusCode", "errcode"};
    struct hub_read read = {.pool = pool};
    const struct hub_json *doc;

    *why = "";
    if (strcmp(form, "json") == 0)
        return true;
    doc = hub_json_parse(pool, body, n_bytes, 64 * 1024, why);
    if (!doc || !hub_json_is_object(doc)) {
        *why = "the answer is not a JSON object";
        return false;
    }
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const char *code = hub_json_word(&read, doc, codes[i]);
        if (!*code)
            continue;
        if (strcmp(code, "0") == 0)
            return true;
        *why = hub_json_word(&read, doc, strcmp(codes[i], "errcode") == 0 ? "errmsg" : "msg");
        *why = hub_pool_printf(pool, "code %s: %s", code, **why ? *why : "no words");
        return false;
    }
    *why = "the answer has no code";
    return false;
}
