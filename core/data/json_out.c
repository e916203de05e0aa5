#include "data/json_out.h"

#include "base/clock.h"

#include "base/banned.h"

static void start_member(struct hs_out *j, const char *key)
{
    if (j->needs_comma)
        hub_text_puts(j->text, ",");
    if (key) {
        hub_text_json(j->text, key);
        hub_text_puts(j->text, ":");
    }
    j->needs_comma = true;
}

void hs_out_open(struct hs_out *j, const char *key, char bracket)
{
    start_member(j, key);
    hub_text_add(j->text, &bracket, 1);
    j->needs_comma = false;
}

void hs_out_close(struct hs_out *j, char bracket)
{
    hub_text_add(j->text, &bracket, 1);
    j->needs_comma = true;
}

void hs_out_text(struct hs_out *j, const char *key, const char *value)
{
    start_member(j, key);
    if (value && *value)
        hub_text_json(j->text, value);
    else
        hub_text_puts(j->text, "null");
}

void hs_out_message(struct hs_out *j, const char *message, const char *hint)
{
    HUB_TEXT(both);

    hub_text_printf(&both, "%s%s%s", message, hint && *hint ? "; " : "", hint ? hint : "");
    hs_out_text(j, "message", both.data);
}

void hs_out_uint(struct hs_out *j, const char *key, uint64_t value)
{
    start_member(j, key);
    hub_text_printf(j->text, "%llu", (unsigned long long)value);
}

void hs_out_size(struct hs_out *j, const char *key, uint64_t bytes)
{
    if (bytes != HUB_UNKNOWN) {
        hs_out_uint(j, key, bytes);
        return;
    }
    hs_out_text(j, key, NULL);
}

void hs_out_int(struct hs_out *j, const char *key, int64_t value)
{
    start_member(j, key);
    hub_text_printf(j->text, "%lld", (long long)value);
}

void hs_out_bool(struct hs_out *j, const char *key, bool value)
{
    start_member(j, key);
    hub_text_puts(j->text, value ? "true" : "false");
}

void hs_out_truth(struct hs_out *j, const char *key, uint32_t truth)
{
    if (truth == HUB_YES || truth == HUB_NO)
        hs_out_bool(j, key, truth == HUB_YES);
    else
        hs_out_text(j, key, NULL);
}

void hs_out_time(struct hs_out *j, const char *key, int64_t ms)
{
    char text[HS_TIME_BYTES];

    hs_out_text(j, key, ms ? hs_time_rfc3339(ms, text) : NULL);
}
