#include "conf/conf_token.h"
#include "base/mem.h"
#include "conf/conf_object.h"
#include "base/banned.h"

static const char *const no_words[] = {NULL};

void hs_token_clear(struct hs_token *token)
{
    *token = (struct hs_token){
        .kind = HS_TOKEN_NONE, .text = {""}, .file = "", .command = {no_words, 0}};
}

static int fail_form(const struct hs_reader *reader, const char *name, const struct hs_yaml *node)
{
    return hs_fail_at(reader, node,
                      "%s: found %s; expected a text, {file: PATH} or {command: [PROGRAM, ...]}",
                      name, node->kind == HS_YAML_SCALAR ? "nothing" : hs_describe(reader, node));
}

static int read_text(const struct hs_reader *reader, const char *name, const struct hs_yaml *node,
                     struct hs_token *token)
{
    for (const unsigned char *p = (const unsigned char *)node->text; *p; p++)
        if (*p < ' ' || *p == 0x7F)
            return hs_fail_at(reader, node, "%s: a control character in a token", name);
    token->kind = *node->text ? HS_TOKEN_TEXT : HS_TOKEN_NONE;
    token->text.hidden = node->text;
    return hs_secret_add(reader, node);
}

static int read_command(const struct hs_reader *reader, const char *name,
                        const struct hs_yaml *node, struct hs_token *token)
{
    static const struct hs_key list = {"command", HS_KIND_LIST, .help = ""};
    int r = hs_value_read(reader, &list, name, node, &token->command);

    if (r < 0)
        return r;
    if (token->command.n == 0)
        return hs_fail_at(reader, node, "%s: found an empty list; expected a program", name);
    token->kind = HS_TOKEN_COMMAND;
    return 0;
}

static int read_file(const struct hs_reader *reader, const char *name, const struct hs_yaml *node,
                     struct hs_token *token)
{
    static const struct hs_key path = {"file", HS_KIND_PATH, .help = ""};
    int r = hs_value_read(reader, &path, name, node, &token->file);

    if (r < 0)
        return r;
    if (!*token->file)
        return hs_fail_at(reader, node, "%s: found nothing; expected a path", name);
    token->kind = HS_TOKEN_FILE;
    return 0;
}

int hs_token_read(const struct hs_reader *reader, const char *name, const struct hs_yaml *node,
                  struct hs_token *token)
{
    static const char *const forms[] = {"file", "command"};
    const struct hs_yaml *form = node->kind == HS_YAML_MAP ? node->first : NULL;
    char *path;

    hs_token_clear(token);
    token->where = (struct hs_where){reader->conf->file, node->line, node->column};
    if (node->kind == HS_YAML_SCALAR && !hs_is_null(node))
        return read_text(reader, name, node, token);
    if (!form || form->next)
        return fail_form(reader, name, node);
    path = hub_pool_printf(&reader->conf->pool, "%s.%s", name, form->key);
    if (!path)
        return hs_fail_memory(reader);
    if (strcmp(form->key, "file") == 0)
        return read_file(reader, path, form, token);
    if (strcmp(form->key, "command") == 0)
        return read_command(reader, path, form, token);
    return hs_fail_key(reader, form, "%s: unknown key \"%s\"%s", name, form->key,
                       hs_suggest(reader, form->key, forms, 2));
}

int hs_tokens_read(const struct hs_reader *reader, const char *name, const struct hs_yaml *node,
                   struct hs_hub_conf *hub)
{
    if (node->kind != HS_YAML_MAP)
        return hs_fail_at(reader, node, "%s: found %s; expected a mapping {OWNER: TOKEN}", name,
                          node->kind == HS_YAML_SCALAR ? "a text" : "a list");
    for (const struct hs_yaml *item = node->first; item; item = item->next) {
        char *path = hub_pool_printf(&reader->conf->pool, "%s.%s", name, item->key);
        struct hs_owner_token *owner = hs_vec_add(&hub->tokens);
        int r;

        owner->owner = item->key;
        r = path ? hs_token_read(reader, path, item, &owner->token) : hs_fail_memory(reader);
        if (r < 0)
            return r;
    }
    return 0;
}
