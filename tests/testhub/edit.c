#include "edit.h"
#include "exchange.h"
#include "hub.h"
#include "seed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_body(struct th_exchange *exchange, void *take_bytes, size_t length)
{
    free(exchange->reply.bytes);
    exchange->reply.bytes = take_bytes;
    exchange->reply.length = length;
}

/* ---- text: every occurrence of some bytes ---- */

static unsigned char *replacement(const cJSON *rule, size_t *length)
{
    const char *base64 = th_json_text(rule, "with_base64", NULL);
    const char *text = th_json_text(rule, "with", "");

    if (base64)
        return th_base64_decode(base64, length);
    *length = strlen(text);
    return (unsigned char *)th_copy(text);
}

static void edit_text(struct th_exchange *exchange)
{
    const char *find = th_json_text(exchange->effect.rule, "find", "");
    size_t n_find = strlen(find), n_with = 0, n_left = (size_t)exchange->reply.length, n_new = 0;
    unsigned char *with = replacement(exchange->effect.rule, &n_with);
    const unsigned char *left = exchange->reply.bytes, *hit;
    unsigned char *new_bytes;

    if (!with || !n_find)
        return;
    new_bytes = th_alloc(n_left * (n_with / n_find + 1) + n_with + 1);
    while ((hit = memmem(left, n_left, find, n_find)) != NULL) {
        size_t n_before = (size_t)(hit - left);

        memcpy(new_bytes + n_new, left, n_before);
        memcpy(new_bytes + n_new + n_before, with, n_with);
        n_new += n_before + n_with;
        left = hit + n_find;
        n_left -= n_before + n_find;
    }
    memcpy(new_bytes + n_new, left, n_left);
    take_body(exchange, new_bytes, n_new + n_left);
    free(with);
}

/* ---- rows: objects in lists, wherever they stand ---- */

static bool is_match(const cJSON *row, const cJSON *wanted)
{
    const cJSON *member;

    if (!cJSON_IsObject(row) || !cJSON_IsObject(wanted))
        return false;
    cJSON_ArrayForEach(member, wanted)
    {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(row, member->string);

        if (!value || !cJSON_Compare(value, member, true))
            return false;
    }
    return true;
}

static void set_members(cJSON *row, const cJSON *members)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, members)
    {
        cJSON_DeleteItemFromObjectCaseSensitive(row, member->string);
        cJSON_AddItemToObject(row, member->string, cJSON_Duplicate(member, true));
    }
}

static void edit_rows_of(cJSON *node, const cJSON *rule)
{
    cJSON *next;

    for (cJSON *child = node->child; child; child = next) {
        next = child->next;
        if (!cJSON_IsArray(node) ||
            !is_match(child, cJSON_GetObjectItemCaseSensitive(rule, "match"))) {
            edit_rows_of(child, rule);
            continue;
        }
        if (th_json_bool(rule, "drop", false)) {
            cJSON_Delete(cJSON_DetachItemViaPointer(node, child));
            continue;
        }
        if (th_json_bool(rule, "twice", false))
            cJSON_AddItemToArray(node, cJSON_Duplicate(child, true));
        set_members(child, cJSON_GetObjectItemCaseSensitive(rule, "set"));
        if (th_json_bool(rule, "twice", false))
            return;
    }
}

static void edit_rows(struct th_exchange *exchange)
{
    cJSON *doc = cJSON_ParseWithLength((const char *)exchange->reply.bytes,
                                       (size_t)exchange->reply.length);
    char *text;

    if (!doc)
        return;
    edit_rows_of(doc, exchange->effect.rule);
    text = cJSON_PrintUnformatted(doc);
    take_body(exchange, th_copy(text), strlen(text));
    cJSON_free(text);
    cJSON_Delete(doc);
}

/* ---- then_seed: the site changes right behind the answer ---- */

static void seed_now(const struct th_exchange *exchange)
{
    char *why = NULL;

    if (!th_seed_apply(cJSON_GetObjectItemCaseSensitive(exchange->effect.rule, "seed"), &why))
        (void)fprintf(stderr, "then_seed: %s\n", why ? why : "refused");
    free(why);
}

void th_edit_reply(struct th_exchange *exchange)
{
    bool is_bytes = exchange->reply.kind == TH_REPLY_BYTES;

    if (exchange->effect.action == TH_ACT_THEN_SEED)
        seed_now(exchange);
    else if (exchange->effect.action == TH_ACT_TEXT && is_bytes)
        edit_text(exchange);
    else if (exchange->effect.action == TH_ACT_ROWS && is_bytes)
        edit_rows(exchange);
}
