#include "conf/conf.h"
#include "conf/conf_table.h"
#include <string.h>
#include "base/banned.h"

static const char head[] =
    "# Configuration\n\n"
    "This page is made from the tables of `core/conf/conf_table.c` by the test `unit_conf_docs`\n"
    "(`UPDATE=1` rewrites it).\n\n"
    "The file is YAML: `-c FILE`, else `./hubsync.yaml`, `$XDG_CONFIG_HOME/hubsync/hubsync.yaml`,\n"
    "`/etc/hubsync/hubsync.yaml`. `hubsync config check` reads it and sends nothing;\n"
    "`hubsync config show` prints each value with its place, secrets as `***`. Unknown keys, "
    "wrong\n"
    "types and names that lead nowhere are errors with file, line and column. Aliases, anchors "
    "and\n"
    "tags are not taken: a text that starts with `*`, `&` or `!` needs quotes.\n\n"
    "- Variables: `${NAME}` and `${NAME:-default}` in any value, from the environment, then from\n"
    "  `.env` beside the file or `--env-file`. The default is for unset and empty variables; an\n"
    "  unset one without default is an error. They are put in after the YAML was read, so a value\n"
    "  is never taken for YAML. Inside `{ }` and `[ ]` YAML wants the quotes: `\"${NAME}\"`.\n"
    "  `$${` is a plain `${`.\n"
    "- `.env`: lines `NAME=VALUE`, `export` before them or not; `'…'` as it stands; `\"…\"` with\n"
    "  `\\n`, `\\t`, `\\\"`, `\\\\`, `\\$`; a comment starts with `#` at the start or after a "
    "blank.\n"
    "- Sizes: `B KiB MiB GiB TiB kB MB GB TB`. Times: `ms s m h d`. Rates: `N/s N/min N/h`. "
    "Speeds:\n"
    "  `50MiB/s`. Capitals count, a number without its unit is an error, `0` means unlimited.\n"
    "- A relative path starts at the folder of the file.\n"
    "- *Later*: the key is read and checked, but has no effect yet. `plan` and `run` of a rule "
    "that\n"
    "  sets it end that rule with class `config`.\n";

static void put_words(const struct hs_key *key, struct hub_text *out)
{
    const char *word;
    size_t n;

    for (size_t i = 0; (word = hs_word(key->words, i, &n)); i++)
        hub_text_printf(out, "%s`%.*s`", i ? ", " : "", (int)n, word);
    if (key->kind == HS_KIND_CONFLICT)
        hub_text_puts(out, ", `{prefer: HUB}`");
}

static const char *kind_words(enum hs_kind kind)
{
    static const char *const words[] = {[HS_KIND_TEXT] = "text",
                                        [HS_KIND_PATH] = "path",
                                        [HS_KIND_URL] = "address",
                                        [HS_KIND_WEBHOOK] = "address, secret",
                                        [HS_KIND_HUB] = "hub",
                                        [HS_KIND_BOOL] = "`true`, `false`",
                                        [HS_KIND_UINT] = "number",
                                        [HS_KIND_UINT32] = "number",
                                        [HS_KIND_BYTES] = "size",
                                        [HS_KIND_MS] = "time",
                                        [HS_KIND_BPS] = "speed",
                                        [HS_KIND_RATE] = "rate",
                                        [HS_KIND_LIST] = "list of texts",
                                        [HS_KIND_LIST_OR_ONE] = "text or list",
                                        [HS_KIND_HUBS] = "hub or list",
                                        [HS_KIND_PAIR] = "list of two hubs",
                                        [HS_KIND_TOKEN] = "token, secret",
                                        [HS_KIND_TOKENS] = "mapping, secret",
                                        [HS_KIND_ALIASES] = "mapping",
                                        [HS_KIND_VERSION] = "`1`",
                                        [HS_KIND_OBJECTS] = "below"};

    return words[kind] ? words[kind] : "text";
}

static void put_key(const struct hs_key *key, struct hub_text *out)
{
    hub_text_printf(out, "| `%s` | ", key->name);
    if (key->words)
        put_words(key, out);
    else
        hub_text_puts(out, kind_words(key->kind));
    if (key->kind == HS_KIND_UINT || key->kind == HS_KIND_UINT32) {
        if (key->max)
            hub_text_printf(out, ", %llu to %llu", (unsigned long long)key->min,
                            (unsigned long long)key->max);
    }
    if (key->is_needed)
        hub_text_puts(out, " | needed | ");
    else if (key->fallback)
        hub_text_printf(out, " | `%s` | ", key->fallback);
    else
        hub_text_puts(out, " | | ");
    if (key->later == HS_LATER)
        hub_text_puts(out, "*Later.* ");
    hub_text_puts(out, key->help);
    hub_text_puts(out, " |\n");
}

static void put_section(const struct hs_form *form, const struct hs_section *section,
                        struct hub_text *out)
{
    if (*section->name)
        hub_text_printf(out, "\n### `%s%s%s`\n\n", form->title, *form->title ? "." : "",
                        section->name);
    if (*section->help)
        hub_text_printf(out, "%s\n\n", section->help);
    hub_text_puts(out, "| key | value | default | |\n|---|---|---|---|\n");
    for (size_t i = 0; i < section->n_keys; i++)
        put_key(&section->keys[i], out);
}

static void put_form(const struct hs_form *form, struct hub_text *out)
{
    if (*form->title)
        hub_text_printf(out, "\n## `%s`\n\n", form->title);
    else
        hub_text_puts(out, "\n## The file\n\n");
    for (size_t i = 0; i < form->n_sections; i++)
        put_section(form, &form->sections[i], out);
    if (*form->help)
        hub_text_printf(out, "\n%s\n", form->help);
}

void hs_conf_reference(struct hub_text *out)
{
    hub_text_puts(out, head);
    put_form(&hs_form_top, out);
    put_form(&hs_form_hub, out);
    put_form(&hs_form_rule, out);
    hub_text_puts(out, "\n## `defaults`\n\nTakes every section of a rule, `select` to `retry`. A "
                       "rule's own value wins, member by\nmember.\n");
    put_form(&hs_form_alert, out);
}
