#include "conf/conf_number.h"
#include "base/banned.h"

static const char *why_no_number(const struct hs_key *key, const struct hs_yaml *node)
{
    uint64_t number;

    if (node->kind != HS_YAML_SCALAR || hs_parse_uint(node->text, &number) < 0)
        return "";
    if (key->kind == HS_KIND_UINT || key->kind == HS_KIND_UINT32)
        return node->is_quoted && !node->variables ? " in quotes, a text" : ", out of range";
    return ", which has no unit";
}

static int parse_number(const struct hs_key *key, const struct hs_yaml *node, uint64_t *value)
{
    const char *text = node->text;
    int64_t ms;

    switch (key->kind) {
    case HS_KIND_BYTES:
        return hs_parse_bytes(text, value);
    case HS_KIND_BPS:
        return hs_parse_bps(text, value);
    case HS_KIND_MS:
        if (hs_parse_ms(text, &ms) < 0)
            return -1;
        *value = (uint64_t)ms;
        return 0;
    default: /* what stands in quotes is a text, but a variable may have to stand so */
        return node->is_quoted && !node->variables ? -1 : hs_parse_uint(text, value);
    }
}

int hs_read_number(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                   const struct hs_yaml *node, void *at)
{
    bool has_unit = key->kind != HS_KIND_UINT && key->kind != HS_KIND_UINT32;
    uint64_t value, max = key->max                      ? key->max
                          : key->kind == HS_KIND_UINT32 ? UINT32_MAX
                                                        : INT64_MAX;

    if (node->kind != HS_YAML_SCALAR || parse_number(key, node, &value) < 0 || value > max)
        return hs_fail_value(reader, key, name, node, why_no_number(key, node));
    if (has_unit && value == 0 && key->min > 0) /* without a bound, where there must be one */
        value = HS_UNLIMITED;
    if (value < key->min)
        return has_unit ? hs_fail_at(reader, node, "%s: found %s; expected at least %llu bytes",
                                     name, hs_describe(reader, node), (unsigned long long)key->min)
                        : hs_fail_value(reader, key, name, node, why_no_number(key, node));
    if (key->kind == HS_KIND_UINT32)
        *(uint32_t *)at = (uint32_t)value;
    else if (key->kind == HS_KIND_MS)
        *(int64_t *)at = (int64_t)value;
    else
        *(uint64_t *)at = value;
    return 0;
}

int hs_read_rate(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                 const struct hs_yaml *node, struct hs_rate *rate)
{
    uint32_t burst = rate->burst; /* a key of its own, which may come first */

    if (node->kind != HS_YAML_SCALAR || hs_parse_rate(node->text, rate) < 0)
        return hs_fail_value(reader, key, name, node, why_no_number(key, node));
    rate->burst = burst;
    return 0;
}

int hs_read_bool(const struct hs_reader *reader, const struct hs_key *key, const char *name,
                 const struct hs_yaml *node, bool *out)
{
    bool is_text = node->is_quoted && !node->variables;

    if (node->kind != HS_YAML_SCALAR || is_text || hs_parse_bool(node->text, out) < 0)
        return hs_fail_value(reader, key, name, node,
                             node->kind == HS_YAML_SCALAR && is_text ? " in quotes, a text" : "");
    return 0;
}
