/* An alert as a message. */
#include "ops/ops.h"

#include "base/banned.h"

void hs_alert_json(struct hs_out *j, const struct hs_alert_row *alert)
{
    hs_out_open(j, NULL, '{');
    hs_out_int(j, "id", alert->id);
    hs_out_text(j, "rule", alert->rule);
    hs_out_text(j, "repo", alert->repo);
    hs_out_text(j, "kind", alert->kind);
    hs_out_text(j, "level", alert->level);
    hs_out_text(j, "state", alert->state);
    hs_out_time(j, "first", alert->first_ms);
    hs_out_time(j, "last", alert->last_ms);
    hs_out_uint(j, "count", alert->count);
    hs_out_text(j, "message", alert->message);
    hs_out_text(j, "command", alert->command);
    hs_out_close(j, '}');
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
        struct hs_out j = {out, false};
        hs_alert_json(&j, alert);
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
