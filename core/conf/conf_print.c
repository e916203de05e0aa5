#include "conf/conf_print.h"
#include <strings.h>
#include "base/banned.h"

enum { DEPTH_MAX = 40, SECRET_BYTES_MIN = 8 }; /* a shorter one may be a part of any word */
static const char mask[] = "\"***\"";

/* ---- what must not be printed ---- */

static bool has_secret_variable(const struct hs_yaml *node, const struct hs_yaml *secret)
{
    return node->variables && secret->variables &&
           (strstr(node->variables, secret->variables) ||
            strstr(secret->variables, node->variables));
}

static bool holds_secret(const struct hs_conf *conf, const struct hs_yaml *node)
{
    for (size_t i = 0; i < conf->shown->secrets.n; i++) {
        const struct hs_yaml *secret = conf->shown->secrets.items[i];

        if (has_secret_variable(node, secret) ||
            (strlen(secret->text) >= SECRET_BYTES_MIN && strstr(node->text, secret->text)))
            return true;
    }
    return false;
}

/* Only the provider knows which of its options are secret, and it need not be there. */
static bool is_secret_name(const char *name)
{
    static const char *const words[] = {"token", "secret", "passw", "credential", "api_key"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasestr(name, words[i]))
            return true;
    return false;
}

/* ---- texts ---- */

static bool is_plain(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t n = strspn(text, letters);

    return n > 0 && strspn(text + n, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789._/+-") == strlen(text + n);
}

static void print_text(const char *text, bool is_bare, struct hub_text *out)
{
    if (is_bare && is_plain(text))
        hub_text_puts(out, text);
    else
        hub_text_json(out, text);
}

void hs_print_key(const char *key, enum hs_print form, struct hub_text *out)
{
    print_text(key, form == HS_PRINT_YAML, out);
}

static void print_scalar(const struct hs_conf *conf, const struct hs_yaml *node, enum hs_print form,
                         struct hub_text *out)
{
    if (holds_secret(conf, node))
        hub_text_puts(out, mask);
    else
        print_text(node->text, form == HS_PRINT_YAML && !node->is_quoted, out);
}

/* ---- lists and mappings ---- */

struct level {
    const struct hs_yaml *node, *next; /* the list or mapping, and its item to come */
};

static void open_item(const struct level *level, enum hs_print form, struct hub_text *out)
{
    if (level->next != level->node->first)
        hub_text_puts(out, ", ");
    if (level->node->kind == HS_YAML_MAP) {
        hs_print_key(level->next->key, form, out);
        hub_text_puts(out, ": ");
    }
}

static void print_tree(const struct hs_conf *conf, const struct hs_yaml *root, enum hs_print form,
                       struct hub_text *out)
{
    struct level levels[DEPTH_MAX];
    const struct hs_yaml *node = root;
    size_t depth = 0;

    for (;;) {
        if (node && node->kind == HS_YAML_SCALAR) {
            print_scalar(conf, node, form, out);
        } else if (node && depth < DEPTH_MAX) {
            hub_text_puts(out, node->kind == HS_YAML_MAP ? "{" : "[");
            levels[depth++] = (struct level){node, node->first};
        }
        while (depth > 0 && !levels[depth - 1].next) {
            depth--;
            hub_text_puts(out, levels[depth].node->kind == HS_YAML_MAP ? "}" : "]");
        }
        if (depth == 0)
            return;
        open_item(&levels[depth - 1], form, out);
        node = levels[depth - 1].next;
        levels[depth - 1].next = node->next;
    }
}

static void print_token(const struct hs_conf *conf, const struct hs_yaml *node, enum hs_print form,
                        struct hub_text *out)
{
    if (node->kind == HS_YAML_SCALAR)
        hub_text_puts(out, *node->text ? mask : "\"\"");
    else
        print_tree(conf, node, form, out);
}

static void print_tokens(const struct hs_conf *conf, const struct hs_yaml *node, enum hs_print form,
                         struct hub_text *out)
{
    const char *comma = "";

    hub_text_puts(out, "{");
    for (const struct hs_yaml *item = node->first; item; item = item->next, comma = ", ") {
        hub_text_puts(out, comma);
        hs_print_key(item->key, form, out);
        hub_text_puts(out, ": ");
        print_token(conf, item, form, out);
    }
    hub_text_puts(out, "}");
}

static bool is_json_bare(const struct hs_key *key)
{
    return key->kind == HS_KIND_BOOL || key->kind == HS_KIND_UINT || key->kind == HS_KIND_UINT32 ||
           key->kind == HS_KIND_VERSION;
}

void hs_print_value(const struct hs_conf *conf, const struct hs_key *key, const char *name,
                    const struct hs_yaml *node, enum hs_print form, struct hub_text *out)
{
    if (!node)
        print_text(key->fallback, form == HS_PRINT_YAML || is_json_bare(key), out);
    else if (!key && is_secret_name(name))
        hub_text_puts(out, mask);
    else if (key && key->kind == HS_KIND_WEBHOOK)
        hub_text_puts(out, mask);
    else if (key && key->kind == HS_KIND_TOKEN)
        print_token(conf, node, form, out);
    else if (key && key->kind == HS_KIND_TOKENS)
        print_tokens(conf, node, form, out);
    else if (key && is_json_bare(key)) /* checked, so nothing in it needs quotes */
        hub_text_puts(out, node->text);
    else
        print_tree(conf, node, form, out);
}
