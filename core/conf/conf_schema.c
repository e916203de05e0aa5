#include "conf/conf.h"
#include "conf/conf_table.h"
#include <string.h>
#include "base/banned.h"

/* A value that holds a variable can be anything. */
#define VARIABLE  "{\"type\":\"string\",\"pattern\":\"\\\\$\\\\{\"}"
#define TEXT_LIST "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
#define NUMBER_OF(units)                                                                           \
    "{\"anyOf\":[{\"const\":0},{\"type\":\"string\",\"pattern\":\"^(0|[1-9][0-9]*(" units          \
    "))$\"}," VARIABLE "]}"
#define BYTE_UNITS "B|KiB|MiB|GiB|TiB|kB|MB|GB|TB"
#define TOKEN                                                                                      \
    "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"object\",\"properties\":{\"file\":{\"type\":"   \
    "\"string\"},\"command\":" TEXT_LIST "},\"additionalProperties\":false,\"minProperties\":1,"   \
    "\"maxProperties\":1}]}"

static void put_words(const struct hs_key *key, struct hub_text *out)
{
    const char *word;
    size_t n;

    hub_text_puts(out, "{\"anyOf\":[{\"enum\":[");
    for (size_t i = 0; (word = hs_word(key->words, i, &n)); i++)
        hub_text_printf(out, "%s\"%.*s\"", i ? "," : "", (int)n, word);
    hub_text_puts(out, "]}," VARIABLE);
    if (key->kind == HS_KIND_CONFLICT)
        hub_text_puts(out,
                      ",{\"type\":\"object\",\"properties\":{\"prefer\":{\"type\":\"string\"}},"
                      "\"required\":[\"prefer\"],\"additionalProperties\":false}");
    hub_text_puts(out, "]}");
}

static void put_uint(const struct hs_key *key, struct hub_text *out)
{
    hub_text_printf(out, "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":%llu",
                    (unsigned long long)key->min);
    if (key->max)
        hub_text_printf(out, ",\"maximum\":%llu", (unsigned long long)key->max);
    hub_text_puts(out, "}," VARIABLE "]}");
}

static const char *kind_schema(enum hs_kind kind)
{
    switch (kind) {
    case HS_KIND_BOOL:
        return "{\"anyOf\":[{\"type\":\"boolean\"}," VARIABLE "]}";
    case HS_KIND_BYTES:
        return NUMBER_OF(BYTE_UNITS);
    case HS_KIND_MS:
        return NUMBER_OF("ms|s|m|h|d");
    case HS_KIND_BPS:
        return "{\"anyOf\":[{\"const\":0},{\"type\":\"string\",\"pattern\":\"^(0|[1-9][0-9]*"
               "(" BYTE_UNITS ")/s)$\"}," VARIABLE "]}";
    case HS_KIND_RATE:
        return NUMBER_OF("/s|/min|/h");
    case HS_KIND_LIST:
        return TEXT_LIST;
    case HS_KIND_LIST_OR_ONE:
    case HS_KIND_HUBS:
        return "{\"anyOf\":[{\"type\":\"string\"}," TEXT_LIST "]}";
    case HS_KIND_PAIR:
        return "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":2,\"maxItems\":2}";
    case HS_KIND_TOKEN:
        return TOKEN;
    case HS_KIND_TOKENS:
        return "{\"type\":\"object\",\"additionalProperties\":" TOKEN "}";
    case HS_KIND_ALIASES:
        return "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}";
    case HS_KIND_VERSION:
        return "{\"const\":1}";
    default: /* texts; an unquoted number or truth is one too */
        return "{\"type\":[\"string\",\"number\",\"boolean\"]}";
    }
}

/* Where the schema of a form of its own is. */
static void put_objects(const struct hs_key *key, struct hub_text *out)
{
    static const struct {
        const char *name, *schema;
    } known[] = {
        {"hubs",
         "{\"type\":[\"object\",\"null\"],\"additionalProperties\":{\"$ref\":\"#/$defs/hub\"}}"},
        {"defaults", "{\"$ref\":\"#/$defs/defaults\"}"},
        {"rules", "{\"type\":[\"array\",\"null\"],\"items\":{\"$ref\":\"#/$defs/rule\"}}"},
        {"alerts", "{\"type\":[\"array\",\"null\"],\"items\":{\"$ref\":\"#/$defs/alert\"}}"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, key->name) == 0)
            hub_text_puts(out, known[i].schema);
}

static void put_value(const struct hs_key *key, struct hub_text *out)
{
    if (key->kind == HS_KIND_OBJECTS)
        put_objects(key, out);
    else if (key->words)
        put_words(key, out);
    else if (key->kind == HS_KIND_UINT || key->kind == HS_KIND_UINT32)
        put_uint(key, out);
    else
        hub_text_puts(out, kind_schema(key->kind));
}

static void put_name(const char *name, size_t n_bytes, unsigned indent, bool is_first,
                     struct hub_text *out)
{
    hub_text_printf(out, "%s\n%*s\"%.*s\": ", is_first ? "" : ",", (int)indent, "", (int)n_bytes,
                    name);
}

static void put_required(const struct hs_form *form, struct hub_text *out)
{
    const char *comma = "";

    for (struct hs_key_at at = {0}; hs_form_next(form, &at);) {
        if (!at.key->is_needed)
            continue;
        hub_text_printf(out, "%s\"%s\"", *comma ? comma : ", \"required\": [", at.key->name);
        comma = ", ";
    }
    hub_text_puts(out, *comma ? "]" : "");
}

/* The members of a form: mappings open and close as the keys' paths change. */
static void put_properties(const struct hs_form *form, unsigned indent, struct hub_text *out)
{
    struct hs_path last = {{NULL}, {0}, 0};
    bool is_first = true;

    for (struct hs_key_at at = {0}; hs_form_next(form, &at);) {
        struct hs_path path = hs_key_path(&at);
        size_t shared = hs_path_shared(&path, &last);

        for (size_t depth = last.n; depth > shared + 1; depth--)
            hub_text_puts(out, "}, \"additionalProperties\": false}");
        for (size_t depth = shared; depth + 1 < path.n; depth++, is_first = true) {
            put_name(path.parts[depth], path.n_bytes[depth], indent + 2 * (unsigned)depth, is_first,
                     out);
            hub_text_puts(out, "{\"type\": [\"object\", \"null\"], \"properties\": {");
        }
        put_name(path.parts[path.n - 1], path.n_bytes[path.n - 1],
                 indent + 2 * (unsigned)(path.n - 1), is_first, out);
        put_value(at.key, out);
        is_first = false;
        last = path;
    }
    for (size_t depth = last.n; depth > 1; depth--)
        hub_text_puts(out, "}, \"additionalProperties\": false}");
}

static void put_form(const struct hs_form *form, unsigned indent, struct hub_text *out)
{
    hub_text_printf(out, "\"type\": [\"object\"%s], \"properties\": {",
                    form == &hs_form_defaults ? ", \"null\"" : "");
    put_properties(form, indent, out);
    hub_text_printf(out, "\n%*s}, \"additionalProperties\": %s", (int)indent - 2, "",
                    form->has_options ? "{\"type\": [\"string\", \"number\", \"boolean\"]}"
                                      : "false");
    put_required(form, out);
}

void hs_conf_schema(struct hub_text *out)
{
    static const struct {
        const char *name;
        const struct hs_form *form;
    } parts[] = {{"hub", &hs_form_hub},
                 {"rule", &hs_form_rule},
                 {"defaults", &hs_form_defaults},
                 {"alert", &hs_form_alert}};

    hub_text_puts(out, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                       " \"title\": \"hubsync.yaml\",\n ");
    put_form(&hs_form_top, 2, out);
    hub_text_puts(out, ",\n \"$defs\": {");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        hub_text_printf(out, "%s\n  \"%s\": {", i ? "," : "", parts[i].name);
        put_form(parts[i].form, 4, out);
        hub_text_puts(out, "}");
    }
    hub_text_puts(out, "\n }\n}\n");
}
