#include "data/yaml.h"
#include "base/mem.h"
#include <yaml.h>
#include "base/banned.h"

enum { DEPTH_MAX = 32, ITEMS_MAX = 10000 };

struct level { /* an open mapping or list */
    struct hs_yaml *node, *last;
    const char *key; /* read, its value not yet */
    unsigned key_line, key_column;
    size_t n;
};
struct reader {
    struct hub_pool *pool;
    const char *file, *bytes;
    size_t n_bytes;
    struct hs_err *err;
    struct level levels[DEPTH_MAX];
    size_t depth;
    struct hs_yaml *root;
    unsigned n_documents;
};

static int fail_at(struct reader *reader, const yaml_mark_t *mark, const char *fmt, ...)
    HUB_PRINTF(3, 4);

static int fail_at(struct reader *reader, const yaml_mark_t *mark, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)hs_vfail(reader->err, HS_ECONFIG, fmt, args);
    va_end(args);
    (void)hs_prefix(reader->err, "%s:%zu:%zu: ", reader->file, mark->line + 1, mark->column + 1);
    return HS_ECONFIG;
}

/* ---- what libyaml refuses ---- */

/* Does the line that the mark is on hold "${" before it? */
static bool is_after_variable(const struct reader *reader, const yaml_mark_t *mark)
{
    const char *line = reader->bytes, *end = line + reader->n_bytes, *stop;

    for (size_t i = 0; i < mark->line; i++) {
        line = memchr(line, '\n', (size_t)(end - line));
        if (!line)
            return false;
        line++;
    }
    stop = memchr(line, '\n', (size_t)(end - line));
    stop = stop ? stop : end;
    /* "${" ends at the mark itself when '{' is what surprised the parser */
    if ((size_t)(stop - line) > mark->column + 1)
        stop = line + mark->column + 1;
    return memmem(line, (size_t)(stop - line), "${", 2) != NULL;
}

static bool says(const char *text, const char *words)
{
    return text && strstr(text, words);
}

/* The words for what a text that starts with a sign of YAML's own was taken for. */
static const char *sign_of(const yaml_parser_t *yaml)
{
    if (says(yaml->context, "scanning an alias"))
        return "a text that starts with * is a YAML alias";
    if (says(yaml->context, "scanning an anchor"))
        return "a text that starts with & is a YAML anchor";
    if (says(yaml->context, "scanning a tag"))
        return "a text that starts with ! is a YAML tag";
    if (says(yaml->problem, "cannot start any token"))
        return "this character cannot start a YAML text";
    return NULL;
}

static int fail_syntax(struct reader *reader, const yaml_parser_t *yaml)
{
    const char *problem = yaml->problem ? yaml->problem : "not YAML";
    const char *sign = sign_of(yaml);
    yaml_mark_t mark = yaml->problem_mark;

    if (yaml->error == YAML_MEMORY_ERROR)
        return hs_fail(reader->err, HUB_ENOMEM, "out of memory");
    if (yaml->error == YAML_READER_ERROR)
        return hs_fail(reader->err, HS_ECONFIG, "%s: byte %zu: %s", reader->file,
                       yaml->problem_offset, problem);
    if (sign)
        return fail_at(reader, yaml->context ? &yaml->context_mark : &mark, "%s: put it in quotes",
                       sign);
    if (is_after_variable(reader, &mark))
        return fail_at(reader, &mark, "${...} must be quoted here: put it in quotes, \"${NAME}\"");
    if (yaml->context)
        return fail_at(reader, &mark, "%s, %s", problem, yaml->context);
    return fail_at(reader, &mark, "%s", problem);
}

/* ---- the tree ---- */

static struct level *top(struct reader *reader)
{
    return reader->depth ? &reader->levels[reader->depth - 1] : NULL;
}

static const struct hs_yaml *find(const struct hs_yaml *map, const char *key)
{
    for (const struct hs_yaml *child = map->first; child; child = child->next)
        if (strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

/* Hangs the node below the open one, or makes it the root. */
static int attach(struct reader *reader, struct hs_yaml *node, const yaml_mark_t *mark)
{
    struct level *level = top(reader);

    if (!level) {
        reader->root = node;
        return 0;
    }
    if (++level->n > ITEMS_MAX)
        return fail_at(reader, mark, "more than %d items", ITEMS_MAX);
    if (level->node->kind == HS_YAML_MAP) {
        node->key = level->key;
        node->key_line = level->key_line;
        node->key_column = level->key_column;
        level->key = NULL;
    }
    if (level->last)
        level->last->next = node;
    else
        level->node->first = node;
    level->last = node;
    return 0;
}

static bool wants_key(struct reader *reader)
{
    const struct level *level = top(reader);

    return level && level->node->kind == HS_YAML_MAP && !level->key;
}

static int take_key(struct reader *reader, const char *key, const yaml_mark_t *mark)
{
    struct level *level = top(reader);
    const struct hs_yaml *old = find(level->node, key);

    if (old)
        return fail_at(reader, mark, "the key \"%s\" is here twice; first in line %u", key,
                       old->key_line);
    level->key = key;
    level->key_line = (unsigned)mark->line + 1;
    level->key_column = (unsigned)mark->column + 1;
    return 0;
}

static int make_node(struct reader *reader, enum hs_yaml_kind kind, const yaml_mark_t *mark,
                     struct hs_yaml **out)
{
    struct hs_yaml *node = hub_pool_alloc(reader->pool, 1, sizeof *node);

    if (!node)
        return hs_fail(reader->err, HUB_ENOMEM, "out of memory");
    node->kind = kind;
    node->line = (unsigned)mark->line + 1;
    node->column = (unsigned)mark->column + 1;
    *out = node;
    return attach(reader, node, mark);
}

static int take_scalar(struct reader *reader, const yaml_event_t *event)
{
    const yaml_mark_t *mark = &event->start_mark;
    const char *value = (const char *)event->data.scalar.value;
    size_t n = event->data.scalar.length;
    struct hs_yaml *node;
    char *text;
    int r;

    if (event->data.scalar.anchor)
        return fail_at(reader, mark,
                       "anchors (&%s) are not supported; if it is text, put it in quotes",
                       (const char *)event->data.scalar.anchor);
    if (event->data.scalar.tag)
        return fail_at(reader, mark, "tags (%s) are not supported; if it is text, put it in quotes",
                       (const char *)event->data.scalar.tag);
    if (memchr(value, '\0', n))
        return fail_at(reader, mark, "a NUL character in a text");
    text = hub_pool_strndup(reader->pool, value, n);
    if (!text)
        return hs_fail(reader->err, HUB_ENOMEM, "out of memory");
    if (wants_key(reader))
        return take_key(reader, text, mark);
    r = make_node(reader, HS_YAML_SCALAR, mark, &node);
    if (r < 0)
        return r;
    node->text = text;
    node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return 0;
}

static int open_level(struct reader *reader, const yaml_event_t *event, enum hs_yaml_kind kind)
{
    const yaml_mark_t *mark = &event->start_mark;
    bool is_map = kind == HS_YAML_MAP;
    const yaml_char_t *anchor =
        is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag =
        is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    struct hs_yaml *node;
    int r;

    if (anchor)
        return fail_at(reader, mark, "anchors (&%s) are not supported", (const char *)anchor);
    if (tag)
        return fail_at(reader, mark, "tags (%s) are not supported", (const char *)tag);
    if (wants_key(reader))
        return fail_at(reader, mark, "a list or mapping as a key; expected a text%s",
                       is_map ? " (is a ${...} without quotes?)" : "");
    if (reader->depth == DEPTH_MAX)
        return fail_at(reader, mark, "more than %d levels", DEPTH_MAX);
    r = make_node(reader, kind, mark, &node);
    if (r < 0)
        return r;
    reader->levels[reader->depth++] = (struct level){.node = node};
    return 0;
}

static int take_event(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (reader->n_documents++)
            return fail_at(reader, &event->start_mark, "a second document; expected one");
        return 0;
    case YAML_ALIAS_EVENT:
        return fail_at(reader, &event->start_mark,
                       "a text that starts with * is a YAML alias (*%s): put it in quotes",
                       (const char *)event->data.alias.anchor);
    case YAML_SCALAR_EVENT:
        return take_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_level(reader, event, HS_YAML_LIST);
    case YAML_MAPPING_START_EVENT:
        return open_level(reader, event, HS_YAML_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        reader->depth--;
        return 0;
    default:
        return 0;
    }
}

static int read_events(struct reader *reader, yaml_parser_t *yaml)
{
    bool is_end = false;

    while (!is_end) {
        yaml_event_t event;
        int r;

        if (!yaml_parser_parse(yaml, &event))
            return fail_syntax(reader, yaml);
        is_end = event.type == YAML_STREAM_END_EVENT;
        r = take_event(reader, &event);
        yaml_event_delete(&event);
        if (r < 0)
            return r;
    }
    return 0;
}

int hs_yaml_parse(struct hub_pool *pool, const char *file, const char *bytes, size_t n_bytes,
                  struct hs_yaml **out, struct hs_err *err)
{
    struct reader reader = {
        .pool = pool, .file = file, .bytes = bytes, .n_bytes = n_bytes, .err = err};
    yaml_mark_t start = {0, 0, 0};
    yaml_parser_t yaml;
    int r;

    if (!yaml_parser_initialize(&yaml))
        return hs_fail(err, HUB_ENOMEM, "out of memory");
    yaml_parser_set_encoding(&yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&yaml, (const unsigned char *)bytes, n_bytes);
    r = read_events(&reader, &yaml);
    yaml_parser_delete(&yaml);
    if (r == 0 && !reader.root) /* nothing but comments: an empty mapping */
        r = make_node(&reader, HS_YAML_MAP, &start, &reader.root);
    if (r == 0)
        *out = reader.root;
    return r;
}

const struct hs_yaml *hs_yaml_get(const struct hs_yaml *map, const char *key)
{
    return map && map->kind == HS_YAML_MAP ? find(map, key) : NULL;
}
